package surveying

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed peer.R
var script []byte

// errNoR says that there is no R with its survey (Debian: r-cran-survey, r-cran-jsonlite).
var errNoR = errors.New("surveying: Rscript with survey and jsonlite is not installed")

// runR evaluates calls with R's survey in a process of its own.
func runR(ctx context.Context, dir string, calls []call) (*Engine, error) {
	rscript, err := exec.LookPath("Rscript")
	if err != nil || exec.CommandContext(ctx, rscript, "-e", "stopifnot(requireNamespace('survey'), requireNamespace('jsonlite'))").Run() != nil {
		return nil, errors.Join(errNoR, ctx.Err())
	}
	asked, err := json.Marshal(calls)
	if err != nil {
		return nil, err
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.WriteFile(file("peer.R"), script, 0o600), os.WriteFile(file("calls.json"), asked, 0o600)); err != nil {
		return nil, err
	}
	if said, err := exec.CommandContext(ctx, rscript, "--vanilla", file("peer.R"), dir, file("calls.json"), file("r.json")).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("surveying: R: %w: %s", err, said)
	}
	text, err := os.ReadFile(file("r.json"))
	if err != nil {
		return nil, err
	}
	e := &Engine{}
	return e, json.Unmarshal(text, e)
}

// Beside is a call in both programs: R's time over ours, and how far the answers are apart,
// relatively. Where chance decides the errors, they are said apart and agree when they are
// within half of each other.
type Beside struct {
	Name   string  `json:"name"`
	Ratio  float64 `json:"r_over_quipu"`
	CPU    float64 `json:"r_over_quipu_cpu"`
	Apart  float64 `json:"answers_apart"`
	Drawn  float64 `json:"drawn_errors_apart,omitempty"`
	Agrees bool    `json:"agrees"`
}

// near is how near answers must be, relatively.
const near = 1e-8

func compare(calls []call, q, r *Engine) (out []Beside, disagree int, err error) {
	if len(q.Calls) != len(calls) || len(r.Calls) != len(calls) {
		return nil, 0, fmt.Errorf("surveying: %d and %d calls were answered of %d", len(q.Calls), len(r.Calls), len(calls))
	}
	for i, c := range calls {
		a, b := q.Calls[i], r.Calls[i]
		x := Beside{Name: c.Name, Ratio: b.Seconds / a.Seconds, CPU: b.CPU / max(a.CPU, 1e-3), Apart: apart(a.Estimates, b.Estimates)}
		if c.Drawn {
			x.Drawn = apart(a.Errors, b.Errors)
		} else if b.Errors != nil {
			x.Apart = max(x.Apart, apart(a.Errors, b.Errors))
		}
		x.Agrees = x.Apart <= near && x.Drawn <= 0.5
		if !x.Agrees {
			disagree++
		}
		out = append(out, x)
	}
	return out, disagree, nil
}

// apart is the largest relative difference of two lists, 1 when one has no answer.
func apart(a, b []float64) (most float64) {
	if len(a) != len(b) {
		return 1
	}
	for i := range a {
		d := math.Abs(a[i] - b[i])
		if d > 0 {
			d /= max(math.Abs(a[i]), math.Abs(b[i]))
		}
		if math.IsNaN(d) {
			d = 1
		}
		most = max(most, d)
	}
	return most
}
