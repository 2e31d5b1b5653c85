package xform

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quipu/internal/fault"
	"quipu/internal/survey/xlsform"
)

// anyForm writes the sheets of a questionnaire at random: groups and repeats in one another,
// references to what was asked before, texts in one or two languages, lists with filters.
func anyForm(t *rapid.T) []xlsform.Sheet {
	langs := rapid.SampledFrom([][]string{{"label"}, {"label::en", "label::Español (es)"}}).Draw(t, "languages")
	s := xlsform.Sheet{Name: "survey", Heading: append([]string{"type", "name", "relevant", "constraint", "constraint_message", "required", "calculation",
		"default", "choice_filter", "repeat_count", "appearance", "hint", "guidance_hint", "image"}, langs...)}
	words := rapid.SampledFrom([]string{"Plain", "A < B & C > D", "Ñandú «x»", `"quotes" 'single'`, "tail &amp; done", "50 %"})
	var names []string
	n := 0
	row := func(cells map[string]string) {
		r := xlsform.Row{Number: len(s.Rows) + 2}
		for _, h := range s.Heading {
			key, _, _ := strings.Cut(h, "::")
			v := cells[key]
			if key == "label" && v != "" && len(names) > 0 && rapid.Bool().Draw(t, "mention") {
				v += " ${" + rapid.SampledFrom(names).Draw(t, "mentioned") + "}"
			}
			r.Cells = append(r.Cells, v)
		}
		s.Rows = append(s.Rows, r)
	}
	rule := func() string {
		if len(names) == 0 || rapid.Bool().Draw(t, "no rule") {
			return ""
		}
		a := rapid.SampledFrom(names).Draw(t, "a")
		return strings.ReplaceAll(rapid.SampledFrom([]string{"${a} = 'x'", "not(selected(${a}, 'y'))or ${a}>3", "if(${a} != '', string-length(${a}) > 2, true())",
			"count-selected(${a}) + 1 <= 3 and '$' != ''", "once(${a})"}).Draw(t, "rule"), "${a}", "${"+a+"}")
	}
	var level func(depth int)
	level = func(depth int) {
		for range rapid.IntRange(1, 4).Draw(t, "items") {
			n++
			name := "q" + strconv.Itoa(n)
			kind := rapid.SampledFrom([]string{"text", "integer", "date", "select_one l", "select_multiple l or_other", "note", "calculate", "begin group", "begin repeat", "range", "hidden"}).Draw(t, "type")
			c := map[string]string{"type": kind, "name": name, "label": words.Draw(t, "label"), "relevant": rule()}
			if rapid.Bool().Draw(t, "more") {
				c["hint"], c["appearance"] = words.Draw(t, "hint"), rapid.SampledFrom([]string{"", "minimal", "w1"}).Draw(t, "appearance")
			}
			switch {
			case strings.HasPrefix(kind, "begin"):
				if depth > 2 {
					continue
				}
				delete(c, "hint")
				if kind == "begin repeat" {
					c["repeat_count"] = rapid.SampledFrom([]string{"", "3", "1 + 2"}).Draw(t, "count")
				}
				row(c)
				level(depth + 1)
				row(map[string]string{"type": strings.Replace(kind, "begin", "end", 1)})
				continue
			case kind == "calculate":
				c = map[string]string{"type": kind, "name": name, "calculation": rapid.SampledFrom([]string{"1 + 1", "concat('a', \"b\")", "today()"}).Draw(t, "calculation")}
			case kind == "hidden":
				c = map[string]string{"type": kind, "name": name, "default": "v"}
			case kind == "text":
				c["constraint"], c["constraint_message"] = ". != 'q'", words.Draw(t, "message")
				c["default"] = rapid.SampledFrom([]string{"", "abc", "concat('x', 'y')"}).Draw(t, "default")
				c["guidance_hint"] = rapid.SampledFrom([]string{"", "Read"}).Draw(t, "guidance")
				c["required"] = rapid.SampledFrom([]string{"", "yes", "no"}).Draw(t, "required")
			case kind == "select_one l":
				c["choice_filter"] = rapid.SampledFrom([]string{"", "region = 'r'"}).Draw(t, "filter")
				c["image"] = rapid.SampledFrom([]string{"", "a.png"}).Draw(t, "image")
			}
			row(c)
			names = append(names, name)
		}
	}
	level(0)
	l := xlsform.Sheet{Name: "choices", Heading: append([]string{"list_name", "name", "region"}, langs...)}
	for i, v := range []string{"x", "y"} {
		r := xlsform.Row{Number: i + 2, Cells: []string{"l", v, "r"}}
		for range langs {
			r.Cells = append(r.Cells, words.Draw(t, "choice"))
		}
		l.Rows = append(l.Rows, r)
	}
	return []xlsform.Sheet{s, l, {Name: "settings", Heading: []string{"form_id", "version"}, Rows: []xlsform.Row{{Number: 2, Cells: []string{"any", "1"}}}}}
}

// table writes sheets with bars, as pyxform reads them.
func table(sheets []xlsform.Sheet) string {
	var b strings.Builder
	for _, s := range sheets {
		b.WriteString("| " + s.Name + " |\n| | " + strings.Join(s.Heading, " | ") + " |\n")
		for _, r := range s.Rows {
			b.WriteString("| | " + strings.Join(r.Cells, " | ") + " |\n")
		}
	}
	return b.String()
}

// TestAnyFormComesBack: whatever questionnaire is written, it comes back as the same XForm and
// as the same questionnaire.
func TestAnyFormComesBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		want, problems := xlsform.Read(anyForm(rt), xlsform.Options{})
		if err := problems.Err(); err != nil {
			rt.Fatal(err)
		}
		first := Write(want)
		got, err := Read(bytes.NewReader(first))
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(string(first), string(Write(want))); diff != "" {
			rt.Fatal("written twice: ", diff)
		}
		if diff := cmp.Diff(canonical(t, first), canonical(t, Write(got))); diff != "" {
			rt.Fatal(diff)
		}
		settle(want)
		settle(got)
		if diff := cmp.Diff(want, got, loose...); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// FuzzRead: whatever a document is, reading it ends, in a fault or in a form that can be written.
func FuzzRead(f *testing.F) {
	for name := range forms(f) {
		text, err := os.ReadFile(name + ".xml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`<h:html><h:head><model><instance><d/></instance><bind nodeset="/d"/></model></h:head><h:body><group ref="/d"><repeat/></group></h:body></h:html>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		form, err := Read(bytes.NewReader(text))
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("%v is no fault", err)
			}
			return
		}
		if _, err := Read(bytes.NewReader(Write(form))); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzInstance: whatever a client sends, reading it ends, and what was read is written and read
// again as the same.
func FuzzInstance(f *testing.F) {
	f.Add([]byte(`<data id="a"><x>1</x><r><y/></r><orx:meta xmlns:orx="u"><orx:instanceID>i</orx:instanceID></orx:meta></data>`))
	f.Add([]byte(`<!DOCTYPE x [<!ENTITY e "boom">]><data>&e;</data>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := ReadInstance(bytes.NewReader(text))
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("%v is no fault", err)
			}
			return
		}
		again, err := ReadInstance(bytes.NewReader(WriteInstance(doc)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(WriteInstance(doc)), string(WriteInstance(again))); diff != "" {
			t.Fatal(diff)
		}
	})
}
