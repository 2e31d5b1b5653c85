package tabular

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"quipu/internal/fault"
)

// Reader gives the rows of one list in order. It is for one goroutine.
type Reader struct {
	info    Info
	limits  Limits
	next    feed
	rec     record
	cells   []string
	take    []int // columns of the file that make up a row
	given   int   // rows numbered so far
	checked bool  // the text is known to be valid UTF-8
	lossy   bool  // U+FFFD in the text comes from decoding, not from the file
	closers []io.Closer
}

// Info says what the file turned out to be.
func (r *Reader) Info() Info { return r.info }

// Owns has Close also close what the list is read from.
func (r *Reader) Owns(c io.Closer) *Reader {
	r.closers = append([]io.Closer{c}, r.closers...)
	return r
}

// Close lets go of the file.
func (r *Reader) Close() error {
	var first error
	for _, c := range slices.Backward(r.closers) {
		if err := c.Close(); err != nil && first == nil {
			first = err
		}
	}
	r.closers = nil
	return first
}

func (r *Reader) openCSV(src io.ReaderAt, size int64, head []byte, s *survey, opts Options) error {
	enc := opts.Encoding
	if enc == "" {
		enc = s.encoding(head)
	}
	utf16 := enc == UTF16LE || enc == UTF16BE
	if !utf16 && s.control*100 > s.total {
		return fault.New(fault.Invalid, "tabular.binary")
	}
	r.info.Format, r.info.Encoding = CSV, enc
	r.checked = s.valid() || enc != UTF8 && enc != UTF8BOM
	r.lossy = enc != UTF8 && enc != UTF8BOM
	in, err := decoded(src, size, head, enc)
	if err != nil {
		return err
	}
	text := make([]byte, sampleBytes)
	n, err := io.ReadFull(in, text)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return ioFault(err)
	}
	text, complete := text[:n], err != nil
	comma, sep := sepLine(text)
	switch {
	case opts.Delimiter != 0 && !goodDelimiter(opts.Delimiter):
		return fault.New(fault.Invalid, "tabular.delimiter", "delimiter", string(opts.Delimiter))
	case opts.Delimiter != 0:
		comma = byte(opts.Delimiter)
	case !sep:
		comma = findDelimiter(text, complete)
	}
	r.info.Delimiter = rune(comma)
	var f *csvFeed
	open := func() (feed, error) {
		in, err := decoded(src, size, head, enc)
		if err != nil {
			return nil, err
		}
		f = &csvFeed{in: newLines(in), comma: comma}
		if sep {
			f.in.next()
		}
		return f.next, nil
	}
	raw, err := r.start(open, opts)
	if err != nil {
		return err
	}
	f.width = raw
	return nil
}

// start finds the header, then opens the feed again and reads up to it. It returns how
// many cells the header has as written.
func (r *Reader) start(open func() (feed, error), opts Options) (raw int, err error) {
	next, err := open()
	if err != nil {
		return 0, err
	}
	if opts.HeaderRow > 0 {
		next = from(next, opts.HeaderRow)
	}
	s, err := sample(next, sampleRows)
	if err != nil {
		return 0, err
	}
	at := s.header()
	if opts.HeaderRow > 0 {
		at = 0
		if len(s.lines) == 0 || s.lines[0] != opts.HeaderRow {
			return 0, fault.New(fault.Invalid, "tabular.header", "line", opts.HeaderRow)
		}
	}
	if at < 0 {
		return 0, fault.New(fault.Invalid, "tabular.empty")
	}
	header := s.rows[at]
	if err := r.setHeader(header[:s.width(header, at)], s.lines[at]); err != nil {
		return 0, err
	}
	if r.next, err = open(); err != nil {
		return 0, err
	}
	for {
		err := r.next(&r.rec)
		if err == io.EOF { // the file changed since
			err = ioFault(io.ErrUnexpectedEOF)
		}
		if err != nil {
			return 0, err
		}
		if r.rec.line >= r.info.HeaderLine {
			return len(header), nil
		}
	}
}

// from skips the rows that begin before a line.
func from(next feed, line int) feed {
	return func(rec *record) error {
		for {
			if err := next(rec); err != nil || rec.line >= line {
				return err
			}
		}
	}
}

func (r *Reader) setHeader(cells []string, line int) error {
	if len(cells) > r.limits.Columns {
		return fault.New(fault.Invalid, "tabular.columns", "columns", len(cells), "limit", r.limits.Columns)
	}
	r.info.HeaderLine = line
	for i, c := range cells {
		c = strings.Join(strings.Fields(strings.ToValidUTF8(c, "\uFFFD")), " ")
		if refusedColumn(c) {
			r.info.Refused = true
			continue
		}
		r.take = append(r.take, i)
		r.info.Header = append(r.info.Header, c)
	}
	if len(r.take) == 0 {
		return fault.New(fault.Invalid, "tabular.header", "line", line)
	}
	if r.info.Refused {
		for i, c := range r.info.Header {
			r.info.Header[i] = unguard(c)
		}
	}
	return nil
}

// Next gives the next row with content. The error is io.EOF at the end, a *RowError for
// a bad row, after which Next may be called again, and anything else for good.
func (r *Reader) Next() (Row, error) {
	for {
		if err := r.next(&r.rec); err != nil {
			return Row{}, err
		}
		rec := &r.rec
		r.cells = rec.cells(r.cells[:0])
		if rec.key == "" && blank(r.cells) {
			continue
		}
		if r.given >= r.limits.Rows {
			return Row{}, fault.New(fault.Invalid, "tabular.rows", "limit", r.limits.Rows)
		}
		r.given++
		r.check()
		if rec.key != "" {
			return Row{}, r.rowError()
		}
		return r.row(), nil
	}
}

// check looks for what makes a row bad whatever its format.
func (r *Reader) check() {
	rec := &r.rec
	width := r.width()
	if n := lastFilled(r.cells); n > width {
		rec.fail("tabular.cells", n)
	}
	if bytes.IndexByte(rec.text, 0) >= 0 {
		rec.fail("tabular.nul", r.column(func(c string) bool { return strings.IndexByte(c, 0) >= 0 }))
	}
	if !r.checked && !utf8.Valid(rec.text) {
		rec.fail("tabular.bytes", r.column(func(c string) bool { return !utf8.ValidString(c) }))
	}
	if bytes.Contains(rec.text, []byte("\uFFFD")) {
		if r.lossy {
			rec.fail("tabular.bytes", r.column(func(c string) bool { return strings.Contains(c, "\uFFFD") }))
		}
		rec.doubts |= DoubtLost
	}
	if len(rec.text) > r.limits.Cell {
		if c := r.column(func(c string) bool { return len(c) > r.limits.Cell }); c > 0 {
			rec.fail("tabular.cell_long", c)
		}
	}
}

// width is how many cells a row of the file may have.
func (r *Reader) width() int {
	n := len(r.info.Header)
	if r.info.Refused {
		n = max(n+3, r.take[len(r.take)-1]+1)
	}
	return n
}

func (r *Reader) column(bad func(string) bool) int { return slices.IndexFunc(r.cells, bad) + 1 }

func (r *Reader) rowError() *RowError {
	rec := &r.rec
	// Bounded, because a line of a broken file may look like millions of cells.
	cells := slices.Clone(r.cells[:min(len(r.cells), r.limits.Columns)])
	for i, c := range cells {
		cells[i] = strings.ToValidUTF8(c, "\uFFFD")
	}
	if r.info.Refused {
		cells = r.ours(cells)
	}
	f := fault.New(fault.Invalid, rec.key, "line", rec.line, "column", rec.column)
	return &RowError{Number: r.given, Line: rec.line, Column: rec.column, Cells: cells, Fault: f}
}

func (r *Reader) row() Row {
	row := Row{Number: r.given, Line: r.rec.line, Doubts: r.rec.doubts}
	width := len(r.take)
	if r.info.Refused {
		if len(r.cells) <= r.take[width-1] {
			row.Doubts |= DoubtShort
		}
		r.cells = append(r.cells[:0], r.ours(r.cells)...)
	}
	if len(r.cells) < width {
		if r.info.Format == CSV {
			row.Doubts |= DoubtShort
		}
		for len(r.cells) < width {
			r.cells = append(r.cells, "")
		}
	}
	r.cells = r.cells[:width]
	row.Cells = r.cells
	return row
}

// ours takes the columns of the original list out of a row of a refused-rows file.
func (r *Reader) ours(cells []string) []string {
	dst := make([]string, 0, len(r.take))
	for _, i := range r.take {
		c := ""
		if i < len(cells) {
			c = unguard(cells[i])
		}
		dst = append(dst, c)
	}
	return dst
}
