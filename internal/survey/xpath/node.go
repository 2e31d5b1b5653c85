package xpath

import "strings"

// Node is an element of an instance: the answers of a submission, or a list of choices. The
// document is a Node without a name whose only child is the root element.
type Node struct {
	Name     string // with its prefix: orx:instanceID
	Text     string // of an element without children
	Attrs    []Attr
	Parent   *Node
	Children []*Node
	Off      bool // not relevant: expressions do not see it, nor what it holds
}

// Attr is an attribute.
type Attr struct{ Name, Value string }

// Add puts a child at the end and gives it back.
func (n *Node) Add(child *Node) *Node {
	child.Parent = n
	n.Children = append(n.Children, child)
	return child
}

// Child is the first child of that name, nil where there is none.
func (n *Node) Child(name string) *Node {
	if n == nil {
		return nil
	}
	for _, c := range n.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Attr is the value of an attribute, "" where it is missing.
func (n *Node) Attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}

// Value is the text of an element, of what it holds joined where it has children.
func (n *Node) Value() string {
	if len(n.Children) == 0 {
		return n.Text
	}
	var b strings.Builder
	for _, c := range n.Children {
		b.WriteString(c.Value())
	}
	return b.String()
}

// Hidden reports whether the node or one around it is not relevant.
func (n *Node) Hidden() bool {
	for ; n != nil; n = n.Parent {
		if n.Off {
			return true
		}
	}
	return false
}

// Position is the place of the node among those of its name, from 1.
func (n *Node) Position() int {
	if n.Parent == nil {
		return 1
	}
	at := 1
	for _, c := range n.Parent.Children {
		if c == n {
			break
		}
		if c.Name == n.Name {
			at++
		}
	}
	return at
}

// document is the node above the root element.
func (n *Node) document() *Node {
	for n != nil && n.Parent != nil {
		n = n.Parent
	}
	return n
}

// Path is where the node is: /data/group/name.
func (n *Node) Path() string {
	if n == nil || n.Parent == nil && n.Name == "" {
		return ""
	}
	return n.Parent.Path() + "/" + n.Name
}
