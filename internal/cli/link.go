package cli

import (
	"context"
	"errors"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/linkage"
)

const linkUsage = "FILE… [--map FILE] [--out FILE] [--pairs FILE] [--truth COLUMN] [--threads N] [--report FILE.html] [--model FILE] [--use FILE] [--threshold W] [--source COLUMN] [--one-to-one yes|no] [--decisions FILE] [--dry-run] [--json]"

// linkFlags are what is asked of quipu link.
type linkFlags struct {
	personColumns
	out, pairs, report, model, use, decisions, threshold, oneToOne string
	encoding, delimiter                                            string
	threads                                                        int
	seed                                                           uint64
	maxPairs                                                       int64
	dryRun, showValues                                             bool
}

func (f *linkFlags) add(e *env) {
	e.flags.StringVar(&f.mapFile, "map", "", "JSON file: column to kind")
	e.flags.StringVar(&f.out, "out", "", "where row,cluster goes")
	e.flags.StringVar(&f.pairs, "pairs", "", "where row_a,row_b,weight and the reasons go")
	e.flags.StringVar(&f.truth, "truth", "", "column that says who each row is; used to measure only")
	e.flags.IntVar(&f.threads, "threads", runtime.GOMAXPROCS(0), "threads; the result does not depend on it")
	e.flags.StringVar(&f.report, "report", "", "where a report as one HTML file goes")
	e.flags.BoolVar(&f.showValues, "show-values", false, "report: show the values of sample pairs, which are personal data")
	e.flags.StringVar(&f.model, "model", "", "where the model goes, as JSON")
	e.flags.StringVar(&f.use, "use", "", "model to apply instead of learning one")
	e.flags.StringVar(&f.threshold, "threshold", "", "weight from which pairs are joined, in bits; chosen when not given")
	e.flags.StringVar(&f.source, "source", "", "column that says which list a row is of: only pairs of different lists are made")
	e.flags.StringVar(&f.oneToOne, "one-to-one", "", "between lists: whether a row has one partner at most; found out when not given")
	e.flags.StringVar(&f.decisions, "decisions", "", "row_a,row_b,same|different: what a person has decided")
	e.flags.Int64Var(&f.maxPairs, "max-pairs", 0, "most pairs that may be compared")
	e.flags.Uint64Var(&f.seed, "seed", 1, "decides what chance decides")
	e.flags.BoolVar(&f.dryRun, "dry-run", false, "only say what each column was taken for")
	e.flags.StringVar(&f.encoding, "encoding", "", "encoding of the file, when it is not found by itself")
	e.flags.StringVar(&f.delimiter, "delimiter", "", "character between cells")
	e.flags.StringVar(&f.table.Sheet, "sheet", "", "sheet of a workbook")
	e.flags.IntVar(&f.table.HeaderRow, "header-row", 0, "line of the header")
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
}

func link(e *env, args []string) error {
	var f linkFlags
	f.add(e)
	paths, err := e.parse(args, 1, mostSources)
	if err != nil {
		return err
	}
	f.table.Encoding, f.table.Delimiter = tableOptions(f.encoding, f.delimiter)
	if f.source != "" && len(paths) > 1 {
		return fault.New(fault.Invalid, "cli.link.source_twice")
	}
	began := time.Now()
	p, err := e.openAll(paths, f.personColumns)
	if err != nil {
		return err
	}
	defer p.close()
	if f.dryRun {
		return e.sayPlan(p)
	}
	// The files are begun first: a place that cannot be written is known before the work.
	var files outFiles
	defer files.drop()
	job := linkJob{f: &f, p: p, began: began, phases: linkPhases{phase: "read"}}
	if err := job.begin(&files); err != nil {
		return err
	}
	if err := e.read(p); err != nil {
		return stopped(err)
	}
	defer sparing(paths)() // not before: reading makes much to collect and keeps less
	if err := job.run(e); err != nil {
		return stopped(err)
	}
	if err := job.write(e); err != nil {
		return err
	}
	if err := files.commit(); err != nil {
		return err
	}
	return e.sayLink(&job)
}

// largeLists is from how many bytes of files on memory is spared.
const largeLists = 32 << 20

// sparing lets this process collect garbage often while it links large lists, of which all is
// in memory: what is there holds few pointers, so that a quarter less memory costs next to no
// time. Small lists would only be slower. Who sets GOGC decides instead; a limit of memory
// stays as it is. The function that it returns puts everything back.
func sparing(paths []string) (back func()) {
	size := int64(0)
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil { // who opens it says what is wrong
			size += info.Size()
		}
	}
	if size < largeLists || os.Getenv("GOGC") != "" {
		return func() {}
	}
	percent := debug.SetGCPercent(20)
	return func() { debug.SetGCPercent(percent) }
}

// stopped says of an interruption that nothing was written, for nothing is before the end.
func stopped(err error) error {
	if errors.Is(err, context.Canceled) {
		return fault.New(fault.Unavailable, "cli.link.stopped")
	}
	return err
}

// options are those of linkage for what was asked.
func (j *linkJob) options(e *env) (linkage.Options, error) {
	b := e.bar("")
	o := linkage.Options{Threads: j.f.threads, Seed: j.f.seed, MaxPairs: j.f.maxPairs, Sources: j.p.sources, Stop: e.ctx.Err,
		Progress: func(phase string, done, total int64) {
			j.phases.enter(phase)
			if label := i18n.T(e.lang, "cli.link.phase."+phase); label != b.label {
				b.done()
				b = e.bar(label)
			}
			b.at(done, total)
		}}
	j.finish = func() { b.done() }
	if j.f.threshold != "" {
		w, err := strconv.ParseFloat(j.f.threshold, 64)
		if err != nil {
			return o, fault.New(fault.Invalid, "cli.link.threshold", "value", j.f.threshold)
		}
		o.Threshold = &w
	}
	switch f := j.f; {
	case f.oneToOne == "":
	case f.oneToOne != "yes" && f.oneToOne != "no":
		return o, fault.New(fault.Invalid, "cli.link.one_to_one", "value", f.oneToOne)
	case j.p.sources == nil:
		return o, fault.New(fault.Invalid, "cli.link.one_list")
	default:
		yes := f.oneToOne == "yes"
		o.OneToOne = &yes
	}
	var err error
	if o.Must, o.Cannot, err = readDecisions(j.f.decisions, j.p.list.Len()); err != nil {
		return o, err
	}
	if j.f.use != "" {
		o.Model, err = readModel(j.f.use, j.p.list.Fields())
	}
	return o, err
}
