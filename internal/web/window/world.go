package window

import (
	"strings"

	"quipu/internal/app/courier"
	"quipu/internal/authz"
	"quipu/internal/i18n"
	"quipu/internal/web/desk"
)

// worldView is what the column says of other offices: nothing where everybody is here.
type worldView struct {
	Said   string // what was asked, and what was not
	May    bool   // the hub can be asked
	Asked  bool
	People []farView
}

// farView is somebody whom the hub found at another office.
type farView struct {
	Name, Number string
	Facts        []string
	Href         string // where the registration is brought here; "" for who may not
}

// question is what the hub is asked: the number of a document, or else names. It is "" while
// too little was typed.
func (f form) question() string {
	if f.Scan != "" && !strings.Contains(f.Scan, "<") {
		return f.Scan
	}
	for _, number := range []string{f.IDNumber, f.DocNumber} {
		if len(number) >= 6 {
			return number
		}
	}
	if f.Paternal == "" || f.Given == "" {
		return ""
	}
	return strings.Join(strings.Fields(f.Given+" "+f.Paternal+" "+f.Maternal), " ")
}

// world says that the cards know this office alone and as of when; and asks the hub when the
// officer wants that, which the hub logs. Typing asks nobody.
func (s *Room) world(v *desk.Visit, f form, look *alikeView, ask bool) {
	text, linked := s.Near(v)
	w, known := v.Words, &look.World
	if known.Said = text; !linked {
		return
	}
	st, err := s.Standing(v)
	if err != nil {
		return
	}
	known.May, known.Said = true, w.T("window.world.not_asked", "until", w.Clocked(st.Contact))
	if !ask {
		return
	}
	q := f.question()
	if q == "" {
		known.Said = w.T("window.world.too_little")
		return
	}
	found, err := s.App.Courier.AskHub(v.Context(), s.Program, s.Hubs, v.Actor, q, mostAlike)
	if err != nil {
		s.Log.Warn("a search at the hub", "err", err)
		known.Said = w.T("exchange.search.failed")
		return
	}
	known.Asked = true
	for _, h := range found {
		if h.Office != v.Actor.Office {
			known.People = append(known.People, farOf(w, &h, authz.May(v.Actor, authz.Transfer, v.Actor.Office)))
		}
	}
	known.Said = w.TN("window.world.found", len(known.People), "at", w.Clocked(w.Now))
}

func farOf(w desk.Words, h *courier.Hit, bring bool) farView {
	out := farView{Name: h.Name, Number: h.Number}
	if h.Birth != "" {
		out.Facts = append(out.Facts, i18n.Date(w.Lang, h.Birth))
	}
	place := w.Office(h.Office)
	if h.City != "" {
		place += ", " + h.City
	}
	out.Facts = append(out.Facts, place)
	if bring && h.Vital != "deceased" {
		out.Href = "/persona/" + h.ID + "/traer"
	}
	return out
}
