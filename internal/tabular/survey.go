package tabular

import (
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"quipu/internal/fault"
)

var bomUTF8 = []byte("\xEF\xBB\xBF")

// survey counts over a whole file, chunk by chunk, what is needed to judge its encoding.
type survey struct {
	total   int64 // bytes
	control int64 // control bytes that text does not have, NUL among them
	c1      int64 // bytes 0x80–0x9F outside valid UTF-8: letters only in Windows-1252
	bad     int64 // bytes that are not UTF-8
	multi   int64 // valid UTF-8 sequences of two bytes or more
	carry   []byte
}

// Write takes the next chunk; it never fails.
func (s *survey) Write(p []byte) (int, error) {
	n := len(p)
	s.total += int64(n)
	if len(s.carry) > 0 {
		// A letter cut by the chunk's end: finish it with at most three more bytes.
		k := min(utf8.UTFMax-1, len(p))
		joined := append(append([]byte(nil), s.carry...), p[:k]...)
		cut := len(s.carry)
		s.carry = nil
		used := s.count(joined, cut)
		if used < cut { // still incomplete: a chunk of a byte or two
			s.carry = joined[used:]
			return n, nil
		}
		p = p[used-cut:]
	}
	used := s.count(p, len(p))
	s.carry = append([]byte(nil), p[used:]...)
	return n, nil
}

// count judges p from its start until at least stop bytes are used or an incomplete
// letter is left, and returns how many it used.
func (s *survey) count(p []byte, stop int) int {
	i := 0
	for i < stop {
		b := p[i]
		if b < utf8.RuneSelf {
			if b < 0x20 && (b < '\t' || b > '\r') && b != 0x1A && b != 0x1B {
				s.control++
			}
			i++
			continue
		}
		if !utf8.FullRune(p[i:]) {
			return i
		}
		r, size := utf8.DecodeRune(p[i:])
		if r == utf8.RuneError && size == 1 {
			s.bad++
			if b < 0xA0 {
				s.c1++
			}
		} else {
			s.multi++
		}
		i += size
	}
	return i
}

// valid reports whether the whole file was UTF-8.
func (s *survey) valid() bool { return s.bad == 0 && len(s.carry) == 0 }

// encoding judges. A file with a few broken bytes among plenty of good UTF-8 letters is
// UTF-8 with bad rows, not Windows-1252: reading it so would spoil every good name.
func (s *survey) encoding(head []byte) Encoding {
	switch {
	case bytes.HasPrefix(head, bomUTF8):
		return UTF8BOM
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		return UTF16LE
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		return UTF16BE
	}
	if e := utf16ByNUL(head); e != "" {
		return e
	}
	switch {
	case s.valid(), s.multi > 10*(s.bad+int64(len(s.carry))):
		return UTF8
	case s.c1 > 0:
		return Windows1252
	}
	return Latin1
}

// utf16ByNUL recognises UTF-16 without a mark: in the languages of these lists nearly
// every second byte is NUL.
func utf16ByNUL(head []byte) Encoding {
	pairs := len(head) / 2
	if pairs < 2 {
		return ""
	}
	var even, odd int
	for i := 0; i+1 < len(head); i += 2 {
		if head[i] == 0 {
			even++
		}
		if head[i+1] == 0 {
			odd++
		}
	}
	switch {
	case odd*10 >= pairs*4 && even*20 <= pairs:
		return UTF16LE
	case even*10 >= pairs*4 && odd*20 <= pairs:
		return UTF16BE
	}
	return ""
}

// decoded gives the text of the file as UTF-8 without its mark.
func decoded(src io.ReaderAt, size int64, head []byte, e Encoding) (io.Reader, error) {
	skip := int64(0)
	var dec *encoding.Decoder
	switch e {
	case UTF8, UTF8BOM:
		if bytes.HasPrefix(head, bomUTF8) {
			skip = 3
		}
	case UTF16LE:
		dec = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder()
		if bytes.HasPrefix(head, []byte("\xFF\xFE")) {
			skip = 2
		}
	case UTF16BE:
		dec = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder()
		if bytes.HasPrefix(head, []byte("\xFE\xFF")) {
			skip = 2
		}
	case Windows1252, Latin1:
		// Latin-1 is the same table where the two agree; where they do not, its
		// control codes are never meant.
		dec = charmap.Windows1252.NewDecoder()
	case CP850:
		dec = charmap.CodePage850.NewDecoder()
	default:
		return nil, fault.New(fault.Invalid, "tabular.encoding", "encoding", string(e))
	}
	var in io.Reader = io.NewSectionReader(src, skip, size-skip)
	if dec != nil {
		in = dec.Reader(in)
	}
	return in, nil
}
