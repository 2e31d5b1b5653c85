package review

import (
	"net/http"

	app "quipu/internal/app/review"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// unionView is what the officer says before two entries become one: whose entry stands, and
// which value where the two differ.
type unionView struct {
	Survivor ui.Field
	Choices  []ui.Field // where somebody must choose
	Others   []ui.Field // where the survivor's stands unless somebody chooses
	Reads    string
}

// union asks for the choices. problem is what stood in the way the last time.
func (s *Room) union(v *desk.Visit, problem error) error {
	page, p, err := s.screen(v)
	if err != nil {
		return err
	}
	if !p.May.Decide {
		return s.Show(v, http.StatusOK, "pair.html", page)
	}
	w := words{v.Words}
	page.Title = w.T("review.union.title")
	page.Back.Href = home + "/" + p.ID
	u := &unionView{Reads: w.T("review.union.text")}
	survivor := same.Side(v.PostFormValue("survivor"))
	if survivor == "" {
		survivor = p.Suggested
	}
	u.Survivor = ui.Field{Name: "survivor", Label: w.T("review.union.survivor"), Hint: w.T("review.union.survivor.hint"), Value: string(survivor), Options: []ui.Option{
		{Value: "a", Label: w.T("review.side", "letter", "A", "number", p.A.Number)}, {Value: "b", Label: w.T("review.side", "letter", "B", "number", p.B.Number)}}}
	for i := range p.Lines {
		l := &p.Lines[i]
		if !l.Differs && !l.Needs {
			continue
		}
		f := w.choice(l, v.PostFormValue("keep:"+l.Field))
		if l.Needs {
			u.Choices = append(u.Choices, f)
		} else {
			u.Others = append(u.Others, f)
		}
	}
	page.Union = u
	status := http.StatusOK
	if problem != nil {
		page.Fail(problem)
		status = ui.StatusOf(problem)
	}
	return s.Show(v, status, "union.html", page)
}

// choice asks whose value stands.
func (w words) choice(l *same.Line, chosen string) ui.Field {
	def := registry.Lookup(l.Field)
	f := ui.Field{Name: "keep:" + l.Field, ID: "keep-" + l.Field, Label: w.Label(desk.Group(l.Field)), Value: chosen, Inline: true, Options: []ui.Option{
		{Value: "a", Label: "A: " + w.Value(def, l.A.Value)}, {Value: "b", Label: "B: " + w.Value(def, l.B.Value)}}}
	if f.Value == "" && !l.Needs {
		f.Value = string(l.Takes)
	}
	return f
}

// keep reads the choices that were made. What was not asked or not answered is left out.
func keep(v *desk.Visit, lines []same.Line) map[string]same.Side {
	out := map[string]same.Side{}
	for i := range lines {
		if side := same.Side(v.PostFormValue("keep:" + lines[i].Field)); side == same.A || side == same.B {
			out[lines[i].Field] = side
		}
	}
	return out
}

// unite makes one of the two, or proposes it.
func (s *Room) unite(v *desk.Visit, cmd app.DecideCmd) error {
	if v.PostFormValue("chosen") == "" {
		return s.union(v, nil)
	}
	_, p, err := s.screen(v)
	if err != nil {
		return err
	}
	cmd.Survivor, cmd.Keep = same.Side(v.PostFormValue("survivor")), keep(v, p.Lines)
	done, err := s.App.Decide(v.Context(), v.Actor, p.ID, cmd)
	switch {
	case err != nil && desk.Mendable(err):
		return s.union(v, err)
	case err != nil:
		return err
	case done.State == same.Proposed:
		return s.onwards(v, v.Words.T("review.done.proposed"))
	}
	return s.Done(v, home+"/union/"+done.Merge, v.Words.T("review.done.same", "number", done.Number))
}
