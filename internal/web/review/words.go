package review

import (
	"math"
	"strings"

	app "quipu/internal/app/review"
	"quipu/internal/i18n"
	"quipu/internal/registry/same"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// words are the desk's, and those of this room.
type words struct{ desk.Words }

var colours = map[same.Verdict]string{same.Open: "blue", same.Unsure: "yellow", same.Proposed: "orange", same.Same: "green", same.Different: "grey"}

// state is what was said of a pair.
func (w words) state(v same.Verdict) ui.Tag {
	key := string(v)
	if v == same.Open {
		key = "open"
	}
	return ui.Tag{Text: w.T("review.state." + key), Colour: colours[v]}
}

// reason is one reason in words.
func (w words) reason(r app.Reason) string { return i18n.T(w.Lang, r.Key, i18n.Pairs(r.Args)...) }

// why are the weightiest reasons in a line, at most n of them.
func (w words) why(reasons []app.Reason, n int) string {
	var said []string
	for _, r := range reasons[:min(n, len(reasons))] {
		said = append(said, w.reason(r))
	}
	return strings.Join(said, " · ")
}

// likely says a weight in words. The bounds are odds: 1 to 4, even, 30 and 1000 to 1.
func (w words) likely(weight float64) string {
	key := "doubtful"
	switch {
	case weight >= 10:
		key = "nearly_sure"
	case weight >= 5:
		key = "very_likely"
	case weight >= 0:
		key = "likely"
	case weight < -2:
		key = "unlikely"
	}
	return w.T("review.likely." + key)
}

// facts are what a list says of a person, in a line.
func (w words) facts(f app.Face) string {
	var out []string
	if f.Birth != "" {
		out = append(out, i18n.Date(w.Lang, f.Birth))
	}
	if f.Sex != "" {
		out = append(out, w.Code("sex", f.Sex))
	}
	out = append(out, w.Office(f.Office))
	if f.City != "" {
		out = append(out, f.City)
	}
	return strings.Join(out, " · ")
}

// called is a person's name, or the number of one who has none any more.
func called(f app.Face) string {
	if f.Name == "" {
		return f.Number
	}
	return f.Name
}

// tabs lead through the room.
func (w words) tabs(here string) (out []ui.Link) {
	for _, t := range [][2]string{{home, "review.tab.queue"}, {home + "/cifras", "review.tab.figures"}} {
		out = append(out, ui.Link{Text: w.T(t[1]), Href: t[0], Current: t[0] == here})
	}
	return out
}

// decimal is a number with so many places.
func (w words) decimal(x float64, places int) string {
	scale := math.Pow10(places)
	return i18n.Value(w.Lang, math.Round(x*scale)/scale)
}
