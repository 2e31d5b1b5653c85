package campaign

import (
	"slices"
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/fault"
	"quipu/internal/id"
)

// form says whether a field may hold a text that is not empty.
type form func(text string) bool

// forms is what the fields of a campaign and of a turn may hold.
var forms = map[change.Kind]map[string]form{
	KindCampaign: {"office": aName, "city": inWords, "venue": inWords, "country": aCountry, "note": inWords, "state": among(States), "days": days,
		"services": func(text string) bool {
			return each(text, func(w string) bool { return slices.Contains(Services, Service(w)) })
		},
		"capacity": upTo(mostCapacity), "numbers": upTo(mostNumbers), "team": func(text string) bool { return each(text, aName) },
		"laptops": func(text string) bool { return each(text, aName) }, "announced": isYes, "ends": aDay},
	KindTurn: {"campaign": reference, "person": reference, "visitor": inWords, "contact": inWords, "basis": among(Bases), "slot": slot,
		"stage": among([]Stage{Listed, Waiting, Called, Served, Away}), "date": aDay, "place": upTo(1_000_000), "first": isYes, "came": aMoment, "taken": aMoment,
		"done": aMoment, "acts": acts, "why": among(Whys), "offer": among(Offers), "note": inWords},
}

// CheckValue holds what a field of a campaign or a turn is to say against its form: the same for
// whoever writes it, and for the hub that takes it from a node. An empty text passes.
func CheckValue(kind change.Kind, field, text string) error {
	f, known := forms[kind][field]
	switch {
	case !known:
		return fault.New(fault.Invalid, "values.unknown", "field", field).On(field)
	case text != "" && !f(text):
		return fault.New(fault.Invalid, "values.form", "field", field).On(field)
	}
	return nil
}

// Implied is what else holds of a turn once its stage is decided: a field, and its text.
func Implied(s Stage) map[string]string {
	switch s {
	case Served:
		return map[string]string{"why": "", "offer": ""}
	case Away:
		return map[string]string{"acts": ""}
	}
	return map[string]string{"why": "", "offer": "", "acts": "", "done": ""}
}

func among[T ~string](all []T) form {
	return func(text string) bool { return slices.Contains(all, T(text)) }
}

func each(text string, f form) bool {
	return !slices.ContainsFunc(strings.Fields(text), func(w string) bool { return !f(w) })
}

func inWords(text string) bool {
	kept, err := words("", text, false)
	return err == nil && kept == text
}

func reference(text string) bool { return len(text) <= 200 && !strings.ContainsAny(text, " \n") }

func aName(text string) bool { return id.Node(text).Valid() }

func aCountry(text string) bool { return code.List("country").Has(text) }

func aDay(text string) bool {
	d, err := civil.Parse(text)
	return err == nil && d.Full()
}

func aMoment(text string) bool {
	_, err := change.ParseStamp(text)
	return err == nil
}

func days(text string) bool {
	return !slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool {
		_, err := ParseDay(line)
		return err != nil
	})
}

func slot(text string) bool {
	_, ok := ParseSlot(text)
	return ok
}

func acts(text string) bool {
	return each(text, func(w string) bool {
		s, n, ok := strings.Cut(w, "=")
		k, err := strconv.Atoi(n)
		return ok && err == nil && k > 0 && k < 100 && slices.Contains(Services, Service(s))
	})
}

func upTo(most int) form {
	return func(text string) bool {
		n, err := strconv.Atoi(text)
		return err == nil && n >= 0 && n <= most
	}
}

func isYes(text string) bool { return text == "yes" }
