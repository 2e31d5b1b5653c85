package match

import (
	"testing"

	"quipu/internal/linkage"
)

func TestNamesFromMail(t *testing.T) {
	columns := []column{{field: linkage.Field{Kind: linkage.Surname}}, {field: linkage.Field{Kind: linkage.Email}}, {field: linkage.Field{Kind: linkage.GivenNames}}}
	known := [][]string{{"Moran", "nmoran@example.com", "Noah"}, {"Quispe", "rosa.quispe7@example.com", "Rosa"}, {"De la Cruz", "jcruz@example.com", "Juan"},
		{"Smith", "k@example.com", "Ann"}, {"Brown", "", "Ada"}}
	m := learnMailNames(columns, known)
	if m == nil {
		t.Fatal("these e-mails carry names")
	}
	for _, c := range []struct{ surname, mail, given, filled string }{
		{"", "nmoran90@example.org", "Nora", "MORAN"},
		{"", "nmoran90@example.org", "Alba", ""},
		{"", "rosa.quispe@example.org", "Rosa", "QUISPE"},
		{"", "quispe.rosa@example.org", "Rosa", "QUISPE"},
		{"", "ro.quispe@example.org", "Luz", ""},
		{"", "r.quispe@example.org", "Ruth", "QUISPE"},
		{"Quispe", "rosaquispe12@example.org", "", "ROSA"},
		{"Quispe", "blurbquispe12@example.org", "", ""},
		{"Moran", "n.moran@example.org", "", "N"},
		{"Moran", "", "", ""},
		{"", "nmoran90@example.org", "", ""},
	} {
		row := []string{c.surname, c.mail, c.given}
		m.fill(row)
		want := []string{c.surname, c.mail, c.given}
		if c.surname == "" && c.given != "" {
			want[0] = c.filled
		} else if c.given == "" && c.surname != "" {
			want[2] = c.filled
		}
		if row[0] != want[0] || row[2] != want[2] {
			t.Errorf("%+v: %q", c, row)
		}
	}
	for i := range known {
		known[i][1] = "info@example.com"
	}
	if learnMailNames(columns, known) != nil {
		t.Error("names were found in e-mails that carry none")
	}
}
