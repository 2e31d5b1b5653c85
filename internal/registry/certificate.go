package registry

import (
	"slices"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/name"
)

// CertKind is what a certificate states.
type CertKind string

// The kinds of certificate.
const (
	CertRegistration CertKind = "registration" // is registered at the office
	CertRemoval      CertKind = "removal"      // the registration at the office ended
	CertCard         CertKind = "card"         // consular card
)

// How long a certificate holds. A removal is a past fact and does not expire.
const (
	CardYears    = 2
	RegisterDays = 90
)

// Facts is what a certificate states of a person on a day. Document is the type and the
// last three characters only. Parent is who was named for a minor's card: it is kept in
// the record and never printed.
type Facts struct {
	Kind                                CertKind
	Number, Surnames, Given, Latin      string
	Document, Office, Parent            string
	Birth, Since, Closed, Issued, Until civil.Date
}

// Certificate is one that was issued.
type Certificate struct {
	Field           string // "card/7QK3WZ0A"
	Kind            CertKind
	Serial, Office  string
	Issued, Expires civil.Date
	Revoked         civil.Date // unknown while it holds
	Reason          string
	Text            string // the signed statement; "" for a card of an older system
}

// Certificates lists what was issued to the person, oldest first.
func Certificates(p *Person) []Certificate {
	var out []Certificate
	for _, group := range []string{"card", "constancy"} {
		for _, it := range p.Items(group) {
			v := it.Value
			c := Certificate{Field: group + "/" + it.ID, Kind: CertKind(or(v.Part("kind"), string(CertCard))), Serial: v.Part("number"),
				Office: v.Part("office"), Issued: dateOf(v.Part("issued")), Expires: dateOf(v.Part("expires")),
				Revoked: dateOf(v.Part("revoked")), Reason: v.Part("reason"), Text: v.Part("text")}
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Certificate) int { return civil.Compare(a.Issued, b.Issued) })
	return out
}

// Holds reports whether the certificate is neither expired nor taken back on a day.
func (c *Certificate) Holds(asOf civil.Date) bool {
	return !c.Revoked.Known() && !c.Expires.Before(asOf)
}

// Certifiable is what a certificate of the kind would state, or why none can be given.
// parent is the id of the family item of the adult who stands by a minor's card; it may
// be "" when the record names one only.
func Certifiable(cur *Person, kind CertKind, parent string, asOf civil.Date) (Facts, error) {
	if err := standing(cur); err != nil {
		return Facts{}, err
	}
	f := Facts{Kind: kind, Number: cur.Text("number"), Birth: cur.date("birth_date"), Issued: asOf, Document: lastThree(mainDocument(cur))}
	var err error
	switch kind {
	case CertRegistration, CertCard:
		err = f.current(cur, parent)
	case CertRemoval:
		err = f.ended(cur)
	default:
		err = fault.New(fault.Invalid, "registry.cert_kind", "kind", string(kind)).On("kind")
	}
	if err != nil {
		return Facts{}, err
	}
	return f, f.named(cur)
}

// current fills in the registration in force.
func (f *Facts) current(p *Person, parent string) error {
	e, err := inForce(p)
	if err != nil {
		return err
	}
	if e.Expires.Before(f.Issued) {
		return fault.New(fault.Conflict, "registry.cert_stale", "until", e.Expires.String())
	}
	f.Office, f.Since = e.Office, e.Opened
	if f.Until = f.Issued.AddDays(RegisterDays); f.Kind == CertRegistration {
		if e.Expires.Full() && e.Expires.Before(f.Until) {
			f.Until = e.Expires
		}
		return nil
	}
	f.Until = f.Issued.AddYears(CardYears).AddDays(-1)
	switch {
	case p.Text("entry") == EntryProvisional:
		return fault.New(fault.Conflict, "registry.cert_provisional")
	case !f.Birth.Known():
		return fault.New(fault.Conflict, "registry.cert_no_birth").On("birth_date")
	}
	return f.attended(p, parent)
}

// attended names the adult who holds parental authority, when the person may be a minor.
func (f *Facts) attended(p *Person, parent string) error {
	if least, _ := civil.AgeRange(f.Birth, f.Issued); least >= 18 {
		return nil
	}
	adults := slices.DeleteFunc(Guardians(p, f.Issued), func(g Guardian) bool { return parent != "" && parent != g.Item })
	switch len(adults) {
	case 0:
		return fault.New(fault.Conflict, "registry.cert_no_parent").On("parent")
	case 1:
		f.Parent = adults[0].Name
		return nil
	}
	names := make([]string, len(adults))
	for i, g := range adults {
		names[i] = g.Name
	}
	return fault.New(fault.Conflict, "registry.cert_which_parent", "names", strings.Join(names, "; ")).On("parent")
}

// Guardian is an adult who holds parental authority. Item is the id of the family item.
type Guardian struct{ Item, Name, Relation string }

// Guardians lists the adults of the record who may stand by the card of a minor on a day.
func Guardians(p *Person, asOf civil.Date) []Guardian {
	var out []Guardian
	for _, it := range p.Items("family") {
		v := it.Value
		holds := v.Part("authority") == "yes" && slices.Contains([]string{"father", "mother", "guardian"}, v.Part("relation")) &&
			!dateOf(v.Part("to")).Before(asOf) && !dateOf(v.Part("from")).After(asOf)
		if holds && v.Part("name") != "" {
			out = append(out, Guardian{it.ID, v.Part("name"), v.Part("relation")})
		}
	}
	return out
}

// ended fills in the registration that ended last. Who was registered again at the same
// office is not removed from it.
func (f *Facts) ended(p *Person) error {
	now, open := Current(p)
	for _, e := range slices.Backward(Episodes(p)) {
		if e.Open() || open && e.Office == now.Office {
			continue
		}
		f.Office, f.Since, f.Closed = e.Office, e.Opened, e.Closed
		return nil
	}
	return fault.New(fault.Conflict, "registry.cert_not_closed")
}

// named fills in the name, and a form in Latin letters when the document has others.
func (f *Facts) named(p *Person) error {
	n := p.Name()
	f.Given = n.Given
	n.Given = ""
	f.Surnames = n.Natural()
	if f.Given == "" && f.Surnames == "" {
		f.Given = p.Text("name_used")
	}
	whole := strings.TrimSpace(f.Given + " " + f.Surnames)
	if w := name.Script(whole); w == name.Latin || w == name.None {
		return nil
	}
	for _, it := range p.Items("name_other") {
		if t := it.Value.Part("text"); name.Script(t) == name.Latin {
			f.Latin = t
			return nil
		}
	}
	surnames := strings.ReplaceAll(name.MRZ(f.Surnames), "<", " ")
	given := strings.ReplaceAll(name.MRZ(f.Given), "<", " ")
	if f.Latin = strings.TrimSpace(given + " " + surnames); (given == "") != (f.Given == "") || (surnames == "") != (f.Surnames == "") {
		return fault.New(fault.Conflict, "registry.cert_no_latin").On("name_other")
	}
	return nil
}

// lastThree is "dni 12345678" as "dni 678".
func lastThree(document string) string {
	typ, number, ok := strings.Cut(document, " ")
	r := []rune(number)
	if !ok || len(r) < 6 { // of a short number, three characters say too much
		return ""
	}
	return typ + " " + string(r[len(r)-3:])
}

// Certify records that the certificate was issued. A new card takes the place of those
// that still hold.
func Certify(cur *Person, f Facts, serial, text string) change.Change {
	c := cur.begin("certify", "")
	if f.Kind == CertCard {
		c.Sets = cur.void("replaced", f.Issued, CertCard)
	}
	parts := map[string]string{"number": serial, "issued": f.Issued.String(), "office": f.Office, "text": text}
	if f.Until.Known() {
		parts["expires"] = f.Until.String()
	}
	group := "card"
	if f.Kind != CertCard {
		group, parts["kind"] = "constancy", string(f.Kind)
	}
	if f.Parent != "" {
		parts["parent"] = f.Parent
	}
	c.Sets = append(c.Sets, cur.put(ItemField(byKey[group], parts), change.Value{Parts: parts}))
	return c
}
