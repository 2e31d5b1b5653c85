package tabular

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"quipu/internal/fault"
)

// got is a row or a row's error, in a form that is easy to compare.
type got struct {
	Number, Line int
	Cells        []string
	Doubts       Doubt
	Key          string
	Column       int
}

func readAll(t testing.TB, data string, opts Options) (Info, []got, error) {
	t.Helper()
	r, err := NewReader(strings.NewReader(data), int64(len(data)), opts)
	if err != nil {
		return Info{}, nil, err
	}
	defer r.Close()
	var out []got
	for {
		row, err := r.Next()
		var bad *RowError
		switch {
		case err == io.EOF:
			return r.Info(), out, nil
		case errors.As(err, &bad):
			out = append(out, got{bad.Number, bad.Line, bad.Cells, 0, bad.Fault.Key, bad.Column})
		case err != nil:
			return r.Info(), out, err
		default:
			out = append(out, got{row.Number, row.Line, append([]string(nil), row.Cells...), row.Doubts, "", 0})
		}
	}
}

func mustRead(t testing.TB, data string, opts Options) (Info, []got) {
	t.Helper()
	info, rows, err := readAll(t, data, opts)
	if err != nil {
		t.Fatalf("reading %.80q: %v", data, err)
	}
	return info, rows
}

func encodings(t testing.TB, text string) map[Encoding][]string {
	t.Helper()
	enc := func(s string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	w1252 := enc(charmap.Windows1252.NewEncoder().String(text + "€"))
	le := enc(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(text))
	be := enc(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(text))
	return map[Encoding][]string{
		UTF8:        {text},
		UTF8BOM:     {"\uFEFF" + text},
		UTF16LE:     {le, "\xFF\xFE" + le},
		UTF16BE:     {be, "\xFE\xFF" + be},
		Windows1252: {w1252},
		Latin1:      {enc(charmap.ISO8859_1.NewEncoder().String(text))},
	}
}

func TestEveryEncodingDelimiterAndLineEnd(t *testing.T) {
	for _, d := range delimiters {
		for _, end := range []string{"\n", "\r\n", "\r"} {
			s := string(d)
			text := strings.Join([]string{"Apellidos" + s + "Nombres" + s + "Año",
				"Núñez Ñaupari" + s + `"José` + s + ` ""Pepe"""` + s + "1968",
				"", "Quispe" + s + "\"dos\nlíneas\"" + s + "1970", "Çelik" + s + "Ünal" + s + "1971"}, end)
			text = strings.ReplaceAll(text, "dos\nlíneas", "dos"+end+"líneas")
			for want, files := range encodings(t, text) {
				for i, data := range files {
					t.Run(fmt.Sprintf("%q %q %s %d", s, end, want, i), func(t *testing.T) {
						info, rows := mustRead(t, data, Options{})
						if info.Encoding != want || info.Delimiter != d {
							t.Errorf("found %s %q", info.Encoding, info.Delimiter)
						}
						if diff := cmp.Diff([]string{"Apellidos", "Nombres", "Año"}, info.Header); diff != "" {
							t.Error(diff)
						}
						last := "1971"
						if want == Windows1252 {
							last += "€"
						}
						wantRows := []got{
							{Number: 1, Line: 2, Cells: []string{"Núñez Ñaupari", "José" + s + ` "Pepe"`, "1968"}},
							{Number: 2, Line: 4, Cells: []string{"Quispe", "dos\nlíneas", "1970"}},
							{Number: 3, Line: 6, Cells: []string{"Çelik", "Ünal", last}},
						}
						if diff := cmp.Diff(wantRows, rows); diff != "" {
							t.Error(diff)
						}
					})
				}
			}
		}
	}
}

func TestLateWindows1252IsSeen(t *testing.T) {
	var b strings.Builder
	b.WriteString("nombre;ciudad\n")
	for b.Len() < 2<<20 {
		b.WriteString("Juan;Madrid\n")
	}
	b.WriteString("Mu\xF1oz;C\xE1diz\n")
	info, rows := mustRead(t, b.String(), Options{})
	if last := rows[len(rows)-1]; info.Encoding != Latin1 || last.Cells[0] != "Muñoz" || last.Cells[1] != "Cádiz" {
		t.Errorf("%s %q", info.Encoding, last.Cells)
	}
}

func TestBrokenUTF8IsABadRowNotAnotherEncoding(t *testing.T) {
	data := "nombre,ciudad\n" + strings.Repeat("Muñoz,Cádiz\n", 50) + "Mu\xF1oz,Lima\nÑato,Ica\n"
	info, rows := mustRead(t, data, Options{})
	want := []got{
		{Number: 50, Line: 51, Cells: []string{"Muñoz", "Cádiz"}},
		{Number: 51, Line: 52, Cells: []string{"Mu\uFFFDoz", "Lima"}, Key: "tabular.bytes", Column: 1},
		{Number: 52, Line: 53, Cells: []string{"Ñato", "Ica"}},
	}
	if diff := cmp.Diff(want, rows[49:]); diff != "" || info.Encoding != UTF8 {
		t.Error(info.Encoding, diff)
	}
}

func TestHeaderIsFoundUnderTitles(t *testing.T) {
	for name, c := range map[string]struct {
		data   string
		line   int
		header []string
	}{
		"title":     {"RELACIÓN DE CONNACIONALES 2019;;;\n;;;\nConsulado General;Madrid;;\n\nN°;DNI;Nombre;Ciudad\n1;07654321;Ana;Madrid\n", 5, []string{"N°", "DNI", "Nombre", "Ciudad"}},
		"sep":       {"sep=|\r\nDNI|Nombre, completo\r\n1|Ana, Luz\r\n", 2, []string{"DNI", "Nombre, completo"}},
		"trailing":  {"DNI,Nombre,,,\n1,Ana,,,\n", 1, []string{"DNI", "Nombre"}},
		"unnamed":   {"DNI,Nombre,,\n1,Ana,nota,\n", 1, []string{"DNI", "Nombre", ""}},
		"decimals":  {"lat;lon;alt\n1,5;2,5;3,5\n4,5;5,5;6,5\n", 1, []string{"lat", "lon", "alt"}},
		"one":       {"Nombre\nQuispe Mamani, Juan\nRojas, Ana\n", 1, []string{"Nombre"}},
		"in quotes": {"\"Apellidos\nPaterno\";DNI\nA;1\n", 1, []string{"Apellidos Paterno", "DNI"}},
	} {
		t.Run(name, func(t *testing.T) {
			info, rows := mustRead(t, c.data, Options{})
			if diff := cmp.Diff(c.header, info.Header); diff != "" || info.HeaderLine != c.line {
				t.Errorf("line %d %s", info.HeaderLine, diff)
			}
			if len(rows) == 0 || rows[0].Key != "" || len(rows[0].Cells) != len(c.header) {
				t.Errorf("rows %+v", rows)
			}
		})
	}
}

func TestOptionsOverrule(t *testing.T) {
	data := "uno,dos\na,b\nx;y\nMar\xA1a;c\n"
	info, rows := mustRead(t, data, Options{HeaderRow: 3, Delimiter: ';', Encoding: CP850})
	want := []got{{Number: 1, Line: 4, Cells: []string{"María", "c"}}}
	if diff := cmp.Diff(want, rows); diff != "" || info.HeaderLine != 3 {
		t.Error(info.HeaderLine, diff)
	}
	for key, o := range map[string]Options{
		"tabular.header":    {HeaderRow: 40},
		"tabular.delimiter": {Delimiter: '"'},
		"tabular.encoding":  {Encoding: "klingon"},
		"tabular.size":      {Limits: Limits{Bytes: 10}},
		"tabular.columns":   {Limits: Limits{Columns: 1}},
		"tabular.rows":      {Delimiter: ',', Limits: Limits{Rows: 2}},
	} {
		if _, _, err := readAll(t, data, o); !fault.Is(err, key) {
			t.Errorf("%s: got %v", key, err)
		}
	}
}

func TestBadRowsDoNotStopTheRest(t *testing.T) {
	far := strings.Repeat("7,x,y\n", 60)
	data := "a,b,c\n" +
		"1,\"open,3\n" + far + // line 2: nothing closes it
		"1,\"open,3\n4,\"q\",6\n" + // line 63: the next quote is not its end
		"1,2,3,4\n" + // 65
		"1,2\n" + // 66
		"1,n\x00l,3\n" + // 67
		"1,\"Juan \"Pepe\" Ruiz\",3\n" + // 68
		"1,\"Juan \"x\", \"Ruiz\",3\n" + // 69
		"1,5\" disco,3\n" + // 70
		"1," + strings.Repeat("z", 70<<10) + ",3\n" + // 71
		"1,2,3,,,\n" + // 72
		"1,\"two\nlines\"\n" + // 73
		"1,\"eof" // 75
	_, rows := mustRead(t, data, Options{Delimiter: ','})
	for i := range rows {
		for j, c := range rows[i].Cells {
			rows[i].Cells[j] = c[:min(len(c), 20)]
		}
	}
	rest := append(rows[:1:1], rows[61:]...)
	want := []got{
		{1, 2, []string{"1", `"open`, "3"}, 0, "tabular.quote", 2},
		{62, 63, []string{"1", `"open`, "3"}, 0, "tabular.quote", 2},
		{63, 64, []string{"4", "q", "6"}, 0, "", 0},
		{64, 65, []string{"1", "2", "3", "4"}, 0, "tabular.cells", 4},
		{65, 66, []string{"1", "2", ""}, DoubtShort, "", 0},
		{66, 67, []string{"1", "n\x00l", "3"}, 0, "tabular.nul", 2},
		{67, 68, []string{"1", `Juan "Pepe" Ruiz`, "3"}, DoubtQuotes, "", 0},
		{68, 69, []string{"1", `"Juan "x"`, ` "Ruiz"`, "3"}, 0, "tabular.quote", 2},
		{69, 70, []string{"1", `5" disco`, "3"}, 0, "", 0},
		{70, 71, []string{"1", strings.Repeat("z", 20), "3"}, 0, "tabular.cell_long", 2},
		{71, 72, []string{"1", "2", "3"}, 0, "", 0},
		{72, 73, []string{"1", "two\nlines", ""}, DoubtShort, "", 0},
		{73, 75, []string{"1", `"eof`, ""}, 0, "tabular.quote", 2},
	}
	want[12].Cells = want[12].Cells[:2]
	if diff := cmp.Diff(want, rest); diff != "" {
		t.Error(diff)
	}
}

func TestQuoteOverAMebibyteIsStray(t *testing.T) {
	long := strings.Repeat("y", 60<<10)
	data := "a,b\n1,\"open\n" + strings.Repeat(long+",2\n", 30) + "z,\"end\"\n"
	_, rows := mustRead(t, data, Options{})
	if len(rows) != 32 || rows[0].Key != "tabular.quote" || rows[31].Cells[1] != "end" {
		t.Errorf("%d rows, first %s %d", len(rows), rows[0].Key, rows[0].Line)
	}
}

func TestLineTooLongIsDropped(t *testing.T) {
	data := "a,b\n1,2\n3," + strings.Repeat("y", maxLine+100) + "\n5,6\n"
	_, rows := mustRead(t, data, Options{})
	want := []got{{Number: 1, Line: 2, Cells: []string{"1", "2"}},
		{Number: 2, Line: 3, Cells: []string{}, Key: "tabular.line_long"},
		{Number: 3, Line: 4, Cells: []string{"5", "6"}}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
}

func TestLinesOfDelimitersCostLittle(t *testing.T) {
	for _, line := range []string{strings.Repeat(",", 1<<20), strings.Repeat(`"",`, 1<<20)} {
		_, rows := mustRead(t, "a,b\n1,2\n"+line+"\n3,4\n", Options{Delimiter: ','})
		if len(rows) != 3 || rows[1].Key != "tabular.cells" || len(rows[1].Cells) > 300 || rows[2].Line != 4 {
			t.Errorf("%d rows, %s with %d cells", len(rows), rows[1].Key, len(rows[1].Cells))
		}
	}
}

func TestLostLettersAreSeen(t *testing.T) {
	_, rows := mustRead(t, "a,b\nMu\uFFFDoz,1\n", Options{})
	if len(rows) != 1 || rows[0].Doubts != DoubtLost {
		t.Errorf("%+v", rows)
	}
	le := "a\x00,\x00b\x00\n\x00\x00\xD8,\x00x\x00\n\x00y\x00,\x00z\x00\n\x00"
	_, rows = mustRead(t, le, Options{Encoding: UTF16LE})
	if len(rows) != 2 || rows[0].Key != "tabular.bytes" || rows[0].Column != 1 || rows[1].Key != "" {
		t.Errorf("half a surrogate pair: %+v", rows)
	}
}

func TestWhatIsNoListIsRefused(t *testing.T) {
	ole := append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 2048)...)
	ole[0x1E] = 9
	locked := bytes.Clone(ole)
	for i, c := range "EncryptedPackage" {
		locked[512+2*i] = byte(c)
	}
	for key, data := range map[string]string{
		"tabular.empty":     "",
		"tabular.pdf":       "%PDF-1.7\n1 0 obj",
		"tabular.xls":       string(ole),
		"tabular.encrypted": string(locked),
		"tabular.html":      "\n<html><table><tr><td>DNI",
		"tabular.binary":    "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00\x01\x02\x03ab", 500),
		"tabular.broken":    "PK\x03\x04 and then nothing of the kind",
	} {
		if _, _, err := readAll(t, data, Options{}); !fault.Is(err, key) {
			t.Errorf("%s: got %v", key, err)
		}
	}
	if _, _, err := readAll(t, "\n \n;;\n", Options{}); !fault.Is(err, "tabular.empty") {
		t.Errorf("only blank rows: %v", err)
	}
	if _, err := Open("no/such/list.csv", Options{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("missing file: %v", err)
	}
}
