package personlist

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"quipu/internal/linkage"
)

// FuzzRecognise holds of any text cut into cells: the plan has a kind for every column,
// gives as many values as fields to any row, never uses the column of the truth, and is
// the same the second time.
func FuzzRecognise(f *testing.F) {
	f.Add("Apellidos;Nombres;F. Nac;DNI\nQuispe Mamani;Juan;07/04/1968;10117410\nFlores;Ana;N/A;00000000\n", uint8(1))
	f.Add("c1;c2;c3\n1;a@b.pe;+51 987\n2;;\n", uint8(0))
	f.Add("by;bm;bd;truth\n1949;7;22;e1\n1968;0;XX;e2\n;;;\n", uint8(4))
	f.Add(";;\n\xff;\x00;é\n名前;٣;-\n", uint8(2))
	f.Fuzz(func(t *testing.T, text string, truth uint8) {
		r := csv.NewReader(strings.NewReader(text))
		r.Comma, r.LazyQuotes, r.FieldsPerRecord = ';', true, -1
		rows, _ := r.ReadAll()
		if len(rows) == 0 {
			return
		}
		o := Options{Today: today, Truth: map[int]bool{int(truth): true}}
		p := Recognise(rows[0], rows[1:], o)
		Headless(rows[0], rows[1:])
		if len(p.Columns) != len(rows[0]) {
			t.Fatalf("%d columns of %d", len(p.Columns), len(rows[0]))
		}
		for i, c := range p.Columns {
			if c.Reason == "" || c.Number != i+1 {
				t.Errorf("column %d has no reason: %+v", i+1, c)
			}
			if int(truth) == c.Number && c.Kind != linkage.Ignore {
				t.Errorf("the truth is used as %v", c.Kind)
			}
			p.Repeated(c.Number, o)
		}
		for i := range p.Fields() {
			if slices.Contains(p.Used(i), int(truth)) {
				t.Error("a field is made of the truth")
			}
		}
		names := map[string]bool{}
		for _, fd := range p.Fields() {
			if names[fd.Name] {
				t.Errorf("two fields are called %q", fd.Name)
			}
			names[fd.Name] = true
		}
		again := Recognise(rows[0], rows[1:], o)
		for _, c := range again.Columns {
			again.Repeated(c.Number, o)
		}
		for _, row := range rows {
			v := p.Values(nil, row)
			if len(v) != len(p.Fields()) || !slices.Equal(v, again.Values(nil, row)) {
				t.Fatalf("values %q of %d fields", v, len(p.Fields()))
			}
		}
	})
}
