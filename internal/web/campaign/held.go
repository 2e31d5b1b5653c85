package campaign

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strings"

	"quipu/internal/i18n"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type heldScreen struct {
	ui.Page
	Node    string
	Rows    []ui.Row
	Any     bool // there is somebody to list
	Table   ui.Table
	Listed  bool
	Clipped bool
}

// mostHeld is how many people the page lists; all of them are in the file.
const mostHeld = 80

// heldPage says how many people a computer may hold. It names nobody.
func (s *Room) heldPage(v *desk.Visit) error {
	page, err := s.heldScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "held.html", page)
}

func (s *Room) heldScreen(v *desk.Visit) (*heldScreen, error) {
	h, err := s.App.HeldCount(v.Context(), v.Actor, v.PathValue("node"))
	if err != nil {
		return nil, err
	}
	w := words{v.Words}
	page := &heldScreen{Page: s.Frame(v, w.T("held.title", "label", h.Peer.Label), ""), Node: h.Peer.Name, Any: h.Count > 0}
	page.Back.Href = "/nodos/" + h.Peer.Name
	held := ui.Row{Key: w.T("held.people"), Value: w.TN("campaign.people", h.Count), Note: strings.Join(h.Scopes, ", ")}
	if h.PurgedAt > 0 {
		held.Tag = ui.Tag{Text: w.T("held.purged"), Colour: "green"}
		held.Note = w.T("held.purged.at", "when", w.Moment(h.PurgedAt))
	}
	page.Rows = []ui.Row{held, {Key: w.T("held.turns"), Value: w.Number(h.Turns)}, {Key: w.T("held.accounts"), Value: w.Number(len(h.Accounts)), Note: w.T("held.accounts.note")}}
	if h.Peer.Seen > 0 {
		page.Rows = append(page.Rows, ui.Row{Key: w.T("held.seen"), Value: w.Moment(h.Peer.Seen)})
	}
	return page, nil
}

// listHeld names them, on the page or in a file; each of them is a look that is logged.
func (s *Room) listHeld(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	h, err := s.App.Held(v.Context(), v.Actor, v.PathValue("node"))
	if err != nil {
		return err
	}
	w := words{v.Words}
	if v.PostFormValue("do") == "csv" {
		var b bytes.Buffer
		out := csv.NewWriter(&b)
		err := out.Write([]string{w.T("campaign.number"), w.T("campaign.person"), w.T("held.birth"), w.T("officer.col.office")})
		for _, p := range h.People {
			if err == nil {
				err = out.Write([]string{p.Number, strings.TrimLeft(called(p), "=+-@"), p.Birth, p.Office})
			}
		}
		if out.Flush(); err != nil {
			return err
		}
		ui.SendFile(v.W, v.Request, b.Bytes(), "equipo-"+h.Peer.Name+".csv", "text/csv; charset=utf-8")
		return nil
	}
	page, err := s.heldScreen(v)
	if err != nil {
		return err
	}
	page.Listed, page.Clipped = true, len(h.People) > mostHeld
	page.Table = ui.Table{Caption: w.T("held.list"), Empty: w.T("held.nobody"), Head: w.Heads("campaign.person", "campaign.number", "held.birth")}
	for _, p := range h.People[:min(len(h.People), mostHeld)] {
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: called(p), Href: "/persona/" + p.ID}, {Text: p.Number}, {Text: i18n.Date(w.Lang, p.Birth)}})
	}
	return s.Show(v, http.StatusOK, "held.html", page)
}

// travellers are the computers that travelled, where the hub knows them: whom they hold still,
// or when they said that they hold nobody any more.
func (s *Room) travellers(v *desk.Visit, at string) (ui.Table, error) {
	w := words{v.Words}
	t := ui.Table{Caption: w.T("campaign.laptops"), Empty: w.T("held.elsewhere"), Head: w.Heads("held.computer", "campaign.stage", "held.seen")}
	all, err := s.App.Travellers(v.Context(), v.Actor, at)
	for _, p := range all {
		state := ui.Cell{Text: w.TN("held.holds", p.People)}
		if p.PurgedAt > 0 {
			state = ui.Cell{Tag: ui.Tag{Text: w.T("held.purged"), Colour: "green"}, Note: w.Moment(p.PurgedAt)}
		} else if p.State == "lost" {
			state.Tag = ui.Tag{Text: w.T("held.lost"), Colour: "red"}
		}
		seen := ui.Cell{}
		if p.Seen > 0 {
			seen.Text = w.Moment(p.Seen)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: p.Label, Href: "/nodos/" + p.Name + "/fichas", Note: p.Name}, state, seen})
	}
	return t, err
}
