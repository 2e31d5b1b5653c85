package bench

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Window is what officers at their windows met. Usage is that of the server, from its start
// to its end.
type Window struct {
	Usage
	Queue Queue `json:"queue"`
	Runs  int   `json:"runs"` // on this register, with this one
	// Ratios are the register's figures over those of the peer: processor time a request,
	// and the median of what officers waited for.
	Ratios     map[string]float64 `json:"ratios,omitempty"`
	Phases     []Phase            `json:"phases"`
	Memory     Memory             `json:"memory"`
	Registered int                `json:"registered"` // people whose registration the pages confirmed
	Lost       int                `json:"lost"`       // of them, those who were not in the register afterwards
}

// Phase is a time with a number of officers. Acts are what officers waited for, redirections
// included, in milliseconds. Refused counts answers that said to come back later.
type Phase struct {
	Name               string             `json:"name"`
	Officers           int                `json:"officers"`
	Seconds            float64            `json:"seconds"`
	Requests           int                `json:"requests"`
	PerSecond          float64            `json:"requests_per_second"`
	Errors             int                `json:"errors"`
	Wrong              map[string]int     `json:"wrong,omitempty"`
	Refused            int                `json:"refused"`
	CPUSeconds         float64            `json:"cpu_seconds"`
	DatabaseCPUSeconds float64            `json:"database_cpu_seconds"`
	CPUPerRequest      float64            `json:"cpu_ms_a_request"` // the database's included
	ResidentBytes      int64              `json:"most_resident_bytes"`
	Acts               map[string]Latency `json:"acts"`
}

// Memory is what the server had resident while the officers worked as usual: on average in
// the first and in the last quarter of that time, the most, and the most of all phases.
// Database is the memory of a server of PostgreSQL at the end of that time.
type Memory struct {
	First    int64   `json:"first_quarter_bytes"`
	Last     int64   `json:"last_quarter_bytes"`
	Most     int64   `json:"most_bytes"`
	Tenths   []int64 `json:"tenths_bytes"` // on average in each tenth
	MostEver int64   `json:"most_ever_bytes"`
	Database int64   `json:"database_bytes"`
}

func (w *Window) phase(name string) *Phase {
	for i := range w.Phases {
		if w.Phases[i].Name == name {
			return &w.Phases[i]
		}
	}
	return &Phase{}
}

// judge sets what was got beside the aims. Memory is flat when the last quarter has at most
// a tenth more than the first; the node has recovered when it answers in the same times as
// are asked of it before the spike.
func (w *Window) judge() (out []Target) {
	below := func(what string, aim, got float64) { out = append(out, Target{what, aim, round(got), got <= aim}) }
	const mib = 1 << 20
	steady, spike, after := w.phase("steady"), w.phase("spike"), w.phase("recovery")
	below("steady.errors", 0, float64(steady.Errors+steady.Refused))
	quick := func(p *Phase) {
		for _, x := range []struct {
			act string
			aim float64
		}{{actRegister, 100}, {actCheck, 100}, {actSearch, 50}, {actPage, 50}} {
			l := p.Acts[x.act]
			// What nobody did was not quick either.
			out = append(out, Target{p.Name + "." + x.act + ".p95_ms", x.aim, l.P95, l.Queries > 0 && l.P95 < x.aim})
		}
	}
	quick(steady)
	below("window.resident_mib", 400, float64(w.Memory.MostEver)/mib)
	below("window.growth", 1.1, ratio(float64(w.Memory.Last), float64(w.Memory.First)))
	below("window.lost", 0, float64(w.Lost))
	if spike.Officers > 0 {
		below("spike.errors", 0, float64(spike.Errors))
		below("recovery.errors", 0, float64(after.Errors+after.Refused))
		quick(after)
	}
	return out
}

// lines are the report for people, key and text.
func (w *Window) lines() (out [][2]string) {
	add := func(key, format string, args ...any) { out = append(out, [2]string{key, fmt.Sprintf(format, args...)}) }
	for _, p := range w.Phases {
		add("window."+p.Name, "%d, %.0f s, %d (%.1f/s), %d + %d, CPU %.1f + %.1f s (%.2f ms), %d MiB", p.Officers, p.Seconds, p.Requests,
			p.PerSecond, p.Errors, p.Refused, p.CPUSeconds, p.DatabaseCPUSeconds, p.CPUPerRequest, p.ResidentBytes>>20)
		for _, act := range sortedActs(p.Acts) {
			add("act."+act, "%s", p.Acts[act])
		}
		for kind, n := range p.Wrong {
			add("window.wrong", "%d: %s", n, kind)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(w.Ratios)) {
		add("window.ratio."+k, "%.1f", w.Ratios[k])
	}
	add("window.memory", "%d, %d, %d, %d MiB", w.Memory.First>>20, w.Memory.Last>>20, w.Memory.Most>>20, w.Memory.MostEver>>20)
	add("window.registered", "%d, %d", w.Registered, w.Lost)
	return out
}

// MarshalJSON writes times in seconds.
func (q Queue) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]float64{"officers": float64(q.Officers), "seconds": q.For.Seconds(), "spike": float64(q.Times),
		"spike_seconds": q.Surge.Seconds(), "think_seconds": q.Think.Seconds()})
}
