package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"quipu/internal/bench/splink"
	"quipu/internal/synth"
)

// Link is a list of an invented register without duplicates known, linked by quipu link
// and by Splink: the same columns, the same run, two threads each.
type Link struct {
	Families   bool           `json:"families"`
	Rows       int            `json:"rows"`
	Ours       Linked         `json:"quipu"`
	Splink     *splink.Result `json:"splink,omitempty"`
	Missing    string         `json:"splink_missing,omitempty"` // why there is no peer
	CPUPredict float64        `json:"cpu_ratio_predict"`        // Splink over quipu: scoring the pairs, blocking included
	CPUAll     float64        `json:"cpu_ratio_all"`            // from the list on the disk to clusters
	PerPair    []PairCost     `json:"pair_cost"`
}

// Linked is what `quipu link --json` says, and what its process took.
type Linked struct {
	Usage
	Records     int                `json:"records"`
	PairsScored int64              `json:"pairs_scored"`
	Threshold   float64            `json:"threshold"`
	Phases      map[string]float64 `json:"phases"` // processor seconds
	Truth       struct {
		Pairs          splink.Score `json:"pairs"`
		ClustersF1     float64      `json:"clusters_f1"`
		Best           LinkBest     `json:"best"`
		BlockingRecall float64      `json:"blocking_recall"`
	} `json:"truth"`
}

// LinkBest is the best of all thresholds.
type LinkBest struct {
	Threshold float64 `json:"threshold"`
	PairF1    float64 `json:"pair_f1"`
}

// PairCost is what a pair costs in a list of some size: processor nanoseconds of scoring.
type PairCost struct {
	Rows           int     `json:"rows"`
	Pairs          int64   `json:"pairs"`
	PairsPerRecord float64 `json:"pairs_per_record"`
	Nanoseconds    float64 `json:"ns_per_pair"`
	CPUSeconds     float64 `json:"cpu_seconds"`
	PeakBytes      int64   `json:"peak_bytes"`
}

// linkColumns are what the seven rules and eight comparisons of the peer look at.
var linkColumns = []string{"apellido_paterno", "apellido_materno", "nombres", "sexo", "fecha_nacimiento", "tipo_documento",
	"numero_documento", "ubigeo_nacimiento", "truth"}

// linkDuplicates is the share of persons who are in the list twice or more.
const linkDuplicates = 0.1

// predict is the processor time of making the pairs and scoring them.
func (l Linked) predict() float64 { return l.Phases["score"] }

// all is the processor time from the start of the program to the clusters: holding them
// against the truth and writing files is left out, as it is of Splink.
func (l Linked) all() (s float64) {
	for phase, seconds := range l.Phases {
		if phase != "truth" && phase != "write" {
			s += seconds
		}
	}
	return s
}

func (r *run) link(ctx context.Context) (err error) {
	l := &Link{Families: r.Families}
	list, err := r.linkList(ctx, r.Persons)
	if err != nil {
		return err
	}
	if l.Ours, err = r.linked(ctx, list); err != nil {
		return err
	}
	l.Rows, r.rep.Rows, r.rep.Link = l.Ours.Records, l.Ours.Records, l
	l.PerPair = append(l.PerPair, l.Ours.cost())
	if err := r.besideSplink(ctx, l, list); err != nil {
		return err
	}
	for _, times := range r.Sizes {
		list, err := r.linkList(ctx, int(times*float64(r.Persons)))
		if err != nil {
			return err
		}
		ours, err := r.linked(ctx, list)
		if err != nil {
			return err
		}
		l.PerPair = append(l.PerPair, ours.cost())
	}
	return nil
}

func (r *run) besideSplink(ctx context.Context, l *Link, list string) error {
	python, err := splink.Find()
	if errors.Is(err, splink.ErrMissing) {
		l.Missing = err.Error()
		return nil
	} else if err != nil {
		return err
	}
	r.Say("splink")
	res, err := splink.Run(ctx, splink.Job{Python: python, Dir: r.Dir, List: list, Setup: "register", Threads: 2})
	if err != nil {
		return err
	}
	l.Splink = &res
	l.CPUPredict = ratio(res.Phases["predict"].CPUSeconds, l.Ours.predict())
	l.CPUAll = ratio(res.CPUSeconds, l.Ours.all())
	return nil
}

// linkList makes a list of so many persons with the columns that both look at, in place of
// the one before.
func (r *run) linkList(ctx context.Context, persons int) (string, error) {
	r.Say("generate")
	path := filepath.Join(r.Dir, "people.csv")
	out, err := os.Create(path)
	if err != nil {
		return "", err
	}
	cut := newCutter(out, linkColumns)
	_, err = synth.Generate(synth.Options{Persons: persons, Seed: r.Seed, Families: r.Families, Duplicates: linkDuplicates, Inline: true}, cut, nothing{ctx})
	return path, errors.Join(err, cut.close(), out.Close(), ctx.Err())
}

// nothing forgets the truth file, and ends the making of a list that nobody waits for.
type nothing struct{ ctx context.Context }

func (n nothing) Write(b []byte) (int, error) { return len(b), n.ctx.Err() }

func (r *run) linked(ctx context.Context, list string) (l Linked, err error) {
	use, err := r.child(ctx, "link", &l, "link", list, "--truth", "truth", "--threads", "2",
		"--out", filepath.Join(r.Dir, "clusters.csv"), "--json")
	l.Usage = use
	return l, err
}

func (l Linked) cost() PairCost {
	return PairCost{Rows: l.Records, Pairs: l.PairsScored, PairsPerRecord: ratio(float64(l.PairsScored), float64(l.Records)),
		Nanoseconds: ratio(l.predict()*1e9, float64(l.PairsScored)), CPUSeconds: round(l.all()), PeakBytes: l.PeakBytes}
}

// judge holds the run against the aims, which are for a list of a million people.
func (l *Link) judge() (out []Target) {
	atLeast := func(what string, aim, got float64) { out = append(out, Target{what, aim, round(got), got >= aim}) }
	atMost := func(what string, aim, got float64) { out = append(out, Target{what, aim, round(got), got <= aim}) }
	if s := l.Splink; s != nil {
		atLeast("link.cpu_ratio_predict", 25, l.CPUPredict)
		atLeast("link.cpu_ratio_all", 15, l.CPUAll)
		atLeast("link.best_f1", s.Truth.Best.F1, l.Ours.Truth.Best.PairF1)
	}
	if l.Families {
		atLeast("link.pairs_f1", 0.98, l.Ours.Truth.Pairs.F1)
		atLeast("link.clusters_f1", 0.98, l.Ours.Truth.ClustersF1)
	}
	atLeast("link.pairs_f1_below_best", l.Ours.Truth.Best.PairF1-0.01, l.Ours.Truth.Pairs.F1)
	atLeast("link.blocking_recall", 0.99, l.Ours.Truth.BlockingRecall)
	atMost("link.cpu_us_per_record", 12, l.Ours.all()*1e6/float64(max(l.Rows, 1)))
	atMost("link.bytes_per_record", 1e9/1e6, float64(l.Ours.PeakBytes)/float64(max(l.Rows, 1)))
	return out
}

// lines are the report for people: keys of words, and figures. None of nothing.
func (l *Link) lines() (out [][2]string) {
	if l == nil {
		return nil
	}
	line := func(key, format string, args ...any) {
		out = append(out, [2]string{"link." + key, fmt.Sprintf(format, args...)})
	}
	o := l.Ours
	if s := l.Splink; s != nil {
		line("ratio_predict", "%.1f", l.CPUPredict)
		line("ratio_all", "%.1f", l.CPUAll)
	} else {
		line("missing", "%s", l.Missing)
	}
	line("cpu", "quipu  %.1f s (%.1f s), %.1f s, %d MiB", o.all(), o.predict(), o.WallSeconds, o.PeakBytes>>20)
	line("f1", "quipu  %.4f (%.4f), %.4f", o.Truth.Pairs.F1, o.Truth.Best.PairF1, o.Truth.ClustersF1)
	line("pairs", "quipu  %d, %.1f, %.4f", o.PairsScored, ratio(float64(o.PairsScored), float64(o.Records)), o.Truth.BlockingRecall)
	if s := l.Splink; s != nil {
		line("cpu", "splink %.1f s (%.1f s), %.1f s, %d MiB", s.CPUSeconds, s.Phases["predict"].CPUSeconds, s.WallSeconds, s.PeakBytes>>20)
		line("f1", "splink %.4f (%.4f), %.4f", s.Truth.EvenOdds.F1, s.Truth.Best.F1, s.Truth.Clusters.F1)
		line("pairs", "splink %d, %.1f, %.4f", s.PairsBlocked, ratio(float64(s.PairsBlocked), float64(s.Records)), s.Truth.KeptRecall)
	}
	for _, c := range l.PerPair {
		line("cost", "%d: %d (%.1f), %.1f ns, %.1f s, %d MiB", c.Rows, c.Pairs, c.PairsPerRecord, c.Nanoseconds, c.CPUSeconds, c.PeakBytes>>20)
	}
	return out
}
