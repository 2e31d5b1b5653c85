package tabular

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// drain reads a list to its end and checks what must hold of any bytes whatever.
func drain(t *testing.T, data []byte, opts Options, most int) {
	r, err := NewReader(bytes.NewReader(data), int64(len(data)), opts)
	if err != nil {
		return
	}
	defer r.Close()
	width, number, line := len(r.Info().Header), 0, r.Info().HeaderLine
	for {
		row, err := r.Next()
		var bad *RowError
		if errors.As(err, &bad) {
			row = Row{Number: bad.Number, Line: bad.Line}
		} else if err == io.EOF {
			return
		} else if err != nil {
			return
		} else if len(row.Cells) != width {
			t.Fatalf("%d cells under a header of %d", len(row.Cells), width)
		}
		if row.Number != number+1 || row.Line <= line || row.Number > most {
			t.Fatalf("row %d on line %d after row %d on line %d, at most %d", row.Number, row.Line, number, line, most)
		}
		number, line = row.Number, row.Line
		for _, c := range row.Cells {
			if !utf8.ValidString(c) {
				t.Fatalf("invalid text %q", c)
			}
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "sep=;\r\na;b\r1;\"2\n3\"", "\xFF\xFEa\x00,\x00b\x00\n\x00", "\xEF\xBB\xBFa\tb\n\"x\ty",
		"a|b\n\"1\"\"|2|\x00\xF1\n\"\"\"\n", "titulo\n\nnombre,quipu_linea\n'=1,2\n", "a,b\r\r\n\"\r\n\r\"c,\"d\"\"e"} {
		f.Add([]byte(s), uint8(0), uint8(0))
	}
	encs := []Encoding{"", UTF8, UTF16LE, UTF16BE, Windows1252, CP850}
	f.Fuzz(func(t *testing.T, data []byte, enc, comma uint8) {
		opts := Options{Encoding: encs[int(enc)%len(encs)]}
		if comma > 0 {
			opts.Delimiter = rune(comma)
		}
		drain(t, data, opts, len(data)+1)
	})
}

func FuzzXLSX(f *testing.F) {
	x := excelize.NewFile()
	x.SetCellValue("Sheet1", "A1", "nombre")
	x.SetCellValue("Sheet1", "B1", "dni")
	x.SetCellValue("Sheet1", "A2", 7)
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(pack(f, parts("<row><c><v>1</v></c></row>")...)))
	f.Fuzz(func(t *testing.T, data []byte) {
		drain(t, data, Options{Limits: Limits{Unzipped: 4 << 20}}, 4<<20)
	})
}

// FuzzSheet goes behind the ZIP, whose checksums would stop most of what FuzzXLSX tries.
func FuzzSheet(f *testing.F) {
	f.Add(`<x:row r="2"><x:c r="ZZZ1" t="s"><x:v>0</x:v></x:c><x:c t="d"/></x:row><x:row r="2"><x:c><x:v>1e308</x:v></x:c></x:row>`)
	f.Add(`<row><c t="inlineStr"><is><t>a&#x41;</t></is></c><c t="b"><v>1</v></c></row><row><c t="str"><v><![CDATA[]]></v></c></row><!---->`)
	f.Fuzz(func(t *testing.T, rows string) {
		drain(t, []byte(pack(t, parts(rows)...)), Options{}, len(rows))
	})
}
