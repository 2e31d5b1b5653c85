package registry

import (
	"slices"
	"strings"

	"quipu/internal/doc"
	"quipu/internal/name"
)

// classID is the class of the documents that carry the national identity number.
const classID = "id"

// classes joins the types of document that share one numbering, so that a DNI typed as an
// electronic DNI is still found.
var classes = map[string]string{
	doc.TypeDNI: classID, doc.TypeDNIMinor: classID, doc.TypeDNIe: classID, doc.TypeCUI: classID,
	doc.TypePassport: "passport", doc.TypeDiplomatic: "passport", doc.TypeSpecial: "passport",
}

// TypeClass is the numbering that a type of document belongs to.
func TypeClass(typ string) string {
	if c, ok := classes[typ]; ok {
		return c
	}
	return typ
}

// issuerOf is the issuer of a document when nobody said: the home country for those that
// another State cannot issue under that name, else not known.
func issuerOf(typ, issuer string) string {
	switch {
	case issuer != "":
		return issuer
	case typ == doc.TypeForeignID || typ == doc.TypeBirthRecord || typ == doc.TypeNone || !doc.KnownType(typ):
		return ""
	}
	return homeIssuer()
}

// DocumentKey is the exact-lookup key of a document, "" when it has no number. number is
// in the normal form of doc.Normalize.
func DocumentKey(number, issuer, typ string) string {
	if number == "" || typ == doc.TypeNone {
		return ""
	}
	return "doc:" + number + ":" + issuerOf(typ, issuer) + ":" + TypeClass(typ)
}

// PhoneKey and EmailKey are the other exact-lookup keys.
func PhoneKey(e164 string) string { return "tel:" + e164 }

// EmailKey: see PhoneKey. Mail boxes that differ only in case are one.
func EmailKey(address string) string { return "mail:" + strings.ToLower(address) }

// DocumentKeys lists the keys of the person's documents, sorted. Annulled ones count: who
// holds one is still that person.
func DocumentKeys(p *Person) []string {
	var out []string
	for _, it := range p.Items("document") {
		v := it.Value
		if k := DocumentKey(v.Part("number"), v.Part("issuer"), v.Part("type")); k != "" {
			out = append(out, k)
		}
	}
	return unique(out)
}

// Keys lists what the person can be found by exactly, besides the registry number, sorted.
func Keys(p *Person) []string {
	out := DocumentKeys(p)
	for _, it := range p.Items("phone") {
		if n := it.Value.Part("number"); n != "" {
			out = append(out, PhoneKey(n))
		}
	}
	for _, it := range p.Items("email") {
		if a := it.Value.Part("address"); a != "" {
			out = append(out, EmailKey(a))
		}
	}
	return unique(append(out, certKeys(p)...))
}

// KindsOfKeys parts the keys of Keys: the numbers of documents without their series,
// telephones, and addresses of e-mail.
func KindsOfKeys(keys []string) (documents, phones, emails []string) {
	for _, k := range keys {
		kind, rest, _ := strings.Cut(k, ":")
		switch kind {
		case "doc":
			number, _, _ := strings.Cut(rest, ":")
			documents = append(documents, number)
		case "tel":
			phones = append(phones, rest)
		case "mail":
			emails = append(emails, rest)
		}
	}
	return documents, phones, emails
}

func unique(keys []string) []string {
	slices.Sort(keys)
	return slices.Compact(keys)
}

// NameKey is the exact-name key of the person's name.
func NameKey(p *Person) string { return p.Name().Key() }

// SearchText is every folded word of the person's names, once each, in the order of the
// name and then of the other names.
func SearchText(p *Person) string {
	texts := []string{p.Name().SearchText(), p.Text("name_used")}
	for _, it := range p.Items("name_other") {
		texts = append(texts, it.Value.Part("text"))
	}
	var out []string
	for _, t := range texts {
		for _, w := range name.Tokens(t) {
			if !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return strings.Join(out, " ")
}
