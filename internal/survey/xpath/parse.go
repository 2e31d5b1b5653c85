package xpath

import (
	"maps"
	"slices"
	"strconv"

	"quipu/internal/fault"
)

const (
	lastSaved = "last-saved#"
	maxDepth  = 200      // of brackets in one another
	maxBytes  = 64 << 10 // of one expression
)

type parser struct {
	src   string
	toks  []token
	i     int
	depth int
}

// Parse reads an expression. The error says the character, from 1, and what to do.
func Parse(src string) (*Expr, error) {
	if len(src) > maxBytes {
		return nil, flaw(src, maxBytes, "long", "limit", maxBytes)
	}
	toks, bad := lex(src)
	if bad != nil {
		return nil, bad
	}
	p := &parser{src: src, toks: toks}
	if p.peek().kind == end {
		return nil, flaw(src, 0, "empty")
	}
	root, bad := p.binary(0)
	if bad == nil && p.peek().kind != end {
		bad = p.unexpected()
	}
	if bad != nil {
		return nil, bad
	}
	return &Expr{Source: src, root: root}, nil
}

func (p *parser) peek() token { return p.toks[p.i] }

func (p *parser) next() token {
	t := p.toks[p.i]
	if t.kind != end {
		p.i++
	}
	return t
}

func (p *parser) sign(text string) bool {
	if t := p.peek(); t.kind == sign && t.text == text {
		p.i++
		return true
	}
	return false
}

func (p *parser) is(text string) bool { t := p.peek(); return t.kind == sign && t.text == text }

func (p *parser) unexpected() *fault.Error {
	t := p.peek()
	if t.kind == end {
		return flaw(p.src, t.from, "ends")
	}
	return flaw(p.src, t.from, "unexpected", "text", p.src[t.from:t.to])
}

// levels are the binary operators, loosest first.
var levels = [][]string{{"or"}, {"and"}, {"=", "!="}, {"<", "<=", ">", ">="}, {"+", "-"}, {"*", "div", "mod"}}

func (p *parser) operator(level int) (string, bool) {
	t := p.peek()
	if t.kind != sign && t.kind != word || !slices.Contains(levels[level], t.text) {
		return "", false
	}
	p.i++
	return t.text, true
}

func (p *parser) binary(level int) (node, *fault.Error) {
	if level == len(levels) {
		return p.unary()
	}
	left, bad := p.binary(level + 1)
	for bad == nil {
		op, ok := p.operator(level)
		if !ok {
			return left, nil
		}
		var right node
		if right, bad = p.binary(level + 1); bad == nil {
			left = binary{join(left, right), op, left, right}
		}
	}
	return nil, bad
}

func join(l, r node) at {
	from, _ := l.span()
	_, to := r.span()
	return at{from, to}
}

func (p *parser) unary() (node, *fault.Error) {
	if t := p.peek(); p.sign("-") {
		if bad := p.deeper(); bad != nil {
			return nil, bad
		}
		defer func() { p.depth-- }()
		x, bad := p.unary()
		if bad != nil {
			return nil, bad
		}
		_, to := x.span()
		return neg{at{t.from, to}, x}, nil
	}
	left, bad := p.location()
	for bad == nil && p.sign("|") {
		var right node
		if right, bad = p.location(); bad == nil {
			left = binary{join(left, right), "|", left, right}
		}
	}
	if bad != nil {
		return nil, bad
	}
	return left, nil
}

func (p *parser) deeper() *fault.Error {
	if p.depth++; p.depth > maxDepth {
		return flaw(p.src, p.peek().from, "deep", "limit", maxDepth)
	}
	return nil
}

// location reads a path, or a value and a path from there.
func (p *parser) location() (node, *fault.Error) {
	t := p.peek()
	if p.is("//") {
		return nil, flaw(p.src, t.from, "descend", "form", "${name}")
	}
	if p.sign("/") {
		out := path{at: at{t.from, t.to}, absolute: true}
		if !p.stepAhead() {
			return out, nil
		}
		return p.steps(out)
	}
	if p.stepAhead() {
		return p.steps(path{at: at{t.from, t.to}})
	}
	base, bad := p.primary()
	if bad != nil {
		return nil, bad
	}
	if p.is("[") {
		preds, bad := p.predicates()
		if bad != nil {
			return nil, bad
		}
		from, _ := base.span()
		base = filter{at{from, p.toks[p.i-1].to}, base, preds}
	}
	if p.is("//") {
		return nil, flaw(p.src, p.peek().from, "descend", "form", "${name}")
	}
	if !p.sign("/") {
		return base, nil
	}
	from, _ := base.span()
	return p.steps(path{at: at{from, from}, base: base})
}

// stepAhead reports whether a step of a path begins here.
func (p *parser) stepAhead() bool {
	t := p.peek()
	switch {
	case t.kind == sign:
		return slices.Contains([]string{".", "..", "@", "*"}, t.text)
	case t.kind == word:
		return !t.glued || t.text == "node" && p.i+2 < len(p.toks) && p.toks[p.i+2].text == ")" && p.toks[p.i+2].kind == sign
	}
	return false
}

// steps reads the rest of a path, after its slash.
func (p *parser) steps(out path) (node, *fault.Error) {
	for {
		if !p.stepAhead() {
			return nil, p.unexpected()
		}
		s, bad := p.step()
		if bad != nil {
			return nil, bad
		}
		out.steps = append(out.steps, s)
		out.to = p.toks[p.i-1].to
		if p.is("//") {
			return nil, flaw(p.src, p.peek().from, "descend", "form", "${name}")
		}
		if !p.sign("/") {
			return out, nil
		}
	}
}

var axes = []string{"child", "parent", "self", "attribute", "ancestor", "ancestor-or-self", "descendant", "descendant-or-self", "following-sibling", "preceding-sibling"}

func (p *parser) step() (s step, bad *fault.Error) {
	t := p.next()
	switch {
	case t.text == "." && t.kind == sign:
		s = step{axis: "self", name: "node()"}
	case t.text == ".." && t.kind == sign:
		s = step{axis: "parent", name: "node()"}
	default:
		s.axis = "child"
		if t.text == "@" && t.kind == sign {
			s.axis = "attribute"
			t = p.next()
		} else if t.kind == word && p.sign("::") {
			if !slices.Contains(axes, t.text) {
				return s, flaw(p.src, t.from, "axis", "axis", t.text)
			}
			s.axis = t.text
			t = p.next()
		}
		if t.kind != word && t.text != "*" {
			p.i -= min(1, p.i)
			return s, p.unexpected()
		}
		s.name = t.text
		if t.glued && t.text == "node" && p.sign("(") && p.sign(")") {
			s.name = "node()"
		}
	}
	if p.is("[") {
		s.preds, bad = p.predicates()
	}
	return s, bad
}

func (p *parser) predicates() (out []node, bad *fault.Error) {
	if bad := p.deeper(); bad != nil {
		return nil, bad
	}
	defer func() { p.depth-- }()
	for p.is("[") {
		open := p.next()
		x, bad := p.binary(0)
		if bad != nil {
			return nil, bad
		}
		if !p.sign("]") {
			return nil, p.unclosed(open)
		}
		out = append(out, x)
	}
	return out, nil
}

// unclosed says that a bracket is open, unless something else stands in the way.
func (p *parser) unclosed(open token) *fault.Error {
	if p.peek().kind == end {
		return flaw(p.src, open.from, "unclosed", "sign", open.text)
	}
	return p.unexpected()
}

func (p *parser) primary() (node, *fault.Error) {
	t := p.peek()
	switch {
	case t.kind == number:
		p.next()
		v, _ := strconv.ParseFloat(t.text, 64)
		return num{at{t.from, t.to}, v}, nil
	case t.kind == literal:
		p.next()
		return str{at{t.from, t.to}, t.text}, nil
	case t.kind == question:
		p.next()
		r := ref{at: at{t.from, t.to}, name: t.text}
		if len(t.text) > len(lastSaved) && t.text[:len(lastSaved)] == lastSaved {
			r.name, r.saved = t.text[len(lastSaved):], true
		}
		return r, nil
	case t.kind == word && t.glued:
		return p.call()
	case p.is("("):
		return p.group()
	}
	return nil, p.unexpected()
}

func (p *parser) group() (node, *fault.Error) {
	open := p.next()
	if bad := p.deeper(); bad != nil {
		return nil, bad
	}
	defer func() { p.depth-- }()
	x, bad := p.binary(0)
	if bad != nil {
		return nil, bad
	}
	if !p.sign(")") {
		return nil, p.unclosed(open)
	}
	return x, nil
}

func (p *parser) call() (node, *fault.Error) {
	t := p.next()
	open := p.next() // "("
	fn := functions[t.text]
	if fn == nil {
		return nil, flaw(p.src, t.from, "function", "name", t.text, "near", Nearest(t.text, slices.Sorted(maps.Keys(functions))))
	}
	if bad := p.deeper(); bad != nil {
		return nil, bad
	}
	defer func() { p.depth-- }()
	c := call{name: t.text, fn: fn}
	for !p.is(")") {
		x, bad := p.binary(0)
		if bad != nil {
			return nil, bad
		}
		c.args = append(c.args, x)
		if comma := p.sign(","); !comma && !p.is(")") {
			return nil, p.unclosed(open)
		} else if comma && p.is(")") {
			return nil, p.unexpected()
		}
	}
	c.at = at{t.from, p.next().to}
	if n := len(c.args); n < fn.least || fn.most >= 0 && n > fn.most {
		return nil, flaw(p.src, t.from, "arguments", "name", t.text, "given", n, "signature", fn.usage)
	}
	return c, nil
}
