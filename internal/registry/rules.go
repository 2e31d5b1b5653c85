package registry

import (
	"slices"
	"strings"

	"quipu/internal/civil"
	"quipu/internal/doc"
	"quipu/internal/fault"
	"quipu/internal/name"
)

// finding is something that the values of a record say together: impossible when fault
// is set, else odd. It concerns a change that writes one of the fields.
type finding struct {
	fields []string
	fault  *fault.Error
	doubt  Doubt
}

type findings []finding

func (f *findings) impossible(key string, fields []string, args ...any) {
	*f = append(*f, finding{fields: fields, fault: fault.New(fault.Invalid, key, args...).On(fields[0])})
}

func (f *findings) odd(key string, fields []string, args ...fault.Arg) {
	*f = append(*f, finding{fields: fields, doubt: Doubt{Field: fields[0], Key: key, Args: args}})
}

// concerns reports whether a change of the touched fields has to do with the finding; nil
// stands for all fields.
func (f finding) concerns(touched map[string]bool) bool {
	return touched == nil || slices.ContainsFunc(f.fields, func(x string) bool { return touched[x] })
}

// refusal is the first impossible thing that concerns the touched fields. What was wrong
// before and is not touched does not keep an officer from writing a telephone number.
func (f findings) refusal(touched map[string]bool) error {
	for _, x := range f {
		if x.fault != nil && x.concerns(touched) {
			return x.fault
		}
	}
	return nil
}

func (f findings) raised(touched map[string]bool) []Doubt {
	var out []Doubt
	for _, x := range f {
		if x.fault == nil && x.concerns(touched) {
			out = append(out, x.doubt)
		}
	}
	return out
}

func (f findings) has(d Doubt) bool {
	want, _ := d.Item()
	return slices.ContainsFunc(f, func(x finding) bool {
		got, _ := x.doubt.Item()
		return x.fault == nil && got == want
	})
}

// ruleKeys are the doubts that examine raises, and that go when it no longer does.
var ruleKeys = map[string]bool{
	"registry.no_contact": true, "registry.minor_alone": true, "registry.very_old": true,
	"registry.arrival_before_abroad": true, "registry.two_numbers": true, "registry.mrz_differs": true,
	"name.filler": true, "name.digits": true, "name.symbols": true, "name.mixed_script": true, "name.initial": true,
	"name.one_letter": true, "name.no_surname": true, "name.no_given": true,
}

// examine looks at the whole record on a date. Rules about today are silent when the
// date is unknown.
func examine(p *Person, asOf civil.Date) findings {
	var f findings
	for _, rule := range []func(*findings, *Person, civil.Date){
		nameRules, birthRules, documentRules, journeyRules, familyRules, contactRules, lifeRules,
	} {
		rule(&f, p, asOf)
	}
	return f
}

// date reads a date of the record; one that cannot be read is unknown.
func (p *Person) date(field string) civil.Date { return dateOf(p.Text(field)) }

func dateOf(text string) civil.Date {
	d, err := civil.Parse(text)
	if err != nil {
		return civil.Date{}
	}
	return d
}

var nameFields = []string{"given_names", "surname_paternal", "surname_maternal", "surname_married", "name_used"}

func nameRules(f *findings, p *Person, _ civil.Date) {
	if !slices.ContainsFunc(nameFields, func(x string) bool { return p.Text(x) != "" }) {
		f.impossible("registry.name_missing", nameFields)
		return
	}
	field := map[string]string{"given": "given_names", "paternal": "surname_paternal", "maternal": "surname_maternal",
		"married": "surname_married"}
	for _, d := range name.Doubts(p.Name()) {
		fields := nameFields[1:3]
		if d.Key == "name.no_given" {
			fields = nameFields[:1]
		}
		for _, a := range d.Args {
			if part, ok := a.Value.(string); ok && a.Name == "part" && field[part] != "" {
				fields = []string{field[part]}
			}
		}
		f.odd(d.Key, fields, d.Args...)
	}
}

// oldest is the age in years from which a birth date is looked at again.
const oldest = 110

func birthRules(f *findings, p *Person, asOf civil.Date) {
	birth := p.date("birth_date")
	if birth.After(asOf) {
		f.impossible("registry.birth_future", []string{"birth_date"}, "value", birth.String())
	}
	if least, _ := civil.AgeRange(birth, asOf); birth.Known() && least > oldest && !Deceased(p) {
		f.odd("registry.very_old", []string{"birth_date"}, fault.Arg{Name: "limit", Value: oldest})
	}
}

func documentRules(f *findings, p *Person, asOf civil.Date) {
	birth := p.date("birth_date")
	numbers := map[string]string{}
	for _, it := range p.Items("document") {
		field := "document/" + it.ID
		issued, expires := dateOf(it.Value.Part("issued")), dateOf(it.Value.Part("expires"))
		typ, num := it.Value.Part("type"), it.Value.Part("number")
		switch {
		case expires.Before(issued):
			f.impossible("registry.expires_before_issued", []string{field}, "number", num)
		case issued.After(asOf):
			f.impossible("registry.issued_future", []string{field}, "number", num)
		case issued.Before(birth):
			f.impossible("registry.issued_before_birth", []string{field, "birth_date"}, "number", num)
		}
		if class := TypeClass(typ); class == classID && num != "" && it.Value.Part("status") != "annulled" {
			key := class + it.Value.Part("issuer")
			if other := numbers[key]; other != "" && other != num {
				f.odd("registry.two_numbers", []string{field}, fault.Arg{Name: "number", Value: num}, fault.Arg{Name: "other", Value: other})
			}
			numbers[key] = num
		}
		zoneRule(f, field, it.Value.Part("mrz"), num)
	}
}

// zoneRule compares the typed number with that of the machine-readable zone.
func zoneRule(f *findings, field, zone, num string) {
	if zone == "" || num == "" {
		return
	}
	z, err := doc.Parse(zone, 2000) // the year plays no part in the number
	if err == nil && z.Number != "" && !strings.HasPrefix(z.Number, num) {
		f.odd("registry.mrz_differs", []string{field}, fault.Arg{Name: "number", Value: num}, fault.Arg{Name: "other", Value: z.Number})
	}
}

func journeyRules(f *findings, p *Person, asOf civil.Date) {
	birth, abroad, arrival := p.date("birth_date"), p.date("abroad_since"), p.date("arrival_in_country")
	for _, x := range []string{"abroad_since", "arrival_in_country"} {
		switch d := p.date(x); {
		case d.After(asOf):
			f.impossible("registry.in_the_future", []string{x}, "value", d.String())
		case d.Before(birth):
			f.impossible("registry.before_birth", []string{x, "birth_date"}, "value", d.String())
		}
	}
	if arrival.Before(abroad) {
		f.odd("registry.arrival_before_abroad", []string{"arrival_in_country", "abroad_since"})
	}
}

func familyRules(f *findings, p *Person, asOf civil.Date) {
	birth := p.date("birth_date")
	authority := false
	for _, it := range p.Items("family") {
		field := "family/" + it.ID
		v := it.Value
		theirs := dateOf(v.Part("birth_date"))
		relation := v.Part("relation")
		authority = authority || v.Part("authority") == "yes" && !dateOf(v.Part("to")).Before(asOf)
		switch {
		case v.Part("person") != "" && v.Part("person") == p.Entity.ID:
			f.impossible("registry.own_relative", []string{field})
		case dateOf(v.Part("to")).Before(dateOf(v.Part("from"))):
			f.impossible("registry.period_backwards", []string{field})
		case (relation == "father" || relation == "mother") && birth.Before(theirs):
			f.impossible("registry.parent_younger", []string{field, "birth_date"})
		case relation == "child" && theirs.Before(birth):
			f.impossible("registry.child_older", []string{field, "birth_date"})
		}
	}
	if Minor(p, asOf) && !authority {
		f.odd("registry.minor_alone", []string{"family", "birth_date"})
	}
}

// Minor reports whether the person is certainly under 18 on the date.
func Minor(p *Person, asOf civil.Date) bool {
	birth := p.date("birth_date")
	_, greatest := civil.AgeRange(birth, asOf)
	return birth.Known() && asOf.Known() && greatest < 18
}

func contactRules(f *findings, p *Person, _ civil.Date) {
	if len(p.Items("phone"))+len(p.Items("email"))+len(p.Items("address")) == 0 {
		f.odd("registry.no_contact", []string{"phone", "email", "address"})
	}
}

func lifeRules(f *findings, p *Person, asOf civil.Date) {
	v := VitalOf(p)
	birth := p.date("birth_date")
	switch {
	case v.Date.After(asOf):
		f.impossible("registry.vital_future", []string{"vital_status"}, "value", v.Date.String())
	case v.Date.Before(birth):
		f.impossible("registry.death_before_birth", []string{"vital_status", "birth_date"}, "value", v.Date.String())
	}
}

// Odd lists what the values of a record say together that an officer should look at, as
// Register would raise it. The changes that an import makes are built of checked values
// and take their doubts from here.
func Odd(p *Person, asOf civil.Date) []Doubt { return examine(p, asOf).raised(nil) }
