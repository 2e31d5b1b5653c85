// Package bench measures the register as an office would meet it: the real command line
// in processes of its own, on an invented register, beside a bare database.
//
// Every phase runs in a child process of the same program, so that the memory of one
// does not spoil the figure of another and processor time is that of the whole process,
// garbage collection included. Nothing here decides whether a figure is good enough: the
// report states the targets and what was got.
package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"quipu/internal/app/node"
	"quipu/internal/fault"
	"quipu/internal/store/bare"
	"quipu/internal/synth"
)

// Config says what to measure. Dir is an empty folder that the run may fill.
type Config struct {
	Exe     string // the program itself
	Dir     string
	Persons int
	Seed    uint64
	Engine  string // of node.SQLite, node.Encrypted, node.Postgres
	URL     string // for node.Postgres: databases quipu_bench and quipu_bench_bare are made beside it
	Queries int    // of each kind
	// Families and Sizes are for the benchmark "link": the list has families; times Persons, for the cost of a pair.
	Families bool
	Sizes    []float64
	Profile  string // file that takes the processor profile of the import, or ""
	Stderr   *os.File
	Say      func(phase string) // progress, by the phase's name
	// Window is for the benchmark of that name, which uses again what an earlier run has
	// left in Dir, and Keep leaves the databases of a server to the next one.
	Window   Queue
	Keep     bool
	Progress func(done, total int64)
}

// Names lists the benchmarks.
func Names() []string {
	return []string{"backup", "import", "link", "names", "record", "search", "window"}
}

// office stands for the rows of the list when none of them says where: one office imports it.
const office = "ESMAD"

// duplicates is the share of people whom the list holds more than once.
const duplicates = 0.04

// Run runs a benchmark by its name.
func Run(ctx context.Context, name string, cfg Config) (rep *Report, err error) {
	r := &run{Config: cfg, rep: &Report{Benchmark: name, Engine: cfg.Engine, Persons: cfg.Persons, Seed: cfg.Seed, Machine: machine()}}
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.tidy(context.WithoutCancel(ctx))) }()
	steps := map[string][]func(context.Context) error{
		"backup": {r.makeDatabases, r.generate, r.imported, r.copied},
		"import": {r.makeDatabases, r.generate, r.imported},
		"search": {r.makeDatabases, r.generate, r.imported, r.lookUps, r.names},
		"names":  {r.generate, r.names},
		"link":   {r.link},
		"window": {r.reopen, r.atWindow, r.besideBare},
		"record": {r.makeDatabases, r.generate, r.rehearsed, r.imported, r.lookUps, r.peer},
	}[name]
	if steps == nil {
		return nil, fmt.Errorf("bench: there is no benchmark %q", name)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	r.rep.judge()
	return r.rep, nil
}

// run is a benchmark under way.
type run struct {
	Config
	rep    *Report
	env    []string // of the children
	server int      // process id of a server of PostgreSQL on this machine, or 0
	// addresses on a server of PostgreSQL, else ""
	registerURL, peerURL string
	staff                *staff // of a window
}

func (r *run) list() string     { return filepath.Join(r.Dir, "registro.csv") }
func (r *run) register() string { return filepath.Join(r.Dir, "register") }

// phrase opens the encrypted register of a measurement; it protects nothing.
const phrase = "una frase para medir"

func (r *run) prepare(ctx context.Context) error {
	r.env = []string{"QUIPU_ENGINE=" + r.Engine, "QUIPU_PASSPHRASE="}
	switch r.Engine {
	case node.SQLite:
	case node.Encrypted:
		r.env[1] += phrase
	case node.Postgres:
		return r.preparePostgres(ctx)
	default:
		return fault.New(fault.Invalid, "bench.engine", "engine", r.Engine)
	}
	return nil
}

func (r *run) passphrase() string {
	if r.Engine == node.Encrypted {
		return phrase
	}
	return ""
}

func (r *run) preparePostgres(ctx context.Context) error {
	if r.URL == "" {
		return fault.New(fault.Invalid, "bench.url_needed")
	}
	return bare.Backend(ctx, r.URL, func(pid int) { r.server = postmaster(pid) })
}

// makeDatabases makes those of a server; files make themselves.
func (r *run) makeDatabases(ctx context.Context) (err error) {
	if r.Engine != node.Postgres {
		return nil
	}
	if r.registerURL, err = bare.MakeDatabase(ctx, r.URL, r.database()); err != nil {
		return err
	}
	if r.peerURL, err = bare.MakeDatabase(ctx, r.URL, r.database()+"_bare"); err != nil {
		return err
	}
	r.env = append(r.env, "QUIPU_URL="+r.registerURL)
	return nil
}

// database is the name of the run's database on a server.
func (r *run) database() string {
	if r.rep.Benchmark == "window" {
		return "quipu_window"
	}
	return "quipu_bench"
}

// tidy takes the databases of a server away again; files are the caller's.
func (r *run) tidy(ctx context.Context) error {
	if r.Engine != node.Postgres || r.Keep {
		return nil
	}
	return errors.Join(bare.DropDatabase(ctx, r.URL, r.database()), bare.DropDatabase(ctx, r.URL, r.database()+"_bare"))
}

func (r *run) generate(ctx context.Context) error {
	var c synth.Counts
	_, err := r.child(ctx, "generate", &c, "generate", "--persons", fmt.Sprint(r.Persons), "--seed", fmt.Sprint(r.Seed),
		"--families", "--duplicates", fmt.Sprint(duplicates), "--out", r.Dir, "--json")
	r.rep.Rows = c.Rows
	return err
}

// rehearsed reads, recognises and decides the list without writing: what the import would
// cost if keeping cost nothing. It needs no database of the measured engine.
func (r *run) rehearsed(ctx context.Context) error {
	env := r.env
	r.env = []string{"QUIPU_ENGINE=" + node.SQLite}
	defer func() { r.env = env }()
	use, err := r.child(ctx, "rehearse", nil, r.importArgs(filepath.Join(r.Dir, "rehearsal"), "--dry-run")...)
	r.rep.Decide = &use
	return err
}

func (r *run) importArgs(dir string, more ...string) []string {
	return append([]string{"import", r.list(), "--office", office, "--json", "--dir", dir}, more...)
}

func (r *run) imported(ctx context.Context) error {
	imp := &Import{}
	use, err := r.child(ctx, "import", imp, r.importArgs(r.register(), "--refused", filepath.Join(r.Dir, "refused.csv"))...)
	if err != nil {
		return err
	}
	imp.Usage = use
	imp.PerCPUSecond = rate(imp.Rows, use.CPUSeconds)
	imp.PerSecond = rate(imp.Rows, use.WallSeconds)
	r.rep.Import = imp
	target, _, err := targets(r.Dir, "")
	if err != nil {
		return err
	}
	target.URL = r.registerURL
	n, err := bare.Size(ctx, target)
	r.rep.Disk = &Disk{Bytes: n, PerPerson: float64(n) / float64(max(imp.New, 1))}
	return err
}

func (r *run) lookUps(ctx context.Context) error {
	l := &LookUps{}
	use, err := r.child(ctx, "lookups", l, "_lookup", "--dir", r.register(), "--list", r.list(),
		"--queries", fmt.Sprint(r.Queries), "--seed", fmt.Sprint(r.Seed))
	l.Usage = use
	r.rep.LookUps = l
	return err
}

// peer puts the same people into a bare database. The child gives the processor time of
// inserting; its own whole time has the reading of the register in it.
func (r *run) peer(ctx context.Context) error {
	b := &Bare{}
	before := serverCPU(r.server)
	_, err := r.child(ctx, "bare", b, "_bare", "--dir", r.Dir, "--register-url", r.registerURL, "--peer-url", r.peerURL)
	if err != nil {
		return err
	}
	b.ServerCPUSeconds = serverCPU(r.server) - before
	r.rep.Bare = b
	imp, disk := r.rep.Import, r.rep.Disk
	r.rep.Ratios = &Ratios{
		CPU:   ratio(imp.CPUSeconds+imp.ServerCPUSeconds, b.CPUSeconds+b.ServerCPUSeconds),
		Keep:  ratio(imp.CPUSeconds+imp.ServerCPUSeconds-r.rep.Decide.CPUSeconds, b.CPUSeconds+b.ServerCPUSeconds),
		Bytes: ratio(float64(disk.Bytes), float64(b.Bytes)),
	}
	return nil
}
