package formula

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"quipu/internal/fault"
)

type kind int

const (
	end kind = iota
	number
	text
	name
	op
	newline
)

type token struct {
	kind kind
	text string
	num  float64
	at   int
}

type lexer struct {
	src    string
	at     int
	tokens []token
	depth  int   // of ( and [: inside them a line end means nothing
	outer  []int // the depth around each {, inside which it means something again
}

// operators, longest first.
var operators = []string{"<<-", "->>", "<-", "->", "<=", ">=", "==", "!=", "&&", "||", "|>", "[[", "]]", ":::", "::",
	"+", "-", "*", "/", "^", "<", ">", "=", "!", "&", "|", "~", "?", ":", "(", ")", "[", "]", "{", "}", ",", ";", "$", "@", `\`}

func syntax(src string, at int, what string) error {
	from, to := max(0, at-15), min(len(src), at+15)
	for from > 0 && !utf8.RuneStart(src[from]) {
		from--
	}
	for to < len(src) && !utf8.RuneStart(src[to]) {
		to++
	}
	return fault.New(fault.Invalid, "formula.syntax", "what", what, "position", utf8.RuneCountInString(src[:at])+1, "near", strings.TrimSpace(src[from:to]))
}

func lex(src string) ([]token, error) {
	l := &lexer{src: src}
	for {
		done, err := l.next()
		if err != nil {
			return nil, err
		}
		if done {
			l.tokens = append(l.tokens, token{kind: end, at: len(src)})
			return l.tokens, nil
		}
	}
}

func (l *lexer) next() (done bool, err error) {
	for l.at < len(l.src) {
		switch c := l.src[l.at]; {
		case c == '\n':
			if l.depth == 0 {
				l.tokens = append(l.tokens, token{kind: newline, text: "\n", at: l.at})
			}
			l.at++
			continue
		case c == ' ' || c == '\t' || c == '\r':
			l.at++
			continue
		case c == '#':
			for l.at < len(l.src) && l.src[l.at] != '\n' {
				l.at++
			}
			continue
		}
		return false, l.token()
	}
	return true, nil
}

func (l *lexer) token() error {
	from, c := l.at, l.src[l.at]
	switch {
	case c >= '0' && c <= '9' || c == '.' && l.at+1 < len(l.src) && l.src[l.at+1] >= '0' && l.src[l.at+1] <= '9':
		return l.number()
	case c == '"' || c == '\'' || c == '`':
		return l.quoted(c)
	case c == '%':
		i := strings.IndexByte(l.src[l.at+1:], '%')
		if i < 0 {
			return syntax(l.src, from, "%")
		}
		l.at += i + 2
		l.tokens = append(l.tokens, token{kind: op, text: l.src[from:l.at], at: from})
		return nil
	}
	if r, _ := utf8.DecodeRuneInString(l.src[l.at:]); unicode.IsLetter(r) || r == '.' || r == '_' {
		for l.at < len(l.src) {
			r, n := utf8.DecodeRuneInString(l.src[l.at:])
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '_' {
				break
			}
			l.at += n
		}
		l.tokens = append(l.tokens, token{kind: name, text: l.src[from:l.at], at: from})
		return nil
	}
	for _, o := range operators {
		if strings.HasPrefix(l.src[l.at:], o) {
			if o == "]]" && !l.double() {
				o = "]"
			}
			l.nest(o)
			l.at += len(o)
			l.tokens = append(l.tokens, token{kind: op, text: o, at: from})
			return nil
		}
	}
	return syntax(l.src, from, string(rune(c)))
}

// double reports whether the innermost open bracket is [[.
func (l *lexer) double() bool {
	depth := 0
	for i := len(l.tokens) - 1; i >= 0; i-- {
		t := l.tokens[i]
		if t.kind != op {
			continue
		}
		switch t.text {
		case ")", "]", "]]":
			depth++
		case "(", "[", "[[":
			if depth == 0 {
				return t.text == "[["
			}
			depth--
		}
	}
	return false
}

func (l *lexer) nest(o string) {
	switch o {
	case "(", "[", "[[":
		l.depth++
	case ")", "]", "]]":
		l.depth--
	case "{":
		l.outer, l.depth = append(l.outer, l.depth), 0
	case "}":
		if n := len(l.outer); n > 0 {
			l.outer, l.depth = l.outer[:n-1], l.outer[n-1]
		}
	}
}

func (l *lexer) number() error {
	from := l.at
	for l.at < len(l.src) {
		c := l.src[l.at]
		sign := (c == '+' || c == '-') && (l.src[l.at-1] == 'e' || l.src[l.at-1] == 'E') && l.at > from
		if (c < '0' || c > '9') && c != '.' && c != 'e' && c != 'E' && !sign {
			break
		}
		l.at++
	}
	x, err := strconv.ParseFloat(l.src[from:l.at], 64)
	if err != nil {
		return syntax(l.src, from, l.src[from:l.at])
	}
	if l.at < len(l.src) && l.src[l.at] == 'L' {
		l.at++
	}
	l.tokens = append(l.tokens, token{kind: number, num: x, text: l.src[from:l.at], at: from})
	return nil
}

func (l *lexer) quoted(q byte) error {
	from := l.at
	var b strings.Builder
	for l.at++; l.at < len(l.src); l.at++ {
		switch c := l.src[l.at]; {
		case c == q:
			l.at++
			k := text
			if q == '`' {
				k = name
			}
			l.tokens = append(l.tokens, token{kind: k, text: b.String(), num: 1, at: from})
			return nil
		case c == '\\' && l.at+1 < len(l.src):
			l.at++
			switch l.src[l.at] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			default:
				b.WriteByte(l.src[l.at])
			}
		default:
			b.WriteByte(c)
		}
	}
	return syntax(l.src, from, string(rune(q)))
}
