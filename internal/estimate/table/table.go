package table

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

// MostWords is how many different words a reckoned answer may have; with more it is no class
// of people and may name them, and is left out.
const MostWords = 100

// Table collects answers, in the order in which they were added.
type Table struct {
	form *Form
	at   map[string]int // column by path
	cols []column
	rows int
	read []answer // of the row that is being added
}

// answer is one of a row.
type answer struct {
	column int
	text   string
}

type column struct {
	Question
	num   []float64
	code  []int32 // of Choices 0 where it was answered
	level map[string]int32
	asked int       // of the levels, those of the questionnaire
	ticks [][]int32 // of choices, a column each
	words bool      // a reckoned answer that is no number
	full  bool      // has too many words
}

// New makes a table for about n submissions.
func New(f *Form, n int) *Table {
	t := &Table{form: f, at: map[string]int{}}
	for _, q := range f.Questions {
		c := column{Question: q, level: map[string]int32{}, asked: len(q.Levels)}
		c.Levels = slices.Clone(q.Levels)
		for i, l := range q.Levels {
			c.level[l] = int32(i)
		}
		switch q.Kind {
		case Number, Year, Repeated:
			c.num = make([]float64, 0, n)
		case Choice:
			c.code = make([]int32, 0, n)
		case Reckoned:
			c.num, c.code = make([]float64, 0, n), make([]int32, 0, n)
		case Choices:
			c.code = make([]int32, 0, n)
			for range q.Levels {
				c.ticks = append(c.ticks, make([]int32, 0, n))
			}
		}
		t.at[q.Path] = len(t.cols)
		t.cols = append(t.cols, c)
	}
	return t
}

// Rows is how many were added.
func (t *Table) Rows() int { return t.rows }

// Add adds the answers of a submission, an instance as XML.
func (t *Table) Add(answers string) error {
	if t.read = t.read[:0]; !t.quick(answers) {
		t.read = t.read[:0]
		if err := t.slow(answers); err != nil {
			return err
		}
	}
	for i := range t.cols {
		t.cols[i].blank()
	}
	t.rows++
	for _, r := range t.read {
		t.cols[r.column].take(t.rows-1, r.text)
	}
	return nil
}

// slow reads any XML.
func (t *Table) slow(answers string) error {
	d := xml.NewDecoder(strings.NewReader(answers))
	var path []string
	var text strings.Builder
	for {
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault.New(fault.Invalid, "survey.not_xml").Because(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			path = append(path, e.Name.Local)
			text.Reset()
		case xml.CharData:
			text.Write(e)
		case xml.EndElement:
			if len(path) > 1 {
				if i, ok := t.at[strings.Join(path[1:], "/")]; ok {
					t.read = append(t.read, answer{i, strings.TrimSpace(text.String())})
				}
			}
			if len(path) == 0 {
				return fault.New(fault.Invalid, "survey.not_xml")
			}
			path = path[:len(path)-1]
			text.Reset()
		}
	}
}

// blank begins a row without an answer.
func (c *column) blank() {
	switch c.Kind {
	case Number, Year:
		c.num = append(c.num, math.NaN())
	case Repeated:
		c.num = append(c.num, 0)
	case Choice:
		c.code = append(c.code, frame.Missing)
	case Reckoned:
		c.num, c.code = append(c.num, math.NaN()), append(c.code, frame.Missing)
	case Choices:
		c.code = append(c.code, frame.Missing)
		for i := range c.ticks {
			c.ticks[i] = append(c.ticks[i], frame.Missing)
		}
	}
}

func (c *column) take(row int, text string) {
	if c.Kind == Repeated {
		c.num[row]++
		return
	}
	if text == "" {
		return
	}
	switch c.Kind {
	case Number:
		c.num[row] = number(text)
	case Year:
		c.num[row] = number(text[:min(4, len(text))])
	case Choice:
		c.code[row] = c.coded(text)
	case Reckoned:
		c.num[row] = number(text)
		c.words = c.words || math.IsNaN(c.num[row])
		if !c.full {
			c.code[row] = c.coded(text)
			c.full = len(c.level) > MostWords
		}
	case Choices:
		c.tick(row, strings.Fields(text))
	}
}

func number(text string) float64 {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(x, 0) {
		return math.NaN()
	}
	return x
}

// coded is the code of an answer; one that the questionnaire does not have is added.
func (c *column) coded(text string) int32 {
	code, ok := c.level[text]
	if !ok {
		text = strings.Clone(text) // it may be a part of all answers
		code = int32(len(c.Levels))
		c.level[text] = code
		c.Levels = append(c.Levels, text)
	}
	return code
}

func (c *column) tick(row int, ticked []string) {
	for _, v := range ticked {
		c.choice(row, v)
	}
	c.code[row] = 0
	for i := range c.ticks {
		c.ticks[i][row] = 0
	}
	for _, v := range ticked {
		c.ticks[c.level[v]][row] = 1
	}
}

// choice makes the column of a choice that the questionnaire does not have, up to a row.
func (c *column) choice(row int, v string) {
	if c.coded(v); len(c.ticks) == len(c.Levels) {
		return
	}
	fresh := make([]int32, row+1)
	copy(fresh, c.code) // not ticked where others were
	c.ticks = append(c.ticks, fresh)
}

// Frame is the table as it stands; apart, the answers of sensitive questions, row by row the
// same; and which questions were left out for having too many words. What is added to the table
// later does not change them, though they share its columns.
func (t *Table) Frame() (f, withheld *frame.Frame, leftOut []string, err error) {
	f, withheld = frame.New(t.rows), frame.New(t.rows)
	for i := range t.cols {
		c, into := &t.cols[i], f
		if c.Sensitive {
			into = withheld
		}
		if c.leftOut() {
			leftOut = append(leftOut, c.Name)
			continue
		}
		for _, col := range c.columns() {
			if err := into.Add(col); err != nil {
				return nil, nil, nil, err
			}
		}
	}
	return f, withheld, leftOut, nil
}

func (c *column) leftOut() bool { return c.Kind == Reckoned && c.words && c.full }

// columns are those of the question. Answers that the questionnaire does not have come behind its
// own, in the order of their bytes: in which order they were given is nobody's.
func (c *column) columns() (out []frame.Column) {
	order := make([]int32, len(c.Levels)) // codes as they are to be
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order[c.asked:], func(a, b int32) int { return strings.Compare(c.Levels[a], c.Levels[b]) })
	switch {
	case c.Kind == Choices:
		for _, k := range order {
			out = append(out, frame.Logical(c.Column(c.Levels[k]), slices.Clip(c.ticks[k])))
		}
		return out
	case c.Kind == Choice, c.Kind == Reckoned && c.words:
		return []frame.Column{c.factor(order)}
	}
	return []frame.Column{frame.Numbers(c.Name, slices.Clip(c.num))}
}

func (c *column) factor(order []int32) frame.Column {
	col := frame.Column{Name: c.Name, Kind: frame.Factor, Code: slices.Clip(c.code), Levels: slices.Clip(c.Levels)}
	if slices.IsSorted(order) {
		return col
	}
	to := make([]int32, len(order))
	col.Levels = make([]string, len(order))
	for i, k := range order {
		to[k], col.Levels[i] = int32(i), c.Levels[k]
	}
	col.Code = make([]int32, len(c.code))
	for i, k := range c.code {
		if col.Code[i] = k; k >= 0 {
			col.Code[i] = to[k]
		}
	}
	return col
}
