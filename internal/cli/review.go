package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"quipu/internal/app"
	"quipu/internal/app/review"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/registry/same"
)

const reviewUsage = "list [--office CODE] [--state STATE] [--limit N] | show PAIR | add NUMBER NUMBER | decide PAIR same|different|unsure [--reason TEXT] [--survivor a|b] [--keep FIELD=a|b]… | " +
	"reopen PAIR --reason TEXT | undo MERGE --reason TEXT [--then different|unsure] [--move CHANGE FIELD=NUMBER]… | stats"

// reviewFlags are what the words of the command may say.
type reviewFlags struct {
	office, state, reason, survivor, then string
	limit                                 int
	keep                                  map[string]same.Side
	move                                  map[string]string
}

// reviewEither is the work on single pairs, or a look at the whole register: the first of
// their words decides.
func reviewEither(e *env, args []string) error {
	for _, arg := range args {
		switch arg {
		case "scan", "train", "blind":
			return reviewBatch(e, args)
		case "list", "show", "add", "decide", "reopen", "undo", "stats":
			return reviewCommand(e, args)
		}
	}
	return reviewCommand(e, args)
}

// reviewCommand works on pairs of entries that may be one person.
func reviewCommand(e *env, args []string) error {
	e.dirFlag()
	f := reviewFlags{keep: map[string]same.Side{}, move: map[string]string{}}
	e.flags.StringVar(&f.office, "office", "", "list: only pairs with somebody of this office")
	e.flags.StringVar(&f.state, "state", "", "list: waiting, open, unsure, proposed, different, same or second")
	e.flags.IntVar(&f.limit, "limit", 25, "list: how many")
	e.flags.StringVar(&f.reason, "reason", "", "why, in words")
	e.flags.StringVar(&f.survivor, "survivor", "", "decide: whose entry stands, a or b; else the older one's")
	e.flags.StringVar(&f.then, "then", "", "undo: what holds of the two now, different or unsure; else they wait again")
	e.flags.Func("keep", "decide: whose value stands, FIELD=a or FIELD=b", func(s string) error {
		i := strings.LastIndexByte(s, '=')
		if i < 0 {
			return errUsage
		}
		f.keep[s[:i]] = same.Side(s[i+1:])
		return nil
	})
	e.flags.Func("move", "undo: to whom a value goes that was written since, \"CHANGE FIELD=NUMBER\"", func(s string) error {
		i := strings.LastIndexByte(s, '=')
		if i < 0 {
			return errUsage
		}
		f.move[s[:i]] = s[i+1:]
		return nil
	})
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	words, a, err := e.register(args, 1, 3)
	if err != nil {
		return err
	}
	defer a.Close()
	run, ok := map[string]struct {
		words int
		do    func(*env, *app.App, []string, reviewFlags) error
	}{"list": {0, reviewList}, "show": {1, reviewShow}, "add": {2, reviewAdd}, "decide": {2, reviewDecide}, "reopen": {1, reviewReopen},
		"undo": {1, reviewUndo}, "stats": {0, reviewStats}}[words[0]]
	if !ok || len(words) != run.words+1 {
		return errUsage
	}
	return run.do(e, a, words[1:], f)
}

// pairJSON is a pair as the command writes it.
type pairJSON struct {
	Pair    string     `json:"pair"`
	A       faceJSON   `json:"a"`
	B       faceJSON   `json:"b"`
	Weight  float64    `json:"weight"`
	Yield   float64    `json:"yield"`
	State   string     `json:"state"`
	Source  string     `json:"source"`
	Reasons []string   `json:"reasons"`
	Lines   []lineJSON `json:"fields,omitempty"`
	History []saidJSON `json:"history,omitempty"`
	Waits   []string   `json:"waits_for,omitempty"`
	Merge   string     `json:"merge,omitempty"`
}

type faceJSON struct {
	Person string `json:"person"`
	Number string `json:"number"`
	Name   string `json:"name"`
	Birth  string `json:"birth"`
	Office string `json:"office"`
}

type lineJSON struct {
	Field   string `json:"field"`
	A       string `json:"a"`
	B       string `json:"b"`
	Differs bool   `json:"differs"`
	Needs   bool   `json:"needs_choice"`
	Takes   string `json:"takes"`
}

type saidJSON struct {
	Action  string `json:"action"`
	Verdict string `json:"verdict"`
	Author  string `json:"author"`
	At      string `json:"at"`
	Reason  string `json:"reason"`
}

func (e *env) pair(it *review.QueueItem) pairJSON {
	face := func(f review.Face) faceJSON { return faceJSON{f.Person, f.Number, f.Name, f.Birth, f.Office} }
	return pairJSON{Pair: it.ID, A: face(it.A), B: face(it.B), Weight: it.Weight, Yield: it.Yield, State: verdict(it.State), Source: string(it.Source), Reasons: e.reasons(it.Reasons)}
}

func verdict(v same.Verdict) string {
	if v == same.Open {
		return "open"
	}
	return string(v)
}

func (e *env) reasons(all []review.Reason) []string {
	out := make([]string, len(all))
	for i, r := range all {
		out[i] = i18n.T(e.lang, r.Key, i18n.Pairs(r.Args)...)
	}
	return out
}

func reviewList(e *env, a *app.App, _ []string, f reviewFlags) error {
	ask := review.Filter{Office: f.office, State: review.State(f.state), Limit: f.limit}
	list, err := a.Queue(e.ctx, operator(""), ask)
	if err != nil {
		return err
	}
	n, err := a.Count(e.ctx, operator(""), ask)
	if err != nil {
		return err
	}
	pairs := make([]pairJSON, len(list))
	for i := range list {
		pairs[i] = e.pair(&list[i])
	}
	if e.asJSON {
		return e.json(map[string]any{"count": n, "pairs": pairs})
	}
	for _, p := range pairs {
		fmt.Fprintf(e.out, "%s  %.1f  %s\n  %s  %s  %s  %s\n  %s  %s  %s  %s\n  %s\n", p.Pair, p.Weight, i18n.T(e.lang, "review.verdict."+p.State),
			p.A.Number, p.A.Name, p.A.Birth, p.A.Office, p.B.Number, p.B.Name, p.B.Birth, p.B.Office, strings.Join(p.Reasons, " · "))
	}
	e.say("review.cli.count", "n", n)
	return nil
}

func reviewShow(e *env, a *app.App, words []string, _ reviewFlags) error {
	page, err := a.Pair(e.ctx, operator(""), words[0])
	if err != nil {
		return err
	}
	p := e.pair(&page.QueueItem)
	for _, l := range page.Lines {
		p.Lines = append(p.Lines, lineJSON{l.Field, told(l.A.Value.Text, l.A.Value.Parts), told(l.B.Value.Text, l.B.Value.Parts), l.Differs, l.Needs, string(l.Takes)})
	}
	for _, s := range page.History {
		p.History = append(p.History, saidJSON{s.Action, verdict(s.Verdict), s.Author, s.At.String(), s.Reason})
	}
	p.Waits = e.reasons(page.Waits)
	if page.Merge != nil {
		p.Merge = page.Merge.ID
	}
	if e.asJSON {
		return e.json(p)
	}
	t := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\t%s\t%s\n", p.A.Number, p.B.Number)
	for _, l := range p.Lines {
		mark := ""
		if l.Differs {
			mark = "≠"
		}
		fmt.Fprintf(t, "%s %s\t%s\t%s\n", mark, l.Field, l.A, l.B)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(e.out, strings.Join(p.Reasons, " · "))
	for _, s := range p.History {
		fmt.Fprintln(e.out, s.At, s.Author, i18n.T(e.lang, "review.action."+s.Action), i18n.T(e.lang, "review.verdict."+s.Verdict), s.Reason)
	}
	return nil
}

// told is a value on one line.
func told(text string, parts map[string]string) string {
	out := []string{text}
	for _, k := range slices.Sorted(maps.Keys(parts)) {
		out = append(out, k+"="+parts[k])
	}
	return strings.TrimSpace(strings.Join(out, " "))
}

func reviewAdd(e *env, a *app.App, words []string, _ reviewFlags) error {
	var people [2]string
	for i, which := range words {
		person, err := a.FindNumber(e.ctx, operator(""), which)
		if err != nil {
			return err
		}
		people[i] = person
	}
	pair, err := a.Suspect(e.ctx, operator(""), people[0], people[1])
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(map[string]any{"pair": pair})
	}
	fmt.Fprintln(e.out, pair)
	return nil
}

func reviewDecide(e *env, a *app.App, words []string, f reviewFlags) error {
	cmd := review.DecideCmd{Verdict: same.Verdict(words[1]), Reason: f.reason, Survivor: same.Side(f.survivor)}
	if len(f.keep) > 0 {
		cmd.Keep = f.keep
	}
	out, err := a.Decide(e.ctx, operator(""), words[0], cmd)
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(map[string]any{"state": verdict(out.State), "merge": out.Merge, "survivor": out.Survivor, "number": out.Number, "waits_for": e.reasons(out.Waits)})
	}
	if out.State == same.Same {
		fmt.Fprintln(e.out, i18n.T(e.lang, "review.cli.merged", "number", out.Number, "merge", out.Merge))
		return nil
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "review.verdict."+verdict(out.State)))
	for _, w := range e.reasons(out.Waits) {
		fmt.Fprintln(e.out, w)
	}
	return nil
}

func reviewReopen(e *env, a *app.App, words []string, f reviewFlags) error {
	return a.ReopenPair(e.ctx, operator(""), words[0], f.reason, id.Change{})
}

func reviewUndo(e *env, a *app.App, words []string, f reviewFlags) error {
	to := map[string]string{}
	for key, number := range f.move {
		person, err := a.FindEntry(e.ctx, operator(""), number)
		if err != nil {
			return err
		}
		to[key] = person
	}
	out, err := a.UndoMerge(e.ctx, operator(""), words[0], review.UndoCmd{Reason: f.reason, To: to, Then: same.Verdict(f.then)})
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(map[string]any{"merge": out.Merge, "survivor": out.Survivor, "other": out.Other, "values": out.Values, "moved": out.Moved, "stayed": out.Stayed})
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "review.cli.undone", "values", out.Values, "moved", out.Moved, "stayed", out.Stayed))
	return nil
}

func reviewStats(e *env, a *app.App, _ []string, _ reviewFlags) error {
	s, err := a.Statistics(e.ctx, operator(""), review.Period{})
	if err != nil {
		return err
	}
	fair, err := a.Fairness(e.ctx, operator(""))
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(map[string]any{"decisions": s.Decisions, "same": s.Same, "different": s.Different, "unsure": s.Unsure, "proposed": s.Proposed,
			"per_duplicate": s.PerDuplicate, "undone": s.Undone, "reopened": s.Reopened, "seconds": s.Seconds, "waiting": s.Waiting,
			"second_looks": s.Second.Looks, "agreement": s.Second.Share, "kappa": s.Second.Kappa, "bands": s.Bands, "fairness": fair})
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "review.cli.stats", "decisions", s.Decisions, "same", s.Same, "different", s.Different, "waiting", s.Waiting))
	t := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, b := range s.Bands {
		fmt.Fprintf(t, "%.0f\t%.0f\t%d\t%d\t%d\t%.2f\t\n", b.From, b.To, b.Waiting, b.Decisions, b.Same, b.PerDuplicate)
	}
	for _, r := range fair {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%.3f\t%.3f\t\n", r.Dimension, r.Group, r.People, r.Sides, r.ReviewRate, r.ErrorRate)
	}
	return t.Flush()
}
