package xpath

// path gives the nodes that a path reaches, those that are not relevant left out.
func (s scope) path(p path) value {
	var set []*Node
	switch {
	case p.base != nil:
		set, _ = s.eval(p.base).([]*Node)
	case p.absolute:
		doc := s.env.Document
		if doc == nil {
			doc = s.origin.document()
		}
		if doc == nil {
			return []*Node(nil)
		}
		set = []*Node{doc}
	default:
		set = []*Node{s.at}
	}
	around := s.around(p)
	for i, st := range p.steps {
		var next []*Node
		for _, n := range set {
			if n == nil {
				continue
			}
			found := along(n, st)
			// An absolute path that is used inside a repeat means the instance of the repeat
			// in which it stands, but for its last step: that one asks for all of them.
			if i < len(p.steps)-1 && len(st.preds) == 0 && i < len(around) && contains(found, around[i]) {
				found = []*Node{around[i]}
			}
			next = append(next, s.keep(found, st.preds)...)
		}
		set = next
	}
	return seen(set)
}

// around gives the elements above the place of an expression, root first, for an absolute path.
func (s scope) around(p path) []*Node {
	if !p.absolute {
		return nil
	}
	var out []*Node
	for n := s.origin; n != nil && n.Parent != nil; n = n.Parent {
		out = append([]*Node{n}, out...)
	}
	return out
}

func contains(set []*Node, n *Node) bool {
	for _, one := range set {
		if one == n {
			return true
		}
	}
	return false
}

// along gives the nodes of one step from n, before its predicates.
func along(n *Node, st step) []*Node {
	var out []*Node
	take := func(c *Node) {
		if c != nil && (st.name == "node()" || c.Name != "" && (st.name == "*" || st.name == c.Name)) {
			out = append(out, c)
		}
	}
	switch st.axis {
	case "self":
		take(n)
	case "parent":
		take(n.Parent)
	case "child":
		for _, c := range n.Children {
			take(c)
		}
	case "attribute":
		for _, a := range n.Attrs {
			if st.name == "*" || st.name == a.Name {
				out = append(out, &Node{Name: a.Name, Text: a.Value, Parent: n})
			}
		}
	case "ancestor", "ancestor-or-self":
		if st.axis == "ancestor-or-self" {
			take(n)
		}
		for p := n.Parent; p != nil; p = p.Parent {
			take(p)
		}
	case "descendant", "descendant-or-self":
		if st.axis == "descendant-or-self" {
			take(n)
		}
		below(n, take)
	case "following-sibling", "preceding-sibling":
		siblings(n, st.axis == "following-sibling", take)
	}
	return out
}

func below(n *Node, take func(*Node)) {
	for _, c := range n.Children {
		take(c)
		below(c, take)
	}
}

// siblings gives those after n, or those before it, nearest first.
func siblings(n *Node, after bool, take func(*Node)) {
	if n.Parent == nil {
		return
	}
	all := n.Parent.Children
	at := 0
	for all[at] != n {
		at++
	}
	if after {
		for _, c := range all[at+1:] {
			take(c)
		}
		return
	}
	for i := at - 1; i >= 0; i-- {
		take(all[i])
	}
}

// keep gives those of the nodes for which the predicates hold, each on what the one before
// left. A number stands for a position.
func (s scope) keep(set []*Node, preds []node) []*Node {
	for _, p := range preds {
		set = seen(set)
		var out []*Node
		for i, n := range set {
			in := scope{env: s.env, at: n, origin: s.origin, pos: i + 1, size: len(set)}
			v := in.eval(p)
			if f, ok := v.(float64); ok && f == float64(i+1) || !ok && toBool(v) {
				out = append(out, n)
			}
		}
		set = out
	}
	return set
}
