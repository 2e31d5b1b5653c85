package rds

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quipu/internal/fault"
)

// columns takes a sample from testdata.
func columns(t testing.TB, file, outcome string) Columns {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) int { return slices.Index(rows[0], name) }
	var c Columns
	for _, r := range rows[1:] {
		d, err := strconv.ParseFloat(r[at("network_size")], 64)
		if err != nil {
			t.Fatal(err)
		}
		c.ID, c.Recruiter = append(c.ID, r[at("id")]), append(c.Recruiter, r[at("recruiter_id")])
		c.Degree, c.Outcome = append(c.Degree, d), append(c.Outcome, r[at(outcome)])
	}
	return c
}

func read(t testing.TB, file, outcome string) *Sample {
	t.Helper()
	s, err := New(columns(t, file, outcome))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
		t.Errorf("%s is %.15g, want %.15g within %g of it", what, got, want, tolerance)
	}
}

type reference struct {
	ID, Data, Variable, Method string
	RelTol                     float64 `json:"rel_tol"`
	Expected                   struct {
		Size        int `json:"population_size"`
		Estimate    map[string]float64
		Adjusted    map[string]float64 `json:"adjusted_degree"`
		Recruitment [][]float64
		Transition  [][]float64
		Counts      [][]float64
		Homophily   float64 `json:"recruitment_homophily"`
		Harmonic    float64 `json:"mean_degree_harmonic"`
		Kish        float64 `json:"kish_effective_n"`
		Seeds       int
		Waves       int
	}
}

// TestReference compares with what R reckons in other ways from the same files.
func TestReference(t *testing.T) {
	text, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Cases []reference }
	if err := json.Unmarshal(text, &all); err != nil || len(all.Cases) < 17 {
		t.Fatal(len(all.Cases), "cases", err)
	}
	for _, c := range all.Cases {
		t.Run(c.ID, func(t *testing.T) { c.compare(t, read(t, c.Data, c.Variable)) })
	}
}

func (c reference) compare(t *testing.T, s *Sample) {
	var got Shares
	switch c.Method {
	case "rds2":
		got = s.RDSII()
		near(t, "harmonic degree", got.HarmonicDegree, c.Expected.Harmonic, c.RelTol)
		near(t, "Kish", got.Kish, c.Expected.Kish, c.RelTol)
	case "rds1":
		r, err := s.RDSI()
		if err != nil {
			t.Fatal(err)
		}
		got = r.Shares
		for g, level := range s.Levels {
			near(t, "degree of "+level, r.AdjustedDegree[g], c.Expected.Adjusted[level], c.RelTol)
		}
	case "recruitment_matrix":
		m := s.Recruitment()
		if diff := cmp.Diff(c.Expected.Counts, m.Counts); diff != "" {
			t.Error(diff)
		}
		near(t, "homophily", m.Homophily, c.Expected.Homophily, c.RelTol)
		near(t, "seeds", float64(m.Seeds), float64(c.Expected.Seeds), 0)
		near(t, "waves", float64(m.Waves), float64(c.Expected.Waves), 0)
		return
	case "gile_ss":
		r, err := s.SS(c.Expected.Size, Simulation{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		got = r.Shares
	}
	for g, level := range s.Levels {
		near(t, "share of "+level, got.Estimate[g], c.Expected.Estimate[level], c.RelTol)
	}
}

func TestRefusals(t *testing.T) {
	good := func() Columns {
		return Columns{ID: []string{"a", "b", "c", "d"}, Recruiter: []string{"", "a", "b", "b"},
			Degree: []float64{2, 3, 4, 5}, Outcome: []string{"x", "y", "x", "y"}}
	}
	if _, err := New(good()); err != nil {
		t.Fatal(err)
	}
	for key, spoil := range map[string]func(*Columns){
		"rds.empty":             func(c *Columns) { *c = Columns{} },
		"rds.lengths":           func(c *Columns) { c.Degree = c.Degree[1:] },
		"rds.id_missing":        func(c *Columns) { c.ID[2] = "" },
		"rds.id_twice":          func(c *Columns) { c.ID[2] = "a" },
		"rds.recruiter_unknown": func(c *Columns) { c.Recruiter[2] = "z" },
		"rds.circle":            func(c *Columns) { c.Recruiter[0] = "d" },
		"rds.degree":            func(c *Columns) { c.Degree[2] = 0 },
		"rds.one_group":         func(c *Columns) { c.Outcome = []string{"x", "x", "x", ""} },
	} {
		c := good()
		spoil(&c)
		if _, err := New(c); !fault.Is(err, key) {
			t.Errorf("want %s, got %v", key, err)
		}
	}
	c := good()
	c.Degree[3] = math.NaN()
	if _, err := New(c); !fault.Is(err, "rds.degree") || err.Error() == "" {
		t.Error("a missing degree passes:", err)
	}
	c = good()
	c.Recruiter[1] = "b" // oneself
	if _, err := New(c); !fault.Is(err, "rds.circle") {
		t.Error("somebody recruited himself:", err)
	}
}

func TestEstimatorRefusals(t *testing.T) {
	s := read(t, "faux.csv", "X")
	if _, err := s.SS(388, Simulation{}); !fault.Is(err, "rds.population") {
		t.Error(err)
	}
	apart := must(t, Columns{ID: []string{"a", "b", "c", "d"}, Recruiter: []string{"", "a", "", "c"},
		Degree: []float64{2, 3, 4, 5}, Outcome: []string{"x", "x", "y", "y"}})
	if _, err := apart.RDSI(); !fault.Is(err, "rds.unreached") {
		t.Error("groups that do not mix:", err)
	}
	silent := must(t, Columns{ID: []string{"a", "b"}, Recruiter: []string{"", "a"}, Degree: []float64{2, 3}, Outcome: []string{"x", "y"}})
	if _, err := silent.RDSI(); !fault.Is(err, "rds.recruits_nobody") {
		t.Error("a group that recruits nobody:", err)
	}
	for key, o := range map[string]Bootstrap{"rds.bootstrap": {Replicates: 1}, "rds.method": {Method: "x"}, "rds.kind": {Kind: "x"},
		"rds.population": {Kind: Gile}} {
		if _, err := s.Bootstrap(o); !fault.Is(err, key) {
			t.Errorf("want %s, got %v", key, err)
		}
	}
	if _, err := apart.Bootstrap(Bootstrap{Method: MethodI}); !fault.Is(err, "rds.unreached") {
		t.Error(err)
	}
}

func must(t testing.TB, c Columns) *Sample {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
