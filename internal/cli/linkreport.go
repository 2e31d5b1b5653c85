package cli

import (
	"io"

	"quipu/internal/render/linkreport"
)

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
