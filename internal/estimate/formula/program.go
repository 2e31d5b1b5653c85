package formula

import "strings"

// Function is a function that somebody wrote: function(w, data) sum(w * data$y) / sum(w). Formals are
// its arguments with what they are where they are not given (nil: they must be).
type Function struct {
	Formals []Arg
	Body    Expr
}

// Applied is the name of a call whose function is not a name but the first argument:
// svycdf(~y, d)$y(3), (function(x) x^2)(3).
const Applied = "()"

func (f Function) String() string {
	all := make([]string, len(f.Formals))
	for i, a := range f.Formals {
		if all[i] = Name(a.Name).String(); a.Value != nil {
			all[i] += " = " + a.Value.String()
		}
	}
	return "function(" + strings.Join(all, ", ") + ") " + f.Body.String()
}

// assigns is how loosely <- holds: a body goes as far as it can.
const assigns = 5

// function reads what follows the word: names with their defaults, and the body.
func (p *parser) function() (Expr, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	at := p.peek().at
	args, err := p.args(")")
	if err != nil {
		return nil, err
	}
	f := Function{}
	for _, a := range args {
		if n, ok := a.Value.(Name); ok && a.Name == "" {
			a = Arg{Name: string(n)}
		}
		if a.Name == "" {
			return nil, syntax(p.src, at, "function(…)")
		}
		f.Formals = append(f.Formals, a)
	}
	p.skipLines()
	f.Body, err = p.expr(assigns)
	return f, err
}

// choice reads if (condition) one else other, as a call of "if"; without else the other is nothing.
func (p *parser) choice() (Expr, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	test, err := p.expr(0)
	if err != nil {
		return nil, err
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	p.skipLines()
	yes, err := p.expr(assigns)
	if err != nil {
		return nil, err
	}
	c := Call{"if", []Arg{{Value: test}, {Value: yes}}}
	here := p.at
	p.skipLines()
	if t := p.peek(); t.kind != name || t.text != "else" || t.num == 1 {
		p.at = here
		return c, nil
	}
	p.at++
	p.skipLines()
	no, err := p.expr(assigns)
	c.Args = append(c.Args, Arg{Value: no})
	return c, err
}

// choice writes a call of "if" as it is read.
func (c Call) choice() string {
	text := "if (" + c.Args[0].Value.String() + ") " + c.Args[1].Value.String()
	if len(c.Args) > 2 {
		text += " else " + c.Args[2].Value.String()
	}
	return text
}
