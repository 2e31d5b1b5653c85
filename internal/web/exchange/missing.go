package exchange

import (
	"net/http"
	"slices"
	"strings"

	"quipu/internal/app/courier"
	app "quipu/internal/app/exchange"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// lost ends the address of what the hub lost of a computer.
const lost = "/perdido"

// mostMissing is how many entries the page lists.
const mostMissing = 80

type missingScreen struct {
	ui.Page
	Lead, Action, Node string
	Facts              []ui.Row
	Table              ui.Table
	Clipped            string
	Logged             bool // the page shows numbers of people
	Gone               bool // nobody waits for the computer: it may be taken in
	Note               string
	Froms              []ui.Option // whose word is taken, when there are several
}

// missingPage shows what the hub lost of a computer, or of itself under an earlier name, and asks
// whoever would take it in for a reason.
func (s *Room) missingPage(v *desk.Visit) error {
	page, err := s.missingScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "missing.html", page)
}

func (s *Room) missingScreen(v *desk.Visit) (*missingScreen, error) {
	name := v.PathValue("node")
	m, lines, err := s.App.MissingOf(v.Context(), v.Actor, id.Node(name), mostMissing)
	if err != nil {
		return nil, err
	}
	w, lead := words{v.Words}, "missing.what"
	if !m.Known {
		lead = "missing.earlier"
	}
	page := &missingScreen{Page: s.Frame(v, w.T("missing.title", "name", name), nodes), Lead: w.T(lead, "name", name), Action: nodes + "/" + name + lost, Gone: m.Gone}
	if page.Back.Href = nodes; m.Known {
		page.Node = nodes + "/" + name
		page.Back.Href = page.Node
	}
	page.Facts = []ui.Row{w.missing(&m)}
	page.Table = ui.Table{Caption: w.T("missing.list"), Head: w.Heads("missing.col.of", "missing.col.changes", "missing.col.from", "missing.col.out")}
	for i := range lines {
		l := &lines[i]
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{w.missingOf(l), {Text: w.Number(l.Changes)}, {Text: strings.Join(l.From, ", ")}, {Text: w.keptOut(l.Kept)}})
		page.Logged = page.Logged || l.Number != ""
	}
	if len(m.From) > 1 {
		page.Froms = []ui.Option{{Label: w.T("missing.from.all")}}
		for _, f := range m.From {
			page.Froms = append(page.Froms, ui.Option{Value: f, Label: f, Checked: f == v.PostFormValue("from")})
		}
	}
	if int64(len(lines)) < m.Entries {
		page.Clipped = w.T("missing.clipped", "n", w.Number(len(lines)))
	}
	return page, nil
}

// missing says how much the hub lost of somebody, who holds it and since when that is known.
func (w words) missing(m *app.Missing) ui.Row {
	row := ui.Row{Key: w.T("missing.fact"), Value: w.TN("missing.count", int(m.Changes)) + " " + w.TN("missing.entries", int(m.Entries)),
		Note: w.T("missing.from", "from", strings.Join(m.From, ", "), "since", w.Moment(m.Since))}
	if m.Kept > 0 {
		row.Note += " " + w.TN("missing.kept.count", int(m.Kept))
	}
	return row
}

func (w words) missingOf(l *app.MissingLine) ui.Cell {
	cell := ui.Cell{Text: w.Or("conflict.kind."+string(l.Entity.Kind), string(l.Entity.Kind))}
	if l.Entity.Kind == change.Person {
		cell.Text = w.T("apart.person")
		if l.Number != "" {
			cell.Text += " " + l.Number
		}
		if l.Here {
			cell.Href = "/persona/" + l.Entity.ID
		}
	}
	if !l.Here {
		cell.Note = w.T("missing.new")
	}
	return cell
}

func (w words) keptOut(why string) string {
	if why == "" {
		return ""
	}
	return w.T("missing.kept." + why)
}

// takeIn takes in what was lost.
func (s *Room) takeIn(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	name, note, from := v.PathValue("node"), v.PostFormValue("note"), v.PostFormValue("from")
	in, err := s.App.TakeIn(v.Context(), v.Actor, app.TakeIn{Author: id.Node(name), Words: note, From: from})
	if err == nil {
		to := nodes
		if p, err := s.peer(v); err != nil {
			return err
		} else if p != nil {
			to += "/" + name
		}
		return s.Done(v, to, words{v.Words}.tookIn(&in))
	}
	if !desk.Mendable(err) {
		return err
	}
	page, failed := s.missingScreen(v)
	if failed != nil {
		return failed
	}
	problem := ui.Problem{Text: i18n.Fault(v.Words.Lang, err)}
	if f := fault.As(err); f != nil {
		problem.Field = f.Field
	}
	page.Note, page.Errors = note, append(page.Errors, problem)
	return s.Show(v, ui.StatusOf(err), "missing.html", page)
}

func (w words) tookIn(in *app.TakenIn) string {
	kept := 0
	for _, n := range in.Kept {
		kept += n
	}
	if in.Changes+kept == 0 {
		return w.T("missing.nothing")
	}
	parts := []string{w.TN("missing.done", in.Changes)}
	if in.Contested > 0 {
		parts = append(parts, w.TN("missing.done.contested", in.Contested))
	}
	if kept > 0 {
		parts = append(parts, w.TN("missing.done.kept", kept))
	}
	return strings.Join(parts, " ")
}

// strangers lists what the hub lost of authors that are none of its computers: of itself, above all.
func (s *Room) strangers(v *desk.Visit, peers []courier.Peer) (t ui.Table, err error) {
	all, err := s.App.Missing(v.Context(), v.Actor)
	if err != nil {
		return t, err
	}
	w := words{v.Words}
	for i := range all {
		m := &all[i]
		if slices.ContainsFunc(peers, func(p courier.Peer) bool { return p.Name == string(m.Author) }) {
			continue
		}
		t.Caption, t.Head = w.T("missing.others"), w.Heads("missing.col.author", "missing.col.lost", "missing.col.from", "missing.col.since")
		row := w.missing(m)
		t.Rows = append(t.Rows, []ui.Cell{{Text: string(m.Author), Href: nodes + "/" + string(m.Author) + lost}, {Text: row.Value}, {Text: strings.Join(m.From, ", ")}, {Text: w.Moment(m.Since)}})
	}
	return t, nil
}
