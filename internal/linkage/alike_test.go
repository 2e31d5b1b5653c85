package linkage

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var rosa = Traits{Paternal: "Quispe", Maternal: "Mamani", Given: "Rosa Elvira", Birth: "1985-03-27", Sex: "F",
	Keys: []string{"doc:10117410:PER:id", "tel:+34612345678"}}

// with is rosa with some traits changed.
func with(change func(*Traits)) Traits {
	t := rosa
	t.Keys = nil
	change(&t)
	return t
}

func TestAlike(t *testing.T) {
	for name, c := range map[string]struct {
		other        Traits
		look, strong bool
		reason       string
	}{
		"same document, other name": {Traits{Paternal: "Flores", Given: "Ana", Keys: rosa.Keys[:1]}, true, true, "document"},
		"the same person":           {with(func(*Traits) {}), true, true, "birth"},
		"one letter":                {with(func(x *Traits) { x.Given = "Rosa Elbira" }), true, true, "given_near"},
		"day and month swapped":     {with(func(x *Traits) { x.Birth = "1985-12-03" }), false, false, "birth_other"},
		"surnames swapped":          {with(func(x *Traits) { x.Paternal, x.Maternal = x.Maternal, x.Paternal }), true, true, "surnames_swapped"},
		"one given name":            {with(func(x *Traits) { x.Given = "Rosa" }), true, true, "given_some"},
		"a twin":                    {with(func(x *Traits) { x.Given = "Juana Inés"; x.Keys = []string{"doc:10117411:PER:id"} }), true, false, "given_other"},
		"a namesake of another age": {with(func(x *Traits) { x.Birth = "1951-08-02"; x.Maternal = "Huanca" }), false, false, "birth_other"},
		"a brother":                 {with(func(x *Traits) { x.Given, x.Birth, x.Sex = "Luis", "1988-01-30", "M" }), false, false, "sex_other"},
		"only the year is known":    {with(func(x *Traits) { x.Birth = "1985" }), true, false, "birth_compatible"},
		"a stranger":                {Traits{Paternal: "Condori", Maternal: "Rojas", Given: "Pedro", Birth: "1970-01-01", Sex: "M"}, false, false, "given_other"},
		"married, seen by telephone": {Traits{Paternal: "Quispe", Given: "Rosa", Birth: "1985-03-27", Keys: rosa.Keys[1:]}, true, true,
			"phone"},
	} {
		l := Alike(rosa, c.other)
		if l.Weight >= WorthALook != c.look || l.Strong() != c.strong {
			t.Errorf("%s: weight %d, %+v", name, l.Weight, l.Reasons)
		}
		if !slices.ContainsFunc(l.Reasons, func(r Reason) bool { return r.Key == c.reason }) {
			t.Errorf("%s: no reason %q among %+v", name, c.reason, l.Reasons)
		}
	}
	swapped := with(func(x *Traits) { x.Birth = "1985-12-03" })
	mine := with(func(x *Traits) { x.Birth = "1985-03-12" })
	if l := Alike(mine, swapped); !l.Strong() {
		t.Errorf("day and month swapped weigh %d, %+v", l.Weight, l.Reasons)
	}
}

// TestAlikeBothWays: it does not matter who was there first.
func TestAlikeBothWays(t *testing.T) {
	pick := func(t *rapid.T, label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
	draw := func(t *rapid.T, who string) Traits {
		return Traits{Paternal: pick(t, who+"p", "Quispe", "Quizpe", "Mamani", "", "東京"), Maternal: pick(t, who+"m", "Mamani", "Quispe", "", "De la Cruz"),
			Given: pick(t, who+"g", "Rosa", "Rosa Elvira", "Yesenia", "Jesenia", "", "太郎"), Birth: pick(t, who+"b", "1985-03-12", "1985-12-03", "1985", "", "1985-03-13"),
			Sex: pick(t, who+"s", "F", "M", "N"), Keys: rapid.SliceOfDistinct(rapid.SampledFrom([]string{"doc:1:PER:id", "doc:2:PER:id", "tel:+1", "mail:a@b"}),
				rapid.ID[string]).Draw(t, who+"k")}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t, "a"), draw(t, "b")
		if x, y := Alike(a, b), Alike(b, a); x.Weight != y.Weight {
			t.Fatalf("%+v %+v: %d and %d", a, b, x.Weight, y.Weight)
		}
	})
}
