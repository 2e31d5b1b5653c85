package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/bench"
	"quipu/internal/bench/failover"
	"quipu/internal/bench/surveying"
	"quipu/internal/bench/travel"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/sync/sim"
)

// benchmark measures the program against a bare database, in processes of its own.
func benchmark(e *env, args []string) error {
	cfg := bench.Config{Window: bench.Queue{Surge: time.Minute}}
	e.flags.IntVar(&cfg.Persons, "persons", 100_000, "invented persons")
	e.flags.Uint64Var(&cfg.Seed, "seed", 1, "decides who they are and what is asked")
	e.flags.IntVar(&cfg.Queries, "queries", 2000, "questions of each kind")
	e.flags.StringVar(&cfg.Engine, "engine", node.SQLite, "sqlite, encrypted or postgres")
	e.flags.StringVar(&cfg.URL, "url", os.Getenv("QUIPU_BENCH_POSTGRES"), "a server of PostgreSQL")
	e.flags.StringVar(&cfg.Profile, "cpuprofile", "", "where the processor profile of the import, or of the server at a window, goes")
	e.flags.BoolVar(&cfg.Families, "families", false, "link: a list with families, on which most tools go wrong")
	sizes := e.flags.String("sizes", "0.1,3", "link: times --persons, for the cost of a pair; empty for none")
	minutes := e.flags.Float64("minutes", 10, "window: how long the officers work before the spike")
	e.flags.IntVar(&cfg.Window.Officers, "officers", 40, "window: how many work")
	e.flags.IntVar(&cfg.Window.Times, "spike", 5, "window: times as many in the spike; 1 for none")
	e.flags.DurationVar(&cfg.Window.Surge, "spike-time", time.Minute, "window: how long the spike lasts, and the time after it that is measured")
	e.flags.DurationVar(&cfg.Window.Think, "think", 2*time.Second, "window: how long an officer thinks between two pages, on average")
	out := e.flags.String("out", "", "file for the report as JSON")
	of := surveying.Config{}
	e.flags.IntVar(&of.Rows, "rows", 1_000_000, "survey: rows of the sample that is estimated from")
	e.flags.IntVar(&of.Submissions, "submissions", 100_000, "survey: how many telephones send; 0 for none")
	worlds := e.flags.Int("worlds", 500, "sync-sim: how many, from --seed on")
	travels := e.travelFlags()
	scripts := e.flags.String("scripts", "scripts/ha", "ha: folder with the configurations that are tried")
	dir := e.flags.String("dir", "", "where the files of the run go, which are removed at the end; window: what is used again and stays")
	e.flags.BoolVar(&cfg.Keep, "keep", false, "leave the files of the run where they are")
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	words, err := e.parse(args, 1, 1)
	if err != nil {
		return err
	}
	switch words[0] {
	case "sync":
		return e.benchSync(cfg, *travels, *dir, *out)
	case "ha":
		return e.benchHA(*dir, *scripts, *out)
	case "sync-sim":
		return e.benchSyncSim(cfg.Seed, *worlds, *out)
	case "survey":
		of.Seed, of.Profile = cfg.Seed, cfg.Profile
		return e.benchSurvey(cfg, of, *dir, *out)
	}
	if names := append(bench.Names(), "ha", "survey", "sync", "sync-sim"); !slices.Contains(names, words[0]) {
		return fault.New(fault.Invalid, "cli.bench", "name", words[0], "names", names)
	}
	if _, err := bench.CPUSeconds(); err != nil {
		return err
	}
	if cfg.Exe, err = os.Executable(); err != nil {
		return err
	}
	if cfg.Sizes, err = factors(*sizes); err != nil {
		return err
	}
	cfg.Window.For = time.Duration(*minutes * float64(time.Minute))
	if cfg.Dir, err = e.benchDir(*dir, words[0] == "window" && *dir != "", &cfg.Keep); err != nil {
		return err
	}
	if !cfg.Keep {
		defer os.RemoveAll(cfg.Dir) //nolint:errcheck // what stays behind is in the folder for temporary files
	}
	if f, ok := e.err.(*os.File); ok {
		cfg.Stderr = f
	}
	done := e.stages(&cfg.Say, &cfg.Progress, func(phase string) { e.say("cli.bench.phase." + phase) })
	rep, err := bench.Run(e.ctx, words[0], cfg)
	done()
	if err != nil {
		return err
	}
	return e.reportBench(rep, *out)
}

// stages sets how a benchmark tells of a phase, once at its beginning, and how far it is, and
// returns what takes the last bar away.
func (e *env) stages(say *func(phase string), progress *func(done, total int64), tell func(phase string)) (done func()) {
	b, last := e.bar(""), ""
	*say = func(phase string) {
		if phase == last {
			return
		}
		b.done()
		last = phase
		tell(phase)
		b = e.bar(phase)
	}
	*progress = func(done, total int64) { b.at(done, total) }
	return func() { b.done() }
}

// benchSurvey measures estimates beside R's survey, and submissions.
func (e *env) benchSurvey(on bench.Config, cfg surveying.Config, parent, out string) (err error) {
	if cfg.Rows < surveying.Fewest || cfg.Submissions < 0 {
		return fault.New(fault.Invalid, "cli.bench_rows", "fewest", surveying.Fewest).On("rows")
	}
	if _, err := bench.CPUSeconds(); err != nil {
		return err
	}
	if cfg.Exe, err = os.Executable(); err != nil {
		return err
	}
	if cfg.Dir, err = runDir(parent, "quipu-survey-"); err != nil {
		return err
	}
	defer os.RemoveAll(cfg.Dir) //nolint:errcheck // files of the run
	url, drop, err := on.HubDatabase(e.ctx)
	if err != nil {
		return err
	}
	cfg.Engine, cfg.URL = on.Engine, url
	cfg.Say = func(phase string) { e.say("cli.bench.survey." + phase) }
	rep, err := surveying.Run(e.ctx, cfg)
	if err = errors.Join(err, drop()); err != nil {
		return err
	}
	return e.reportBench(rep, out)
}

// benchHA kills the leader of a hub's database, and a hub process, under load.
func (e *env) benchHA(parent, scripts, out string) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	if scripts, err = filepath.Abs(scripts); err != nil {
		return err
	}
	dir, err := runDir(parent, "quipu-ha-") // sockets want a short path that PostgreSQL's user can reach
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // files of the run
	rep, err := failover.Run(e.ctx, failover.Config{Exe: exe, Dir: dir, Scripts: scripts, Writers: 8, Before: 15 * time.Second,
		Say: func(phase string) { e.say("cli.bench.ha." + phase) }})
	if err != nil {
		return err
	}
	return e.reportBench(rep, out)
}

// benchSyncSim runs worlds of a hub and its nodes in memory, each from a seed of its own.
func (e *env) benchSyncSim(seed uint64, worlds int, out string) error {
	if worlds < 1 {
		return fault.New(fault.Invalid, "cli.bench_worlds").On("worlds")
	}
	e.say("cli.bench.sync_sim", "worlds", worlds, "seed", seed)
	progress, start := e.bar("sync-sim"), time.Now()
	stats, failed := sim.RunAll(seed, worlds, func(done int) bool {
		progress.at(int64(done), int64(worlds))
		return e.ctx.Err() == nil
	})
	progress.done()
	if err := e.ctx.Err(); err != nil {
		return err
	}
	stats.Seed, stats.Seconds = seed, time.Since(start).Seconds()
	if failed != nil {
		stats.Failed = failed.Error()
	}
	if err := e.reportBench(stats, out); err != nil || failed == nil {
		return err
	}
	e.say("cli.bench.sync_sim_failed")
	fmt.Fprintln(e.err, stats.Failed)
	return errSilent
}

// travelFlags are the flags of the measurement between offices.
func (e *env) travelFlags() *travel.Config {
	var t travel.Config
	e.flags.IntVar(&t.Changes, "changes", 12_000, "sync: that a node comes back with, and that it finds")
	e.flags.IntVar(&t.Nodes, "nodes", 2000, "sync: that ask one hub")
	e.flags.DurationVar(&t.For, "for", 2*time.Minute, "sync: how long they ask")
	return &t
}

// benchSync measures what passes between offices and the hub.
func (e *env) benchSync(cfg bench.Config, t travel.Config, parent, out string) error {
	dir, err := runDir(parent, "quipu-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // files of the run
	url, drop, err := cfg.HubDatabase(e.ctx)
	if err != nil {
		return err
	}
	t.Dir, t.URL, t.Persons, t.Seed = dir, url, cfg.Persons, cfg.Seed
	done := e.stages(&t.Say, &t.Progress, func(phase string) { e.say("cli.bench.sync."+phase, "nodes", t.Nodes) })
	rep, err := travel.Run(e.ctx, t)
	done()
	if err = errors.Join(err, drop()); err != nil {
		return err
	}
	return e.reportBench(rep, out)
}

// factors reads numbers above nought, separated by commas.
func factors(text string) (out []float64, err error) {
	for f := range strings.SplitSeq(text, ",") {
		if f = strings.TrimSpace(f); f == "" {
			continue
		}
		x, err := strconv.ParseFloat(f, 64)
		if err != nil || !(x > 0) {
			return nil, fault.New(fault.Invalid, "cli.bench_sizes", "value", f).On("sizes")
		}
		out = append(out, x)
	}
	return out, nil
}

// benchDir is the folder of a run: dir itself where it is to be used again, else a new one
// in it.
func (e *env) benchDir(dir string, again bool, keep *bool) (string, error) {
	if again {
		*keep = true
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", fault.New(fault.Unavailable, "cli.cannot_write", "file", dir).Because(err)
		}
		return dir, nil
	}
	dir, err := runDir(dir, "quipu-bench-")
	if err == nil && *keep {
		e.say("cli.bench.kept", "dir", dir)
	}
	return dir, err
}

// runDir makes a folder for the files of one run, "" for among the temporary files.
func runDir(parent, name string) (string, error) {
	dir, err := os.MkdirTemp(parent, name)
	if err != nil {
		return "", fault.New(fault.Unavailable, "cli.cannot_write", "file", cmp.Or(parent, os.TempDir())).Because(err)
	}
	return dir, nil
}

func (e *env) reportBench(rep any, out string) error {
	text, err := json.MarshalIndent(rep, "", "  ")
	if err != nil {
		return err
	}
	if out != "" {
		if err := os.WriteFile(out, append(text, '\n'), 0o644); err != nil {
			return fault.New(fault.Unavailable, "cli.cannot_write", "file", out).Because(err)
		}
	}
	if e.asJSON {
		return e.json(rep)
	}
	if worded, ok := rep.(interface {
		Print(w io.Writer, label func(key string) string)
	}); ok {
		worded.Print(e.out, func(key string) string { return i18n.T(e.lang, "cli.bench."+key) })
		return nil
	}
	fmt.Fprintln(e.out, string(text))
	return nil
}

// phases are the commands that the benchmarks run as processes of their own. They are no
// part of the contract and help does not list them.
func phases() []command {
	return []command{
		{"_measure", "RESULT PROFILE COMMAND ...", measure},
		{"_lookup", "--list FILE --dir DIR", lookUp},
		{"_names", "--list FILE", findNames},
		{"_bare", "--dir DIR", bareCopy},
		{"_barewindow", "--dir DIR", bareWindow},
		{"_surveycalls", "--dir DIR", surveyCalls},
	}
}

// measure runs another command and writes what this process took; with a PROFILE also
// where the time went.
func measure(e *env, args []string) error {
	if len(args) < 3 {
		return errUsage
	}
	if args[1] != "" {
		f, err := os.Create(args[1])
		if err != nil {
			return fault.New(fault.Unavailable, "cli.cannot_write", "file", args[1]).Because(err)
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	if Main(args[2:], e.in, e.out, e.err) != 0 {
		return errSilent
	}
	return bench.SaveUsage(args[0])
}

func lookUp(e *env, args []string) error {
	e.dirFlag()
	list := e.flags.String("list", "", "the list that was imported")
	n := e.flags.Int("queries", 2000, "questions of each kind")
	seed := e.flags.Uint64("seed", 1, "decides what is asked")
	if _, err := e.parse(args, 0, 0); err != nil {
		return err
	}
	a, err := e.open(false)
	if err != nil {
		return err
	}
	defer a.Close()
	found, err := bench.Find(e.ctx, a, *list, *n, *seed)
	if err != nil {
		return err
	}
	return e.json(found)
}

// findNames asks the index of names, or with --peer-url pg_trgm.
func findNames(e *env, args []string) error {
	list := e.flags.String("list", "", "a list of quipu generate")
	n := e.flags.Int("queries", 400, "questions of each kind")
	seed := e.flags.Uint64("seed", 1, "decides what is asked")
	peer := e.flags.String("peer-url", "", "an empty database of PostgreSQL")
	if _, err := e.parse(args, 0, 0); err != nil {
		return err
	}
	found, err := bench.FindNames(e.ctx, *list, *n, *seed, *peer)
	if err != nil {
		return err
	}
	return e.json(found)
}

// bareWindow serves the peer of a window.
func bareWindow(e *env, args []string) error {
	e.dirFlag()
	registerURL := e.flags.String("register-url", "", "the register's database")
	peerURL := e.flags.String("peer-url", "", "the peer's database")
	if _, err := e.parse(args, 0, 0); err != nil {
		return err
	}
	return bench.ServeBare(e.ctx, e.err, e.dir, *registerURL, *peerURL)
}

// bareCopy fills the peer: bare.db in the folder of the run, or the database at --peer-url.
func bareCopy(e *env, args []string) error {
	e.dirFlag()
	registerURL := e.flags.String("register-url", "", "the register's database")
	peerURL := e.flags.String("peer-url", "", "the peer's database")
	if _, err := e.parse(args, 0, 0); err != nil {
		return err
	}
	pass, err := passphrase()
	if err != nil {
		return err
	}
	found, err := bench.CopyBare(e.ctx, e.dir, pass, *registerURL, *peerURL)
	if err != nil {
		return err
	}
	return e.json(found)
}

// surveyCalls evaluates the calls of the benchmark of surveys.
func surveyCalls(e *env, args []string) error {
	e.dirFlag()
	if _, err := e.parse(args, 0, 0); err != nil {
		return err
	}
	found, err := surveying.Calls(e.ctx, e.dir)
	if err != nil {
		return err
	}
	return e.json(found)
}
