package change

import (
	"strings"
	"unicode/utf8"

	"quipu/internal/id"
)

// scan reads what Encode writes: members in its order, no white space. It gives up, and
// Decode reads the bytes as any JSON, on whatever else it meets. A log is read whole at
// every verification, and this is ten times faster.
type scan struct {
	s  string
	at int
	ok bool
}

func decodeCanonical(body []byte) (c Change, ok bool) {
	if !utf8.Valid(body) {
		return c, false
	}
	p := &scan{s: string(body), ok: true}
	p.lit(`{"v":1,"node":`)
	c.ID.Node = id.Node(p.str())
	p.lit(`,"n":`)
	c.ID.N = p.num()
	c.Entity.Kind = Kind(p.member("kind"))
	c.Entity.ID = p.member("id")
	c.Action = p.member("act")
	p.lit(`,"at":`)
	at, err := ParseStamp(p.str())
	c.At = at
	c.Author, c.Office, c.Purpose = p.member("by"), p.member("office"), p.member("for")
	p.lit(`,"schema":`)
	c.Schema = int(p.num())
	c.Codes, c.Batch, c.Note = p.member("codes"), p.member("batch"), p.member("note")
	c.Prov = p.prov()
	c.Salt = p.member("salt")
	p.lit(`,"set":[`)
	if n := strings.Count(p.s[p.at:], `{"f":`); n > 0 {
		c.Sets = make([]Set, 0, n)
	}
	for first := true; p.ok && !p.has("]}"); first = false {
		if !first {
			p.lit(",")
		}
		c.Sets = append(c.Sets, p.set())
	}
	good := p.ok && p.at == len(p.s) && err == nil && c.ID.Node.Valid() && c.ID.N > 0 && c.Entity.Kind != "" && c.Entity.ID != ""
	return c, good
}

func (p *scan) set() (s Set) {
	p.lit(`{"f":`)
	s.Field = p.str()
	if p.has(`,"g":{`) {
		s.Value.Parts = p.parts()
	} else {
		s.Value.Text = p.member("t")
	}
	if base := p.member("base"); base != "" {
		var err error
		if s.Base, err = id.ParseChange(base); err != nil {
			p.ok = false
		}
	}
	s.Prov = p.prov()
	p.lit("}")
	return s
}

func (p *scan) parts() map[string]string {
	m := make(map[string]string, 4)
	for first := true; p.ok && !p.has("}"); first = false {
		if !first {
			p.lit(",")
		}
		k := p.str()
		p.lit(":")
		m[k] = p.str()
	}
	return m
}

func (p *scan) prov() Provenance {
	return Provenance{Source: p.member("src"), Evidence: p.member("ev"), Confidence: p.member("conf"), From: p.member("from"), To: p.member("to")}
}

// has steps over a text when it comes next.
func (p *scan) has(text string) bool {
	if strings.HasPrefix(p.s[p.at:], text) {
		p.at += len(text)
		return true
	}
	return false
}

func (p *scan) lit(text string) { p.ok = p.ok && p.has(text) }

// member reads an optional text member.
func (p *scan) member(key string) string {
	rest := p.s[p.at:]
	n := len(key)
	if !p.ok || len(rest) < n+5 || rest[:2] != `,"` || rest[2:2+n] != key || rest[2+n:4+n] != `":` {
		return ""
	}
	p.at += n + 4
	return p.str()
}

// str reads a string; one with an escape is left to encoding/json.
func (p *scan) str() string {
	if !p.ok || p.at >= len(p.s) || p.s[p.at] != '"' {
		p.ok = false
		return ""
	}
	rest := p.s[p.at+1:]
	end := strings.IndexByte(rest, '"')
	if end < 0 {
		p.ok = false
		return ""
	}
	text := rest[:end]
	for i := range len(text) {
		if text[i] < 0x20 || text[i] == '\\' {
			p.ok = false
			return ""
		}
	}
	p.at += end + 2
	return text
}

func (p *scan) num() (n int64) {
	start := p.at
	for p.at < len(p.s) && p.s[p.at] >= '0' && p.s[p.at] <= '9' && p.at-start < 18 {
		n = n*10 + int64(p.s[p.at]-'0')
		p.at++
	}
	p.ok = p.ok && p.at > start && (p.s[start] != '0' || p.at-start == 1)
	return n
}
