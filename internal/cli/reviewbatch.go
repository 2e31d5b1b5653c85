package cli

import (
	"fmt"
	"runtime"

	"quipu/internal/app"
	"quipu/internal/app/alike"
	"quipu/internal/fault"
	"quipu/internal/i18n"
)

const reviewBatchUsage = "scan | train [--use] | blind [--share 0.02] [--seed S] [--threads N] [--json] [--dir DIR]"

// batchFlags are what a look at the whole register may be told.
type batchFlags struct {
	alike.Batch
	use   bool
	share float64
}

// reviewBatch looks at the whole register: for double entries, to learn from it, to measure
// what is found.
func reviewBatch(e *env, args []string) error {
	e.dirFlag()
	f := batchFlags{share: 0.02}
	e.flags.IntVar(&f.Threads, "threads", runtime.NumCPU(), "threads; the result does not depend on it")
	e.flags.Uint64Var(&f.Seed, "seed", 1, "decides what is drawn")
	e.flags.BoolVar(&f.use, "use", false, "train: put the model in force")
	e.flags.Float64Var(&f.share, "share", f.share, "blind: share of the pairs whose documents are taken away, 0 to 1")
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	words, err := e.parse(args, 1, 1)
	if err != nil {
		return err
	}
	run, ok := map[string]func(*env, *app.App, batchFlags) error{"scan": scanRegister, "train": trainModel, "blind": blindTest}[words[0]]
	if !ok {
		return errUsage
	}
	if f.share <= 0 || f.share > 1 {
		return fault.New(fault.Invalid, "cli.review.share", "share", f.share)
	}
	a, err := e.open(false)
	if err != nil {
		return err
	}
	defer a.Close()
	b, phase := e.bar(""), ""
	f.Progress = func(name string, done, total int64) {
		if name != phase {
			b.done()
			b, phase = e.bar(i18n.T(e.lang, "cli.review.phase."+name)), name
		}
		b.at(done, total)
	}
	defer func() { b.done() }()
	return run(e, a, f)
}

func scanRegister(e *env, a *app.App, f batchFlags) error {
	out, err := a.ScanForDoubles(e.ctx, operator(""), f.Batch)
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(out)
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "cli.review.scanned", "people", out.People, "compared", out.Compared, "pairs", out.Found, "likely", out.Likely, "model", out.Model))
	return nil
}

func trainModel(e *env, a *app.App, f batchFlags) error {
	m, c, err := a.LearnModel(e.ctx, operator(""), f.use, f.Batch)
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(struct {
			Model   string `json:"model"`
			Records int    `json:"records"`
			InForce bool   `json:"in_force"`
			alike.Compared
		}{m.Name(), m.Records, f.use, c})
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "cli.review.trained", "model", m.Name(), "people", m.Records))
	fmt.Fprintln(e.out, i18n.T(e.lang, "cli.review.compared", "both", c.Both, "now", c.OnlyNow, "new", c.OnlyNew))
	if c.Decided > 0 {
		fmt.Fprintln(e.out, i18n.T(e.lang, "cli.review.judged", "decided", c.Decided, "now", c.RightNow, "new", c.RightNew))
	}
	if !f.use {
		e.say("cli.review.unused")
	}
	return nil
}

func blindTest(e *env, a *app.App, f batchFlags) error {
	r, confirmed, err := a.BlindTest(e.ctx, operator(""), f.share, f.Batch)
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(map[string]any{"confirmed": confirmed, "pairs": r.Pairs, "found": r.Found, "recall": r.Share, "low": r.Low, "high": r.High,
			"share": f.share, "seed": f.Seed})
	}
	if confirmed == 0 {
		e.say("cli.review.blind.none")
		return nil
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "cli.review.blind", "confirmed", confirmed, "pairs", r.Pairs, "found", r.Found,
		"recall", fmt.Sprintf("%.4f", r.Share), "low", fmt.Sprintf("%.4f", r.Low), "high", fmt.Sprintf("%.4f", r.High), "seed", f.Seed))
	return nil
}
