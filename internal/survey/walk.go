package survey

import (
	"regexp"
	"strings"
)

// Node is an item with its place in the questionnaire.
type Node struct {
	*Item
	Parent *Node  // nil below the root
	Path   string // "/data/group/name": where its answer is in an instance
}

// Nodes gives every item, a group before what it holds. The question that or_other adds is
// among them, after its select, and the count of a repeat that is reckoned, before it.
func (f *Form) Nodes() []*Node {
	var out []*Node
	var add func(items []*Item, parent *Node, path string)
	add = func(items []*Item, parent *Node, path string) {
		for _, i := range items {
			if c := countOf(i); c != nil {
				out = append(out, &Node{Item: c, Parent: parent, Path: path + "/" + c.Name})
			}
			n := &Node{Item: i, Parent: parent, Path: path + "/" + i.Name}
			if i.Type == Audit {
				n.Path = "/" + f.Root() + "/meta/" + i.Name
			}
			out = append(out, n)
			if i.OrOther {
				o := OtherOf(i)
				out = append(out, &Node{Item: o, Parent: parent, Path: path + "/" + o.Name})
			}
			add(i.Children, n, n.Path)
		}
	}
	add(f.Children, nil, "/"+f.Root())
	return out
}

// OtherValue is the choice that or_other adds to a list without it.
const OtherValue = "other"

// OtherOf is the question that or_other adds: the words of the standard.
func OtherOf(i *Item) *Item {
	return &Item{Type: String, Name: i.Name + "_other", Label: Text{"": "Specify other."},
		Relevant: "selected(../" + i.Name + ", '" + OtherValue + "')", At: i.At}
}

// countOf is the hidden question that holds how often a repeat is asked, where that is not
// simply the answer of another question.
func countOf(i *Item) *Item {
	if i.Type != Repeat || i.RepeatCount == "" || simpleRef.MatchString(i.RepeatCount) {
		return nil
	}
	return &Item{Type: Calculate, Name: i.Name + "_count", Calculation: i.RepeatCount, ReadOnly: "true()", At: i.At}
}

var simpleRef = regexp.MustCompile(`^\$\{[^${}]+\}$`)

// CountRef is the reference to the question that says how often the repeat is asked, "" where
// the person who answers decides.
func (i *Item) CountRef() string {
	if c := countOf(i); c != nil {
		return "${" + c.Name + "}"
	}
	return i.RepeatCount
}

// Repeat is the nearest repeat around the item, nil outside of any.
func (n *Node) Repeat() *Node {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Type == Repeat {
			return p
		}
	}
	return nil
}

// Within reports whether the item is inside of the other.
func (n *Node) Within(other *Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Item == other.Item {
			return true
		}
	}
	return false
}

// Short is the path without the root: group/name.
func (n *Node) Short() string {
	parts := strings.SplitN(n.Path, "/", 3)
	return parts[len(parts)-1]
}

// Names gives the items by name; an item whose name is used twice stands under it as nil,
// because ${name} would not say which.
func Names(nodes []*Node) map[string]*Node {
	out := make(map[string]*Node, len(nodes))
	for _, n := range nodes {
		if n.External() {
			continue
		}
		if _, twice := out[n.Name]; twice {
			out[n.Name] = nil
			continue
		}
		out[n.Name] = n
	}
	return out
}
