package registry

import (
	"fmt"
	"strings"
	"testing"
)

func TestRenewals(t *testing.T) {
	paper := func(typ, number, issuer, expires, status string) Input {
		in := item("document/new", "type", typ, "number", number, "issuer", issuer, "verification", "seen_original")
		for part, v := range map[string]string{"expires": expires, "status": status} {
			if v != "" {
				in.Value.Parts[part] = v
			}
		}
		return in
	}
	for _, c := range []struct {
		name   string
		papers []Input
		want   string
	}{
		{"nothing known", []Input{paper("dni", "10117410", "PER", "", "")}, ""},
		{"far away", []Input{paper("dni", "10117410", "PER", "2027-05-23", "")}, ""},
		{"within the time", []Input{paper("dni", "10117410", "PER", "2027-05-22", "")}, "dni 2027-05-22"},
		{"today is not past", []Input{paper("dni", "10117410", "PER", "2026-11-23", "valid")}, "dni 2026-11-23"},
		{"past", []Input{paper("dni", "10117410", "PER", "2026-11-22", "")}, "dni 2026-11-22 expired"},
		{"identity first", []Input{paper("passport", "116077001", "PER", "2026-12-01", ""), paper("dni", "10117410", "PER", "2027-03-01", "")},
			"dni 2027-03-01, passport 2026-12-01"},
		{"replaced", []Input{paper("passport", "116077001", "PER", "2026-12-01", ""), paper("passport", "116077002", "PER", "2031-12-01", "")}, ""},
		{"lost", []Input{paper("passport", "116077001", "PER", "2026-12-01", "lost")}, ""},
		{"of another State", []Input{paper("passport", "AB123456", "ESP", "2026-12-01", ""), paper("foreign_id", "X1234567", "ESP", "2026-12-01", "")}, ""},
	} {
		b := registered(t, append([]Input{text("surname_paternal", "Quispe"), text("given_names", "Ana"), text("birth_date", "1990-02-03")}, c.papers...)...)
		say := func() string {
			var got []string
			for _, r := range Renewals(b.person(), today) {
				got = append(got, fmt.Sprintf("%s %s%s", r.Type, r.Expires, map[bool]string{true: " expired"}[r.Expired]))
			}
			return strings.Join(got, ", ")
		}
		if got := say(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		death, err := Decease(b.person(), today, "Madrid", "1/2026", today)
		if err != nil {
			t.Fatal(err)
		}
		b.commit(death)
		if got := say(); got != "" {
			t.Errorf("%s: the dead are reminded of %q", c.name, got)
		}
	}
}
