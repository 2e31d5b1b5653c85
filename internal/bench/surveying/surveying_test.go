package surveying

import (
	"context"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/survey"
	"quipu/internal/openrosa"
	"quipu/internal/web"
)

func tables(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := writeTables(dir, Fewest, 3); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestCalls: every call is answered, and those that R is quick at with the same as by its
// survey, where that is installed.
func TestCalls(t *testing.T) {
	dir := tables(t)
	e, err := Calls(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]int{"mean": 1, "total of 25 levels": 25, "means of 50 groups": 50, "chi-square": 2, "logistic model": 6, "means of 25 groups by replicates": 25}
	for _, c := range e.Calls {
		if n := wanted[c.Name]; n > 0 && len(c.Estimates) != n {
			t.Errorf("%s: %d answers, want %d", c.Name, len(c.Estimates), n)
		}
		delete(wanted, c.Name)
	}
	if len(wanted) > 0 {
		t.Errorf("nobody asked for %v", wanted)
	}
	quick := measured[:8]
	r, err := runR(context.Background(), dir, quick)
	if err != nil {
		t.Skipf("not compared with R: %v", err)
	}
	e.Calls = e.Calls[:len(quick)]
	beside, disagree, err := compare(quick, e, r)
	if err != nil || disagree > 0 {
		t.Errorf("%d calls disagree, %v: %+v", disagree, err, beside)
	}
}

func TestRowsAreTheSameForASeed(t *testing.T) {
	read := func(dir string) string {
		text, err := os.ReadFile(filepath.Join(dir, "rows.csv"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	first, again := read(tables(t)), read(tables(t))
	if first != again {
		t.Error("the same seed makes other rows")
	}
}

// TestCompare: a difference in the ninth digit passes, one in the seventh is told.
func TestCompare(t *testing.T) {
	answers := func(factor, drawn float64) *Engine {
		e := &Engine{}
		for _, c := range measured {
			took := Took{Name: c.Name, Seconds: 1, CPU: 1, Estimates: []float64{3 * factor}, Errors: []float64{2}}
			if c.Drawn {
				took.Errors[0] *= drawn
			}
			e.Calls = append(e.Calls, took)
		}
		return e
	}
	for _, c := range []struct {
		factor, drawn float64
		disagree      int
	}{{1, 1, 0}, {1 + 1e-10, 1.3, 0}, {1 + 1e-7, 1, len(measured)}, {1, 3, 1}, {math.NaN(), 1, len(measured)}} {
		if _, n, err := compare(measured, answers(1, 1), answers(c.factor, c.drawn)); err != nil || n != c.disagree {
			t.Errorf("%+v: %d disagree, %v", c, n, err)
		}
	}
	short := answers(1, 1)
	short.Calls = short.Calls[1:]
	if _, _, err := compare(measured, answers(1, 1), short); err == nil {
		t.Error("an answer that is missing is not told")
	}
}

// TestField: what the telephones of the measurement send is saved, none of it doubtful, its pages
// are found, and it can be analysed.
func TestField(t *testing.T) {
	ctx, dir := context.Background(), filepath.Join(t.TempDir(), "register")
	c := &Config{Seed: 1}
	p, err := c.prepare(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(ctx, dir, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	pages, err := web.New(a, web.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/openrosa/", openrosa.New(a, slog.New(slog.DiscardHandler)))
	mux.Handle("/", pages)
	srv := httptest.NewServer(mux)
	defer srv.Close()
	f := &Field{Submissions: 120}
	to := srv.URL + "/openrosa/submission"
	if err := f.send(ctx, to, p.tokens, 1); err != nil {
		t.Fatal(err)
	}
	if f.PerSecond <= 0 || f.WaitP95 < f.WaitP50 {
		t.Errorf("measured %+v", f)
	}
	if _, n, err := a.Surveys.Received(ctx, statistician, survey.SubmissionFilter{Survey: p.survey, Standing: "received"}); err != nil || n != 120 {
		t.Errorf("%d submissions without doubt, want 120: %v", n, err)
	}
	if err := p.reader.Enter(ctx, srv.URL); err != nil {
		t.Fatal(err)
	}
	defer p.reader.Leave()
	w := &reader{p.reader, "/encuestas/" + p.survey, rand.New(rand.NewPCG(1, 1))}
	places, err := placesIn(ctx, a, p.survey)
	if err != nil {
		t.Fatal(err)
	}
	looked, err := w.pages(ctx, places)
	if err != nil || looked.Submissions != 120 || looked.Queries != pagesAsked {
		t.Errorf("pages %+v %v", looked, err)
	}
	crossed, err := w.crosstabs(ctx, oneMore(ctx, to, "encuestaa", p.tokens["encuestaa"], 1))
	if err != nil || crossed.Cold <= 0 || crossed.Test.Queries != rounds {
		t.Errorf("crosstabs %+v %v", crossed, err)
	}
	if _, n, err := a.Surveys.Received(ctx, statistician, survey.SubmissionFilter{Survey: p.survey}); err != nil || n != 120+2*rounds {
		t.Errorf("%d submissions at the end, want %d: %v", n, 120+2*rounds, err)
	}
	p.tokens["encuestaa"] = "qp_wrong"
	if err := f.send(ctx, to, p.tokens, 2); err == nil {
		t.Error("a refused submission counts as sent")
	}
}
