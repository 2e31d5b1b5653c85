package cli

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"quipu/internal/bench"
	"quipu/internal/i18n"
	"quipu/internal/linkage"
	"quipu/internal/linkage/evaluate"
	"quipu/internal/render/linkreport"
	"quipu/internal/tabular"
)

// tableOptions are the encoding and delimiter of flags.
func tableOptions(encoding, delimiter string) (tabular.Encoding, rune) {
	if r := []rune(strings.ReplaceAll(delimiter, `\t`, "\t")); len(r) == 1 {
		return tabular.Encoding(encoding), r[0]
	}
	return tabular.Encoding(encoding), 0
}

// saidColumn is a column in JSON.
type saidColumn struct {
	File   string       `json:"file"`
	Column int          `json:"column"`
	Header string       `json:"header"`
	Kind   linkage.Kind `json:"kind"`
	Reason string       `json:"reason"`
}

func (e *env) columns(p *persons) (out []saidColumn) {
	for _, f := range p.files {
		for _, c := range f.plan.Columns {
			out = append(out, saidColumn{f.path, c.Number, c.Header, c.Kind, e.reason(c)})
		}
	}
	return out
}

// sayPlan is the answer of a dry run.
func (e *env) sayPlan(p *persons) error {
	if e.asJSON {
		return e.json(map[string]any{"columns": e.columns(p), "header": p.files[0].first == nil, "dry_run": true})
	}
	e.sayColumns(e.out, p)
	return nil
}

// saidLink is the answer in JSON.
type saidLink struct {
	Records     int        `json:"records"`
	PairsScored int64      `json:"pairs_scored"`
	Clusters    int        `json:"clusters"`
	Threshold   float64    `json:"threshold"`
	OneToOne    bool       `json:"one_to_one"` // between lists, a row has one partner at most
	CPUSeconds  float64    `json:"cpu_seconds"`
	PeakBytes   int64      `json:"peak_bytes"`
	Truth       *linkTruth `json:"truth,omitempty"`

	Duplicates  int                  `json:"duplicates"` // records beyond the first of their person
	Pairs       int                  `json:"pairs"`      // in the file of pairs
	WallSeconds float64              `json:"wall_seconds"`
	SetAside    int                  `json:"set_aside"`
	Columns     []saidColumn         `json:"columns"`
	Rules       []linkage.RuleReport `json:"rules"`
	Phases      map[string]float64   `json:"phases"` // processor seconds
}

func (e *env) sayLink(j *linkJob) error {
	e.sayAside(j.p)
	clusters := 0
	for row, c := range j.res.Clusters {
		if int(c) == row {
			clusters++
		}
	}
	s := saidLink{Records: j.p.list.Len(), PairsScored: j.res.PairsScored, Clusters: clusters, Threshold: j.res.Threshold, OneToOne: j.res.OneToOne,
		CPUSeconds: j.cpu, PeakBytes: j.peak, Truth: j.truth, Duplicates: j.p.list.Len() - clusters, Pairs: len(j.res.Pairs),
		WallSeconds: math.Round(time.Since(j.began).Seconds()*1000) / 1000, SetAside: len(j.p.aside), Columns: e.columns(j.p), Rules: j.res.Rules, Phases: j.phases.Seconds}
	if e.asJSON {
		return e.json(s)
	}
	e.sayColumns(e.out, j.p)
	say := func(key string, args ...any) { fmt.Fprintln(e.out, i18n.T(e.lang, key, args...)) }
	say("cli.link.found", "records", s.Records, "clusters", s.Clusters, "duplicates", s.Duplicates)
	say("cli.link.made", "pairs", s.PairsScored, "share", fmt.Sprintf("%.1f", float64(s.PairsScored)/float64(s.Records)), "threshold", fmt.Sprintf("%.2f", s.Threshold))
	if s.OneToOne {
		say("cli.link.one_to_one")
	}
	switch lost := lostPairs(j.res.Rules); {
	case lost > 0:
		say("cli.link.lost", "pairs", lost)
	case s.PairsScored == 0 && s.Records > 1:
		say("cli.link.nothing")
	}
	say("cli.link.took", "wall", fmt.Sprintf("%.1f", s.WallSeconds), "cpu", fmt.Sprintf("%.1f", s.CPUSeconds), "mib", s.PeakBytes>>20)
	if t := j.truth; t != nil {
		for _, l := range []struct {
			key     string
			p, r, f float64
		}{{"pairs", t.Pairs.Precision, t.Pairs.Recall, t.Pairs.F1}, {"clusters", t.Clusters.Pairs.Precision, t.Clusters.Pairs.Recall, t.Clusters.Pairs.F1},
			{"b_cubed", t.BCubed.Precision, t.BCubed.Recall, t.BCubed.F1}} {
			say("cli.link.truth."+l.key, "precision", four(l.p), "recall", four(l.r), "f1", four(l.f))
		}
		say("cli.link.truth.best", "f1", four(t.Best.PairF1), "threshold", fmt.Sprintf("%.2f", t.Best.Threshold))
		say("cli.link.truth.blocking", "recall", four(t.BlockingRecall), "pairs", t.TruePairs)
	}
	for _, path := range []string{j.f.out, j.f.pairs, j.f.model, j.f.report} {
		if path != "" {
			say("cli.link.wrote", "file", path)
		}
	}
	return nil
}

// sayAside tells of the rows that could not be read.
func (e *env) sayAside(p *persons) {
	const most = 20
	for i, a := range p.aside {
		if i == most {
			e.say("cli.link.aside_more", "rows", len(p.aside)-most)
			return
		}
		e.say("cli.link.aside", "file", a.file, "row", a.bad.Number, "why", i18n.Fault(e.lang, a.bad.Fault))
	}
}

func lostPairs(rules []linkage.RuleReport) (n int64) {
	for _, r := range rules {
		n += r.Lost
	}
	return n
}

func four(x float64) string { return fmt.Sprintf("%.4f", x) }

// level says a level of agreement in words.
func (e *env) level(key string) string { return i18n.T(e.lang, "linkage.level."+key) }

// writeReport draws the report.
func (j *linkJob) writeReport(e *env, w io.Writer) error {
	r := linkreport.Report{Lang: e.lang, List: j.p.list, Result: j.res, ShowValues: j.f.showValues}
	for _, f := range j.p.files {
		file := linkreport.File{Name: f.path}
		for _, c := range f.plan.Columns {
			file.Columns = append(file.Columns, linkreport.Column{Header: columnName(c), Kind: e.kindName(c.Kind), Reason: e.reason(c)})
		}
		r.Files = append(r.Files, file)
	}
	if t := j.truth; t != nil {
		r.Truth = &linkreport.Truth{Pairs: t.Pairs, Clusters: t.Clusters.Pairs, BCubed: t.BCubed, Points: t.sweep.Points, Best: t.sweep.BestPairs,
			BlockingRecall: t.BlockingRecall}
	}
	return linkreport.Write(w, r)
}

// mostTrue is how many true pairs are looked up in the blocking; of more, every so many-th.
const mostTrue = 2_000_000

// blockingRecall is the share of true pairs that were compared at all. Those that are among
// the scored pairs were; the others are looked up in the rules.
func blockingRecall(j *linkJob, t evaluate.Truth) (float64, error) {
	all := t.Pairs()
	if all == 0 {
		return 1, nil
	}
	scored := make(map[uint64]bool)
	for _, p := range j.res.Pairs {
		if t.Entity[p.A] == t.Entity[p.B] {
			scored[uint64(p.A)<<32|uint64(p.B)] = true
		}
	}
	every, seen, hits := all/mostTrue+1, int64(0), int64(0)
	var rest [][2]int32
	for _, rows := range severalRows(t.Entity) {
		for i, a := range rows {
			for _, b := range rows[i+1:] {
				if t.Source != nil && t.Source[a] == t.Source[b] {
					continue
				}
				if seen++; seen%every != 0 {
					continue
				}
				if scored[uint64(a)<<32|uint64(b)] {
					hits++
				} else {
					rest = append(rest, [2]int32{a, b})
				}
			}
		}
	}
	together, err := j.res.Model.Blocked(j.p.list, rest)
	return float64(hits+together) / float64(max(hits+int64(len(rest)), 1)), err
}

// severalRows are the rows of each person who has several, in the order of their rows.
func severalRows(entity []int32) [][]int32 {
	rows := make([][]int32, len(entity))
	for i, e := range entity {
		rows[e] = append(rows[e], int32(i))
	}
	return slices.DeleteFunc(rows, func(r []int32) bool { return len(r) < 2 })
}

// linkPhases says where the processor's time went: seconds of all threads by phase. They
// are "read", those of linkage, "truth" for holding the result against the truth, "write".
type linkPhases struct {
	Seconds map[string]float64
	phase   string
	since   float64
}

// enter ends a phase and begins another; "" only ends one.
func (p *linkPhases) enter(phase string) {
	if phase == p.phase {
		return
	}
	now, err := bench.CPUSeconds()
	if err != nil {
		return // the system does not say
	}
	if p.Seconds == nil {
		p.Seconds = map[string]float64{}
	}
	if p.phase != "" {
		p.Seconds[p.phase] = math.Round((p.Seconds[p.phase]+now-p.since)*1e6) / 1e6
	}
	p.phase, p.since = phase, now
}
