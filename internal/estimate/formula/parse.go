package formula

import "math"

// Parse reads one expression.
func Parse(src string) (Expr, error) {
	all, err := ParseAll(src)
	if err != nil {
		return nil, err
	}
	if len(all) != 1 {
		return nil, syntax(src, 0, "expressions")
	}
	return all[0], nil
}

// ParseAll reads a program: expressions on lines of their own or between semicolons.
func ParseAll(src string) ([]Expr, error) {
	tokens, err := lex(src)
	if err != nil {
		return nil, err
	}
	p := &parser{src: src, tokens: tokens}
	var all []Expr
	for {
		for p.peek().kind == newline || p.is(";") {
			p.at++
		}
		if p.peek().kind == end {
			return all, nil
		}
		e, err := p.expr(0)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
		if t := p.peek(); t.kind != end && t.kind != newline && !p.is(";") {
			return nil, syntax(src, t.at, t.text)
		}
	}
}

type parser struct {
	src    string
	tokens []token
	at     int
	deep   int
}

// deepest is how far expressions may be nested; R's own limit is of that kind.
const deepest = 500

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) is(o string) bool { t := p.peek(); return t.kind == op && t.text == o }

func (p *parser) skipLines() {
	for p.peek().kind == newline {
		p.at++
	}
}

// binding is how strongly an operator holds what stands on its left and right.
func binding(o string) (left, right int) {
	switch o {
	case "<-", "<<-", "=":
		return 6, 5 // to the right
	case "->", "->>":
		return 7, 8
	case "~":
		return 10, 11
	case "|", "||":
		return 12, 13
	case "&", "&&":
		return 14, 15
	case "==", "!=", "<", ">", "<=", ">=":
		return 18, 19
	case "+", "-":
		return 20, 21
	case "*", "/":
		return 22, 23
	case ":":
		return 26, 27
	case "^":
		return 31, 30 // to the right; -2^2 is -(2^2)
	}
	if isPercent(o) || o == "|>" {
		return 24, 25
	}
	return -1, -1
}

const (
	bindNot   = 16
	bindMinus = 28
	bindTilde = 11
)

func (p *parser) expr(least int) (Expr, error) {
	if p.deep++; p.deep > deepest {
		return nil, syntax(p.src, p.peek().at, "…")
	}
	defer func() { p.deep-- }()
	left, err := p.prefix()
	if err != nil {
		return nil, err
	}
	for {
		t := p.peek()
		if t.kind != op {
			return left, nil
		}
		l, r := binding(t.text)
		if l < least || l < 0 {
			return left, nil
		}
		p.at++
		p.skipLines()
		right, err := p.expr(r)
		if err != nil {
			return nil, err
		}
		fun := t.text
		switch fun {
		case "=", "<<-":
			fun = "<-"
		case "->", "->>":
			fun, left, right = "<-", right, left
		}
		if c, ok := right.(Call); fun == "|>" && ok {
			left = Call{c.Fun, append([]Arg{{Value: left}}, c.Args...)}
			continue
		}
		left = Call{fun, []Arg{{Value: left}, {Value: right}}}
	}
}

func (p *parser) prefix() (Expr, error) {
	t := p.peek()
	if t.kind == op {
		least := 0
		switch t.text {
		case "-", "+":
			least = bindMinus
		case "!":
			least = bindNot
		case "~":
			least = bindTilde
		}
		if least > 0 {
			p.at++
			e, err := p.expr(least)
			if err != nil {
				return nil, err
			}
			return Call{t.text, []Arg{{Value: e}}}, nil
		}
	}
	e, err := p.primary()
	if err != nil {
		return nil, err
	}
	return p.suffix(e)
}

func (p *parser) primary() (Expr, error) {
	t := p.peek()
	p.at++
	switch t.kind {
	case number:
		return Num(t.num), nil
	case text:
		return Str(t.text), nil
	case name:
		if open := p.is("(") && t.num != 1; open && t.text == "function" {
			return p.function()
		} else if open && t.text == "if" {
			return p.choice()
		}
		return word(t), nil
	case op:
		if t.text == `\` {
			return p.function()
		}
		if t.text == "(" {
			e, err := p.expr(0)
			if err != nil {
				return nil, err
			}
			return Call{"(", []Arg{{Value: e}}}, p.expect(")")
		}
		if t.text == "{" {
			return p.block()
		}
	}
	what := t.text
	if t.kind == end {
		what = "…"
	}
	return nil, syntax(p.src, t.at, what)
}

// block is { }: its value is that of the last expression.
func (p *parser) block() (Expr, error) {
	c := Call{Fun: "{"}
	for {
		for p.peek().kind == newline || p.is(";") {
			p.at++
		}
		if p.is("}") {
			p.at++
			return c, nil
		}
		e, err := p.expr(0)
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, Arg{Value: e})
	}
}

func word(t token) Expr {
	if t.num == 1 { // in backquotes
		return Name(t.text)
	}
	switch t.text {
	case "TRUE":
		return Bool(true)
	case "FALSE":
		return Bool(false)
	case "NULL":
		return Null{}
	case "NA", "NA_real_", "NA_integer_", "NA_character_":
		return NA{}
	case "Inf":
		return Num(math.Inf(1))
	case "NaN":
		return Num(math.NaN())
	}
	return Name(t.text)
}

func (p *parser) expect(o string) error {
	if !p.is(o) {
		t := p.peek()
		return syntax(p.src, t.at, t.text+" ("+o+")")
	}
	p.at++
	return nil
}

// suffix reads what may follow a value: calls, indices, $.
func (p *parser) suffix(e Expr) (Expr, error) {
	for {
		t := p.peek()
		if t.kind != op {
			return e, nil
		}
		switch t.text {
		case "(":
			p.at++
			args, err := p.args(")")
			if err != nil {
				return nil, err
			}
			switch f := e.(type) {
			case Name:
				e = Call{string(f), args}
			case Str:
				e = Call{string(f), args}
			case Call:
				e = Call{Applied, append([]Arg{{Value: f}}, args...)}
			default:
				return nil, syntax(p.src, t.at, "(")
			}
		case "[", "[[":
			p.at++
			args, err := p.args(map[string]string{"[": "]", "[[": "]]"}[t.text])
			if err != nil {
				return nil, err
			}
			e = Call{t.text, append([]Arg{{Value: e}}, args...)}
		case "$", "@":
			p.at++
			n := p.peek()
			if n.kind != name && n.kind != text {
				return nil, syntax(p.src, n.at, n.text)
			}
			p.at++
			e = Call{"$", []Arg{{Value: e}, {Value: Name(n.text)}}}
		case "::", ":::":
			p.at++
			n := p.peek()
			if n.kind != name {
				return nil, syntax(p.src, n.at, n.text)
			}
			p.at++
			e = Name(n.text)
		default:
			return e, nil
		}
	}
}

// args reads arguments up to the closing bracket; one that was left out has no value.
func (p *parser) args(closing string) ([]Arg, error) {
	if p.is(closing) {
		p.at++
		return nil, nil
	}
	var args []Arg
	for {
		var a Arg
		if t := p.peek(); (t.kind == name || t.kind == text) && p.tokens[p.at+1].kind == op && p.tokens[p.at+1].text == "=" {
			a.Name = t.text
			p.at += 2
		}
		if !p.is(",") && !p.is(closing) {
			e, err := p.expr(7)
			if err != nil {
				return nil, err
			}
			a.Value = e
		}
		args = append(args, a)
		switch t := p.peek(); {
		case p.is(","):
			p.at++
		case p.is(closing):
			p.at++
			return args, nil
		default:
			return nil, syntax(p.src, t.at, t.text)
		}
	}
}
