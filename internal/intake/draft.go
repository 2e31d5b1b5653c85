package intake

import (
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/name"
	"quipu/internal/registry"
)

// Row is one row of the list. Number counts from 1 after the header, Line is that of the
// file or sheet. Cells are in the order of the header.
type Row struct {
	Number, Line int
	Cells        []string
}

// Context is what holds for all rows. Country is that of the office, AsOf the day of the
// import. With AnyOffice a column may say at which office each row is registered.
type Context struct {
	Office, Country string
	AsOf            civil.Date
	File            string
	AnyOffice       bool
}

// Refusal is a row that cannot come in. Column counts from 1 and is 0 when it is the row.
type Refusal struct {
	Row, Line, Column int
	ColumnName        string
	Reason            *fault.Error
}

// Unreadable is the refusal of a row that the list's reader could not read.
func Unreadable(row, line, column int, f *fault.Error) *Refusal {
	return &Refusal{Row: row, Line: line, Column: column, Reason: f}
}

// Draft is a person as one row tells of him. Keys are the lookup keys of the documents,
// as registry.DocumentKeys gives them. Print is the same for the same content at the same
// office, wherever the row and its columns stand. Doubts are those of reading; Create
// adds those of the record as a whole.
type Draft struct {
	Row, Line int
	Name      name.Name
	Birth     string // EDTF, "" when nobody said
	NameKey   string
	Keys      []string
	Print     [16]byte
	Doubts    []registry.Doubt
	Sets      []change.Set // what the row says, in its stored form

	r       *Reader
	office  string
	kind    string
	opened  civil.Date
	papers  bool // names a document that shows nationality
	created bool // Create has added the doubts of the whole record
}

// presumed marks what nobody wrote down and the program inferred.
var presumed = change.Provenance{Confidence: "doubtful"}

func (d *Draft) evidence() string { return d.r.ctx.File + ":" + strconv.Itoa(d.Line) }

// Refuse refuses the row for what was found out about it later.
func (d *Draft) Refuse(err error) *Refusal {
	f := fault.As(err)
	if f == nil {
		f = fault.New(fault.Internal, "intake.failed").Because(err)
	}
	return &Refusal{Row: d.Row, Line: d.Line, Reason: f}
}

// RefuseAmbiguous refuses the row because its documents belong to several people.
func (d *Draft) RefuseAmbiguous(numbers []string) *Refusal {
	return d.Refuse(fault.New(fault.Conflict, "intake.several_holders", "numbers", strings.Join(numbers, ", ")))
}

// DoubtDuplicate notes that somebody of the same name and birth date is in the register.
func (d *Draft) DoubtDuplicate(number string) {
	d.Doubts = append(d.Doubts, registry.Doubt{Field: "number", Key: "intake.duplicate",
		Args: []fault.Arg{{Name: "number", Value: number}}, From: d.evidence()})
}

// DoubtAlike notes that somebody of the register, at that office, is in all likelihood the
// same person.
func (d *Draft) DoubtAlike(number, office string) {
	d.Doubts = append(d.Doubts, registry.Doubt{Field: "number", Key: "intake.alike",
		Args: []fault.Arg{{Name: "number", Value: number}, {Name: "office", Value: office}}, From: d.evidence()})
}

// DoubtAlikeRow notes the same of another row of the list.
func (d *Draft) DoubtAlikeRow(line int) {
	d.Doubts = append(d.Doubts, registry.Doubt{Field: "number", Key: "intake.alike_row", Args: []fault.Arg{{Name: "line", Value: line}}, From: d.evidence()})
}

// Contradicts says that the holder of the row's document is plainly somebody else: no
// surname and no given name in common, and birth dates that cannot be one.
func (d *Draft) Contradicts(cur *registry.Person) error {
	n := cur.Name()
	mine, theirs := d.Name.Paternal+" "+d.Name.Maternal+" "+d.Name.Married, n.Paternal+" "+n.Maternal+" "+n.Married
	birth, _ := civil.Parse(d.Birth)
	held, _ := civil.Parse(cur.Text("birth_date"))
	switch {
	case !birth.Before(held) && !birth.After(held), shareWord(mine, theirs), shareWord(d.Name.Given, n.Given):
		return nil
	}
	return fault.New(fault.Conflict, "intake.document_of_other", "number", cur.Text("number"))
}

// shareWord reports whether two names have a word in common. Particles do not count, and
// a name that says nothing contradicts nothing.
func shareWord(a, b string) bool {
	x, y := name.Tokens(a), name.Tokens(b)
	if len(x) == 0 || len(y) == 0 {
		return true
	}
	for _, w := range x {
		for _, v := range y {
			if w == v && len(w) > 3 || w == v && !particle[w] {
				return true
			}
		}
	}
	return false
}

var particle = wordSet("DE DEL LA LAS LOS EL Y E DA DI DO VON VAN")
