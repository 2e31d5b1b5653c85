package registry

import (
	"testing"

	"quipu/internal/change"
	"quipu/internal/civil"
)

func TestAgainst(t *testing.T) {
	on := civil.Date{Year: 2026, Month: 11, Day: 25}
	c, _, err := Register(RegisterCmd{Office: "ESMAD", Inputs: []Input{
		{Field: "surname_paternal", Value: change.Text("Quispe")}, {Field: "given_names", Value: change.Text("Rosa")},
		{Field: "birth_date", Value: change.Text("12/3/1985")}, {Field: "residence_country", Value: change.Text("ES")},
		{Field: "phone/new", Value: change.Group("number", "612345678")}}}, on)
	if err != nil {
		t.Fatal(err)
	}
	cur := Load([]change.Change{c})
	got, err := Against(&cur, []Input{
		{Field: "surname_paternal", Value: change.Text("Quispe")}, {Field: "surname_maternal", Value: change.Text("Mamani")},
		{Field: "birth_date", Value: change.Text("13/3/1985")}, {Field: "residence_country", Value: change.Text("ES")},
		{Field: "phone/new", Value: change.Group("number", "612 345 678")},
		{Field: "email/new", Value: change.Group("address", "rosa@example.org")}}, on)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, d := range got {
		said[d.Field.Key] = d.Adds
	}
	if len(got) != 3 || said["birth_date"] || !said["surname_maternal"] || !said["email"] {
		t.Errorf("got %+v", got)
	}
	for _, d := range got {
		if d.Field.Key == "birth_date" && (d.Base != cur.Version("birth_date") || d.Now.Text != "1985-03-12") {
			t.Errorf("the birth date is %+v", d)
		}
	}
}
