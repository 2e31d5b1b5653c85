package desk

import (
	"time"

	"quipu/internal/app/hublink"
	"quipu/internal/i18n"
	"quipu/internal/web/ui"
)

// LinkPath is the page that says how the office stands with the hub.
const LinkPath = "/sincronizacion"

// Standing is how the register stands. It is read once for a visit: the strip asks, and pages
// that say more about it.
func (s *Desk) Standing(v *Visit) (*hublink.Status, error) {
	if v.stand == nil {
		state, err := s.App.LinkStatus(v.Context(), v.Actor)
		if err != nil {
			return nil, err
		}
		v.stand = &state
	}
	return v.stand, nil
}

// link puts the state of the link into the strip above the page. A register that stands
// alone shows none. What cannot be read now is left out: the page is worth more.
func (s *Desk) link(v *Visit, p *ui.Page) {
	state, err := s.Standing(v)
	if err != nil {
		s.Log.Error("the state of the link", "err", err)
		return
	}
	p.Status = v.Words.Link(state)
}

// Link says in words how the register stands; Text is empty for one that stands alone and has
// no conflicts.
func (w Words) Link(s *hublink.Status) (out ui.Status) {
	out.Href = LinkPath
	switch {
	case s.Role == hublink.Hub && s.Silent > 0:
		out.State, out.Text = "offline", w.TN("exchange.strip.silent", s.Nodes, "silent", s.Silent)
	case s.Role == hublink.Hub:
		out.State, out.Text = "online", w.TN("exchange.strip.hub", s.Nodes)
	case s.Role == hublink.Post && s.AtRisk > 0:
		out.State, out.Text = "attention", w.T("exchange.strip.refused", "n", s.Unsent, "risk", s.AtRisk)
	case s.Role == hublink.Post && s.Linked && s.Unsent > 0:
		out.State, out.Text = "online", w.TN("exchange.strip.sending", int(s.Unsent), "until", w.Clocked(s.Until))
	case s.Role == hublink.Post && s.Linked:
		out.State, out.Text = "online", w.T("exchange.strip.online", "until", w.Clocked(s.Until))
	case s.Role == hublink.Post && s.Contact.IsZero():
		out.State, out.Text = "offline", w.TN("exchange.strip.never", int(s.Unsent), "risk", s.AtRisk)
	case s.Role == hublink.Post:
		out.State, out.Text = "offline", w.TN("exchange.strip.offline", int(s.Unsent), "since", w.Clocked(s.Contact), "risk", s.AtRisk)
	}
	if s.Conflicts > 0 {
		text := w.TN("exchange.strip.conflicts", int(s.Conflicts))
		if out.State = "attention"; out.Text != "" {
			out.Text += " · " + text
		} else {
			out.Text, out.Href = text, "/conflictos"
		}
	}
	if out.Text == "" {
		return ui.Status{}
	}
	return out
}

// Clocked is the hour of a moment on the reader's clock, with the day when it is not today.
func (w Words) Clocked(at time.Time) string {
	if at.IsZero() {
		return w.T("exchange.never")
	}
	clock := w.Clock
	if clock == nil {
		clock = time.Local
	}
	at = at.In(clock)
	if hour := at.Format("15:04"); at.Format(time.DateOnly) == w.Now.In(clock).Format(time.DateOnly) {
		return hour
	}
	return i18n.DateTime(w.Lang, at, clock)
}

// Near says of results of this register alone what they do not know: who is registered at
// other offices, or at its own when this laptop carries a few of its people. It is "" where
// everybody is here, and linked is whether the hub can be asked.
func (s *Desk) Near(v *Visit) (text string, linked bool) {
	st, err := s.Standing(v)
	switch {
	case err != nil:
		s.Log.Error("the state of the link", "err", err)
		return "", false
	case st.Role != hublink.Post:
		return "", false
	case st.Travels: // the hub lets it ask about nobody else
		return v.Words.T("exchange.search.travels"), false
	case st.Linked:
		return v.Words.T("exchange.search.here"), true
	case st.Contact.IsZero():
		return v.Words.T("exchange.search.never"), false
	}
	return v.Words.T("exchange.search.offline", "since", v.Words.Clocked(st.Contact)), false
}
