package change

import (
	"slices"
	"strconv"
	"unicode/utf8"
)

// Encode writes the canonical form: JSON with keys in a fixed order, map keys sorted,
// empty members left out. Equal changes give equal bytes; the audit log hashes them.
func Encode(c *Change) []byte { return Append(make([]byte, 0, 256+64*len(c.Sets)), c) }

// Append is Encode into b.
func Append(b []byte, c *Change) []byte {
	b = append(b, `{"v":`...)
	b = strconv.AppendInt(b, Envelope, 10)
	b = member(b, "node", string(c.ID.Node))
	b = append(b, `,"n":`...)
	b = strconv.AppendInt(b, c.ID.N, 10)
	b = member(b, "kind", string(c.Entity.Kind))
	b = member(b, "id", c.Entity.ID)
	b = member(b, "act", c.Action)
	b = append(b, `,"at":"`...)
	b = c.At.append(b)
	b = append(b, '"')
	b = member(b, "by", c.Author)
	b = member(b, "office", c.Office)
	b = member(b, "for", c.Purpose)
	b = append(b, `,"schema":`...)
	b = strconv.AppendInt(b, int64(c.Schema), 10)
	b = member(b, "codes", c.Codes)
	b = member(b, "batch", c.Batch)
	b = member(b, "note", c.Note)
	b = provenance(b, c.Prov)
	b = member(b, "salt", c.Salt)
	b = member(b, "gone", c.Gone)
	b = append(b, `,"set":[`...)
	for i := range c.Sets {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendSet(b, &c.Sets[i])
	}
	return append(b, "]}"...)
}

func appendSet(b []byte, s *Set) []byte {
	b = append(b, `{"f":`...)
	b = quote(b, s.Field)
	switch {
	case s.Gone:
		b = append(b, `,"gone":true`...)
	case s.Value.Parts != nil:
		b = append(b, `,"g":`...)
		b = appendParts(b, s.Value.Parts)
	case s.Value.Text != "":
		b = member(b, "t", s.Value.Text)
	}
	b = member(b, "base", s.Base.String())
	b = provenance(b, s.Prov)
	return append(b, '}')
}

func appendParts(b []byte, parts map[string]string) []byte {
	var room [16]string
	keys := room[:0]
	for k := range parts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	b = append(b, '{')
	for i, k := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = quote(b, k)
		b = append(b, ':')
		b = quote(b, parts[k])
	}
	return append(b, '}')
}

func provenance(b []byte, p Provenance) []byte {
	b = member(b, "src", p.Source)
	b = member(b, "ev", p.Evidence)
	b = member(b, "conf", p.Confidence)
	b = member(b, "from", p.From)
	return member(b, "to", p.To)
}

func member(b []byte, key, value string) []byte {
	if value == "" {
		return b
	}
	b = append(b, ',', '"')
	b = append(b, key...)
	b = append(b, '"', ':')
	return quote(b, value)
}

const hex = "0123456789abcdef"

// quote appends s as a JSON string. Bytes that are not UTF-8 become U+FFFD, so that
// what is stored can always be read back.
func quote(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
		}
		b = append(b, s[start:i]...)
		b = escape(b, c)
		i++
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

func escape(b []byte, c byte) []byte {
	switch {
	case c == '"' || c == '\\':
		return append(b, '\\', c)
	case c >= utf8.RuneSelf:
		return append(b, "\uFFFD"...)
	default:
		return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
	}
}
