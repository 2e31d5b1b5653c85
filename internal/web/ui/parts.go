package ui

// Tag is a word in a coloured box. Colour is grey, green, teal, blue, purple, red,
// orange, yellow, or empty; it never says anything that Text does not say.
type Tag struct{ Text, Colour string }

// Button is a button, or with Href a link that looks like one. Kind is secondary or
// warning; empty is the main action. Key is shown as the key that presses it.
type Button struct {
	Text, Name, Value, Kind, Href, Key string
	Form                               string // id of the form it sends, when it stands outside
}

// Row is one line of a summary list: what, its value, and where that came from.
type Row struct {
	Key, Value string
	Note       string // provenance: who, when, which office, from which document
	Href       string // where it can be changed; empty shows no link
	Conflict   bool   // two computers hold different values
	Tag        Tag
}

// Table is a table of text. Cells stand in the order of Head.
type Table struct {
	Caption string
	Head    []Column
	Rows    [][]Cell
	Empty   string // said instead of a table without rows
}

// Column is a head; Numeric sets its cells to the right.
type Column struct {
	Text    string
	Numeric bool
}

// Cell is text, with a link when Href is set and a tag when Tag.Text is.
type Cell struct {
	Text, Href, Note string
	Numeric          bool
	Tag              Tag
}

// Paging says which results are shown. Prev and Next are addresses, empty at the ends.
type Paging struct {
	Prev, Next      string
	From, To, Total int
}

// Identity is the bar that says whose record is open.
type Identity struct {
	Name, Number string
	Photo        string   // address of the photograph, 35 by 45; empty shows none
	Facts        []string // birth and age, document, office
	Tags         []Tag
	Actions      []Button
}

// Event is one entry of a timeline, newest first. Time is for machines (RFC 3339), When
// for people; Receipt says where the change has arrived.
type Event struct {
	Title, By, When, Time, Text, Href, LinkText, Receipt string
	Kind                                                 string // look for who looked; empty for what was done
}

// Figure is a number with its name and what it counts. Href leads to the list of what was
// counted.
type Figure struct{ Value, Label, Note, Href string }

// Comparison sets two records side by side.
type Comparison struct {
	Caption, Left, Right string
	Rows                 []Compared
}

// Compared is one field of two records. Words says how they agree; empty leaves that to
// "igual" and "distinto".
type Compared struct{ Label, Left, Right, Words string }

// Same reports whether both sides are written alike.
func (c Compared) Same() bool { return c.Left == c.Right }

// Pieces are both sides cut where they differ.
func (c Compared) Pieces() Sides {
	l, r := Diff(c.Left, c.Right)
	return Sides{l, r}
}

// Sides are the two sides of a comparison in pieces.
type Sides struct{ Left, Right []Piece }

// Piece is a stretch of text; Other marks what the other side has not.
type Piece struct {
	Text  string
	Other bool
}

// Form opens a form. Enter makes the Enter key go to the next field instead of sending.
type Form struct {
	Action, Method, ID string
	Upload             bool // has a file input
	Enter              bool
}

// SearchBox is a search form; the answer to GET Action has the text under Name.
type SearchBox struct {
	Action, Name, Label, Hint, Value string
	Focus                            bool
}
