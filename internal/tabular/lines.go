package tabular

import (
	"bytes"
	"errors"
	"io"
)

const maxLine = 4 << 20 // bytes of one line; longer ones are dropped whole

// errLong is a line of more than maxLine bytes.
var errLong = errors.New("line too long")

// lines cuts a text into lines ended by LF, CRLF or CR. It can hold a place and go back
// to it.
type lines struct {
	src      io.Reader
	buf      []byte
	pos, end int
	hold     int // offset in buf that must stay; -1 when none
	holdNum  int
	number   int // of the line last given, from 1
	lf, cr   seek
	eof      bool
	err      error
}

// seek remembers where the next sign is, so that a window with none of it is searched
// once and not once a line.
type seek struct{ at, to int } // at -1: not before to

func newLines(src io.Reader) *lines {
	return &lines{src: src, buf: make([]byte, 64<<10), hold: -1, lf: seek{-1, 0}, cr: seek{-1, 0}}
}

// next gives the next line without its end; it is valid until the next call.
func (l *lines) next() ([]byte, error) {
	dropping := false
	for {
		at, width := l.terminator()
		if at < 0 && l.eof {
			if l.err != nil {
				return nil, l.err
			}
			if l.pos == l.end && !dropping {
				return nil, io.EOF
			}
			at = l.end
		}
		if at >= 0 {
			line := l.buf[l.pos:at]
			l.pos = at + width
			l.number++
			if dropping || len(line) > maxLine {
				return nil, errLong
			}
			return line, nil
		}
		if l.end-l.pos > maxLine {
			if l.hold >= 0 {
				return nil, errLong // the holder goes back; nothing may be dropped
			}
			dropping = true
			l.pos = l.end
		}
		l.fill()
	}
}

// terminator finds the next line end: its offset and width, or -1 when more is needed.
func (l *lines) terminator() (at, width int) {
	lf, cr := l.find(&l.lf, '\n'), l.find(&l.cr, '\r')
	switch {
	case cr >= 0 && (lf < 0 || cr < lf):
		if cr+1 == l.end && !l.eof {
			return -1, 0
		}
		if cr+1 == lf {
			return cr, 2
		}
		return cr, 1
	case lf >= 0:
		return lf, 1
	}
	return -1, 0
}

func (l *lines) find(s *seek, sign byte) int {
	if s.at >= l.pos {
		return s.at
	}
	from := l.pos
	if s.at < 0 {
		from = max(from, s.to)
	}
	s.at, s.to = -1, l.end
	if i := bytes.IndexByte(l.buf[from:l.end], sign); i >= 0 {
		s.at = from + i
	}
	return s.at
}

// fill reads more, first making room by dropping what nobody needs.
func (l *lines) fill() {
	keep := l.pos
	if l.hold >= 0 {
		keep = l.hold
	}
	if keep > 0 && (keep == l.end || l.end == len(l.buf)) {
		copy(l.buf, l.buf[keep:l.end])
		l.shift(keep)
	}
	if l.end == len(l.buf) {
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	for range 100 { // a source that keeps giving nothing is a broken one
		n, err := l.src.Read(l.buf[l.end:])
		l.end += n
		if err != nil {
			l.eof = true
			if err != io.EOF {
				l.err = ioFault(err)
			}
			return
		}
		if n > 0 {
			return
		}
	}
	l.eof, l.err = true, ioFault(io.ErrNoProgress)
}

func (l *lines) shift(by int) {
	l.pos -= by
	l.end -= by
	if l.hold >= 0 {
		l.hold -= by
	}
	for _, s := range []*seek{&l.lf, &l.cr} {
		s.to = max(s.to-by, 0)
		if s.at >= 0 {
			s.at -= by
			if s.at < 0 {
				s.at, s.to = -1, 0
			}
		}
	}
}

// mark holds the place after the line last given; back returns to it; release lets go.
func (l *lines) mark()    { l.hold, l.holdNum = l.pos, l.number }
func (l *lines) release() { l.hold = -1 }
func (l *lines) back() {
	l.pos, l.number, l.hold = l.hold, l.holdNum, -1
	l.lf, l.cr = seek{-1, 0}, seek{-1, 0}
}
