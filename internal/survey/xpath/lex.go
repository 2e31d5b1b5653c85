// Package xpath reads and reckons the expressions of questionnaires: the part of XPath 1.0
// that XForms of OpenRosa use, with its functions, and ${name} of XLSForms for another
// question. A client decides with these expressions which question is asked and which answer
// is taken; the server reckons them again on what was sent.
package xpath

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"quipu/internal/fault"
)

type kind uint8

const (
	end      kind = iota
	number        // 12.5
	literal       // 'text'
	word          // a name or a function
	question      // ${name}
	sign          // an operator or a bracket
)

type token struct {
	kind     kind
	text     string // a literal without its quotes, a question without ${ }
	from, to int    // bytes of the source
	glued    bool   // a "(" follows at once or after spaces
}

// flaw is an error at a byte of the source. Its message says the character, from 1.
func flaw(src string, at int, key string, args ...any) *fault.Error {
	pos := utf8.RuneCountInString(src[:min(at, len(src))]) + 1
	return fault.New(fault.Invalid, "xpath."+key, append([]any{"at", pos}, args...)...)
}

var signs = []string{"!=", "<=", ">=", "//", "..", "::", "(", ")", "[", "]", ",", "/", "|", "+", "-", "*", "=", "<", ">", ".", "@"}

// lex cuts an expression into tokens; the last is an end.
func lex(src string) ([]token, *fault.Error) {
	var out []token
	for i := 0; ; {
		for i < len(src) && strings.ContainsRune(" \t\r\n\u00a0", rune(src[i])) || strings.HasPrefix(src[min(i, len(src)):], "\u00a0") {
			_, n := utf8.DecodeRuneInString(src[i:])
			i += n
		}
		if i >= len(src) {
			return append(out, token{kind: end, from: len(src), to: len(src)}), nil
		}
		t, err := one(src, i)
		if err != nil {
			return nil, err
		}
		if t.kind == sign && t.text == "(" && len(out) > 0 {
			out[len(out)-1].glued = true
		}
		out = append(out, t)
		i = t.to
	}
}

// one reads the token that begins at i, which is no space.
func one(src string, i int) (token, *fault.Error) {
	c := src[i]
	rest := src[i:]
	switch {
	case c == '\'' || c == '"':
		n := strings.IndexByte(rest[1:], c)
		if n < 0 {
			return token{}, flaw(src, i, "quote")
		}
		return token{kind: literal, text: rest[1 : n+1], from: i, to: i + n + 2}, nil
	case strings.HasPrefix(rest, "${"):
		n := strings.IndexByte(rest, '}')
		if n < 0 {
			return token{}, flaw(src, i, "brace", "form", "${")
		}
		name := strings.TrimSpace(rest[2:n])
		if nameLen(strings.TrimPrefix(name, lastSaved)) != len(strings.TrimPrefix(name, lastSaved)) || name == "" || name == lastSaved {
			return token{}, flaw(src, i, "ref", "name", rest[:n+1])
		}
		return token{kind: question, text: name, from: i, to: i + n + 1}, nil
	case c >= '0' && c <= '9', c == '.' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		n := numberLen(rest)
		return token{kind: number, text: rest[:n], from: i, to: i + n}, nil
	}
	if n := nameLen(rest); n > 0 {
		return token{kind: word, text: rest[:n], from: i, to: i + n}, nil
	}
	if c == '&' || strings.HasPrefix(rest, "||") {
		return token{}, flaw(src, i, "and_or")
	}
	for _, s := range signs {
		if strings.HasPrefix(rest, s) {
			return token{kind: sign, text: s, from: i, to: i + len(s)}, nil
		}
	}
	r, _ := utf8.DecodeRuneInString(rest)
	if strings.ContainsRune("‘’“”«»", r) {
		return token{}, flaw(src, i, "smart_quote", "sign", string(r))
	}
	return token{}, flaw(src, i, "sign", "sign", string(r))
}

func numberLen(s string) int {
	n, dot := 0, false
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n] == '.' && !dot) {
		dot = dot || s[n] == '.'
		n++
	}
	return n
}

// nameLen is how many bytes of s are a name: letters, digits, "_", "-", ".", and one ":"
// between two such words.
func nameLen(s string) int {
	colon := false
	for i, r := range s {
		switch {
		case unicode.IsLetter(r) || r == '_':
		case i == 0:
			return 0
		case unicode.IsDigit(r) || r == '-' || r == '.' || unicode.Is(unicode.Mn, r) || r == '·':
		case r == ':' && !colon && beginsName(s[i+1:]):
			colon = true
		default:
			return i
		}
	}
	return len(s)
}

func beginsName(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) && r != utf8.RuneError || r == '_'
}

// Name reports whether s can be the name of a question: an XML name without a colon.
func Name(s string) bool { return s != "" && nameLen(s) == len(s) && !strings.Contains(s, ":") }
