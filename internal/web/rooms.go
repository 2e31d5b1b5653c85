package web

import (
	"slices"

	"quipu/internal/app"
	"quipu/internal/web/campaign"
	"quipu/internal/web/desk"
	"quipu/internal/web/door"
	"quipu/internal/web/exchange"
	"quipu/internal/web/interview"
	"quipu/internal/web/lists"
	"quipu/internal/web/office"
	"quipu/internal/web/oversight"
	"quipu/internal/web/paper"
	"quipu/internal/web/people"
	"quipu/internal/web/review"
	"quipu/internal/web/rights"
	"quipu/internal/web/survey"
	"quipu/internal/web/window"
)

// newDesk makes what the rooms share, with the screens of all of them.
func newDesk(c desk.Config) (*desk.Desk, error) {
	return desk.New(c, desk.Screens, door.Screens, people.Screens, lists.Screens, office.Screens, paper.Screens, window.Screens, oversight.Screens, rights.Screens, review.Screens, exchange.Screens, campaign.Screens, survey.Screens, interview.Screens)
}

// routesOf lists the addresses of every room.
func routesOf(d *desk.Desk) ([]desk.Route, error) {
	in, err := lists.New(d)
	if err != nil {
		return nil, err
	}
	return slices.Concat(d.Common(), door.New(d).Routes(), people.New(d).Routes(), in.Routes(), office.New(d).Routes(),
		paper.New(d).Routes(), window.New(d).Routes(), oversight.New(d).Routes(), rights.New(d).Routes(), review.New(d).Routes(), exchange.New(d).Routes(), campaign.New(d).Routes(), survey.New(d).Routes(), interview.New(d).Routes()), nil
}

// Routes lists every address that the officers' pages answer at.
func Routes(a *app.App) ([]desk.Route, error) {
	d, err := newDesk(desk.Config{App: a})
	if err != nil {
		return nil, err
	}
	return routesOf(d)
}
