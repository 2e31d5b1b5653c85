package campaign

import (
	"slices"
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/change/form"
	"quipu/internal/code"
)

// forms is what the fields of a campaign and of a turn may hold.
var forms = form.Fields{
	KindCampaign: {"office": form.Name, "city": inWords, "venue": inWords, "country": aCountry, "note": inWords, "state": form.Among(States), "days": days,
		"services": form.Each(form.Among(Services)),
		"capacity": form.UpTo(mostCapacity), "numbers": form.UpTo(mostNumbers), "team": form.Each(form.Name),
		"laptops": form.Each(form.Name), "announced": form.Yes, "ends": form.Day},
	KindTurn: {"campaign": form.Reference, "person": form.Reference, "visitor": inWords, "contact": inWords, "basis": form.Among(Bases), "slot": slot,
		"stage": form.Among([]Stage{Listed, Waiting, Called, Served, Away}), "date": form.Day, "place": form.UpTo(1_000_000), "first": form.Yes, "came": form.Moment, "taken": form.Moment,
		"done": form.Moment, "acts": acts, "why": form.Among(Whys), "offer": form.Among(Offers), "note": inWords},
}

// inWords are texts as words keeps them.
var inWords = form.Kept(words)

// CheckValue holds what a field of a campaign or a turn is to say against its form: the same for
// whoever writes it, and for the hub that takes it from a node. An empty text passes.
func CheckValue(kind change.Kind, field, text string) error { return forms.Check(kind, field, text) }

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

func aCountry(text string) bool { return code.List("country").Has(text) }

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

// acts are how often each service was given.
var acts = form.Each(func(w string) bool {
	s, n, ok := strings.Cut(w, "=")
	k, err := strconv.Atoi(n)
	return ok && err == nil && k > 0 && k < 100 && slices.Contains(Services, Service(s))
})
