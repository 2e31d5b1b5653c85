package tabular

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quipu/internal/fault"
)

func TestRefusedFileComesBack(t *testing.T) {
	for _, lang := range []string{"es", "en"} {
		var b bytes.Buffer
		w := must[*CSVWriter](t)(NewCSVWriter(&b, ';', true))
		check := func(err error) {
			if err != nil {
				t.Fatal(err)
			}
		}
		check(w.WriteRefusedHeader([]string{"Nombre", "Teléfono"}, lang))
		check(w.WriteRefused([]string{"=HYPERLINK(1)", "+34 600"}, 7, "Teléfono", "no es un número"))
		check(w.WriteRefused([]string{"''@ya"}, 9, "", "-"))
		check(w.WriteRefused([]string{"a", "b", "de más"}, 10, "3", "sobra"))
		check(w.Flush())
		for _, line := range strings.Split(b.String(), "\r\n")[1:] {
			for _, c := range strings.Split(line, ";") {
				if c != "" && strings.ContainsRune("=+-@", rune(c[0])) {
					t.Errorf("a spreadsheet would run %q", c)
				}
			}
		}
		info, rows := mustRead(t, b.String(), Options{})
		want := []got{
			{Number: 1, Line: 2, Cells: []string{"=HYPERLINK(1)", "+34 600"}},
			{Number: 2, Line: 3, Cells: []string{"''@ya", ""}},
			{Number: 3, Line: 4, Cells: []string{"a", "b"}, Key: "tabular.cells", Column: 6},
		}
		if diff := cmp.Diff(want, rows); diff != "" || !info.Refused || len(info.Header) != 2 || info.Encoding != UTF8BOM {
			t.Errorf("%+v %s", info, diff)
		}
	}
}

func TestApostrophesOfOthersStay(t *testing.T) {
	_, rows := mustRead(t, "a,b\n'+34,'=x\n", Options{})
	if diff := cmp.Diff([]string{"'+34", "'=x"}, rows[0].Cells); diff != "" {
		t.Error(diff)
	}
}

func TestAnyCellsRoundTrip(t *testing.T) {
	cell := rapid.StringOfN(rapid.OneOf(rapid.RuneFrom([]rune("'=+-@\t\n\",;| a")), rapid.RuneFrom([]rune("ñÑ€日"))), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 3, 3), 0, 8).Draw(t, "rows")
		var b bytes.Buffer
		w, _ := NewCSVWriter(&b, rapid.SampledFrom([]rune(delimiters)).Draw(t, "delimiter"), rapid.Bool().Draw(t, "bom"))
		w.WriteRefusedHeader([]string{"uno", "dos", "tres"}, "es")
		for i, r := range rows {
			w.WriteRefused(r, i+2, "uno", "porque sí")
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		r, err := NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range rows {
			row, err := r.Next()
			if err != nil || row.Number != i+1 {
				t.Fatalf("row %d: %v", i, err)
			}
			if diff := cmp.Diff(want, row.Cells); diff != "" {
				t.Fatalf("row %d of %q: %s", i, b.String(), diff)
			}
		}
	})
}

func TestWriterRefusesOddDelimiters(t *testing.T) {
	for _, d := range "\"'a1 ñ\n" {
		if _, err := NewCSVWriter(&bytes.Buffer{}, d, false); !fault.Is(err, "tabular.delimiter") {
			t.Errorf("%q: %v", d, err)
		}
	}
}
