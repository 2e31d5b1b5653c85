package xpath

// Expr is an expression that was read.
type Expr struct {
	Source string
	root   node
}

// node is a part of an expression.
type node interface{ span() (from, to int) }

type at struct{ from, to int }

func (a at) span() (int, int) { return a.from, a.to }

type num struct {
	at
	value float64
}

type str struct {
	at
	value string
}

// ref is ${name}.
type ref struct {
	at
	name  string
	saved bool // ${last-saved#name}
}

type call struct {
	at
	name string
	fn   *function
	args []node
}

type binary struct {
	at
	op   string
	l, r node
}

type neg struct {
	at
	x node
}

// path walks from base, from the root of the document, or from where it stands.
type path struct {
	at
	base     node // nil when the path stands alone
	absolute bool
	steps    []step
}

// step is one step of a path.
type step struct {
	axis  string // child, parent, self, attribute, ancestor, descendant ...
	name  string // "*" for any, "node()" for any node
	preds []node
}

// filter keeps the nodes of x for which all predicates hold.
type filter struct {
	at
	x     node
	preds []node
}

// spot is where a part of an expression stands.
type spot struct {
	predicate bool // in a predicate
	instance  bool // ... of a secondary instance
	indexed   int  // in which argument of indexed-repeat(), from 0; -1 outside of one
}

// each calls do with every part of an expression, a whole before its parts, until do says that
// the parts of this one are not wanted.
func (e *Expr) each(do func(n node, at spot) (enough bool)) {
	if e != nil && e.root != nil {
		visit(e.root, spot{indexed: -1}, do)
	}
}

func visit(n node, at spot, do func(node, spot) bool) {
	if n == nil || do(n, at) {
		return
	}
	switch n := n.(type) {
	case call:
		for i, a := range n.args {
			in := at
			if n.name == "indexed-repeat" {
				in.indexed = i
			}
			visit(a, in, do)
		}
	case binary:
		visit(n.l, at, do)
		visit(n.r, at, do)
	case neg:
		visit(n.x, at, do)
	case path:
		visit(n.base, at, do)
		for _, s := range n.steps {
			inside(s.preds, n.base, at, do)
		}
	case filter:
		visit(n.x, at, do)
		inside(n.preds, n.x, at, do)
	}
}

// inside goes through the predicates of what begins with base.
func inside(preds []node, base node, at spot, do func(node, spot) bool) {
	at.predicate, at.instance = true, at.instance || secondary(base)
	for _, p := range preds {
		visit(p, at, do)
	}
}

// secondary reports whether n begins in a secondary instance.
func secondary(n node) bool {
	switch n := n.(type) {
	case call:
		return n.name == "instance"
	case path:
		return secondary(n.base)
	case filter:
		return secondary(n.x)
	}
	return false
}
