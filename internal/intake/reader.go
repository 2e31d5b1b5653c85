package intake

import (
	"crypto/sha256"
	"slices"
	"strings"
	"unicode/utf8"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/doc"
	"quipu/internal/fault"
	"quipu/internal/name"
	"quipu/internal/place"
	"quipu/internal/registry"
)

// Reader reads the rows of one list. It keeps the texts that it has read, so it is for
// one goroutine.
type Reader struct {
	ctx     Context
	home    string // the country whose register this is, ISO 3166-1 alpha-2
	plan    []*step
	issuers map[string]string // of documents whose issuer goes without saying, by type
	folded  map[string]string // parts of names in the form of the name key
	within  map[post]string   // districts of offices
	facts   []byte
}

// post is an office on a day.
type post struct {
	office string
	on     civil.Date
}

// district is that of an office on a day, "" when it is not known.
func (r *Reader) district(office string, on civil.Date) string {
	p := post{office, on}
	code, ok := r.within[p]
	if !ok {
		in, _ := place.Network().DistrictOf(office, on)
		code = in.Code
		remember(r.within, p, code)
	}
	return code
}

// nameKey is n.Key, folding every part only once.
func (r *Reader) nameKey(n name.Name) string {
	var parts [3]string
	for i, p := range [...]string{n.Paternal, n.Maternal, n.Given} {
		f, ok := r.folded[p]
		if !ok {
			f = strings.TrimSuffix(name.Name{Paternal: p}.Key(), "||")
			remember(r.folded, strings.Clone(p), f)
		}
		parts[i] = f
	}
	return parts[0] + "|" + parts[1] + "|" + parts[2]
}

// remember puts into a collection, and starts it anew when it is full.
func remember[K comparable, V any](m map[K]V, k K, v V) {
	if len(m) >= cacheSize {
		clear(m)
	}
	m[k] = v
}

// step reads one column.
type step struct {
	Column
	col    int // from 0
	field  *registry.Field
	part   *registry.Part
	read   func(*work, *step, string)
	cache  map[string]value
	places map[string]string
}

// value is what a text of a column means.
type value struct {
	text   string
	doubts []registry.Doubt
	bad    bool // it cannot be read
}

// cacheSize bounds the texts kept for each column. Texts beyond it start a new collection.
const cacheSize = 1 << 14

// Reader makes the reader of a list's rows. The mapping must be Ready.
func (m *Mapping) Reader(ctx Context) *Reader {
	r := &Reader{ctx: ctx, home: strings.ToUpper(place.DefaultPack), issuers: map[string]string{},
		folded: map[string]string{}, within: map[post]string{}}
	f := registry.Lookup("document")
	for _, t := range doc.Types() {
		if parts, _, err := registry.CheckItem(f, map[string]string{"type": t, "number": "12345678"}, civil.Date{}); err == nil {
			r.issuers[t] = parts["issuer"]
		}
	}
	order := map[string]int{}
	for i, t := range Targets() {
		order[t] = i
	}
	for i, c := range m.Columns {
		if c.Target == "" || c.Refused != "" || c.Target == "registration.office" && !ctx.AnyOffice {
			continue
		}
		r.plan = append(r.plan, newStep(c, i))
	}
	slices.SortStableFunc(r.plan, func(a, b *step) int {
		if d := order[a.Target] - order[b.Target]; d != 0 {
			return d
		}
		return strings.Compare(heading(a.Header), heading(b.Header))
	})
	return r
}

func newStep(c Column, col int) *step {
	s := &step{Column: c, col: col, cache: map[string]value{}, places: map[string]string{}}
	key, part, composed := strings.Cut(c.Target, ".")
	key, _, _ = strings.Cut(key, ":")
	s.field = registry.Lookup(key)
	if composed && s.field != nil {
		s.part = s.field.Part(part)
	}
	s.read = readScalar
	switch typ, isDoc := documentType(c.Target); {
	case isDoc:
		s.read = func(w *work, s *step, cell string) { w.document(s, typ, "", cell) }
	case special[c.Target] != nil:
		s.read = special[c.Target]
	case s.part != nil:
		s.read = readPart
	}
	if s.field == nil {
		s.field = registry.Lookup("surname_paternal") // what a column of whole names is about
	}
	return s
}

// Read reads one row. A row that cannot come in gives a refusal and no draft.
func (r *Reader) Read(row Row) (Draft, *Refusal) {
	d := Draft{Row: row.Number, Line: row.Line, r: r, office: r.ctx.Office, kind: "resident", opened: r.ctx.AsOf}
	d.Sets = make([]change.Set, 0, len(r.plan)+4)
	w := work{r: r, d: &d, facts: r.facts[:0]}
	defer func() { r.facts = w.facts }()
	for _, s := range r.plan {
		if s.col >= len(row.Cells) || row.Cells[s.col] == "" {
			continue
		}
		cell := name.Clean(row.Cells[s.col])
		if cell == "" {
			continue
		}
		s.read(&w, s, cell)
		if w.refusal != nil {
			return Draft{}, w.refusal
		}
	}
	if w.finish(); w.refusal != nil {
		return Draft{}, w.refusal
	}
	return d, nil
}

// work is one row on its way to a draft.
type work struct {
	r       *Reader
	d       *Draft
	name    name.Name
	whole   [2]cellOf // full name, both surnames
	birth   civil.Date
	parts   [3]cellOf // day, month, year of birth
	journey []journey
	doc     map[string]cellOf // the parts of the document that its own columns tell
	address map[string]string
	contact map[string]string
	born    string // country of birth
	lives   string // country of residence
	facts   []byte
	refusal *Refusal
}

// cellOf is a cell with the column that it came from.
type cellOf struct {
	step *step
	text string
}

// fact adds what a column says to the row's print.
func (w *work) fact(s *step, text string) {
	w.facts = append(append(append(append(w.facts, s.Target...), 0x1f), text...), 0x1e)
}

func (w *work) put(field, text string) {
	w.d.Sets = append(w.d.Sets, change.Set{Field: field, Value: change.Text(text)})
}

func (w *work) suppose(field, text string) {
	w.d.Sets = append(w.d.Sets, change.Set{Field: field, Value: change.Text(text), Prov: presumed})
}

// item adds an item of a group, once.
func (w *work) item(f *registry.Field, parts map[string]string) string {
	field := registry.ItemField(f, parts)
	for i := range w.d.Sets {
		if w.d.Sets[i].Field == field {
			return field
		}
	}
	w.d.Sets = append(w.d.Sets, change.Set{Field: field, Value: change.Value{Parts: parts}})
	return field
}

func (w *work) refuse(s *step, err error) {
	w.refusal = w.d.Refuse(err)
	if s != nil {
		w.refusal.Column, w.refusal.ColumnName = s.col+1, s.Header
	}
}

// unread notes a text that was not stored.
func (w *work) unread(field, key, text string) {
	text = clip(text)
	w.d.Doubts = append(w.d.Doubts, registry.Doubt{Field: field, Key: key, Proposed: text,
		Args: []fault.Arg{{Name: "value", Value: text}}})
}

func clip(s string) string {
	const most = registry.MaxText
	if len(s) <= most || utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// finish puts together what several columns tell, and looks at the row as a whole.
func (w *work) finish() {
	for _, f := range []func(*work){(*work).finishName, (*work).finishBirth, (*work).finishPlaces, (*work).finishDocument,
		(*work).finishContact, (*work).finishDates} {
		if f(w); w.refusal != nil {
			return
		}
	}
	slices.Sort(w.d.Keys)
	w.d.Keys = slices.Compact(w.d.Keys)
	if len(w.d.Doubts) > 0 {
		from := w.d.evidence()
		for i := range w.d.Doubts {
			w.d.Doubts[i].From = from
		}
	}
	w.facts = append(w.facts, w.d.office...)
	sum := sha256.Sum256(w.facts)
	copy(w.d.Print[:], sum[:])
}
