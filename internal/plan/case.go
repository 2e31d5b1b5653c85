package plan

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/fault"
)

// Case says in plain fields what is asked of a sample, as reference cases and plans do.
// Where R has the lines, these are evaluated and the fields only describe.
type Case struct {
	ID        string          `json:"id"`
	Data      string          `json:"data"`
	Design    Sample          `json:"design"`
	Steps     []Step          `json:"steps"`
	Estimator string          `json:"estimator"`
	Vars      Names           `json:"vars"`
	By        Names           `json:"by"`
	Domain    string          `json:"domain"`
	Args      json.RawMessage `json:"args"`
	R         Names           `json:"r"`
}

// Sample says how the sample was drawn. Names are columns or expressions over them.
type Sample struct {
	Data      string     `json:"data"`
	IDs       Names      `json:"ids"`
	Strata    Names      `json:"strata"`
	Weights   Names      `json:"weights"`
	Probs     Names      `json:"probs"`
	FPC       Names      `json:"fpc"`
	Nest      bool       `json:"nest"`
	PPS       string     `json:"pps"`
	Variance  string     `json:"variance"`
	Lonely    string     `json:"lonely"`
	Replicate *Replicate `json:"replicate"`
}

// Replicate are replicate weights that come with the data.
type Replicate struct {
	File     string   `json:"file"`    // a table with a column a replicate
	Columns  string   `json:"columns"` // or a pattern of names of columns of the data
	Type     string   `json:"type"`
	Combined *bool    `json:"combined"`
	Scale    *float64 `json:"scale"`
	Rho      *float64 `json:"rho"`
	MSE      bool     `json:"mse"`

	RawRScales json.RawMessage `json:"rscales"` // one for all, or one each
}

// Step changes a design: its R line, or fields that CalibrationLine and others make one of.
type Step struct {
	Op  string `json:"op"`
	R   string `json:"r"`
	Raw map[string]any
}

// UnmarshalJSON keeps all fields of a step.
func (s *Step) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, &s.Raw); err != nil {
		return err
	}
	s.Op, _ = s.Raw["op"].(string)
	s.R, _ = s.Raw["r"].(string)
	return nil
}

// Names is a list that may be written as one text.
type Names []string

// UnmarshalJSON takes a text, a list of texts, or nothing.
func (n *Names) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*n = nil
		if one != "" {
			*n = Names{one}
		}
		return nil
	}
	var all []string
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	*n = all
	return nil
}

// Lines are the calls that the case asks for.
func (c *Case) Lines() ([]string, error) {
	if len(c.R) > 0 {
		return c.R, nil
	}
	lines, err := c.DesignLines()
	if err != nil {
		return nil, err
	}
	last, err := c.Statistic()
	return append(lines, last), err
}

// DesignLines make the design d and its steps.
func (c *Case) DesignLines() ([]string, error) {
	var lines []string
	var args struct {
		Lonely string `json:"lonely_psu"`
		InAll  bool   `json:"adjust_domain_lonely"`
	}
	if len(c.Args) > 0 {
		if err := json.Unmarshal(c.Args, &args); err != nil {
			return nil, fault.New(fault.Invalid, "plan.args").Because(err)
		}
	}
	if c.Design.Lonely != "" {
		args.Lonely = c.Design.Lonely
	}
	if args.Lonely != "" {
		lines = append(lines, fmt.Sprintf("options(survey.lonely.psu=%q)", args.Lonely))
	}
	if args.InAll {
		lines = append(lines, "options(survey.adjust.domain.lonely=TRUE)")
	}
	line, err := c.Design.line()
	if err != nil {
		return nil, err
	}
	lines = append(lines, line)
	for _, s := range c.Steps {
		line, err := s.line()
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// tilde writes names as a formula; what is not a plain name stays an expression.
func tilde(n Names) string {
	all := make([]string, len(n))
	for i, s := range n {
		all[i] = s
		if strings.ContainsAny(s, "=<>&|!") {
			all[i] = "I(" + s + ")"
		}
	}
	return "~" + strings.Join(all, "+")
}

func (s *Sample) name() string {
	base := s.Data[strings.LastIndexByte(s.Data, '/')+1:]
	base = strings.TrimSuffix(base, ".csv")
	if base == "" {
		base = "data"
	}
	return "`" + base + "`"
}

func (s *Sample) line() (string, error) {
	if s.Replicate != nil {
		return s.replicateLine()
	}
	ids := s.IDs
	if len(ids) == 0 {
		ids = Names{"1"}
	}
	a := []string{"ids=" + tilde(ids)}
	for _, p := range []struct {
		name string
		of   Names
	}{{"probs", s.Probs}, {"strata", s.Strata}, {"weights", s.Weights}, {"fpc", s.FPC}} {
		if len(p.of) > 0 {
			a = append(a, p.name+"="+tilde(p.of))
		}
	}
	if s.Nest {
		a = append(a, "nest=TRUE")
	}
	if s.PPS != "" {
		pps := s.PPS
		if name, _, call := strings.Cut(pps, "("); !slices.Contains([]string{"brewer", "overton", "other", "HR", "ppsmat", "ppscov", "poisson_sampling"}, name) || !call && strings.ToLower(name) != name {
			return "", fault.New(fault.Invalid, "plan.pps", "pps", pps)
		}
		if pps == "brewer" || pps == "overton" || pps == "other" {
			pps = strconv.Quote(pps)
		}
		a = append(a, "pps="+pps)
	}
	if s.Variance != "" {
		a = append(a, "variance="+strconv.Quote(s.Variance))
	}
	return "d <- svydesign(" + strings.Join(append(a, "data="+s.name()), ", ") + ")", nil
}

func (s *Sample) replicateLine() (string, error) {
	r := s.Replicate
	a := []string{"data=" + s.name()}
	if len(s.Weights) > 0 {
		a = append(a, "weights="+tilde(s.Weights))
	}
	if r.Columns != "" {
		a = append(a, "repweights="+strconv.Quote(r.Columns))
	} else {
		a = append(a, "repweights=`replicate weights`")
	}
	if r.Type != "" {
		a = append(a, "type="+strconv.Quote(r.Type))
	}
	if r.Combined != nil && !*r.Combined {
		a = append(a, "combined.weights=FALSE")
	}
	for _, p := range []struct {
		name string
		of   *float64
	}{{"scale", r.Scale}, {"rho", r.Rho}} {
		if p.of != nil {
			a = append(a, p.name+"="+strconv.FormatFloat(*p.of, 'g', -1, 64))
		}
	}
	if len(r.RawRScales) > 0 && string(r.RawRScales) != "null" {
		text := string(r.RawRScales)
		a = append(a, "rscales=c("+strings.Trim(text, "[] \n")+")")
	}
	if r.MSE {
		a = append(a, "mse=TRUE")
	}
	return "d <- svrepdesign(" + strings.Join(a, ", ") + ")", nil
}
