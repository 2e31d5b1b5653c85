package frame

import (
	"bufio"
	"io"

	"quipu/internal/fault"
)

// scanner splits a CSV stream (RFC 4180) into records whose cells share one buffer: the
// cells of a record are valid until the next. encoding/csv makes a string of each cell,
// which for ten million rows is most of the time.
type scanner struct {
	r     *bufio.Reader
	comma byte
	line  int
	buf   []byte
	ends  []int
	cells [][]byte
	long  []byte
}

// readLine is one line with its end; it may be longer than the buffer of the reader.
func (s *scanner) readLine() ([]byte, error) {
	line, err := s.r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		s.long = append(s.long[:0], line...)
		for err == bufio.ErrBufferFull {
			line, err = s.r.ReadSlice('\n')
			s.long = append(s.long, line...)
		}
		line = s.long
	}
	if err == io.EOF && len(line) > 0 {
		err = nil
	}
	s.line++
	return line, err
}

// record is the next record.
func (s *scanner) record() ([][]byte, error) {
	line, err := s.readLine()
	if err != nil {
		return nil, err
	}
	s.buf, s.ends = s.buf[:0], s.ends[:0]
	line = trimEnd(line)
	for i := 0; ; {
		if i < len(line) && line[i] == '"' {
			if line, i, err = s.quoted(line, i+1); err != nil {
				return nil, err
			}
		} else {
			from := i
			for i < len(line) && line[i] != s.comma {
				i++
			}
			s.buf = append(s.buf, line[from:i]...)
		}
		s.ends = append(s.ends, len(s.buf))
		if i >= len(line) {
			break
		}
		i++ // the comma
	}
	s.cells = s.cells[:0]
	from := 0
	for _, end := range s.ends {
		s.cells = append(s.cells, s.buf[from:end:end])
		from = end
	}
	return s.cells, nil
}

// quoted reads a cell in quotation marks, which may go over several lines, up to what
// follows its end.
func (s *scanner) quoted(line []byte, i int) ([]byte, int, error) {
	began := s.line
	for {
		for ; i < len(line); i++ {
			if line[i] != '"' {
				s.buf = append(s.buf, line[i])
				continue
			}
			if i+1 < len(line) && line[i+1] == '"' {
				s.buf = append(s.buf, '"')
				i++
				continue
			}
			i++
			if i < len(line) && line[i] != s.comma {
				return nil, 0, fault.New(fault.Invalid, "estimate.csv_quote", "line", s.line)
			}
			return line, i, nil
		}
		s.buf = append(s.buf, '\n')
		next, err := s.readLine()
		if err != nil {
			return nil, 0, fault.New(fault.Invalid, "estimate.csv_quote", "line", began)
		}
		line, i = trimEnd(next), 0
	}
}

func trimEnd(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line
}
