package surveying

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"quipu/internal/bench"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
	"quipu/internal/plan/calls"
	"quipu/internal/plan/lang"
)

// call is what both programs are asked, in the same words. Drawn says that chance decides the
// errors, each program's own.
type call struct {
	Name, Text string
	Drawn      bool
}

var measured = []call{
	{"design", `d <- svydesign(ids=~psu, strata=~stratum, weights=~w, data=rows)`, false},
	{"mean", `svymean(~y, d)`, false},
	{"total of 25 levels", `svytotal(~g25, d)`, false},
	{"means of 50 groups", `svyby(~y, ~g50, d, svymean)`, false},
	{"ratio", `svyratio(~y, ~x, d)`, false},
	{"median", `svyquantile(~y, d, .5)`, false},
	{"chi-square", `svychisq(~a+b, d)`, false},
	{"logistic model", `svyglm(z~x+a, d, family=quasibinomial())`, false},
	{"design of the small table", `e <- svydesign(ids=~psu, strata=~stratum, weights=~w, data=small)`, false},
	{"200 bootstrap replicates", `r <- as.svrepdesign(e, type="subbootstrap", replicates=200)`, false},
	{"means of 25 groups by replicates", `svyby(~y, ~g25, r, svymean)`, true},
}

// aims are seconds for a million rows.
var aims = map[string]float64{"means of 50 groups": 0.2, "chi-square": 0.3, "logistic model": 1, "200 bootstrap replicates": 0.5}

// Calls evaluates the calls on the tables in a folder, for the child process.
func Calls(ctx context.Context, dir string) (*Engine, error) {
	e := &Engine{}
	start := time.Now()
	tables := map[string]*frame.Frame{}
	for _, name := range []string{"rows", "small"} {
		f, err := os.Open(filepath.Join(dir, name+".csv"))
		if err != nil {
			return nil, err
		}
		tables[name], err = frame.ReadCSV(f, frame.Options{})
		f.Close() //nolint:errcheck // it was only read
		if err != nil {
			return nil, err
		}
	}
	e.ReadSeconds = time.Since(start).Seconds()
	s := calls.New(func(name string) (*frame.Frame, error) {
		if f := tables[name]; f != nil {
			return f, nil
		}
		return nil, fault.New(fault.NotFound, "formula.unknown_name", "name", name)
	})
	for _, c := range measured {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t, err := c.run(s)
		if err != nil {
			return nil, err
		}
		e.Calls = append(e.Calls, t)
	}
	return e, nil
}

func (c call) run(s *lang.Session) (t Took, err error) {
	t.Name = c.Name
	cpu, err := bench.CPUSeconds()
	if err != nil {
		return t, err
	}
	start := time.Now()
	v, err := s.Run(c.Text)
	if err != nil {
		return t, err
	}
	t.Seconds = time.Since(start).Seconds()
	after, err := bench.CPUSeconds()
	t.CPU = after - cpu
	if o, no := calls.OutcomeOf(v); no == nil {
		t.Estimates, t.Errors = figures(o)
	}
	return t, err
}

// figures are the answers of a call; of a test its statistic and its p-value.
func figures(o *lang.Outcome) (estimates, errors []float64) {
	if o.Type == "test" {
		return append(append(estimates, o.Named["statistic"].Values...), o.Single["p_value"]), nil
	}
	for _, r := range o.Rows {
		estimates, errors = append(estimates, r.Number("estimate")), append(errors, r.Number("se"))
	}
	return estimates, errors
}
