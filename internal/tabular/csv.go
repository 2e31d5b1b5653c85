package tabular

import "bytes"

// A quote that is not closed within these is taken for a stray one.
const (
	maxQuotedLines = 50
	maxQuotedBytes = 1 << 20
)

// maxCells is as wide as a spreadsheet goes; beyond it a line is cut off.
const maxCells = 16384

// record is one raw row, its buffers reused from row to row.
type record struct {
	line   int
	text   []byte
	spans  []span
	doubts Doubt
	key    string // of the fault, when the row is bad
	column int    // of the fault
}

type span struct{ from, to int }

func (r *record) reset(line int) {
	*r = record{line: line, text: r.text[:0], spans: r.spans[:0]}
}

// fail marks the row as bad; the first reason stays.
func (r *record) fail(key string, column int) {
	if r.key == "" {
		r.key, r.column = key, column
	}
}

func (r *record) add(cell []byte) {
	from := len(r.text)
	r.text = append(r.text, cell...)
	r.spans = append(r.spans, span{from, len(r.text)})
}

// cells appends the cells to dst: one string for the whole row, cut.
func (r *record) cells(dst []string) []string {
	all := string(r.text)
	for _, s := range r.spans {
		dst = append(dst, all[s.from:s.to])
	}
	return dst
}

// feed gives raw rows until io.EOF.
type feed func(*record) error

// csvFeed cuts lines into records.
type csvFeed struct {
	in     *lines
	comma  byte
	width  int    // cells of the header as written; 0 until known
	first  []byte // copy of a record's first line
	odd    int    // column of the record's first cell with doubtful quotes
	beyond bool   // that cell went over its line
}

func (f *csvFeed) next(rec *record) error {
	line, err := f.in.next()
	rec.reset(f.in.number)
	if err == errLong {
		rec.fail("tabular.line_long", 0)
		return nil
	}
	if err != nil {
		return err
	}
	if bytes.IndexByte(line, '"') < 0 {
		f.cut(rec, line)
		return nil
	}
	f.quoted(rec, line)
	return nil
}

// cut splits a line, or the rest of one, at every delimiter.
func (f *csvFeed) cut(rec *record, line []byte) {
	base := len(rec.text)
	rec.text = append(rec.text, line...)
	from := 0
	for {
		i := bytes.IndexByte(line[from:], f.comma)
		if i < 0 {
			break
		}
		rec.spans = append(rec.spans, span{base + from, base + from + i})
		if len(rec.spans) >= maxCells {
			rec.fail("tabular.cells", maxCells)
			return
		}
		from += i + 1
	}
	rec.spans = append(rec.spans, span{base + from, base + len(line)})
}

// quoted reads a record with quotes. When a quote turns out to be stray the record is
// its first line alone, with that quote as an ordinary sign, and it is bad.
func (f *csvFeed) quoted(rec *record, line []byte) {
	f.first = append(f.first[:0], line...)
	f.odd, f.beyond = 0, false
	f.in.mark()
	stray := f.parse(rec, f.first)
	if stray == 0 && f.odd > 0 && f.width > 0 && len(rec.spans) != f.width {
		if !f.beyond || f.cellsIfStray(f.odd) == f.width {
			stray = f.odd
		}
	}
	if stray == 0 {
		f.in.release()
		return
	}
	if f.beyond {
		stray = min(stray, f.odd) // the cells before it are all on the first line
	}
	f.in.back()
	rec.reset(f.in.number)
	f.literal(rec, stray)
	rec.fail("tabular.quote", stray)
}

// literal reads the first line with the quotes from a column on as ordinary signs.
func (f *csvFeed) literal(rec *record, from int) {
	line := f.first
	for len(rec.spans)+1 < from {
		rest, more, _ := f.cell(rec, line)
		if !more {
			return
		}
		line = rest
	}
	f.cut(rec, line)
}

func (f *csvFeed) cellsIfStray(column int) int {
	var try record
	f.literal(&try, column)
	return len(try.spans)
}

// parse reads a record and returns the column whose quote never closed, or 0.
func (f *csvFeed) parse(rec *record, line []byte) (stray int) {
	for {
		column := len(rec.spans) + 1
		rest, more, ok := f.cell(rec, line)
		if !ok {
			return column
		}
		if !more {
			return 0
		}
		if column >= maxCells {
			rec.fail("tabular.cells", maxCells)
			return 0
		}
		line = rest
	}
}

// cell reads one cell; more says that another follows in rest.
func (f *csvFeed) cell(rec *record, line []byte) (rest []byte, more, ok bool) {
	if len(line) > 0 && line[0] == '"' {
		return f.quotedCell(rec, line[1:])
	}
	i := bytes.IndexByte(line, f.comma)
	if i < 0 {
		rec.add(line)
		return nil, false, true
	}
	rec.add(line[:i])
	return line[i+1:], true, true
}

// quotedCell reads on from behind an opening quote. A lone quote in the middle is kept
// as written when the cell is on one line (people type "Juan "Pepe" Ruiz"); in a cell
// that goes over lines it is the sign that an earlier quote was stray.
func (f *csvFeed) quotedCell(rec *record, line []byte) (rest []byte, more, ok bool) {
	from, over := len(rec.text), 0
	done := func() { rec.spans = append(rec.spans, span{from, len(rec.text)}) }
	for {
		i := bytes.IndexByte(line, '"')
		if i < 0 {
			rec.text = append(rec.text, line...)
			if over++; over >= maxQuotedLines || len(rec.text)-from > maxQuotedBytes {
				return nil, false, false
			}
			next, err := f.in.next()
			if err != nil {
				return nil, false, false
			}
			f.suspect(rec, true)
			rec.text = append(rec.text, '\n')
			line = next
			continue
		}
		rec.text = append(rec.text, line[:i]...)
		line = line[i+1:]
		after := bytes.TrimLeft(line, " ")
		switch {
		case len(after) == 0:
			done()
			return nil, false, true
		case after[0] == f.comma:
			done()
			return after[1:], true, true
		case line[0] == '"':
			rec.text = append(rec.text, '"')
			line = line[1:]
		case over > 0:
			return nil, false, false
		default:
			f.suspect(rec, false)
			rec.doubts |= DoubtQuotes
			rec.text = append(rec.text, '"')
		}
	}
}

func (f *csvFeed) suspect(rec *record, beyond bool) {
	if f.odd == 0 {
		f.odd = len(rec.spans) + 1
	}
	f.beyond = f.beyond || beyond
}
