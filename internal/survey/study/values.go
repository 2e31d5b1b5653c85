package study

import (
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/change/form"
	"quipu/internal/civil"
	"quipu/internal/survey/fieldwork"
)

// forms is what the fields of each kind of entity may hold, of a name with a stroke what each item
// of that group may. What is sealed is there opened.
var forms = form.Fields{
	KindSurvey: {"title": inWords, "note": anything, "office": form.Name, "footing": form.Among(Footings), "first": aDay, "last": aDay, "posts": form.Each(form.Reference),
		"state": form.Among(States), "form": anything, "plan": anything, "weighting": anything, "rates": anything, CouponKey: anything, "link": form.Reference},
	KindCase: {"survey": form.Reference, "office": form.Name, "stratum": anything, "unit": anything, "probability": aProbability, "order": aNumber, "person": form.Reference,
		"interviewer": form.Reference, "disposition": aDisposition, "submission": form.Reference,
		"coupon": aNumber, "degree": aNumber, "relation": form.Among(append([]Relation{NoRelation}, Relations...)), "given": aNumber, "until": aDay},
	KindSubmission: {"survey": form.Reference, "form": anything, "office": form.Name, "instance": anything, "replaces": anything, "case": anything, "interviewer": form.Reference, "device": anything,
		"started": anything, "ended": anything, "answers": anything, "standing": form.Among(Standings), "why": inWords, "reasons": form.Each(form.Reference), "doubt/": form.Reference, "files": anything},
}

// inWords are texts as words keeps them.
var inWords = form.Kept(words)

// parts are those of the groups.
var parts = map[change.Kind]map[string]map[string]form.Form{
	KindSurvey:     {"version": {"version": anything, "name": anything, "title": anything, "file": form.Hash, "source": form.Hash}},
	KindCase:       {"attempt": {"code": aDisposition, "note": inWords}},
	KindSubmission: {"file": {"name": anything, "file": form.Hash, "type": anything, "size": aNumber}},
}

// longest is the most bytes of a text that the program does not look into: answers as large as
// a questionnaire can be.
const longest = 4 << 20

// CheckValue holds what a field of a survey, a case or a submission is to say against its form:
// the same for whoever writes it, and for the hub that takes it from a node. What is empty says
// nothing and passes.
func CheckValue(kind change.Kind, field string, v change.Value) error {
	if v.Empty() {
		return nil
	}
	group, item, isItem := strings.Cut(field, "/")
	f, known := forms[kind][field]
	if isItem {
		f, known = forms[kind][group+"/"]
	}
	of := parts[kind][group]
	switch {
	case known && len(v.Parts) > 0, !known && (of == nil || item == "" || len(v.Parts) == 0):
		return form.Unknown(field)
	case known && !f(v.Text):
		return form.Wrong(field)
	}
	for key, text := range v.Parts {
		if f := of[key]; f == nil || text != "" && !f(text) {
			return form.Wrong(field)
		}
	}
	return nil
}

func anything(text string) bool { return len(text) <= longest }

func aDay(text string) bool {
	d, err := civil.Parse(text)
	return err == nil && d.String() == text
}

func aNumber(text string) bool {
	_, err := strconv.ParseUint(text, 10, 64)
	return err == nil
}

func aProbability(text string) bool {
	p, err := strconv.ParseFloat(text, 64)
	return err == nil && p >= 0 && p <= 1
}

func aDisposition(code string) bool {
	_, err := fieldwork.Find(code)
	return err == nil
}
