package study

import (
	"slices"
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/survey/fieldwork"
)

// form says whether a field may hold a text that is not empty.
type form func(text string) bool

// forms is what the fields of each kind of entity may hold, of a name with a stroke what each item
// of that group may. What is sealed is there opened.
var forms = map[change.Kind]map[string]form{
	KindSurvey: {"title": inWords, "note": anything, "office": aName, "footing": among(Footings), "first": aDay, "last": aDay, "posts": names,
		"state": among(States), "form": anything, "plan": anything, "weighting": anything, "rates": anything, CouponKey: anything, "link": reference},
	KindCase: {"survey": reference, "office": aName, "stratum": anything, "unit": anything, "probability": aProbability, "order": aNumber, "person": reference,
		"interviewer": reference, "disposition": aDisposition, "submission": reference,
		"coupon": aNumber, "degree": aNumber, "relation": among(append([]Relation{NoRelation}, Relations...)), "given": aNumber, "until": aDay},
	KindSubmission: {"survey": reference, "form": anything, "office": aName, "instance": anything, "replaces": anything, "case": anything, "interviewer": reference, "device": anything,
		"started": anything, "ended": anything, "answers": anything, "standing": among(Standings), "why": inWords, "reasons": names, "doubt/": reference, "files": anything},
}

// parts are those of the groups.
var parts = map[change.Kind]map[string]map[string]form{
	KindSurvey:     {"version": {"version": anything, "name": anything, "title": anything, "file": aHash, "source": aHash}},
	KindCase:       {"attempt": {"code": aDisposition, "note": inWords}},
	KindSubmission: {"file": {"name": anything, "file": aHash, "type": anything, "size": aNumber}},
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
		return fault.New(fault.Invalid, "values.unknown", "field", field).On(field)
	case known && !f(v.Text):
		return fault.New(fault.Invalid, "values.form", "field", field).On(field)
	}
	for key, text := range v.Parts {
		if f := of[key]; f == nil || text != "" && !f(text) {
			return fault.New(fault.Invalid, "values.form", "field", field).On(field)
		}
	}
	return nil
}

func among[T ~string](all []T) form {
	return func(text string) bool { return slices.Contains(all, T(text)) }
}

func anything(text string) bool { return len(text) <= longest }

func reference(text string) bool { return len(text) <= 200 && !strings.ContainsAny(text, " \n") }

func aName(text string) bool { return id.Node(text).Valid() }

func names(text string) bool {
	return !slices.ContainsFunc(strings.Fields(text), func(w string) bool { return !reference(w) })
}

func inWords(text string) bool {
	kept, err := words("", text, false)
	return err == nil && kept == text
}

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

func aHash(text string) bool {
	return len(text) == 64 && strings.Trim(text, "0123456789abcdef") == ""
}
