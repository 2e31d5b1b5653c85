package intake

import (
	"strings"

	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/fault"
	"quipu/internal/name"
	"quipu/internal/place"
	"quipu/internal/registry"
)

// special are the targets that are not read as one scalar or one part of a group.
var special = map[string]func(*work, *step, string){
	"surname_paternal": readName, "surname_maternal": readName, "given_names": readName, "surname_married": readName,
	"full_name": readWhole, "surnames": readWhole,
	"birth_date": readBirth, "birth_day": readBirthPart, "birth_month": readBirthPart, "birth_year": readBirthPart,
	"birth_country": readCountry, "residence_country": readCountry,
	"birth_place": readPlace, "birth_place:inei": readPlace, "birth_place:reniec": readPlace,
	"arrival_in_country": readJourney, "abroad_since": readJourney,
	"document.type": readDocumentPart, "document.number": readDocumentPart, "document.issuer": readDocumentPart,
	"document.issued": readDocumentPart, "document.expires": readDocumentPart,
	"phone": readPhone, "phone:whatsapp": readPhone, "email": readEmail, "language": readLanguage,
	"registration.opened": readOpened, "registration.kind": readKind, "registration.office": readOffice,
}

// check brings a text to its stored form by the rules of the register, once for each text.
func (s *step) check(w *work, p *registry.Part, text string) value {
	if v, ok := s.cache[text]; ok {
		return v
	}
	text = strings.Clone(text) // a cell is a piece of its whole row, which need not stay
	normal, doubts, err := registry.Check(s.field, p, text, w.r.ctx.AsOf)
	v := value{text: normal, doubts: doubts}
	if err != nil {
		v = value{bad: !missing(text)}
	}
	remember(s.cache, text, v)
	return v
}

// missing is name.Missing, quick for the texts of addresses, telephones and dates: no word
// for "none" has a figure in it or is as long as a street.
func missing(text string) bool {
	return len(text) < 40 && !strings.ContainsAny(text, "0123456789@") && name.Missing(text)
}

// take is check for a column of its own: it notes doubts and what cannot be read.
func (w *work) take(s *step, p *registry.Part, field, cell string) string {
	v := s.check(w, p, cell)
	switch {
	case v.bad && (p == nil && s.field.Kind == registry.KCode || p != nil && p.Kind == registry.KCode):
		w.unread(field, "intake.not_in_list", cell)
	case v.bad:
		w.unread(field, "intake.unreadable", cell)
	}
	if v.bad || v.text != "" {
		w.fact(s, cell)
	}
	w.d.Doubts = append(w.d.Doubts, v.doubts...)
	return v.text
}

func readScalar(w *work, s *step, cell string) {
	if s.field.Kind == registry.KDate {
		if d, ok := w.date(s, cell, s.field.Key); ok {
			w.put(s.field.Key, d.String())
		}
		return
	}
	if text := w.take(s, nil, s.field.Key, cell); text != "" {
		w.put(s.field.Key, text)
	}
}

// readPart collects the parts of the one address and the one contact of a row.
func readPart(w *work, s *step, cell string) {
	into := &w.address
	if s.field.Key == "emergency_contact" {
		into = &w.contact
	}
	text := cell
	switch {
	case s.part.Kind == registry.KPhone:
		if missing(cell) {
			return
		}
		w.fact(s, cell) // read when the country is known
	case missing(cell) && s.part.Kind != registry.KCode:
		return
	case len(cell) > registry.MaxText || s.part.Kind != registry.KText && s.part.Kind != registry.KLong:
		text = w.take(s, s.part, s.Target, cell)
	default:
		w.fact(s, cell)
	}
	if text == "" {
		return
	}
	if *into == nil {
		*into = make(map[string]string, 6)
	}
	(*into)[s.part.Key] = text
}

func readCountry(w *work, s *step, cell string) {
	text := w.take(s, nil, s.field.Key, cell)
	if text == "" {
		return
	}
	w.put(s.field.Key, text)
	if s.field.Key == "birth_country" {
		w.born = text
	} else {
		w.lives = text
	}
}

// readPlace reads a place of birth: a code in a numbering, a path of names, or words.
func readPlace(w *work, s *step, cell string) {
	if missing(cell) {
		return
	}
	const field = "birth_place"
	w.fact(s, cell)
	if strings.ContainsRune(cell, ':') {
		normal, _, err := registry.Check(registry.Lookup(field), nil, cell, civil.Date{})
		if err != nil {
			w.unread(field, "intake.place_unknown", cell)
			return
		}
		w.put(field, normal)
		return
	}
	digits := isPlaceCode(cell)
	scheme := s.Scheme
	switch {
	case digits && scheme == "":
		w.unread(field, "intake.scheme_unknown", cell)
		return
	case !digits:
		scheme = code.INEI // names are the same in both
	}
	found := s.place(scheme, cell)
	path := strings.ContainsAny(cell, "/>,-")
	switch {
	case digits && found == "":
		w.unread(field, "intake.place_unknown", cell)
	case digits && w.born != "" && w.born != w.r.home:
		w.unread(field, "intake.place_abroad", cell)
	case found != "" && (w.born == w.r.home || w.born == "" && (digits || path)):
		w.put(field, found)
		if w.born == "" {
			w.born = w.r.home
			w.put("birth_country", w.r.home)
		}
	case len(cell) > registry.MaxText:
		w.unread(field, "intake.unreadable", cell)
	default:
		w.put(field, cell)
	}
}

// place is the stored form of a place that a text means in a scheme, "" for none.
func (s *step) place(scheme, text string) string {
	if v, ok := s.places[text]; ok {
		return v
	}
	v := ""
	if u, ok := code.RecogniseUbigeo(scheme, text); ok {
		v = u.String()
	}
	remember(s.places, strings.Clone(text), v)
	return v
}

func (w *work) finishPlaces() {
	if w.lives == "" {
		if w.lives = w.address["country"]; w.lives == "" {
			w.lives = w.r.ctx.Country
		}
		w.suppose("residence_country", w.lives)
	}
	if w.born == w.r.home && !w.has("nationality_basis") {
		w.suppose("nationality_basis", "birth_in_country")
	}
	a := w.address
	if a["lines"]+a["city"]+a["postcode"]+a["region"] == "" {
		return
	}
	if a["country"] == "" {
		a["country"] = w.lives
	}
	w.item(registry.Lookup("address"), a)
}

func (w *work) has(field string) bool {
	for i := range w.d.Sets {
		if w.d.Sets[i].Field == field {
			return true
		}
	}
	return false
}

func readPhone(w *work, s *step, cell string) {
	parts := map[string]string{}
	if s.Target == "phone:whatsapp" {
		parts["whatsapp"] = "yes"
	}
	if missing(cell) {
		return
	}
	w.fact(s, cell)
	number, doubts, ok := w.phone("phone.number", cell)
	if !ok {
		return
	}
	parts["number"] = number
	w.about(w.item(s.field, parts)+".number", doubts)
}

// about notes the doubts that came with a stored value.
func (w *work) about(field string, doubts []place.Doubt) {
	for _, d := range doubts {
		w.d.Doubts = append(w.d.Doubts, registry.Doubt{Field: field, Key: d.Key, Args: d.Args})
	}
}

// phone reads a number; one that cannot be dialled is a doubt.
func (w *work) phone(field, cell string) (string, []place.Doubt, bool) {
	country := w.lives
	if country == "" {
		country = w.r.ctx.Country
	}
	number, doubts, err := place.Phone(cell, country, w.r.home)
	if err != nil {
		w.unread(field, "intake.phone", cell)
		return "", nil, false
	}
	return number, doubts, true
}

func readEmail(w *work, s *step, cell string) {
	if missing(cell) {
		return
	}
	w.fact(s, cell)
	part := s.field.Part("address")
	text, _, err := registry.Check(s.field, part, cell, civil.Date{})
	if err != nil {
		w.unread("email.address", "intake.email", cell)
		return
	}
	w.item(s.field, map[string]string{"address": text})
}

func readLanguage(w *work, s *step, cell string) {
	part := s.field.Part("code")
	for _, word := range strings.FieldsFunc(cell, func(c rune) bool { return strings.ContainsRune(",;/+|", c) }) {
		if text := w.take(s, part, "language.code", strings.TrimSpace(word)); text != "" {
			w.item(s.field, map[string]string{"code": text})
		}
	}
}

func readKind(w *work, s *step, cell string) {
	if text := w.take(s, s.part, s.Target, cell); text != "" {
		w.d.kind = text
	}
}

func readOffice(w *work, s *step, cell string) {
	v := s.check(w, s.part, cell)
	switch {
	case v.text != "":
		w.d.office = v.text
		if o, ok := place.Network().Office(v.text); ok && w.lives == "" && w.r.ctx.Country != o.Country {
			w.lives = o.Country
			w.suppose("residence_country", o.Country)
		}
	case v.bad:
		w.refuse(s, fault.New(fault.Invalid, "intake.office_unknown", "value", clip(cell)).On("registration.office"))
	}
}

func (w *work) finishContact() {
	c := w.contact
	if c == nil {
		return
	}
	f, text := registry.Lookup("emergency_contact"), c["phone"]
	if c["name"] == "" {
		w.unread("emergency_contact.name", "intake.contact_without_name", text)
		return
	}
	var doubts []place.Doubt
	if text != "" {
		var ok bool
		if c["phone"], doubts, ok = w.phone("emergency_contact.phone", text); !ok {
			delete(c, "phone")
		}
	}
	c["may_be_told"] = "no" // nobody is told anything until the person has said so
	w.about(w.item(f, c)+".phone", doubts)
}
