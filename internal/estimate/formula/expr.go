// Package formula reads the language in which statisticians write: the expressions of R.
//
//	~age + sex                      variables
//	y ~ x1 * x2 + offset(log(n))    terms of a model
//	sends == 1 & !is.na(le250)      a domain
//	svymean(~age, d, na.rm = TRUE)  a call with named arguments
//
// Expressions over columns are evaluated here; calls of estimators are left to package
// plan. What is not R's meaning is refused, never guessed.
package formula

import (
	"regexp"
	"strings"

	"quipu/internal/estimate/frame"
)

// Expr is an expression. String writes it as R's deparse does, which is how terms are named.
type Expr interface{ String() string }

type (
	// Num is a number.
	Num float64
	// Str is a text in quotation marks.
	Str string
	// Bool is TRUE or FALSE.
	Bool bool
	// NA is a missing value.
	NA struct{}
	// Null is NULL.
	Null struct{}
	// Name is a column or variable.
	Name string
	// Call is a function of arguments. Operators, parentheses and indexing are calls of "+",
	// "(", "[", "[[", "$".
	Call struct {
		Fun  string
		Args []Arg
	}
	// Arg is an argument; Value is nil where it was left empty, as in x[1, ].
	Arg struct {
		Name  string
		Value Expr
	}
)

func (n Num) String() string { return frame.NumberText(float64(n)) }
func (s Str) String() string { return `"` + quoting.Replace(string(s)) + `"` }
func (b Bool) String() string {
	if b {
		return "TRUE"
	}
	return "FALSE"
}
func (NA) String() string   { return "NA" }
func (Null) String() string { return "NULL" }

// quoting writes what the lexer reads in quotation marks.
var quoting = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`)

var plainName = regexp.MustCompile(`^(((\pL|[.][._\pL])[._\pL\pN]*)|[.])$`)

func (n Name) String() string {
	if plainName.MatchString(string(n)) {
		return string(n)
	}
	return "`" + strings.NewReplacer("`", "\\`", `\`, `\\`).Replace(string(n)) + "`"
}

// spaced are the operators that deparse sets off with blanks; tight those that it does not.
var spaced = map[string]bool{"+": true, "-": true, "*": true, "==": true, "!=": true, "<": true, "<=": true, ">": true, ">=": true,
	"&": true, "&&": true, "|": true, "||": true, "~": true, "<-": true}
var tight = map[string]bool{"/": true, "^": true, ":": true}

func (c Call) String() string {
	switch {
	case c.Fun == "(":
		return "(" + c.Args[0].Value.String() + ")"
	case c.Fun == "if" && len(c.Args) >= 2:
		return c.choice()
	case len(c.Args) == 2 && (spaced[c.Fun] || isPercent(c.Fun)):
		return c.Args[0].Value.String() + " " + c.Fun + " " + c.Args[1].Value.String()
	case len(c.Args) == 2 && (tight[c.Fun] || c.Fun == "$"):
		return c.Args[0].Value.String() + c.Fun + c.Args[1].Value.String()
	case len(c.Args) == 1 && (c.Fun == "-" || c.Fun == "+" || c.Fun == "!" || c.Fun == "~"):
		return c.Fun + c.Args[0].Value.String()
	case c.Fun == "[":
		return c.Args[0].Value.String() + "[" + joinArgs(c.Args[1:]) + "]"
	case c.Fun == Applied && len(c.Args) > 0:
		return c.Args[0].Value.String() + "(" + joinArgs(c.Args[1:]) + ")"
	case c.Fun == "[[":
		return c.Args[0].Value.String() + "[[" + joinArgs(c.Args[1:]) + "]]"
	}
	return Name(c.Fun).String() + "(" + joinArgs(c.Args) + ")"
}

func isPercent(f string) bool { return len(f) > 1 && f[0] == '%' }

func joinArgs(args []Arg) string {
	all := make([]string, len(args))
	for i, a := range args {
		if a.Name != "" {
			all[i] = Name(a.Name).String() + " = "
		}
		if a.Value != nil {
			all[i] += a.Value.String()
		}
	}
	return strings.Join(all, ", ")
}

// Arg is the value of the argument with that name, or nil.
func (c Call) Arg(name string) Expr {
	for _, a := range c.Args {
		if a.Name == name {
			return a.Value
		}
	}
	return nil
}

// Walk calls f for e and everything in it.
func Walk(e Expr, f func(Expr)) {
	if e == nil {
		return
	}
	f(e)
	switch x := e.(type) {
	case Call:
		for _, a := range x.Args {
			Walk(a.Value, f)
		}
	case Function:
		for _, a := range x.Formals {
			Walk(a.Value, f)
		}
		Walk(x.Body, f)
	}
}

// Names are the columns and variables that e mentions, each once, in their order.
func Names(e Expr) []string {
	var names []string
	seen := map[string]bool{}
	Walk(e, func(x Expr) {
		if n, ok := x.(Name); ok && !seen[string(n)] {
			seen[string(n)] = true
			names = append(names, string(n))
		}
	})
	return names
}
