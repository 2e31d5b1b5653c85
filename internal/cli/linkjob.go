package cli

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"quipu/internal/bench"
	"quipu/internal/fault"
	"quipu/internal/linkage"
	"quipu/internal/linkage/cluster"
	"quipu/internal/linkage/evaluate"
	"quipu/internal/tabular"
)

// linkJob is one run of quipu link.
type linkJob struct {
	f      *linkFlags
	p      *persons
	began  time.Time
	finish func() // ends the progress

	out, pairs, model, report *bufio.Writer

	res   *linkage.Result
	truth *linkTruth
	cpu   float64 // seconds
	peak  int64   // bytes

	phases linkPhases
}

// linkTruth is what the result is worth. Sweep has every threshold, for the report.
type linkTruth struct {
	Pairs          evaluate.Score    `json:"pairs"`
	BCubed         evaluate.Score    `json:"b_cubed"`
	ClustersF1     float64           `json:"clusters_f1"`
	Best           linkBest          `json:"best"`
	BlockingRecall float64           `json:"blocking_recall"`
	Clusters       evaluate.Clusters `json:"clusters"`
	TruePairs      int64             `json:"true_pairs"`

	sweep evaluate.Sweep
}

type linkBest struct {
	Threshold float32 `json:"threshold"`
	PairF1    float64 `json:"pair_f1"`
	ClusterF1 float64 `json:"clusters_f1"`
	ClusterAt float32 `json:"clusters_threshold"`
}

func (j *linkJob) begin(files *outFiles) (err error) {
	for _, o := range []struct {
		w    **bufio.Writer
		path string
	}{{&j.out, j.f.out}, {&j.pairs, j.f.pairs}, {&j.model, j.f.model}, {&j.report, j.f.report}} {
		if *o.w, err = files.create(o.path); err != nil {
			return err
		}
	}
	return nil
}

func (j *linkJob) run(e *env) error {
	o, err := j.options(e)
	defer j.finish()
	if err != nil {
		return err
	}
	if j.res, err = linkage.Link(j.p.list, o); err != nil {
		return err
	}
	j.phases.enter("truth")
	if j.p.truth != nil {
		if j.truth, err = j.judge(); err != nil {
			return err
		}
	}
	j.peak = bench.PeakBytes()
	j.cpu, _ = bench.CPUSeconds() // 0 where the system does not say
	return nil
}

// judge holds the result against the truth.
func (j *linkJob) judge() (*linkTruth, error) {
	t := evaluate.Truth{Entity: j.p.truth, Source: j.p.sources}
	edges := make([]cluster.Edge, len(j.res.Pairs))
	for i, p := range j.res.Pairs {
		edges[i] = cluster.Edge{A: p.A, B: p.B, Weight: p.Weight}
	}
	clusters, sweep := t.Clusters(j.res.Clusters), t.Sweep(edges)
	recall, err := blockingRecall(j, t)
	return &linkTruth{Pairs: t.Edges(edges, float32(j.res.Threshold)), BCubed: clusters.BCubed, ClustersF1: clusters.Pairs.F1,
		Best: linkBest{Threshold: sweep.BestPairs.Threshold, PairF1: sweep.BestPairs.Pairs.F1,
			ClusterF1: sweep.BestClosure.Closure.F1, ClusterAt: sweep.BestClosure.Threshold},
		BlockingRecall: recall, Clusters: clusters, TruePairs: t.Pairs(), sweep: sweep}, err
}

// write writes the results that were asked for.
func (j *linkJob) write(e *env) error {
	j.phases.enter("write")
	defer j.phases.enter("")
	var errs []error
	if j.out != nil {
		errs = append(errs, j.writeClusters(j.out))
	}
	if j.pairs != nil {
		errs = append(errs, j.writePairs(e, j.pairs))
	}
	if j.model != nil {
		text, err := j.res.Model.Encode()
		_, err2 := j.model.Write(append(text, '\n'))
		errs = append(errs, err, err2)
	}
	if j.report != nil {
		errs = append(errs, j.writeReport(e, j.report))
	}
	return errors.Join(errs...)
}

// writeClusters writes row,cluster: the cluster is the number of its first row.
func (j *linkJob) writeClusters(w io.Writer) error {
	line := []byte("row,cluster\n")
	for row, c := range j.res.Clusters {
		if _, err := w.Write(line); err != nil {
			return err
		}
		line = strconv.AppendInt(append(strconv.AppendInt(line[:0], int64(row+1), 10), ','), int64(c+1), 10)
		line = append(line, '\n')
	}
	_, err := w.Write(line)
	return err
}

// writePairs writes the pairs with their weight and, for every comparison, what it says.
func (j *linkJob) writePairs(e *env, w io.Writer) error {
	out := csv.NewWriter(w)
	head := []string{"row_a", "row_b", "weight"}
	words := make([][]string, len(j.res.Model.Comparisons))
	for i, c := range j.res.Model.Comparisons {
		head = append(head, c.Name)
		for _, l := range c.Levels {
			words[i] = append(words[i], e.level(l.Key))
		}
	}
	if err := out.Write(head); err != nil {
		return err
	}
	row := make([]string, len(head))
	for _, p := range j.res.Pairs {
		row[0], row[1] = strconv.Itoa(int(p.A)+1), strconv.Itoa(int(p.B)+1)
		row[2] = strconv.FormatFloat(float64(p.Weight), 'g', -1, 32)
		for i, of := range words {
			row[3+i] = ""
			if l := int(p.Pattern>>(4*i)) & 15; l < len(of) {
				row[3+i] = of[l]
			}
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// readModel reads a model that was kept, and checks that it is for such a list.
func readModel(path string, fields []linkage.Field) (*linkage.Model, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.New(fault.NotFound, "cli.no_file", "file", path).Because(err)
	}
	m, err := linkage.DecodeModel(data)
	if err != nil {
		return nil, fault.New(fault.Invalid, "cli.link.model", "file", path).Because(err)
	}
	if !slices.EqualFunc(m.Fields, fields, func(a, b linkage.Field) bool { return a.Kind == b.Kind }) {
		return nil, fault.New(fault.Invalid, "cli.link.model_fields", "file", path, "has", fieldList(fields), "wants", fieldList(m.Fields))
	}
	return m, nil
}

func fieldList(fields []linkage.Field) string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = fmt.Sprintf("%s (%s)", f.Name, f.Kind)
	}
	return strings.Join(out, ", ")
}

// readDecisions reads row_a,row_b,same|different: rows that are one person and rows that
// are not, whatever they look like.
func readDecisions(path string, rows int) (must, cannot [][2]int32, err error) {
	if path == "" {
		return nil, nil, nil
	}
	r, err := tabular.Open(path, tabular.Options{HeaderRow: 1})
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	take := func(line int, cells []string) error {
		if len(cells) < 3 {
			return fault.New(fault.Invalid, "cli.link.decision", "file", path, "line", line, "rows", rows)
		}
		a, errA := strconv.Atoi(strings.TrimSpace(cells[0]))
		b, errB := strconv.Atoi(strings.TrimSpace(cells[1]))
		pair := [2]int32{int32(min(a, b) - 1), int32(max(a, b) - 1)}
		what := strings.ToLower(strings.TrimSpace(cells[2]))
		switch {
		case errA != nil || errB != nil || min(a, b) < 1 || max(a, b) > rows || a == b || what != "same" && what != "different":
			return fault.New(fault.Invalid, "cli.link.decision", "file", path, "line", line, "rows", rows)
		case what == "same":
			must = append(must, pair)
		default:
			cannot = append(cannot, pair)
		}
		return nil
	}
	if h := r.Info().Header; len(h) == 0 || !strings.EqualFold(h[0], "row_a") {
		if err := take(r.Info().HeaderLine, h); err != nil {
			return nil, nil, err
		}
	}
	err = eachRow(r, func(bad *tabular.RowError) error { return bad }, func(row tabular.Row) error { return take(row.Line, row.Cells) })
	return must, cannot, err
}
