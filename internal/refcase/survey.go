package refcase

import (
	"io"
	"io/fs"
	"math"
	"path"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
	"quipu/internal/plan"
	"quipu/internal/plan/calls"
)

// surveyCase is a case of estimation from a sample; the fields of plan.Case say what is asked.
type surveyCase struct {
	plan.Case
	Expected map[string]any `json:"expected"`
	RelTol   float64        `json:"rel_tol"`
}

// Survey runs cases of estimators. Where a case has lines of R, these are evaluated;
// otherwise they are made of its fields.
func Survey(file io.Reader, folder fs.FS, tick func(done, total int)) (Report, error) {
	tables := &shelf{folder: folder, have: map[string]*frame.Frame{}}
	return each(file, tick, func(c *surveyCase) []Failure { return c.run(tables) })
}

func (c *surveyCase) run(tables *shelf) []Failure {
	if len(c.Expected) == 0 {
		return []Failure{{Case: c.ID, Err: fault.New(fault.Invalid, "refcase.expects_nothing")}}
	}
	got, df, err := c.evaluate(tables)
	if c.Expected["type"] == "ERROR" { // what the other program refused
		if err == nil {
			return []Failure{{Case: c.ID, What: "type", Expected: "ERROR", Got: got.Type}}
		}
		return nil
	}
	if err != nil {
		return []Failure{{Case: c.ID, Err: err}}
	}
	tol := c.RelTol
	if tol == 0 {
		tol = 1e-8
	}
	m := &comparison{id: c.ID, tol: tol, df: df, got: got}
	m.compare(c.Expected)
	return m.failures
}

// evaluate runs the lines of a case; df are the degrees of freedom of its design d.
func (c *surveyCase) evaluate(tables *shelf) (*plan.Outcome, float64, error) {
	lines, err := c.Lines()
	if err != nil {
		return nil, 0, err
	}
	s := calls.New(func(name string) (*frame.Frame, error) { return tables.find(name, &c.Case) })
	s.Lenient = true
	v, err := s.Run(lines...)
	if err != nil {
		return nil, 0, err
	}
	df := math.NaN()
	if d, err := s.Lookup("d"); err == nil {
		if d, ok := d.(*design.Design); ok {
			df = d.DF()
		}
	}
	o, err := calls.OutcomeOf(v)
	if err != nil {
		return nil, 0, err
	}
	return o.WithIntervals(df), df, nil
}

// shelf keeps the tables of a file of cases; paths are relative to its folder.
type shelf struct {
	folder fs.FS
	have   map[string]*frame.Frame
}

// find is the table of a name: the data of the case, data/NAME.csv, or what the case names
// as file of replicate weights, whatever its lines call it.
func (t *shelf) find(name string, c *plan.Case) (*frame.Frame, error) {
	paths := []string{"data/" + name + ".csv", name + ".csv"}
	if path.Base(c.Data) == name+".csv" {
		paths = append([]string{c.Data}, paths...)
	}
	if c.Design.Replicate != nil && c.Design.Replicate.File != "" {
		paths = append(paths, c.Design.Replicate.File)
	}
	for _, p := range paths {
		f, err := t.read(path.Clean(p))
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		return f, err
	}
	return nil, fault.New(fault.NotFound, "refcase.no_table", "name", name)
}

func (t *shelf) read(file string) (*frame.Frame, error) {
	if f, ok := t.have[file]; ok {
		return f, nil
	}
	r, err := t.folder.Open(file)
	if err != nil {
		return nil, fault.New(fault.NotFound, "refcase.no_table", "name", file).Because(err)
	}
	defer r.Close() //nolint:errcheck // it was only read
	f, err := frame.ReadCSV(r, frame.Options{})
	if err != nil {
		return nil, err
	}
	t.have[file] = f
	return f, nil
}
