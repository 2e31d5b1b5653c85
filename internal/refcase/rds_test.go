package refcase

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"quipu/internal/fault"
)

// verified runs a file of cases of which none may fail.
func verified(t *testing.T, folder string, least int) {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := RDS(f, os.DirFS(folder), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range r.Failures {
		t.Errorf("%+v", x)
	}
	if r.Failed > 0 || r.Passed < least {
		t.Errorf("%d passed, %d failed", r.Passed, r.Failed)
	}
}

func TestRDS(t *testing.T) { verified(t, "../estimate/rds/testdata", 17) }

// Forests drawn by a seed; see drawn.R beside them.
func TestDrawnForests(t *testing.T) { verified(t, "../estimate/rds/testdata/drawn", 24) }

func TestRDSReference(t *testing.T) {
	folder := os.Getenv("QUIPU_REFERENCE")
	if folder == "" {
		t.Skip("QUIPU_REFERENCE does not name the folder of reference cases")
	}
	verified(t, filepath.Join(folder, "rds"), 6)
}

const sample = "id,recruiter_id,v,network_size\na,,1.0,2\nb,a,0,3\nc,a,1,4\nd,b,1,5\ne,c,0,2\n"

// run runs one case, written as JSON, on the sample.
func run(t *testing.T, c string) Report {
	t.Helper()
	files := fstest.MapFS{"data/x.csv": {Data: []byte(sample)}, "x.csv": {Data: []byte(sample)}}
	r, err := RDS(strings.NewReader(`{"cases":[`+c+`]}`), files, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestFails: a number that is off, a name that does not come out, a list of another length, a case
// that expects nothing, data that are not there: each fails, and says why.
func TestFails(t *testing.T) {
	right := `{"id":"r","data":"x","variable":"v","method":"recruitment_matrix","expected":{"levels":[0,1],"counts":[[0,1],[2,1]],"seeds":1,"waves":2}}`
	if r := run(t, right); r.Passed != 1 || r.Failed != 0 {
		t.Fatalf("%+v", r)
	}
	for name, change := range map[string][2]string{
		"waves":        {`"waves":2`, `"waves":3`},
		"depth":        {`"waves"`, `"depth"`},
		"counts":       {`[[0,1],`, `[[0,1],[1,1],`},
		"counts[1][0]": {`[2,1]`, `[3,1]`},
		"levels[1]":    {`"levels":[0,1]`, `"levels":[0,2]`},
	} {
		r := run(t, strings.Replace(right, change[0], change[1], 1))
		if r.Failed != 1 || len(r.Failures) != 1 || r.Failures[0].What != name {
			t.Errorf("%s: %+v", name, r)
		}
	}
	for key, change := range map[string][2]string{
		"refcase.no_table":        {`"x"`, `"y"`},
		"refcase.method":          {`recruitment_matrix`, `guess`},
		"refcase.column":          {`"v"`, `"w"`},
		"refcase.population":      {`recruitment_matrix`, `gile_ss`},
		"refcase.expects_nothing": {right[strings.Index(right, `{"levels"`):], `{}}`},
	} {
		r := run(t, strings.Replace(right, change[0], change[1], 1))
		if r.Failed != 1 || !fault.Is(r.Failures[0].Err, key) {
			t.Errorf("%s: %+v", key, r)
		}
	}
	for key, file := range map[string]string{"refcase.no_json": `{`, "refcase.no_cases": `{"cases":[]}`} {
		if _, err := RDS(strings.NewReader(file), fstest.MapFS{}, nil); !fault.Is(err, key) {
			t.Errorf("want %s, got %v", key, err)
		}
	}
}

// TestUnreadable: a case that is none is a failure of its own, and those after it are run.
func TestUnreadable(t *testing.T) {
	right := `{"id":"r","data":"x","variable":"v","method":"recruitment_matrix","expected":{"seeds":1}}`
	r := run(t, `3, {"id":"odd","variable":4}, `+right)
	if r.Passed != 1 || r.Failed != 2 || r.Failures[0].Case != "1" || r.Failures[1].Case != "odd" || !fault.Is(r.Failures[1].Err, "refcase.bad_case") {
		t.Errorf("%+v", r)
	}
}

// TestLevelOrder: counts come in the order of levels that the case gives.
func TestLevelOrder(t *testing.T) {
	if r := run(t, `{"id":"r","data":"x.csv","variable":"v","method":"recruitment_matrix","expected":{"levels":["1","0"],"counts":[[1,2],[1,0]]}}`); r.Failed != 0 {
		t.Errorf("%+v", r)
	}
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		want, got any
		same      bool
	}{
		{1.0, 1.0 + 1e-10, true}, {1.0, 1.1, false}, {0.0, 1e-12, true}, {0.0, .1, false}, {nil, "x", false}, {nil, nil, true},
		{true, "TRUE", true}, {false, "TRUE", false}, {"a", "a", true}, {"a", 1.0, false}, {2.0, "2", true}, {2.0, nil, false},
	} {
		if same(c.want, c.got, 1e-9) != c.same {
			t.Errorf("%v and %v", c.want, c.got)
		}
	}
}
