package tabular

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// xmlScanner is a pull scanner for the plain XML of spreadsheet parts, several times
// faster than encoding/xml on a sheet of a million cells. It knows elements, attributes,
// text, CDATA and character references; it checks no nesting and refuses DOCTYPE, so
// nothing in a file can make it expand or fetch.
type xmlScanner struct {
	in   *bufio.Reader
	buf  []byte
	kind xmlKind
	name []byte // of the element, without its prefix
	attr []byte // the attributes, raw
	text []byte // raw: references are not replaced, unless it is CDATA
	raw  bool   // text is CDATA
	shut bool   // the last start was <empty/>: its end comes next
}

type xmlKind uint8

const (
	xmlStart xmlKind = iota
	xmlEnd
	xmlText
)

const maxToken = 2 << 20 // bytes of one tag or text

var errXML = errors.New("malformed XML")

func newXMLScanner(r io.Reader) *xmlScanner {
	return &xmlScanner{in: bufio.NewReaderSize(r, 64<<10)}
}

// next moves to the next start, end or text. What it shows is valid until the next call.
func (s *xmlScanner) next() error {
	if s.shut {
		s.shut, s.kind = false, xmlEnd
		return nil
	}
	for {
		text, err := s.until(s.buf[:0], '<')
		s.buf = text
		if err != nil {
			if err == io.EOF && len(bytes.TrimSpace(text)) > 0 {
				err = errXML
			}
			return err
		}
		if len(text) > 1 {
			if err := s.in.UnreadByte(); err != nil {
				return err
			}
			s.kind, s.text, s.raw = xmlText, text[:len(text)-1], false
			return nil
		}
		if done, err := s.tag(); done || err != nil {
			return err
		}
	}
}

// tag reads on from behind "<"; done is false for what is skipped.
func (s *xmlScanner) tag() (done bool, err error) {
	b, seen, open := s.buf[:0], 0, byte(0)
	for complete := false; !complete; {
		if b, err = s.until(b, '>'); err != nil {
			s.buf = b
			return false, cutOff(err)
		}
		complete, open = tagComplete(b, seen, open)
		seen = len(b)
	}
	s.buf = b
	b = b[:len(b)-1]
	switch {
	case bytes.HasPrefix(b, []byte("![CDATA[")):
		s.kind, s.text, s.raw = xmlText, b[8:len(b)-2], true
		return true, nil
	case bytes.HasPrefix(b, []byte("!--")), bytes.HasPrefix(b, []byte("?")):
		return false, nil
	case len(b) == 0 || b[0] == '!':
		return false, errXML
	case b[0] == '/':
		s.kind, s.name = xmlEnd, local(bytes.TrimSpace(b[1:]))
		return true, nil
	}
	if b[len(b)-1] == '/' {
		s.shut, b = true, b[:len(b)-1]
	}
	i := bytes.IndexAny(b, " \t\r\n")
	if i < 0 {
		i = len(b)
	}
	s.kind, s.name, s.attr = xmlStart, local(b[:i]), b[i:]
	return true, nil
}

// tagComplete reports whether the ">" at the end of b ends the tag. Bytes before seen
// were looked at before, and left the quote open; each byte is looked at once.
func tagComplete(b []byte, seen int, open byte) (bool, byte) {
	switch {
	case bytes.HasPrefix(b, []byte("!--")):
		return len(b) >= 6 && bytes.HasSuffix(b, []byte("-->")), 0
	case bytes.HasPrefix(b, []byte("![CDATA[")):
		return len(b) >= 11 && bytes.HasSuffix(b, []byte("]]>")), 0
	case bytes.HasPrefix(b, []byte("?")):
		return bytes.HasSuffix(b, []byte("?>")), 0
	}
	// A ">" inside an attribute's value is not the end.
	for _, c := range b[seen:] {
		switch {
		case open == 0 && (c == '"' || c == '\''):
			open = c
		case c == open:
			open = 0
		}
	}
	return open == 0, open
}

func (s *xmlScanner) until(b []byte, end byte) ([]byte, error) {
	for {
		part, err := s.in.ReadSlice(end)
		b = append(b, part...)
		if len(b) > maxToken {
			return b, errXML
		}
		if err != bufio.ErrBufferFull {
			return b, err
		}
	}
}

func cutOff(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func local(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// is reports whether the scanner is at a start or end of the named element.
func (s *xmlScanner) is(kind xmlKind, name string) bool {
	return s.kind == kind && string(s.name) == name
}

// value gives an attribute of the start the scanner is at, raw; nil when it is not there.
func (s *xmlScanner) value(name string) []byte {
	b := s.attr
	for {
		eq := bytes.IndexByte(b, '=')
		if eq < 0 {
			return nil
		}
		key := local(bytes.TrimSpace(b[:eq]))
		b = bytes.TrimLeft(b[eq+1:], " \t\r\n")
		if len(b) == 0 || b[0] != '"' && b[0] != '\'' {
			return nil
		}
		end := bytes.IndexByte(b[1:], b[0])
		if end < 0 {
			return nil
		}
		if string(key) == name {
			return b[1 : 1+end]
		}
		b = b[end+2:]
	}
}

// str gives an attribute as a string with references replaced.
func (s *xmlScanner) str(name string) string { return string(appendUnescaped(nil, s.value(name))) }

// appendText appends the text the scanner is at.
func (s *xmlScanner) appendText(dst []byte) []byte {
	if s.raw {
		return append(dst, s.text...)
	}
	return appendUnescaped(dst, s.text)
}

// appendUnescaped appends src with the five named and the numeric references replaced;
// what is none of them stays as it is.
func appendUnescaped(dst, src []byte) []byte {
	for {
		i := bytes.IndexByte(src, '&')
		if i < 0 {
			return append(dst, src...)
		}
		dst = append(dst, src[:i]...)
		src = src[i:]
		end := bytes.IndexByte(src[:min(len(src), 12)], ';')
		r := rune(-1)
		if end > 0 {
			r = reference(string(src[1:end]))
		}
		if r < 0 {
			dst, src = append(dst, '&'), src[1:]
			continue
		}
		dst, src = utf8.AppendRune(dst, r), src[end+1:]
	}
}

func reference(name string) rune {
	switch name {
	case "lt":
		return '<'
	case "gt":
		return '>'
	case "amp":
		return '&'
	case "quot":
		return '"'
	case "apos":
		return '\''
	}
	base, digits := 10, name
	if len(name) < 2 || name[0] != '#' {
		return -1
	}
	if digits = name[1:]; digits[0] == 'x' || digits[0] == 'X' {
		base, digits = 16, digits[1:]
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune {
		return -1
	}
	return rune(n)
}
