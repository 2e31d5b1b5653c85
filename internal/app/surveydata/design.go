package surveydata

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/estimate/calibrate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/weighting"
	"quipu/internal/survey/codebook"
)

// Table is what plans and scripts call the answers: the file answers.csv without its ending.
const Table = "answers"

// replicateName is how the columns with weights of chains drawn again begin.
const replicateName = "rds_rep_"

// Factors are the lines that make columns of codes what they are, in the order of the
// questionnaire: codes such as 1 and 2 would be taken for amounts. Only the columns that keep
// lets through; nil is all.
func (s *Set) Factors(keep func(name string) bool) (lines []string) {
	for i := range s.Book.Variables {
		v := &s.Book.Variables[i] // units are numbers, and there may be very many
		if v.Kind != codebook.Choice && v.Kind != codebook.Group || v.Name == "psu" || keep != nil && !keep(v.Name) {
			continue
		}
		name := formula.Name(v.Name).String()
		lines = append(lines, fmt.Sprintf("%s <- transform(%s, %s=factor(%s, levels=%s))", Table, Table, name, name, quoted(levelsOf(v))))
	}
	return lines
}

// levelsOf are the codes of a column in their order.
func levelsOf(v *codebook.Variable) []string {
	var out []string
	for _, x := range v.Values {
		out = append(out, x.Code)
	}
	return out
}

// DesignLines make the design d of the table, with its calibration: R and quipu read them alike.
func (s *Set) DesignLines() []string {
	if s.Chain != "" {
		lines := []string{fmt.Sprintf("d <- svrepdesign(data=%s, weights=~weight_base, repweights=%q, type=\"other\", combined.weights=TRUE, scale=1/%d, rscales=1, mse=FALSE)",
			Table, "^"+replicateName, len(s.Replicates)-1)}
		if line := s.calibration(); line != "" {
			lines = append(lines, line)
		}
		return append(lines, s.trimming()...)
	}
	spec := s.Design.Spec()
	ids := "~1"
	if len(spec.IDs) > 0 {
		ids = tilde(spec.IDs)
	}
	args := []string{"ids=" + ids, "strata=" + tilde(spec.Strata), "weights=~" + formula.Name(spec.Weights).String()}
	if len(spec.FPC) > 0 {
		args = append(args, "fpc="+tilde(spec.FPC))
	}
	if spec.PPS != nil {
		args = append(args, fmt.Sprintf("pps=%q", string(spec.PPS.Method)))
	}
	if spec.Nest {
		args = append(args, "nest=TRUE")
	}
	var lines []string
	if spec.Lonely != "" && spec.Lonely != design.Fail {
		lines = append(lines, fmt.Sprintf("options(survey.lonely.psu=%q)", string(spec.Lonely)))
	}
	lines = append(lines, "d <- svydesign("+strings.Join(append(args, "data="+Table), ", ")+")")
	if line := s.calibration(); line != "" {
		lines = append(lines, line)
	}
	return append(lines, s.trimming()...)
}

func tilde(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = formula.Name(n).String()
	}
	return "~" + strings.Join(out, "+")
}

func quoted(texts []string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = strconv.Quote(t)
	}
	return "c(" + strings.Join(out, ", ") + ")"
}

func exact(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// calibration is the line that brings the weights to the margins of the register.
func (s *Set) calibration() string {
	st := &s.Steps
	if st.Method == weighting.None || len(s.Margins) == 0 {
		return ""
	}
	if st.Method == weighting.Cells {
		m := s.Margins[0]
		var sizes []string
		for _, x := range m.Total {
			sizes = append(sizes, exact(x))
		}
		return fmt.Sprintf("d <- postStratify(d, ~%s, data.frame(%s=%s, Freq=c(%s)))", m.Name, m.Name, quoted(m.Levels), strings.Join(sizes, ", "))
	}
	var names, population []string
	for k, m := range s.Margins {
		names = append(names, m.Name)
		for l := range m.Levels {
			if k > 0 && l == 0 {
				continue // model.matrix leaves it out: the other margins say it
			}
			population = append(population, strconv.Quote(m.Name+m.Levels[l])+"="+exact(m.Total[l]))
		}
	}
	line := fmt.Sprintf("d <- calibrate(d, ~0+%s, c(%s), calfun=%q", strings.Join(names, "+"), strings.Join(population, ", "), string(st.Method))
	if st.Low != 0 || st.High != 0 {
		line += fmt.Sprintf(", bounds=c(%s, %s)", exact(st.Low), exact(st.High))
	}
	return line + ")"
}

// trimming repeats the limits that were found when the weights were made.
func (s *Set) trimming() []string {
	if s.Limits == calibrate.Unbounded || s.Limits == (calibrate.Bounds{}) {
		return nil
	}
	line := "d <- trimWeights(d"
	if s.Limits.High != calibrate.Unbounded.High {
		line += ", upper=" + exact(s.Limits.High)
	}
	if s.Limits.Low != calibrate.Unbounded.Low {
		line += ", lower=" + exact(s.Limits.Low)
	}
	return []string{line + ", strict=TRUE)"}
}

// mentioned reports which columns lines speak of.
func mentioned(lines []string) (func(string) bool, error) {
	var names []string
	for _, l := range lines {
		all, err := formula.ParseAll(l)
		if err != nil {
			return nil, err
		}
		for _, e := range all {
			names = append(names, formula.Names(e)...)
		}
	}
	return func(n string) bool { return slices.Contains(names, n) }, nil
}
