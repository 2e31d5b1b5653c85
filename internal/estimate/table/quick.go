package table

import (
	"slices"
	"strings"
)

// quick reads the XML that clients write: elements, attributes and text with the five names of
// characters. Of anything else it says false, and of what would not be whole.
func (t *Table) quick(s string) bool {
	if strings.IndexByte(s, '\r') >= 0 {
		return false // which XML reads as another character
	}
	var path []byte
	var starts []int // of each element's name in path
	text := ""
	for i := 0; i < len(s); {
		if s[i] != '<' {
			end := strings.IndexByte(s[i:], '<')
			if end < 0 {
				return len(starts) == 0 && strings.TrimSpace(s[i:]) == ""
			}
			var ok bool
			if text, ok = plainText(s[i : i+end]); !ok {
				return false
			}
			i += end
			continue
		}
		tag, ok := readTag(s[i:])
		if !ok {
			return false
		}
		i += tag.length
		switch {
		case tag.aside:
			if len(starts) > 0 {
				return false
			}
			continue
		case tag.opens:
			starts = append(starts, len(path))
			path = append(append(path, '/'), tag.name...)
			text = ""
		}
		if !tag.closes {
			continue
		}
		if len(starts) == 0 || string(path[starts[len(starts)-1]+1:]) != tag.name {
			return false
		}
		if len(starts) > 1 { // without the root
			if c, known := t.at[string(path[starts[1]+1:])]; known {
				t.read = append(t.read, answer{c, strings.TrimSpace(text)})
			}
		}
		path, starts, text = path[:starts[len(starts)-1]], starts[:len(starts)-1], ""
	}
	return len(starts) == 0
}

// tag is what stands between angles; aside is the declaration at the beginning.
type tag struct {
	name                 string
	opens, closes, aside bool
	length               int
}

// declarations are what clients begin with, with spaces and quotes made alike.
var declarations = []string{`?xml version="1.0"`, `?xml version="1.0" encoding="UTF-8"`, `?xml version="1.0" encoding="utf-8"`, `?xml version="1.0" encoding="UTF-8" standalone="no"`}

func readTag(s string) (t tag, ok bool) {
	end := 1
	for quote := byte(0); ; end++ {
		if end == len(s) {
			return t, false
		}
		switch c := s[end]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
			if c == '<' || c == '&' {
				return t, false
			}
			continue
		case c == '"' || c == '\'':
			quote = c
			continue
		case c == '<':
			return t, false
		case c != '>':
			continue
		}
		break
	}
	in := s[1:end]
	t.length = end + 1
	switch {
	case in == "" || in[0] == '!':
		return t, false
	case in[0] == '?':
		t.aside = true
		plain := strings.Join(strings.Fields(strings.ReplaceAll(strings.TrimSuffix(in, "?"), "'", `"`)), " ")
		return t, strings.HasSuffix(in, "?") && slices.Contains(declarations, plain)
	case in[0] == '/':
		t.closes, in = true, in[1:]
	default:
		t.opens = true
		if in[len(in)-1] == '/' {
			t.closes, in = true, in[:len(in)-1]
		}
	}
	t.name = in
	if k := strings.IndexAny(in, " \t\n"); k >= 0 {
		t.name = in[:k]
		if rest := strings.TrimSpace(in[k:]); rest != "" && (!t.opens || !attributes(rest)) {
			return t, false
		}
	}
	if k := strings.IndexByte(t.name, ':'); k >= 0 {
		if !word(t.name[:k]) {
			return t, false
		}
		t.name = t.name[k+1:]
	}
	return t, word(t.name)
}

// attributes reports whether a text is name="value" some times, with spaces between.
func attributes(s string) bool {
	for s != "" {
		name, rest, ok := strings.Cut(s, "=")
		if !ok || !word(strings.Replace(name, ":", "_", 1)) || len(rest) < 2 || rest[0] != '"' && rest[0] != '\'' {
			return false
		}
		end := strings.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return false
		}
		after := rest[end+2:]
		if s = strings.TrimLeft(after, " \t\n"); s != "" && len(s) == len(after) {
			return false
		}
	}
	return true
}

// word reports whether a name is of ASCII letters, digits and what joins them.
func word(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || c != '-' && c != '.' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

var named = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "&apos;", "'", "&quot;", `"`)

func plainText(s string) (string, bool) {
	if strings.IndexByte(s, '&') < 0 {
		return s, !strings.Contains(s, "]]>")
	}
	rest := s
	for {
		k := strings.IndexByte(rest, '&')
		if k < 0 {
			return named.Replace(s), !strings.Contains(s, "]]>")
		}
		if rest = rest[k:]; !hasName(rest) {
			return "", false
		}
		rest = rest[1:]
	}
}

func hasName(s string) bool {
	for _, n := range []string{"&lt;", "&gt;", "&amp;", "&apos;", "&quot;"} {
		if strings.HasPrefix(s, n) {
			return true
		}
	}
	return false
}
