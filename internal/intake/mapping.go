// Package intake turns the rows of an office's list into drafts of persons.
//
// It recognises what each column holds, reads every cell to the form that the register
// keeps, and says of each row whether it can come in. What cannot be read stays out and
// becomes a doubt for an officer; only a row without a name, with an impossible birth
// date or with a malformed document number is refused. A column of what the register
// must not keep is never read.
package intake

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/registry/refused"
)

// How a column got its target.
const (
	ByHeader = "header" // by what stands over it
	BySample = "sample" // by what it holds
	ByHand   = "hand"   // a person said so
)

// Column is one column of the list and where it goes. Target is "" for a column that is
// ignored. Refused is the key of the reason for which the register must not keep it.
type Column struct {
	Header  string
	Target  string
	Refused string
	How     string
	Order   civil.Order   // of the dates in the column
	Serials civil.Serials // when dates are the day numbers of a spreadsheet
	Scheme  string        // numbering of bare place codes; "" when it cannot be told
}

// Mapping says where every column of a list goes.
type Mapping struct {
	Columns []Column
	sample  [][]string
}

// Recognise proposes where the columns go, by their headers in Spanish or English and,
// where those leave a doubt, by a sample of the rows.
func Recognise(header []string, sample [][]string) Mapping {
	m := Mapping{Columns: make([]Column, len(header)), sample: sample}
	taken := map[string]bool{}
	for i, h := range header {
		c := &m.Columns[i]
		c.Header = h
		if reason, is := refused.Column(h); is {
			c.Refused = reason
			continue
		}
		t := headings()[heading(h)]
		if t == "" || t == "ignore" || taken[t] && !repeats(t) {
			continue
		}
		taken[t] = true
		c.Target, c.How = t, ByHeader
	}
	m.settle()
	return m
}

// settle decides the targets that depend on other columns or on what the column holds.
func (m *Mapping) settle() {
	for i := range m.Columns {
		c := &m.Columns[i]
		switch c.Target {
		case "given?":
			c.Target = "full_name"
			if m.has("surname_paternal") || m.has("surname_maternal") || m.has("surnames") {
				c.Target = "given_names"
			}
		case "contact phone?": // of the person, unless the person has one and a contact is named
			c.Target = "phone"
			if m.has("phone") && m.has("emergency_contact.name") && !m.has("emergency_contact.phone") {
				c.Target = "emergency_contact.phone"
			}
		case "type?":
			c.Target, c.How = m.typeOf(i), BySample
		default:
			m.learn(i)
			continue
		}
		if m.count(c.Target) > 1 && !repeats(c.Target) {
			c.Target, c.How = "", ""
		}
		m.learn(i)
	}
}

func (m *Mapping) has(target string) bool { return m.count(target) > 0 }

func (m *Mapping) count(target string) int {
	n := 0
	for _, c := range m.Columns {
		if c.Target == target {
			n++
		}
	}
	return n
}

// Set maps a column by hand. column is a header or a number from 1; target is "" or "-"
// for a column to be ignored. A target that another column had goes to this one.
func (m *Mapping) Set(column, target string) error {
	i := m.find(column)
	if i < 0 {
		return fault.New(fault.Invalid, "intake.map_header", "header", column, "headers", m.headers())
	}
	c := &m.Columns[i]
	if target == "-" {
		target = ""
	}
	switch {
	case target == "":
		c.Target, c.How = "", ByHand
		return nil
	case c.Refused != "":
		return fault.New(fault.Forbidden, "intake.map_refused", "header", c.Header)
	case !knownTarget(target):
		return fault.New(fault.Invalid, "intake.map_target", "target", target, "targets", strings.Join(Targets(), ", "))
	}
	for j := range m.Columns {
		o := &m.Columns[j]
		if j == i || o.Target != target || repeats(target) {
			continue
		}
		if o.How == ByHand {
			return fault.New(fault.Invalid, "intake.map_twice", "target", target, "one", o.Header, "other", c.Header)
		}
		o.Target, o.How = "", ""
	}
	c.Target, c.How = target, ByHand
	m.learn(i)
	return nil
}

// find is the index of a column by header, by header as compared, or by number; -1.
func (m *Mapping) find(column string) int {
	same := func(eq func(h string) bool) int {
		return slices.IndexFunc(m.Columns, func(c Column) bool { return eq(c.Header) })
	}
	if i := same(func(h string) bool { return h == column }); i >= 0 {
		return i
	}
	if key := heading(column); key != "" {
		if i := same(func(h string) bool { return heading(h) == key }); i >= 0 {
			return i
		}
	}
	if n, err := strconv.Atoi(column); err == nil && n >= 1 && n <= len(m.Columns) {
		return n - 1
	}
	return -1
}

func (m *Mapping) headers() string {
	var out []string
	for _, c := range m.Columns {
		out = append(out, c.Header)
	}
	return strings.Join(out, ", ")
}

// Ready reports whether rows can be read: some column holds a name, no target is taken
// twice, and nothing is read that must not be kept.
func (m *Mapping) Ready() error {
	if !slices.ContainsFunc(needsName, m.has) {
		return fault.New(fault.Invalid, "intake.no_name_column", "headers", m.headers())
	}
	seen := map[string]string{}
	for _, c := range m.Columns {
		switch other, twice := seen[c.Target]; {
		case c.Refused != "" && c.Target != "":
			return fault.New(fault.Forbidden, "intake.map_refused", "header", c.Header)
		case twice && !repeats(c.Target):
			return fault.New(fault.Invalid, "intake.map_twice", "target", c.Target, "one", other, "other", c.Header)
		}
		seen[c.Target] = c.Header
	}
	return nil
}

// Entry is one line of a map file.
type Entry struct{ Column, Target string }

// ParseMap reads a map file: a JSON object of headers (or column numbers) and targets.
func ParseMap(data []byte) ([]Entry, error) {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))))
	bad := func() error {
		return fault.New(fault.Invalid, "intake.map_json", "line", 1+bytes.Count(data[:min(int(d.InputOffset()), len(data))], []byte("\n")))
	}
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, bad()
	}
	var out []Entry
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, bad()
		}
		value, err := d.Token()
		text, ok := value.(string)
		if err != nil || !ok && value != nil {
			return nil, bad()
		}
		column, _ := key.(string)
		out = append(out, Entry{column, text})
	}
	if _, err := d.Token(); err != nil {
		return nil, bad()
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, bad()
	}
	return out, nil
}

// Apply maps columns by a map file.
func (m *Mapping) Apply(data []byte) error {
	entries, err := ParseMap(data)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := m.Set(e.Column, e.Target); err != nil {
			return err
		}
	}
	return nil
}
