package tabular

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sort"
)

// A list larger than this is sampled in pieces.
const (
	wholeBytes = 4 << 20
	headBytes  = 512 << 10
	pieceBytes = 64 << 10
	pieces     = 48
)

// Spread takes up to rows rows from all over the list at path, whose Info is known from
// Open; whole reports whether it has them all. Bad rows are left out. A workbook, and a
// list in UTF-16, gives its first rows only.
func Spread(path string, info Info, opts Options, rows int) (sample [][]string, whole bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, false, ioFault(err)
	}
	defer f.Close()
	opts.Encoding, opts.Delimiter, opts.Sheet, opts.HeaderRow, opts.Progress = info.Encoding, info.Delimiter, info.Sheet, info.HeaderLine, nil
	src, size, most := io.ReaderAt(f), info.Size, rows
	if info.Format == CSV && info.Encoding != UTF16LE && info.Encoding != UTF16BE {
		most = 0 // all of what is read, then thinned
		if size > wholeBytes {
			s, err := spread(f, size)
			if err != nil {
				return nil, false, err
			}
			src, size = s, s.size
			if size == 0 { // lines of another end, or none
				src, size, most = f, info.Size, rows
			}
		}
	}
	r, err := NewReader(src, size, opts)
	if err != nil {
		return nil, false, err
	}
	defer r.Close()
	all, done, err := take(r, most)
	if err != nil {
		return nil, false, err
	}
	whole = done && size == info.Size && len(all) <= rows
	return thin(all, rows), whole, nil
}

// take reads up to most rows, or all when most is 0.
func take(r *Reader, most int) (rows [][]string, done bool, err error) {
	for most == 0 || len(rows) < most {
		row, err := r.Next()
		var bad *RowError
		switch {
		case errors.Is(err, io.EOF):
			return rows, true, nil
		case errors.As(err, &bad):
			continue
		case err != nil:
			return nil, false, err
		}
		rows = append(rows, append([]string(nil), row.Cells...))
	}
	return rows, false, nil
}

// thin keeps n of the rows, as far apart as can be.
func thin(rows [][]string, n int) [][]string {
	if len(rows) <= n {
		return rows
	}
	out := make([][]string, n)
	for i := range out {
		out[i] = rows[i*len(rows)/n]
	}
	return out
}

// excerpt is a file of some pieces of another, each from the beginning of a line to the
// end of one.
type excerpt struct {
	src    io.ReaderAt
	pieces []piece
	size   int64
}

// piece is size bytes that stand at from in the file and at in the excerpt.
type piece struct{ from, at, size int64 }

// spread makes an excerpt of the head of a file and of pieces from all over the rest; an
// empty one when the head has no line that ends.
func spread(src io.ReaderAt, size int64) (*excerpt, error) {
	e := &excerpt{src: src}
	if err := e.add(0, headBytes, true); err != nil {
		return nil, err
	}
	if len(e.pieces) == 0 {
		return e, nil
	}
	step := (size - headBytes) / pieces
	for i := range int64(pieces) {
		if err := e.add(headBytes+i*step, min(pieceBytes, step), false); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// add takes a piece of the file, cut to whole lines.
func (e *excerpt) add(from, size int64, head bool) error {
	buf := make([]byte, size)
	n, err := e.src.ReadAt(buf, from)
	if err != nil && err != io.EOF {
		return ioFault(err)
	}
	buf = buf[:n]
	start := 0
	if !head {
		start = bytes.IndexByte(buf, '\n') + 1
	}
	end := bytes.LastIndexByte(buf, '\n') + 1
	if end <= start || start == 0 && !head {
		return nil // a line longer than the piece, or one of another line end
	}
	e.pieces = append(e.pieces, piece{from + int64(start), e.size, int64(end - start)})
	e.size += int64(end - start)
	return nil
}

// ReadAt reads the excerpt as if it were a file.
func (e *excerpt) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) && off < e.size {
		i := sort.Search(len(e.pieces), func(i int) bool { return e.pieces[i].at+e.pieces[i].size > off })
		c := e.pieces[i]
		k := min(int64(len(p)-n), c.at+c.size-off)
		m, err := e.src.ReadAt(p[n:n+int(k)], c.from+off-c.at)
		n, off = n+m, off+int64(m)
		if err != nil && (err != io.EOF || m < int(k)) {
			return n, err
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
