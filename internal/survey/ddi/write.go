package ddi

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/survey"
	"quipu/internal/survey/codebook"
)

type writer struct {
	b    *codebook.Book
	s    Study
	lang string
	ids  map[string]string // of columns by name, and of parts by path
}

func (w *writer) book() *book {
	for i := range w.b.Variables {
		w.ids[w.b.Variables[i].Name] = "V" + strconv.Itoa(i+1)
	}
	return &book{Version: "2.5", ID: "survey-" + plain(w.b.ID), Doc: w.document(), Study: w.study(), File: w.file(), Data: w.data()}
}

var noName = regexp.MustCompile(`[^A-Za-z0-9._-]`)

// plain is what an identifier of XML may hold.
func plain(s string) string { return noName.ReplaceAllString(s, "_") }

// texts are a text in its languages, in their order; what it mentions of other questions stands
// in brackets.
func texts(t survey.Text) (out []text) {
	for _, l := range t.Languages() {
		words := survey.Mention(t[l], func(name string, _ bool) string { return "[" + name + "]" })
		if words = clean(strings.Join(strings.Fields(words), " ")); words != "" {
			out = append(out, text{survey.Code(l), words})
		}
	}
	return out
}

// once is a text in the language of the document alone.
func (w *writer) once(t survey.Text) []text {
	words := t.In(w.lang)
	for l, s := range t {
		if s == words {
			return texts(survey.Text{l: s})
		}
	}
	return nil
}

// clean leaves out what XML cannot hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}

func (w *writer) document() document {
	d := document{citation{Title: w.titles(), Made: &production{Software: []program{{w.s.SoftwareVersion, w.s.Software}}}}}
	if w.b.Made != "" {
		d.Citation.Made.Dates = []dated{{Date: w.b.Made, Text: w.b.Made}}
	}
	return d
}

func (w *writer) titles() titles {
	return titles{Title: text{Text: clean(w.b.Title)}, IDs: []idNum{{w.s.Software, w.b.ID}}}
}

func (w *writer) study() study {
	b, s := w.b, &w.s
	st := study{Citation: citation{Title: w.titles()}}
	if s.Producer != "" {
		st.Citation.Agents, st.Citation.Made = &authors{[]text{{Text: s.Producer}}}, &production{Producers: []text{{Text: s.Producer}}}
	}
	if b.Version != "" {
		st.Citation.Versions = []version{{dated{Date: b.Made, Text: b.Version}}}
	}
	if b.Note != "" {
		st.Info.Abstract = texts(survey.Text{"": b.Note})
	}
	span := []dated{{Date: b.First, Event: "start", Text: b.First}, {Date: b.Last, Event: "end", Text: b.Last}}
	st.Info.Summary = summary{Periods: span, Days: span, Units: w.once(s.Units), Universe: w.once(s.Universe), Kind: w.once(s.Kind)}
	for _, n := range s.Nations {
		for _, t := range w.once(n.Label) {
			st.Info.Summary.Nations = append(st.Info.Summary.Nations, nation{t.Lang, n.Code, t.Text})
		}
	}
	st.Method = method{collection{w.once(s.Sampling), w.once(s.Weighting)}, analysis{w.once(s.Response), w.once(s.Errors)}}
	st.Access = &access{use{w.once(s.Confidentiality), w.once(s.Restriction)}}
	return st
}

func (w *writer) file() file {
	return file{"F1", fileText{w.s.File, dimensions{w.b.Rows, len(w.b.Variables)}, w.once(w.s.FileKind)}}
}

func (w *writer) data() (d data) {
	d.Groups = w.groups()
	for i := range w.b.Variables {
		d.Variables = append(d.Variables, w.variable(&w.b.Variables[i]))
	}
	for i := range w.b.Withheld {
		v := &w.b.Withheld[i]
		if slices.ContainsFunc(w.b.Withheld[:i], func(o codebook.Variable) bool { return o.Question == v.Question }) {
			continue // one of several answers to the same question
		}
		for _, t := range texts(w.s.Withheld) {
			words := t.Text + " " + v.Question
			if asked := texts(survey.Text{"": v.Text.In(t.Lang)}); len(asked) > 0 {
				words += ": " + asked[0].Text
			}
			d.Notes = append(d.Notes, text{t.Lang, words})
		}
	}
	return d
}

var groupTypes = map[codebook.PartKind]string{codebook.Section: "section", codebook.Repetition: "repetition", codebook.Several: "multipleResp"}

// groups are the parts of the questionnaire with the columns and the parts right within them.
func (w *writer) groups() (out []group) {
	for i, p := range w.b.Parts {
		w.ids["/"+p.Path] = "G" + strconv.Itoa(i+1)
	}
	for _, p := range w.b.Parts {
		g := group{ID: w.ids["/"+p.Path], Type: groupTypes[p.Kind], Name: p.Path, Labels: texts(p.Label)}
		var columns, within []string
		for i := range w.b.Variables {
			if w.b.Variables[i].In == p.Path {
				columns = append(columns, w.ids[w.b.Variables[i].Name])
			}
		}
		for _, q := range w.b.Parts {
			if q.In == p.Path {
				within = append(within, w.ids["/"+q.Path])
			}
		}
		g.Variables, g.Groups = strings.Join(columns, " "), strings.Join(within, " ")
		out = append(out, g)
	}
	return out
}

func (w *writer) variable(v *codebook.Variable) variable {
	out := variable{ID: w.ids[v.Name], Name: v.Name, Files: "F1", Interval: "discrete", Labels: texts(v.Label), Universe: texts(v.Asked), Format: format{"numeric", "ISO"}}
	if v.Categorical() {
		out.Format.Type = "character"
	} else {
		out.Interval = "contin"
	}
	if slices.Contains(w.s.Weights, v.Name) {
		out.Weighs = "wgt"
	}
	if v.Question != "" && v.Derived.Empty() {
		for _, t := range texts(v.Text) {
			q := question{t.Lang, map[bool]string{true: "category", false: "numeric"}[v.Categorical()], t.Text, ""}
			for _, h := range texts(v.Helps) {
				if h.Lang == t.Lang {
					q.Helps = h.Text
				}
			}
			out.Questions = append(out.Questions, q)
		}
	}
	if v.Valid.Given() {
		r := v.Valid
		out.Valid = &valid{ends{map[bool]string{true: "INT", false: "REAL"}[r.Whole], r.Min, r.MinExclusive, r.Max, r.MaxExclusive}}
	}
	if v.Concept != "" {
		out.Concept = []text{{Text: clean(v.Concept)}}
	}
	if !v.Derived.Empty() {
		out.Derivation = &derived{w.once(v.Derived)}
	}
	out.Stats = w.stats(v)
	for _, x := range v.Values {
		out.Categories = append(out.Categories, w.category(v, x))
	}
	return out
}

// stats say how many answered, and of numbers the mean and how they spread. The least and the
// greatest are those of single people.
func (w *writer) stats(v *codebook.Variable) []stat {
	var out []stat
	if enough(v.N) && enough(v.Missing) {
		out = append(out, stat{Type: "vald", Text: strconv.Itoa(v.N)}, stat{Type: "invd", Text: strconv.Itoa(v.Missing)})
	}
	if v.Kind == codebook.Number && v.Mean == v.Mean {
		for _, s := range []struct {
			kind string
			x    float64
		}{{"mean", v.Mean}, {"stdev", v.SD}} {
			out = append(out, stat{"wgtd", w.ids[w.s.Weight], s.kind, strconv.FormatFloat(s.x, 'g', 8, 64)})
		}
	}
	return out
}

// enough reports whether a number of people may be told.
func enough(n int) bool { return n == 0 || n >= codebook.Least }

func (w *writer) category(v *codebook.Variable, x codebook.Value) category {
	c := category{Value: clean(x.Code), Labels: texts(x.Label)}
	if x.Few || v.N == 0 || !enough(v.N) || !enough(v.Missing) {
		return c
	}
	c.Counts = []stat{{Type: "freq", Text: strconv.Itoa(x.N)}}
	total := 0.0
	for _, y := range v.Values {
		total += y.Weighted
	}
	if total > 0 {
		c.Counts = append(c.Counts, stat{"wgtd", w.ids[w.s.Weight], "percent", strconv.FormatFloat(100*x.Weighted/total, 'f', 2, 64)})
	}
	return c
}
