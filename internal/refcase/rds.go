package refcase

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"io"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/rds"
	"quipu/internal/fault"
)

// rdsCase is a case of respondent-driven sampling. The population size stands beside the method or
// among what is expected; draws go by the seed, 1 unless the case has one.
type rdsCase struct {
	ID, Data, Variable, Method string

	RelTol   float64 `json:"rel_tol"`
	Size     float64 `json:"population_size"`
	Seed     *uint64
	Expected map[string]any
}

// RDS runs cases of respondent-driven sampling: the methods rds1, rds2, recruitment_matrix and gile_ss.
// A case that cannot be run, or expects nothing, fails.
func RDS(file io.Reader, folder fs.FS, tick func(done, total int)) (Report, error) {
	return each(file, tick, func(c *rdsCase) []Failure { return c.run(folder) })
}

func (r rdsCase) run(folder fs.FS) []Failure {
	got, err := r.evaluate(folder)
	if err == nil && len(r.Expected) == 0 {
		err = fault.New(fault.Invalid, "refcase.expects_nothing")
	}
	if err != nil {
		return []Failure{{Case: r.ID, Err: err}}
	}
	m := tree{id: r.ID, tolerance: cmp.Or(r.RelTol, 1e-8)}
	m.compare("", r.Expected, got)
	return m.failures
}

func (r rdsCase) evaluate(folder fs.FS) (any, error) {
	s, err := r.sample(folder)
	if err != nil {
		return nil, err
	}
	switch r.Method {
	case "rds2":
		return shares(s.RDSII()), nil
	case "rds1":
		one, err := s.RDSI()
		if err != nil {
			return nil, err
		}
		got := shares(one.Shares)
		got["recruitment"], got["transition"] = matrix(one.Recruitment), matrix(one.Transition)
		got["adjusted_degree"], got["equilibrium"] = named(s.Levels, one.AdjustedDegree), named(s.Levels, one.Equilibrium)
		return got, nil
	case "recruitment_matrix":
		return recruitment(s.Recruitment(), r.Expected["levels"]), nil
	case "gile_ss":
		return successive(s, r)
	}
	return nil, fault.New(fault.NotFound, "refcase.method", "method", r.Method, "methods", "rds1, rds2, recruitment_matrix, gile_ss")
}

func successive(s *rds.Sample, r rdsCase) (any, error) {
	size := r.Size
	if said, ok := r.Expected["population_size"].(float64); ok && size == 0 {
		size = said
	}
	if size == 0 || size != math.Trunc(size) {
		return nil, fault.New(fault.Invalid, "refcase.population")
	}
	seed := uint64(1)
	if r.Seed != nil {
		seed = *r.Seed
	}
	ss, err := s.SS(int(size), rds.Simulation{Seed: seed})
	if err != nil {
		return nil, err
	}
	got := shares(ss.Shares)
	got["population_size"] = size
	return got, nil
}

func shares(s rds.Shares) map[string]any {
	return map[string]any{"n": float64(s.N), "estimate": named(s.Levels, s.Estimate), "sample_share": named(s.Levels, s.SampleMean),
		"mean_degree_harmonic": s.HarmonicDegree, "kish_effective_n": s.Kish}
}

func named(levels []string, values []float64) map[string]any {
	m := map[string]any{}
	for i, l := range levels {
		m[l] = values[i]
	}
	return m
}

func matrix(rows [][]float64) []any {
	var m []any
	for _, row := range rows {
		var cells []any
		for _, c := range row {
			cells = append(cells, c)
		}
		m = append(m, cells)
	}
	return m
}

// recruitment puts the counts into the order of levels that the case has, which is that of the
// alphabet of whoever wrote it.
func recruitment(m rds.Matrix, levelsOf any) map[string]any {
	order, _ := levelsOf.([]any)
	place := make([]int, 0, len(m.Levels))
	for _, want := range order {
		if i := slices.IndexFunc(m.Levels, func(l string) bool { return same(want, l, 0) }); i >= 0 {
			place = append(place, i)
		}
	}
	if len(place) != len(m.Levels) {
		place = place[:0]
		for i := range m.Levels {
			place = append(place, i)
		}
	}
	var levels []any
	counts := make([][]float64, len(place))
	for a, i := range place {
		levels = append(levels, m.Levels[i])
		for _, j := range place {
			counts[a] = append(counts[a], m.Counts[i][j])
		}
	}
	return map[string]any{"levels": levels, "counts": matrix(counts), "recruitment_homophily": m.Homophily,
		"seeds": float64(m.Seeds), "waves": float64(m.Waves)}
}

// headings are the names under which the columns of a sample are known, the first the usual one.
var headings = [][]string{{"id"}, {"recruiter_id", "recruiter.id", "recruiter"}, {"network_size", "network.size", "degree"}}

func (r rdsCase) sample(folder fs.FS) (*rds.Sample, error) {
	header, rows, err := r.table(folder)
	if err != nil {
		return nil, err
	}
	at := make([]int, 4)
	for k, names := range append(slices.Clone(headings), []string{r.Variable}) {
		at[k] = slices.IndexFunc(header, func(h string) bool { return slices.Contains(names, h) })
		if at[k] < 0 {
			return nil, fault.New(fault.NotFound, "refcase.column", "column", names[0], "columns", strings.Join(header, ", "))
		}
	}
	cols := rds.Columns{IDName: header[at[0]], RecruiterName: header[at[1]], DegreeName: header[at[2]], OutcomeName: r.Variable}
	for _, row := range rows {
		degree, err := strconv.ParseFloat(row[at[2]], 64)
		if err != nil {
			degree = math.NaN()
		}
		cols.ID, cols.Recruiter = append(cols.ID, row[at[0]]), append(cols.Recruiter, row[at[1]])
		cols.Degree, cols.Outcome = append(cols.Degree, degree), append(cols.Outcome, level(row[at[3]]))
	}
	return rds.New(cols)
}

// level writes a number as R does, and a condition as it prints one, so that names agree.
func level(v string) string {
	if x, err := strconv.ParseFloat(v, 64); err == nil {
		return strconv.FormatFloat(x, 'g', 15, 64)
	}
	if v == "true" || v == "false" {
		return strings.ToUpper(v)
	}
	return v
}

// table reads the data of a case: its path, or data/NAME.csv for a bare name.
func (r rdsCase) table(folder fs.FS) (header []string, rows [][]string, err error) {
	name := path.Clean(r.Data)
	if path.Ext(name) == "" {
		name = path.Join("data", name+".csv")
	}
	f, err := folder.Open(name)
	if err != nil {
		return nil, nil, fault.New(fault.NotFound, "refcase.no_table", "name", name).Because(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, nil, err
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	in := csv.NewReader(bytes.NewReader(b))
	in.Comma = rune(frame.Separator(b))
	all, err := in.ReadAll()
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "refcase.csv", "file", name).Because(err)
	}
	if len(all) == 0 {
		return nil, nil, fault.New(fault.Invalid, "refcase.csv", "file", name).Because(io.ErrUnexpectedEOF)
	}
	return all[0], all[1:], nil
}
