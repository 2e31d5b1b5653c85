package bench

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// Report is what a benchmark found. Ratios come first: they say something on another
// machine as well, the rest says it about this one.
type Report struct {
	Benchmark string     `json:"benchmark"`
	Engine    string     `json:"engine"`
	Persons   int        `json:"persons"`
	Rows      int        `json:"rows"`
	Seed      uint64     `json:"seed"`
	Ratios    *Ratios    `json:"ratios,omitempty"`
	Import    *Import    `json:"import,omitempty"`
	Decide    *Usage     `json:"decide,omitempty"`
	LookUps   *LookUps   `json:"lookups,omitempty"`
	Disk      *Disk      `json:"disk,omitempty"`
	Bare      *Bare      `json:"bare,omitempty"`
	Window    *Window    `json:"window,omitempty"`
	Names     *Forgiving `json:"names,omitempty"`
	Link      *Link      `json:"link,omitempty"`
	Copies    *Copies    `json:"copies,omitempty"`
	Targets   []Target   `json:"targets"`
	Machine   Machine    `json:"machine"`
}

// Ratios compare the register with the bare database. CPU is the whole import over the
// bare insertion; Keep leaves out of the import what a rehearsal of it takes, which reads the
// list and decides about its rows (and remembers what it would have written, which makes
// Keep a lower bound); Bytes is database over database.
type Ratios struct {
	CPU   float64 `json:"cpu"`
	Keep  float64 `json:"cpu_of_keeping"`
	Bytes float64 `json:"bytes"`
}

// Usage is what a process took. ServerCPUSeconds is that of a database server on the
// same machine while the process ran, 0 where there is none or it cannot be seen.
type Usage struct {
	CPUSeconds       float64 `json:"cpu_seconds"`
	ServerCPUSeconds float64 `json:"server_cpu_seconds"`
	WallSeconds      float64 `json:"wall_seconds"`
	PeakBytes        int64   `json:"peak_bytes"` // 0 where the system does not say
}

// Import is the import of the list. The rates are in rows.
type Import struct {
	Usage
	PerCPUSecond float64 `json:"rows_per_cpu_second"`
	PerSecond    float64 `json:"rows_per_second"`
	Rows         int     `json:"rows"`
	New          int     `json:"new"`
	Same         int     `json:"same"`
	Changed      int     `json:"changed"`
	Refused      int     `json:"refused"`
}

// Disk is what the database takes after its write-ahead log has been taken in.
type Disk struct {
	Bytes     int64   `json:"bytes"`
	PerPerson float64 `json:"bytes_per_person"`
}

// Latency is a distribution of times in milliseconds.
type Latency struct {
	Queries int     `json:"queries"`
	P50     float64 `json:"p50_ms"`
	P95     float64 `json:"p95_ms"`
	P99     float64 `json:"p99_ms"`
	Max     float64 `json:"max_ms"`
}

// Look is one kind of question: First, each question once in a fresh process; Warm, the
// same questions again. Found is the share that had an answer.
type Look struct {
	First Latency `json:"first"`
	Warm  Latency `json:"warm"`
	Found float64 `json:"found"`
}

// LookUps are the questions that a window asks.
type LookUps struct {
	Usage
	Document  Look `json:"document"`
	FullName  Look `json:"full_name"`
	ShortName Look `json:"short_name"`
	Page      Look `json:"page"`
}

// Bare is the peer: the same people in the same tables, by the driver alone.
type Bare struct {
	Usage
	People       int64   `json:"people"`
	Keys         int64   `json:"keys"`
	Bytes        int64   `json:"bytes"`
	PerCPUSecond float64 `json:"people_per_cpu_second"`
}

// Target is one aim with what was got.
type Target struct {
	What string  `json:"what"`
	Aim  float64 `json:"aim"`
	Got  float64 `json:"got"`
	Met  bool    `json:"met"`
}

// Machine says where it ran.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	System string `json:"system"`
	Go     string `json:"go"`
	Commit string `json:"commit"`
}

func machine() Machine {
	m := Machine{Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version()}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == "model name" {
				m.CPU = strings.TrimSpace(v)
				break
			}
		}
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				m.Commit = s.Value
			}
		}
	}
	return m
}

// judge sets what was got beside what was aimed at.
func (r *Report) judge() {
	atLeast := func(what string, aim, got float64) {
		r.Targets = append(r.Targets, Target{what, aim, round(got), got >= aim})
	}
	below := func(what string, aim, got float64) {
		r.Targets = append(r.Targets, Target{what, aim, round(got), got < aim})
	}
	const mib = 1 << 20
	if w := r.Window; w != nil {
		r.Targets = w.judge()
		return // its import is a preparation
	}
	if l := r.Link; l != nil {
		r.Targets = l.judge()
	}
	if n := r.Names; n != nil {
		for _, k := range n.Kinds {
			switch k.Kind {
			case "typo":
				below("names.typo.p50_cpu_ms", 5, k.CPU.P50)
				below("names.typo.p99_cpu_ms", 25, k.CPU.P99)
				atLeast("names.typo.in_ten", 0.98, k.InTen)
			case common:
				below("names.common.max_cpu_ms", 40, k.CPU.Max)
			}
		}
	}
	if i := r.Import; i != nil {
		atLeast("import.rows_per_cpu_second", 10_000, rate(i.Rows, i.CPUSeconds+i.ServerCPUSeconds))
		below("import.peak_mib", 300, float64(i.PeakBytes)/mib)
	}
	if d := r.Disk; d != nil {
		below("disk.bytes_per_person", 3072, d.PerPerson)
	}
	if l := r.LookUps; l != nil {
		below("search.document.p95_ms", 20, max(l.Document.First.P95, l.Document.Warm.P95))
		below("search.full_name.p95_ms", 20, max(l.FullName.First.P95, l.FullName.Warm.P95))
		below("page.p99_ms", 50, max(l.Page.First.P99, l.Page.Warm.P99))
		below("lookups.peak_mib", 300, float64(l.PeakBytes)/mib)
	}
}

func rate(n int, seconds float64) float64 { return round(ratio(float64(n), seconds)) }

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return round(a / b)
}

// round keeps three decimals: nobody measures more.
func round(x float64) float64 { return math.Round(x*1000) / 1000 }
