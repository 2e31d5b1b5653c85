package review

import (
	"net/http"
	"strconv"
	"time"

	app "quipu/internal/app/review"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// decide takes what the officer says of a pair.
func (s *Room) decide(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	seen, opened, err := looked(v)
	if err != nil {
		return err
	}
	pair, get := v.PathValue("pair"), v.PostFormValue
	cmd := app.DecideCmd{Seen: seen, Opened: opened, Reason: get("reason"), Note: get("note")}
	text := ""
	switch get("do") {
	case "same":
		cmd.Verdict = same.Same
		return s.unite(v, cmd)
	case "different":
		cmd.Verdict, text = same.Different, "review.done.different"
		_, err = s.App.Decide(v.Context(), v.Actor, pair, cmd)
	case "unsure":
		cmd.Verdict, text = same.Unsure, "review.done.unsure"
		cmd.Reason = ""
		_, err = s.App.Decide(v.Context(), v.Actor, pair, cmd)
	case "reopen":
		text = "review.done.reopened"
		err = on(s.App.ReopenPair(v.Context(), v.Actor, pair, get("reopen_reason"), seen), "reason", "reopen_reason")
		if err == nil {
			return s.Done(v, home+"/"+pair, v.Words.T(text))
		}
	case "second-same", "second-different":
		text = "review.done.second"
		verdict := same.Different
		if get("do") == "second-same" {
			verdict = same.Same
		}
		err = s.App.SecondLook(v.Context(), v.Actor, pair, verdict, opened)
	default:
		return fault.New(fault.Invalid, "officer.bad_form")
	}
	if err == nil {
		return s.onwards(v, v.Words.T(text))
	}
	if !desk.Mendable(err) {
		return err
	}
	page, _, failed := s.screen(v)
	if failed != nil {
		return failed
	}
	page.Fail(err)
	page.Reason, page.Note, page.ReopenReason = get("reason"), get("note"), get("reopen_reason")
	return s.Show(v, ui.StatusOf(err), "pair.html", page)
}

// looked reads which state of the pair the officer saw, and when the page was opened.
func looked(v *desk.Visit) (seen id.Change, opened time.Time, err error) {
	if text := v.PostFormValue("seen"); text != "" {
		if seen, err = id.ParseChange(text); err != nil {
			return seen, opened, fault.New(fault.Invalid, "officer.bad_form").Because(err)
		}
	}
	if micros, err := strconv.ParseInt(v.PostFormValue("opened"), 10, 64); err == nil {
		opened = time.UnixMicro(micros)
	}
	return seen, opened, nil
}

// onwards goes to the next pair and says what was done; to the list when none waits.
func (s *Room) onwards(v *desk.Visit, text string) error {
	pair, _, err := s.App.NextFor(v.Context(), v.Actor, v.PathValue("pair"))
	if err != nil {
		return err
	}
	if pair == "" {
		return s.Done(v, home, text+" "+v.Words.T("review.all_done"))
	}
	return s.Done(v, home+"/"+pair+"?antes="+v.PathValue("pair"), text)
}

// on is a fault about another input: two forms of a page ask for a reason.
func on(err error, field, input string) error {
	if f := fault.As(err); f != nil && f.Field == field {
		return f.On(input)
	}
	return err
}

type mergeScreen struct {
	ui.Page
	ID, Text, Hinders string
	State             ui.Tag
	Rows              []ui.Row
	May               bool
	Since             []ui.Field
	Hidden            int
	Then              []ui.Option
	Reason, ThenValue string
	Pair, Next        string
}

// mergePage shows a merge, with what undoing it would do.
func (s *Room) mergePage(v *desk.Visit) error { return s.showMerge(v, nil) }

func (s *Room) showMerge(v *desk.Visit, problem error) error {
	m, err := s.App.Merge(v.Context(), v.Actor, v.PathValue("merge"))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return err
	}
	w := words{v.Words}
	page := &mergeScreen{Page: s.Frame(v, w.T("review.merge.title"), home), ID: m.ID, State: w.mergeState(m.Ended), Pair: home + "/" + m.Pair,
		May: m.May && m.Hinders == nil, Hidden: m.Hidden, Next: home + "/siguiente", Reason: v.PostFormValue("reason"), ThenValue: v.PostFormValue("then")}
	page.Back.Href = home
	page.Rows = []ui.Row{
		{Key: w.T("review.merge.survivor"), Value: called(m.SurvivorFace), Note: m.SurvivorFace.Number + " · " + w.facts(m.SurvivorFace)},
		{Key: w.T("review.merge.other"), Value: called(m.OtherFace), Note: m.OtherFace.Number + " · " + w.facts(m.OtherFace)},
		{Key: w.T("review.merge.by"), Value: w.Who(m.Author), Note: w.Office(m.Office) + " · " + w.Moment(m.At)}}
	page.Text = w.T("review.merge.text")
	if m.Hinders != nil {
		fault := ui.Page{Lang: w.Lang}
		fault.Fail(m.Hinders)
		page.Hinders = fault.Errors[0].Text
	}
	for i := range m.Since {
		page.Since = append(page.Since, w.since(m, i, v.PostFormValue("to:"+m.Since[i].Key)))
	}
	page.Then = desk.Choices(w.Words, "review.then.", []same.Verdict{same.Different, same.Unsure})
	status := http.StatusOK
	if problem != nil {
		page.Fail(problem)
		status = ui.StatusOf(problem)
	}
	return s.Show(v, status, "merge.html", page)
}

// mergeState says whether a merge stands.
func (w words) mergeState(ended int64) ui.Tag {
	if ended == 0 {
		return ui.Tag{Text: w.T("review.merge.standing"), Colour: "green"}
	}
	return ui.Tag{Text: w.T("review.merge.undone", "when", w.Moment(ended)), Colour: "grey"}
}

// since asks to which of the two a value goes that was written after the merge.
func (w words) since(m *app.MergeView, i int, chosen string) ui.Field {
	x := &m.Since[i]
	value := w.Value(registry.Lookup(x.Field), x.Change.Sets[0].Value)
	if value == "" {
		value = w.T("review.merge.emptied")
	}
	f := ui.Field{Name: "to:" + x.Key, ID: "to-" + strconv.Itoa(i), Label: w.Label(desk.Group(x.Field)) + ": " + value, Hint: w.Stamp(x.Change.At) + " · " + w.Who(x.Change.Author),
		Value: chosen, Inline: true, Options: []ui.Option{{Value: m.Survivor, Label: m.SurvivorFace.Number}, {Value: m.Other, Label: m.OtherFace.Number}}}
	if f.Value == "" {
		f.Value = x.Default
	}
	return f
}

// part takes a merge back.
func (s *Room) part(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	merge := v.PathValue("merge")
	m, err := s.App.Merge(v.Context(), v.Actor, merge)
	if err != nil {
		return err
	}
	cmd := app.UndoCmd{Reason: v.PostFormValue("reason"), To: map[string]string{}, Then: same.Verdict(v.PostFormValue("then"))}
	for i := range m.Since {
		if to := v.PostFormValue("to:" + m.Since[i].Key); to != "" {
			cmd.To[m.Since[i].Key] = to
		}
	}
	out, err := s.App.UndoMerge(v.Context(), v.Actor, merge, cmd)
	if err != nil && desk.Mendable(err) {
		return s.showMerge(v, err)
	}
	if err != nil {
		return err
	}
	w := v.Words
	return s.Done(v, home+"/union/"+merge, w.T("review.done.parted", "a", m.SurvivorFace.Number, "b", m.OtherFace.Number, "moved", out.Moved, "stayed", out.Stayed))
}
