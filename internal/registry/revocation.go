package registry

import (
	"maps"
	"slices"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/fault"
)

// RevocationReasons are the codes of the list revocation_reason that an officer may give on
// a day; the others are given by the rule that takes a certificate back.
func RevocationReasons(asOf civil.Date) []code.Item {
	return slices.DeleteFunc(code.List("revocation_reason").Items(asOf), func(it code.Item) bool { return it.Field("automatic") != "" })
}

// RevokeCertificate takes a certificate back. reason is a code of the list
// revocation_reason; it and the note are for the record, the public list has the serial and
// the day only.
func RevokeCertificate(cur *Person, serial, reason, note string, asOf civil.Date) (change.Change, error) {
	if err := standing(cur); err != nil {
		return change.Change{}, err
	}
	if !slices.ContainsFunc(RevocationReasons(asOf), func(it code.Item) bool { return it.Code == reason }) {
		return change.Change{}, fault.New(fault.Invalid, "registry.cert_reason").On("reason")
	}
	for _, cert := range Certificates(cur) {
		if cert.Serial != serial {
			continue
		}
		if cert.Revoked.Known() {
			return change.Change{}, fault.New(fault.Conflict, "registry.cert_revoked", "serial", serial, "date", cert.Revoked.String())
		}
		c := cur.begin("revoke", note)
		c.Sets = []change.Set{cur.revoke(cert, reason, asOf)}
		return c, nil
	}
	return change.Change{}, fault.New(fault.NotFound, "registry.cert_unknown", "serial", serial).On("serial")
}

func (p *Person) revoke(cert Certificate, reason string, asOf civil.Date) change.Set {
	parts := maps.Clone(p.Fields[cert.Field].Value.Parts)
	parts["revoked"], parts["reason"] = asOf.String(), reason
	return p.put(cert.Field, change.Value{Parts: parts})
}

// void takes back the certificates of the kinds that hold: they say what is no longer so.
func (p *Person) void(reason string, asOf civil.Date, kinds ...CertKind) []change.Set {
	var out []change.Set
	for _, cert := range Certificates(p) {
		if slices.Contains(kinds, cert.Kind) && cert.Holds(asOf) {
			out = append(out, p.revoke(cert, reason, asOf))
		}
	}
	return out
}

// CertKey is the exact-lookup key of a certificate by its serial.
func CertKey(serial string) string { return "cert:" + strings.ReplaceAll(serial, "-", "") }

// RevokedKey is the exact-lookup key of everybody of whom a certificate was taken back.
const RevokedKey = "revoked"

// certKeys lists the keys of the person's certificates.
func certKeys(p *Person) []string {
	var out []string
	for _, c := range Certificates(p) {
		if c.Serial != "" {
			out = append(out, CertKey(c.Serial))
		}
		if c.Revoked.Known() {
			out = append(out, RevokedKey)
		}
	}
	return out
}
