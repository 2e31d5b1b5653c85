package personlist

import (
	"quipu/internal/linkage"
	"quipu/internal/registry/refused"
)

// refusedHere are the reasons of refused.Column that hold for any list: traits and
// secrets that must not decide who is who. Numbers of tax and accounts name a person.
var refusedHere = map[string]bool{"migration": true, "body": true, "belief": true, "biometric": true, "extract": true, "secret": true}

// Refused reports whether a column is never compared whatever a map says, with the key of
// the reason in the catalogue under "refused.".
func Refused(header string) (reason string, is bool) {
	reason, is = refused.Column(header)
	return reason, is && refusedHere[reason]
}

// judge decides one column by its heading and its values.
func judge(number int, header string, p *profile, o Options) Column {
	c := Column{Number: number, Header: header, prof: p}
	c.role, c.part, c.how = lookup(header)
	if c.role == "birth" && p.day >= 0.9 {
		c.role = "birth_day" // "birth day" beside a month and a year
	}
	said := c.role
	switch reason, refused := Refused(header); {
	case o.Truth[number]:
		c.role = "truth"
		c.leave("truth")
		return c
	case o.Source == number:
		c.role = "source"
		c.leave("source")
		return c
	case refused:
		c.role = "refused"
		c.leave("refused", "why", reason)
		return c
	case p.filled == 0:
		c.role = "empty"
		c.leave("empty")
		return c
	case p.distinct == 1 && p.filled > 1:
		c.role = "constant"
		c.leave("constant")
		return c
	}
	switch {
	case c.role == "" || c.how == saidSomewhere && !certain(c.role, p):
		c.role = guess(p)
		c.settle("values", o)
	case !fits(c.role, p):
		c.role = guess(p)
		c.settle("overruled", o, "said", string(said))
	default:
		c.settle("header", o)
	}
	return c
}

// certain asks more of the values when only a part of the heading's letters spoke.
func certain(r role, p *profile) bool {
	g := guess(p)
	return fits(r, p) && (g == r || g == "words" || g == "code" || g == "text" || g == "category" || kinds[g] == kinds[r] ||
		r == "birth" && g == "date" || isName(r) && isName(g) || kinds[r] == linkage.Ignore)
}

func isName(r role) bool {
	switch kinds[r] {
	case linkage.GivenNames, linkage.Surname, linkage.SecondSurname, linkage.MarriedName, linkage.FullName:
		return true
	}
	return false
}

// settle makes the kind of a role, or the reason for which the column is left out.
func (c *Column) settle(why string, o Options, args ...any) {
	switch c.role {
	case "id":
		c.leave("id")
		c.Unsure = why != "header" && !o.Whole
	case "truth", "record", "changing", "other", "salutation", "doctype":
		c.leave(string(c.role))
	case "date":
		c.take(linkage.Date, why, append(args, "what", "date")...)
	case "words", "code", "category":
		k := map[role]linkage.Kind{"words": linkage.Text, "code": linkage.Text, "category": linkage.Category}[c.role]
		c.take(k, why, append(args, "what", string(c.role))...)
	default:
		c.take(kinds[c.role], why, append(args, "what", string(c.role))...)
	}
}
