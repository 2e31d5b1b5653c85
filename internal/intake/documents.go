package intake

import (
	"quipu/internal/civil"
	"quipu/internal/doc"
	"quipu/internal/fault"
	"quipu/internal/name"
	"quipu/internal/registry"
)

func readDocumentPart(w *work, s *step, cell string) {
	text := cell
	switch s.part.Key {
	case "type", "issuer":
		if text = w.take(s, s.part, s.Target, cell); text == "" {
			text = "" // an unknown kind is a doubt already
		}
	case "issued", "expires":
		d, ok := w.date(s, cell, s.Target)
		if text = ""; ok {
			text = d.String()
		}
	}
	if text == "" {
		return
	}
	if w.doc == nil {
		w.doc = make(map[string]cellOf, 5)
	}
	w.doc[s.part.Key] = cellOf{s, text}
}

// finishDocument reads the document whose type and number stand in columns of their own.
func (w *work) finishDocument() {
	number, ok := w.doc["number"]
	if !ok || noNumber(number.text) {
		w.datesOfDocument()
		return
	}
	typ := w.doc["type"].text
	if typ == "" {
		typ = guessType(number.text)
	}
	switch typ {
	case "":
		w.fact(number.step, number.text)
		w.unread("document.number", "intake.document_type", number.text)
	case doc.TypeNone:
		w.fact(number.step, number.text)
		w.unread("document.number", "intake.document_none", number.text)
	default:
		w.document(number.step, typ, w.doc["issuer"].text, number.text)
	}
	w.datesOfDocument()
}

// guessType is the type of a number without a type: eight digits, perhaps with a check
// character, are the national card.
func guessType(text string) string {
	if d, err := doc.ParseDNI(text); err == nil && !d.Restored && d.State != doc.CheckWrong {
		return doc.TypeDNI
	}
	return ""
}

// noNumber reports whether a cell says that there is no number, or none yet.
func noNumber(text string) bool {
	switch name.Fold(text) {
	case "EN TRAMITE", "TRAMITE", "INDOCUMENTADO", "INDOCUMENTADA", "SIN DOCUMENTO", "SIN DNI", "SIN PASAPORTE", "0":
		return true
	}
	return missing(text)
}

// document adds a document. A malformed number refuses the row: it would be looked for
// in vain, or found with somebody else.
func (w *work) document(s *step, typ, issuer, cell string) {
	if !plainNumber(cell) && noNumber(cell) {
		return
	}
	if issuer == "" {
		issuer = w.r.issuers[typ]
	}
	number, doubts, err := normalize(typ, issuer, w.r.issuers[typ], cell)
	if err != nil {
		if f := fault.As(err); f != nil {
			err = f.On("document.number")
		}
		w.refuse(s, err)
		return
	}
	w.facts = append(append(append(append(append(w.facts, typ...), 0x1f), number...), 0x1f), issuer...)
	parts := make(map[string]string, 6)
	parts["type"], parts["number"], parts["verification"] = typ, number, "not_verified"
	if issuer != "" {
		parts["issuer"] = issuer
	}
	field := w.item(registry.Lookup("document"), parts)
	w.d.papers = w.d.papers || typ != doc.TypeForeignID
	if key := registry.DocumentKey(number, issuer, typ); key != "" {
		w.d.Keys = append(w.d.Keys, key)
	}
	for _, o := range doubts {
		w.d.Doubts = append(w.d.Doubts, registry.Doubt{Field: field + ".number", Key: o.Key, Args: o.Args})
	}
}

// normalize is doc.Normalize, with a short way for the cards and passports of the home
// country that are written as they are stored.
func normalize(typ, issuer, home, cell string) (string, []doc.Doubt, error) {
	if issuer == home && home != "" && plainNumber(cell) {
		switch {
		case typ == doc.TypeDNI && len(cell) == 8 && onlyDigits(cell):
			return cell, nil, nil
		case typ == doc.TypeDNI && len(cell) == 10 && cell[8] == '-' && onlyDigits(cell[:8]) &&
			doc.CheckDNI(cell[:8], cell[9]) == doc.CheckRight:
			return cell[:8], nil, nil
		case typ == doc.TypePassport && len(cell) >= 6 && len(cell) <= 9 && cell[len(cell)-1] != '-' && onlyCapitals(cell):
			return cell, nil, nil
		}
	}
	return doc.Normalize(typ, issuer, cell)
}

// plainNumber reports whether the first characters of a number rise and fall: it is
// neither a filler such as 00000000 or 12345678 nor a word.
func plainNumber(s string) bool {
	if len(s) < 4 || s[0] < '0' || s[len(s)-1] < '0' {
		return false
	}
	digits := false
	step, same := int(s[1])-int(s[0]), true
	for i := range len(s) {
		digits = digits || s[i] >= '0' && s[i] <= '9'
		same = same && (i == 0 || i > 7 || int(s[i])-int(s[i-1]) == step)
	}
	return digits && !same
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func onlyCapitals(s string) bool {
	for i := range len(s) {
		if !(s[i] >= '0' && s[i] <= '9' || s[i] >= 'A' && s[i] <= 'Z') {
			return false
		}
	}
	return true
}

// datesOfDocument gives the dates of issue and expiry to the first document of the row,
// unless they cannot be true.
func (w *work) datesOfDocument() {
	issued, expires := w.doc["issued"], w.doc["expires"]
	if issued.text == "" && expires.text == "" {
		return
	}
	a, _ := civil.Parse(issued.text)
	b, _ := civil.Parse(expires.text)
	if b.Before(a) || a.After(w.r.ctx.AsOf) || a.Before(w.birth) {
		w.unread("document.issued", "intake.document_dates", issued.text+" / "+expires.text)
		return
	}
	for i := range w.d.Sets {
		if parts := w.d.Sets[i].Value.Parts; parts["verification"] != "" {
			if issued.text != "" {
				parts["issued"] = issued.text
			}
			if expires.text != "" {
				parts["expires"] = expires.text
			}
			return
		}
	}
}
