package window

import (
	"net/http"

	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type checkScreen struct {
	ui.Page
	Rows   []checkRow
	Doubts []ui.Row
	Alike  []string
	Hidden []hidden
}

// checkRow is one answer, and the input where it can be changed.
type checkRow struct{ Label, Value, Input string }

// review sets the answers out before anything is saved.
func (s *Room) review(v *desk.Visit, f form, once string) error {
	out, err := s.App.Rehearse(v.Context(), v.Actor, f.command(v.Actor.Office, v.Words.Today))
	switch e := fault.As(err); {
	case e != nil && e.Field == "verdict.reason":
		return s.askReason(v, f, err)
	case err != nil && fault.KindOf(err) == fault.Invalid:
		return s.refused(v, f, once, err)
	case err != nil:
		return err
	case len(out.Same) > 0:
		return s.showCard(v, f, out.Same, nil)
	}
	w := v.Words
	page := &checkScreen{Page: s.Frame(v, w.T("window.check.title"), "/registrar"), Hidden: carry(v, f), Rows: rows(w, &out.Draft)}
	for _, d := range out.Doubts {
		page.Doubts = append(page.Doubts, ui.Row{Key: w.Label(d.Field), Value: w.Doubt(d)})
	}
	for _, a := range f.Alike {
		key := "window.check.apart"
		if a.Unsure {
			key = "window.check.unsure"
		}
		page.Alike = append(page.Alike, w.T(key, "number", a.Number, "reason", a.Reason))
	}
	return s.Show(v, http.StatusOK, "check.html", page)
}

// askReason shows the card again: two people are not registered without saying why.
func (s *Room) askReason(v *desk.Visit, f form, err error) error {
	f.Alike = f.Alike[:len(f.Alike)-1]
	out, again := s.App.Rehearse(v.Context(), v.Actor, f.command(v.Actor.Office, v.Words.Today))
	if again != nil || len(out.Same) == 0 {
		return err
	}
	return s.showCard(v, f, out.Same, err)
}

// rows are the answers as they will stand in the record, in the order of the dictionary.
func rows(w desk.Words, p *registry.Person) (out []checkRow) {
	for i := range registry.Dictionary {
		f := &registry.Dictionary[i]
		if f.Derived {
			continue
		}
		add := func(text string) {
			if text != "" {
				out = append(out, checkRow{w.Label(f.Key), text, inputOf[f.Key]})
			}
		}
		if !f.IsGroup() {
			add(w.Value(f, p.Fields[f.Key].Value))
			continue
		}
		for _, it := range p.Items(f.Key) {
			add(w.Value(f, it.Value))
		}
	}
	return out
}
