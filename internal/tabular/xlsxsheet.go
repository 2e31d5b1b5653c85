package tabular

import (
	"bytes"
	"io"
	"strconv"
)

// sheetFeed reads the rows of a sheet part. It is our own and not a library's because a
// cell's style is needed to tell a date from a number, and no streaming reader gives
// both without holding the sheet in memory.
type sheetFeed struct {
	book    *workbook
	xml     *xmlScanner
	columns int // columns kept; what lies beyond makes the row bad
	line    int
	text    []byte
	done    bool
}

// cell is what one <c> says.
type cell struct {
	column  int // from 0
	style   int
	kind    string
	formula bool
	value   []byte
	found   bool
}

// next gives the next <row>, also an empty one.
func (f *sheetFeed) next(rec *record) error {
	for !f.done {
		if err := f.xml.next(); err == io.EOF {
			return broken(io.ErrUnexpectedEOF)
		} else if err != nil {
			return broken(err)
		}
		switch {
		case f.xml.is(xmlStart, "row"):
			f.number()
			rec.reset(f.line)
			return f.row(rec)
		case f.xml.is(xmlEnd, "sheetData"):
			f.done = true
		}
	}
	return io.EOF
}

// number takes the row's own number when it makes sense: rows without cells are left out
// of the file.
func (f *sheetFeed) number() {
	f.line++
	if n, err := strconv.Atoi(string(f.xml.value("r"))); err == nil && n > f.line && n <= 1<<24 {
		f.line = n
	}
}

func (f *sheetFeed) row(rec *record) error {
	after := 0
	for {
		if err := f.xml.next(); err != nil {
			return broken(cutOff(err))
		}
		switch {
		case f.xml.is(xmlEnd, "row"):
			return nil
		case f.xml.is(xmlStart, "c"):
			c := cell{column: after, kind: string(f.xml.value("t"))}
			if n, ok := columnOf(f.xml.value("r")); ok {
				c.column = n
			}
			c.style, _ = strconv.Atoi(string(f.xml.value("s")))
			if err := f.cell(&c); err != nil {
				return broken(err)
			}
			after = c.column + 1
			f.put(rec, &c)
		}
	}
}

// cell reads to the end of <c>.
func (f *sheetFeed) cell(c *cell) error {
	f.text = f.text[:0]
	var inValue, phonetic bool
	for {
		if err := f.xml.next(); err != nil {
			return cutOff(err)
		}
		if f.xml.kind == xmlText {
			if inValue && !phonetic {
				f.text = f.xml.appendText(f.text)
			}
			if len(f.text) > maxToken {
				return errXML
			}
			continue
		}
		start := f.xml.kind == xmlStart
		switch string(f.xml.name) {
		case "v", "t":
			inValue = start
			c.found = true
		case "rPh":
			phonetic = start
		case "f":
			c.formula = true
		case "c":
			if !start {
				c.value = f.text
				return nil
			}
		}
	}
}

// put writes the cell's text into its place of the row.
func (f *sheetFeed) put(rec *record, c *cell) {
	value := f.value(rec, c)
	if c.column >= f.columns {
		if len(bytes.TrimSpace(value)) > 0 {
			rec.fail("tabular.cells", c.column+1)
		}
		return
	}
	if len(rec.text)+len(value) > maxLine { // the same cell over and over
		rec.fail("tabular.line_long", 0)
		return
	}
	for len(rec.spans) <= c.column {
		rec.spans = append(rec.spans, span{})
	}
	from := len(rec.text)
	rec.text = append(rec.text, value...)
	rec.spans[c.column] = span{from, len(rec.text)}
}

func (f *sheetFeed) value(rec *record, c *cell) []byte {
	switch c.kind {
	case "s":
		i, err := strconv.Atoi(string(bytes.TrimSpace(c.value)))
		if text, ok := f.book.shared.at(i); err == nil && ok {
			return unescapeControl(text)
		}
		if c.found {
			rec.doubts |= DoubtCell
		}
		return nil
	case "inlineStr", "str":
		if c.formula && !c.found { // never computed; one that gives "" has an empty <v>
			rec.doubts |= DoubtCell
		}
		return unescapeControl(c.value)
	case "b":
		if string(c.value) == "1" || string(c.value) == "true" {
			return []byte("TRUE")
		}
		return []byte("FALSE")
	case "e":
		rec.doubts |= DoubtCell
		return nil
	case "d":
		return bytes.TrimSuffix(c.value, []byte("T00:00:00"))
	}
	if len(c.value) == 0 {
		if c.formula {
			rec.doubts |= DoubtCell
		}
		return nil
	}
	var st style
	if c.style >= 0 && c.style < len(f.book.styles) {
		st = f.book.styles[c.style]
	}
	text, doubt := st.number(string(c.value), f.book.since1904)
	rec.doubts |= doubt
	return []byte(text)
}

// columnOf reads the letters of a reference such as AB12, from 0.
func columnOf(ref []byte) (int, bool) {
	n := 0
	for i, c := range ref {
		switch {
		case c >= 'A' && c <= 'Z' && i < 4:
			n = n*26 + int(c-'A') + 1
		case i == 0:
			return 0, false
		default:
			return n - 1, true
		}
	}
	return n - 1, n > 0
}
