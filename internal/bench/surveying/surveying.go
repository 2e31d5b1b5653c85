// Package surveying measures surveys: estimates from a large sample beside R's survey on the
// same rows, whose answers must agree, and answers that come in from telephones.
//
// What is measured runs in processes of its own, so that their memory and processor time are
// theirs alone. Nothing here decides whether a figure is good enough: the report has the aims
// beside what was got.
package surveying

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"quipu/internal/bench"
	"quipu/internal/fault"
)

// Config says what to measure. Dir is an empty folder that the run may fill.
type Config struct {
	Exe         string // the program itself
	Dir         string
	Rows        int
	Submissions int // sent over HTTP; 0 for none
	Seed        uint64
	Engine      string // of the register that takes submissions, "" for SQLite
	URL         string // its empty database, for PostgreSQL
	Profile     string // file that takes the processor profile of the estimates, or ""
	Say         func(phase string)
}

// Fewest is how few rows a run may have: two in every unit.
const Fewest = 2 * psus

// mostForR is how many rows R gets: it needs some 2 GB a million.
const mostForR = 4_000_000

// Report is what was measured.
type Report struct {
	Benchmark string  `json:"benchmark"`
	Rows      int     `json:"rows"`
	Seed      uint64  `json:"seed"`
	Machine   string  `json:"machine"`
	Processes int     `json:"processors"`
	Quipu     *Engine `json:"quipu"`
	R         *Engine `json:"r,omitempty"`
	// WithoutR says why R did not run: "missing" or "rows".
	WithoutR string   `json:"without_r,omitempty"`
	Beside   []Beside `json:"beside,omitempty"`
	Disagree int      `json:"disagree"`
	Field    *Field   `json:"field,omitempty"`
	Aims     []Aim    `json:"aims"`
}

// Engine is what a program took for all calls, and each.
type Engine struct {
	bench.Usage
	ReadSeconds float64 `json:"read_seconds"`
	Version     string  `json:"version,omitempty"`
	Calls       []Took  `json:"calls"`
}

// Took is one call. Estimates and Errors are its answers: of a test its statistic and p.
type Took struct {
	Name      string    `json:"name"`
	Seconds   float64   `json:"seconds"`
	CPU       float64   `json:"cpu_seconds"`
	Estimates []float64 `json:"estimates,omitempty"`
	Errors    []float64 `json:"errors,omitempty"`
}

// Aim is a figure that was wanted, at most, or with AtLeast at least.
type Aim struct {
	key     string  // of its line in the table
	What    string  `json:"what"`
	Wanted  float64 `json:"wanted"`
	Got     float64 `json:"got"`
	AtLeast bool    `json:"at_least,omitempty"`
	Met     bool    `json:"met"`
}

// Run measures.
func Run(ctx context.Context, cfg Config) (*Report, error) {
	rep := &Report{Benchmark: "survey", Rows: cfg.Rows, Seed: cfg.Seed, Machine: runtime.GOOS + "/" + runtime.GOARCH, Processes: runtime.NumCPU()}
	cfg.Say("rows")
	if err := writeTables(cfg.Dir, cfg.Rows, cfg.Seed); err != nil {
		return nil, err
	}
	cfg.Say("estimates")
	rep.Quipu = &Engine{}
	use, err := cfg.child(ctx, rep.Quipu, cfg.Profile, "_surveycalls", "--dir", cfg.Dir)
	if err != nil {
		return nil, err
	}
	rep.Quipu.Usage = use
	if cfg.Rows > mostForR {
		rep.WithoutR = "rows"
	} else {
		cfg.Say("r")
		if rep.R, err = runR(ctx, cfg.Dir, measured); errors.Is(err, errNoR) {
			rep.WithoutR = "missing"
		} else if err != nil {
			return nil, err
		} else if rep.Beside, rep.Disagree, err = compare(measured, rep.Quipu, rep.R); err != nil {
			return nil, err
		}
	}
	if cfg.Submissions > 0 {
		if rep.Field, err = cfg.field(ctx); err != nil {
			return nil, err
		}
	}
	rep.judge()
	return rep, nil
}

// judge puts the aims beside what was got; those of a million rows say nothing about others.
func (r *Report) judge() {
	add := func(key, what string, wanted, got float64, atLeast bool) {
		r.Aims = append(r.Aims, Aim{key, what, wanted, got, atLeast, got == wanted || atLeast == (got > wanted)})
	}
	if r.Rows == 1_000_000 {
		for _, t := range r.Quipu.Calls {
			if wanted := aims[t.Name]; wanted > 0 {
				add(t.Name, t.Name+", seconds", wanted, t.Seconds, false)
			}
		}
		add("peak", "estimates, peak bytes", 500<<20, float64(r.Quipu.PeakBytes), false)
	}
	if f := r.Field; f != nil {
		add("per_second", "submissions a second", 1000, f.PerSecond, true)
		add("pages", "page of submissions, p95 milliseconds", 20, f.Pages.P95, false)
		add("one_more", "crosstab after one more submission, p95 milliseconds", 200, f.Crosstabs.OneMore.P95, false)
		add("server", "server of submissions, peak bytes", 150<<20, float64(f.Server.PeakBytes), false)
	}
	if r.R != nil {
		add("apart", "calls whose answers differ from R's", 0, float64(r.Disagree), false)
	}
}

// child runs a command of the program in a process of its own and reads what it prints.
func (c *Config) child(ctx context.Context, out any, profile string, args ...string) (use bench.Usage, err error) {
	measured := filepath.Join(c.Dir, "usage.json")
	cmd := exec.CommandContext(ctx, c.Exe, append([]string{"_measure", measured, profile}, args...)...)
	start := time.Now()
	text, err := cmd.Output()
	if err != nil {
		said := ""
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			said = string(exit.Stderr)
		}
		return use, fault.New(fault.Internal, "bench.phase", "phase", args[0], "said", said).Because(err)
	}
	if err := json.Unmarshal(text, out); err != nil {
		return use, err
	}
	wall := time.Since(start).Seconds()
	use, err = bench.ReadUsage(measured)
	use.WallSeconds = wall
	return use, err
}
