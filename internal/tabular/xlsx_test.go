package tabular

import (
	"archive/zip"
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"quipu/internal/fault"
)

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// book writes a workbook with another program's library.
func book(t testing.TB, fill func(*excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestXLSXCellsAreWrittenAsSeen(t *testing.T) {
	data := book(t, func(f *excelize.File) {
		f.NewSheet("Lista")
		style := func(s excelize.Style) int { return must[int](t)(f.NewStyle(&s)) }
		code := func(c string) int { return style(excelize.Style{CustomNumFmt: &c}) }
		set := func(ref string, v any, st int) {
			if err := f.SetCellValue("Lista", ref, v); err != nil {
				t.Fatal(err)
			}
			if st > 0 {
				f.SetCellStyle("Lista", ref, ref, st)
			}
		}
		set("A1", "RELACIÓN DE CONNACIONALES", 0)
		for i, h := range []string{"Apellidos & nombres", "DNI", "Nacimiento", "Peso", "Cita", "Nota"} {
			set(string(rune('A'+i))+"3", h, 0)
		}
		day := time.Date(1968, 4, 7, 0, 0, 0, 0, time.UTC)
		set("A4", " Ñato <Ü> ", 0)
		set("B4", 7654321, 0)
		set("C4", day, style(excelize.Style{NumFmt: 14}))
		set("D4", 70.5, 0)
		set("E4", day.Add(9*time.Hour+30*time.Minute), style(excelize.Style{NumFmt: 22}))
		set("F4", true, 0)
		set("B6", 7654321, code("00000000"))
		set("C6", 24935, code(`[$-280A]d" de "mmmm" de "yyyy;@`))
		set("D6", 7.654321e9, code("0.00E+00"))
		set("E6", 0.5, code("[h]:mm"))
		f.SetCellFormula("Lista", "F6", "A4&B4")
		set("B7", 12345678901234567, 0)
		set("C7", 0, style(excelize.Style{NumFmt: 14}))
		f.SetCellRichText("Lista", "A7", []excelize.RichTextRun{{Text: "Mamani "}, {Text: "Juan", Font: &excelize.Font{Bold: true}}})
		set("H8", "al margen", 0)
	})
	info, rows := mustRead(t, data, Options{})
	if diff := cmp.Diff([]string{"Apellidos & nombres", "DNI", "Nacimiento", "Peso", "Cita", "Nota"}, info.Header); diff != "" {
		t.Error(diff)
	}
	if info.Format != XLSX || info.Sheet != "Lista" || info.HeaderLine != 3 || len(info.Sheets) != 2 {
		t.Errorf("%+v", info)
	}
	want := []got{
		{1, 4, []string{" Ñato <Ü> ", "7654321", "1968-04-07", "70.5", "1968-04-07T09:30:00", "TRUE"}, 0, "", 0},
		{2, 6, []string{"", "07654321", "1968-04-07", "7654321000", "12:00:00", ""}, DoubtCell, "", 0},
		{3, 7, []string{"Mamani Juan", "12345678901234567", "", "", "", ""}, DoubtCell | DoubtDigits, "", 0},
		{4, 8, []string{"", "", "", "", "", "", "", "al margen"}, 0, "tabular.cells", 8},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if _, _, err := readAll(t, data, Options{Sheet: "Otra"}); !fault.Is(err, "tabular.sheet") {
		t.Errorf("unknown sheet: %v", err)
	}
	if _, _, err := readAll(t, data, Options{Sheet: "sheet1"}); !fault.Is(err, "tabular.empty") {
		t.Errorf("empty sheet asked for: %v", err)
	}
}

func TestNumbers(t *testing.T) {
	day := style{date: true}
	for _, c := range []struct {
		st    style
		raw   string
		since bool
		want  string
		doubt Doubt
	}{
		{style{}, "7.654321E6", false, "7654321", 0},
		{style{}, "7654321.0", false, "7654321", 0},
		{style{}, "0.30000000000000004", false, "0.30000000000000004", 0},
		{style{}, "-1.5E-3", false, "-0.0015", 0},
		{style{}, "NaN", false, "NaN", 0},
		{style{}, "abc", false, "abc", 0},
		{style{zeros: 8}, "7654321", false, "07654321", 0},
		{style{zeros: 8}, "987654321", false, "987654321", 0},
		{day, "1", false, "1900-01-01", 0},
		{day, "59", false, "1900-02-28", 0},
		{day, "61", false, "1900-03-01", 0},
		{day, "0", false, "", DoubtCell},
		{day, "0", true, "1904-01-01", 0},
		{day, "23473", true, "1968-04-07", 0},
		{day, "2958465", false, "9999-12-31", 0},
		{day, "19680407", false, "19680407", 0},
		{day, "-5", false, "-5", 0},
		{style{clock: true}, "1.5", false, "36:00:00", 0},
		{style{date: true, clock: true}, "24935.999999", false, "1968-04-08", 0},
	} {
		if text, doubt := c.st.number(c.raw, c.since); text != c.want || doubt != c.doubt {
			t.Errorf("%+v %s: got %q %d, want %q %d", c.st, c.raw, text, doubt, c.want, c.doubt)
		}
	}
}

func TestFormatCodes(t *testing.T) {
	for code, want := range map[string]style{
		"General": {}, "0.00": {}, "#,##0;[Red]-#,##0": {}, `0.00" días"`: {}, "@": {}, "0": {}, `\d0`: {}, "[$USD] 0": {},
		"00000000": {zeros: 8}, "dd/mm/yyyy": {date: true}, "mmm-yy": {date: true}, "mmmm": {date: true},
		"[$-409]d-mmm-yy;@": {date: true}, "h:mm AM/PM": {clock: true}, "[mm]:ss": {clock: true},
		"yyyy-mm-dd hh:mm": {date: true, clock: true}, `"unclosed`: {}, "[": {}, `\`: {},
	} {
		if got := formatStyle(code); got != want {
			t.Errorf("%q: got %+v", code, got)
		}
	}
}

type entry struct{ name, text string }

// pack makes a ZIP file of given parts.
func pack(t testing.TB, parts ...entry) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p.name)
		if err == nil {
			_, err = w.Write([]byte(p.text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// parts is the least workbook there can be, around a sheet's rows.
func parts(rows string) []entry {
	return []entry{
		{"[Content_Types].xml", "<Types/>"},
		{"xl/workbook.xml", `<?xml version="1.0"?><workbook xmlns:r="x"><sheets><sheet name="Uno &gt; dos" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="a/worksheet" Target="/xl/s.xml"/></Relationships>`},
		{"xl/s.xml", "<x:worksheet><x:sheetData>" + rows + "</x:sheetData></x:worksheet>"},
	}
}

func TestXMLAsOtherProgramsWriteIt(t *testing.T) {
	data := pack(t, parts(`<!-- a > b --><x:row><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c><x:c t='str'><x:f>"&lt;"</x:f><x:v><![CDATA[b<]]></x:v></x:c></x:row>`+
		`<x:row r="9"><x:c r="B9" t="inlineStr" z="a>b"><x:is><x:r><x:t>&#209;</x:t></x:r><x:rPh><x:t>no</x:t></x:rPh><x:r><x:t>_x0041_&amp;&nada;</x:t></x:r></x:is></x:c><x:c r="C9"/></x:row>`+
		`<x:row r="10"><x:c r="A10" t="e"><x:v>#N/A</x:v></x:c><x:c t="d"><x:v>1968-04-07T00:00:00</x:v></x:c></x:row><x:row r="11"/>`)...)
	info, rows := mustRead(t, data, Options{})
	want := []got{{1, 9, []string{"", "ÑA&&nada;"}, 0, "", 0}, {2, 10, []string{"", "1968-04-07"}, DoubtCell, "", 0}}
	if diff := cmp.Diff(want, rows); diff != "" || info.Sheet != "Uno > dos" || info.Header[1] != "b<" {
		t.Errorf("%+v %s", info, diff)
	}
}

func TestOneCellOverAndOver(t *testing.T) {
	head := `<x:row><x:c t="str"><x:v>a</x:v></x:c><x:c t="str"><x:v>b</x:v></x:c></x:row>`
	again := `<x:c r="A2" t="str"><x:v>` + strings.Repeat("z", 1<<20) + `</x:v></x:c>`
	_, rows := mustRead(t, pack(t, parts(head+"<x:row>"+strings.Repeat(again, 8)+"</x:row>"+head)...), Options{})
	if len(rows) != 2 || rows[0].Key != "tabular.line_long" || rows[1].Key != "" {
		t.Errorf("%d rows, %s", len(rows), rows[0].Key)
	}
}

func TestHostileWorkbooksAreRefused(t *testing.T) {
	row := `<x:row><x:c t="str"><x:v>a</x:v></x:c><x:c t="str"><x:v>b</x:v></x:c></x:row>`
	many := parts(row)
	for range 1001 {
		many = append(many, entry{"x", ""})
	}
	for key, data := range map[string]string{
		"tabular.bomb":   pack(t, append(parts(row), entry{"xl/media/a", strings.Repeat("\x00", 80<<20)})...),
		"tabular.parts":  pack(t, many...),
		"tabular.zip":    pack(t, entry{"lista.csv", "a,b\n1,2\n"}),
		"tabular.ods":    pack(t, entry{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, entry{"content.xml", "<a/>"}),
		"tabular.xls":    pack(t, entry{"[Content_Types].xml", "<a/>"}, entry{"xl/workbook.bin", "x"}),
		"tabular.empty":  pack(t, parts("")...),
		"tabular.broken": pack(t, parts(row+`<!DOCTYPE x [<!ENTITY a "b">]>`)...),
	} {
		if _, _, err := readAll(t, data, Options{}); !fault.Is(err, key) {
			t.Errorf("%s: got %v", key, err)
		}
	}
	if _, _, err := readAll(t, pack(t, parts(row)...), Options{Limits: Limits{Unzipped: 100}}); !fault.Is(err, "tabular.bomb") {
		t.Errorf("limit by option: %v", err)
	}
	lying := []byte(pack(t, parts(row+strings.Repeat("<x:row/>", 100))...))
	at := bytes.LastIndex(lying, []byte("xl/s.xml")) - 46 + 24 // declared size, in the central directory
	lying[at], lying[at+1] = 30, 0
	if _, _, err := readAll(t, string(lying), Options{}); !fault.Is(err, "tabular.broken") {
		t.Errorf("a part longer than declared: %v", err)
	}
	if math.MaxUint32 < maxShared {
		t.Error("offsets of shared strings would overflow")
	}
}

func TestPasswordIsSaidSo(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	f.SetCellValue("Sheet1", "A1", "x")
	var b bytes.Buffer
	if err := f.Write(&b, excelize.Options{Password: "secreto"}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := readAll(t, b.String(), Options{}); !fault.Is(err, "tabular.encrypted") {
		t.Errorf("got %v", err)
	}
}
