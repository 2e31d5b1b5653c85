package registry

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/doc"
	"quipu/internal/fault"
	"quipu/internal/name"
)

// The longest values, in characters.
const (
	MaxText = 200
	MaxLong = 2000
)

// sealMark begins every sealed text. A typed value may not begin so: it would be taken
// for a sealed one and stay in clear.
const sealMark = "s1:"

// probe is one value under examination.
type probe struct {
	field   string // "birth_date" or "document.number"
	list    string
	many    bool
	sealed  bool
	ahead   int // years that a date may lie in the future
	asOf    civil.Date
	country string // where the person lives, "" when not known: local telephone numbers
}

// Check brings one text to the form in which it is stored: of the field itself when p is
// nil, else of that part. An empty normal form means that nothing was said. Doubts are
// for a person to look at; err is a fault that names the field and says what to do.
func Check(f *Field, p *Part, text string, asOf civil.Date) (normal string, doubts []Doubt, err error) {
	return checkIn(f, p, text, asOf, "")
}

func checkIn(f *Field, p *Part, text string, asOf civil.Date, country string) (string, []Doubt, error) {
	v := probe{field: f.Key, list: f.List, many: f.Many, sealed: Sealed(f), asOf: asOf, country: country}
	kind := f.Kind
	if p != nil {
		v.field, v.list, v.many, kind = f.Key+"."+p.Key, p.List, false, p.Kind
	}
	if v.sealed && strings.HasPrefix(strings.TrimSpace(text), sealMark) {
		return "", nil, v.refuse("registry.sealed_mark", text)
	}
	v.ahead = ahead[v.field]
	limit := MaxText
	if kind == KLong || kind == KMRZ || v.many {
		limit = MaxLong
	}
	text = tidy(text, kind == KLong || kind == KMRZ)
	if n := utf8.RuneCountInString(text); n > limit {
		return "", nil, v.refuse("registry.too_long", text, "limit", limit)
	}
	if text == "" {
		return "", nil, nil
	}
	check := checks[kind]
	if check == nil {
		return "", nil, fault.New(fault.Internal, "registry.kind_unknown", "field", v.field)
	}
	return check(v, text)
}

// ahead is how many years in the future a date of the field may lie; 0 elsewhere.
var ahead = map[string]int{
	"document.expires": 20, "registration.expires": 10, "card.expires": 10, "return_when": 60,
	"do_not_contact_before": 10, "review_on": 60, "family.to": 20,
}

// tidy takes out control characters and needless space. Lines stay when several are meant.
func tidy(s string, lines bool) string {
	if !lines {
		return name.Clean(s)
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		if line = name.Clean(line); line != "" || len(out) > 0 {
			out = append(out, line)
		}
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n")
}

// refuse makes the fault about the value. What is sealed is not repeated: faults are logged.
func (v probe) refuse(key, text string, args ...any) error {
	if v.sealed {
		text = "…"
	}
	if utf8.RuneCountInString(text) > 60 {
		text = string([]rune(text)[:60]) + "…"
	}
	return fault.New(fault.Invalid, key, append([]any{"field", v.field, "value", text}, args...)...).On(v.field)
}

// about turns a fault of the kernel into one about this field.
func (v probe) about(err error) error {
	e := fault.As(err)
	if e == nil {
		return err
	}
	if v.sealed {
		return v.refuse("registry.unreadable", "")
	}
	return e.On(v.field)
}

func (v probe) doubt(key string, args ...fault.Arg) Doubt {
	if v.sealed {
		args = nil
	}
	return Doubt{Field: v.field, Key: key, Args: args}
}

// CheckItem checks all parts of an item together: the number of a document is read by
// its type and issuer, a position is made as coarse as its precision says.
func CheckItem(f *Field, parts map[string]string, asOf civil.Date) (normal map[string]string, doubts []Doubt, err error) {
	return checkItemIn(f, parts, asOf, "")
}

func checkItemIn(f *Field, parts map[string]string, asOf civil.Date, country string) (map[string]string, []Doubt, error) {
	out := make(map[string]string, len(parts))
	var doubts []Doubt
	for _, key := range slices.Sorted(maps.Keys(parts)) {
		p := f.Part(key)
		if p == nil {
			return nil, nil, fault.New(fault.Invalid, "registry.part_unknown", "field", f.Key, "part", key).On(f.Key)
		}
		if p.Kind == KNumber {
			continue
		}
		normal, more, err := checkIn(f, p, parts[key], asOf, country)
		if err != nil {
			return nil, nil, err
		}
		doubts = append(doubts, more...)
		if normal != "" {
			out[key] = normal
		}
	}
	if f.Key == "document" {
		more, err := checkDocument(parts, out)
		if err != nil {
			return nil, nil, err
		}
		doubts = append(doubts, more...)
	}
	if len(out) == 0 {
		return nil, nil, nil
	}
	complete(f, out)
	if out["geo"] != "" {
		out["geo"] = coarsen(out["geo"], out["precision"])
	}
	return out, doubts, missingPart(f, out)
}

// complete fills in the parts that have a safe value when nobody gave one.
func complete(f *Field, out map[string]string) {
	set := func(part, text string) {
		if out[part] == "" {
			out[part] = text
		}
	}
	switch {
	case f.Key == "document":
		set("verification", "not_verified")
	case f.Key == "emergency_contact":
		set("may_be_told", "no") // nobody is told anything until the person has said so
	case out["geo"] != "":
		set("precision", "city")
	}
}

func missingPart(f *Field, out map[string]string) error {
	for i := range f.Parts {
		p := &f.Parts[i]
		if p.Must && out[p.Key] == "" && !(p.Kind == KNumber && out["type"] == doc.TypeNone) {
			return fault.New(fault.Invalid, "registry.part_missing", "field", f.Key, "part", p.Key).On(f.Key + "." + p.Key)
		}
	}
	return nil
}

// checkDocument reads the number of a document once its type and issuer are known.
func checkDocument(given, out map[string]string) ([]Doubt, error) {
	text := name.Clean(given["number"])
	switch {
	case text == "" && (out["type"] == "" || out["type"] == doc.TypeNone):
		return nil, nil
	case out["type"] == "":
		out["number"] = text // without a type it cannot be read, and missingPart refuses it
		return nil, nil
	}
	if issuer := issuerOf(out["type"], out["issuer"]); issuer != "" {
		out["issuer"] = issuer
	}
	if TypeClass(out["type"]) == classID && len(text) == 8 && len(out["check"]) == 1 {
		text += "-" + out["check"] // typed into a box of its own
	}
	number, odd, err := doc.Normalize(out["type"], out["issuer"], text)
	if err != nil {
		return nil, probe{field: "document.number"}.about(err)
	}
	var doubts []Doubt
	for _, d := range odd {
		doubts = append(doubts, Doubt{Field: "document.number", Key: d.Key, Args: d.Args})
	}
	if number != "" {
		out["number"] = number
	}
	return doubts, nil
}

// CheckSets holds the values that a change gives a person against the rules by which every
// program brings them to the form in which they are stored: whoever takes changes that others
// wrote calls it. Sealed values are taken as they are, and so is what was taken out since.
// Codes that ended count as known. asOf is a day that no value lies ahead of unless it may.
func CheckSets(sets []change.Set, asOf civil.Date) error {
	for i := range sets {
		s := &sets[i]
		if s.Gone || s.Value.Empty() || strings.HasPrefix(s.Value.Text, sealMark) {
			continue
		}
		key, item, _ := strings.Cut(s.Field, "/")
		if key == "settled" && item != "" {
			continue
		}
		f := Lookup(s.Field)
		if f == nil || f.IsGroup() != (item != "") && !f.Derived || f.IsGroup() != (len(s.Value.Parts) > 0) {
			return fault.New(fault.Invalid, "registry.field_unknown", "field", s.Field).On(s.Field)
		}
		if err := checkStored(f, s.Value, asOf); err != nil {
			return err
		}
	}
	return nil
}

// checkStored checks one value that is in the form in which it is stored.
func checkStored(f *Field, v change.Value, asOf civil.Date) error {
	if !f.IsGroup() {
		_, _, err := Check(f, nil, v.Text, asOf)
		return err
	}
	for key, text := range v.Parts {
		p := f.Part(key)
		if p == nil {
			return fault.New(fault.Invalid, "registry.part_unknown", "field", f.Key, "part", key).On(f.Key)
		}
		if p.Kind == KNumber {
			continue
		}
		if _, _, err := Check(f, p, text, asOf); err != nil {
			return err
		}
	}
	if f.Key == "document" {
		out := make(map[string]string, len(v.Parts))
		for key, text := range v.Parts {
			if key != "number" {
				out[key] = text
			}
		}
		if _, err := checkDocument(v.Parts, out); err != nil {
			return err
		}
	}
	return nil
}
