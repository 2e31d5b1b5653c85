package registry

import (
	"cmp"
	"slices"

	"quipu/internal/civil"
)

// RenewalDays is how many days before it expires a document is due to be renewed: what it
// takes to renew an identity document and then the passport that is issued on it.
const RenewalDays = 180

// Renewal is a document of the State that has expired or soon will.
type Renewal struct {
	Item, Type string // the item's id, a code of the list doc_type
	Expires    civil.Date
	Expired    bool
}

// Renewals lists the documents that the person should be reminded of on a day, in the order
// in which they must be renewed: the identity document first. A document that a later one
// of its kind replaces is none, nor is one that is gone, or of another State: what that
// State's papers say of a person is not this register's affair.
func Renewals(p *Person, asOf civil.Date) []Renewal {
	if VitalOf(p).Status == Dead {
		return nil
	}
	order := []string{classID, "passport"}
	latest := map[string]Renewal{}
	for _, it := range p.Items("document") {
		v := it.Value
		class, expires := TypeClass(v.Part("type")), dateOf(v.Part("expires"))
		gone := !slices.Contains([]string{"", "valid", "expired", "unknown"}, v.Part("status"))
		if !slices.Contains(order, class) || gone || !expires.Known() || issuerOf(v.Part("type"), v.Part("issuer")) != homeIssuer() {
			continue
		}
		if old, ok := latest[class]; !ok || old.Expires.Before(expires) {
			latest[class] = Renewal{it.ID, v.Part("type"), expires, expires.Before(asOf)}
		}
	}
	var out []Renewal
	for _, r := range latest {
		if r.Expires.Before(asOf.AddDays(RenewalDays + 1)) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b Renewal) int {
		return cmp.Compare(slices.Index(order, TypeClass(a.Type)), slices.Index(order, TypeClass(b.Type)))
	})
	return out
}
