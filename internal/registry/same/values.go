package same

import (
	"slices"
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/fault"
)

// form says whether a field may hold a text that is not empty.
type form func(text string) bool

// forms is what the fields of a pair and of a merge may hold.
var forms = map[change.Kind]map[string]form{
	KindPair: {"verdict": verdict, "said": verdict, "second": verdict, "reason": inWords, "note": inWords, "second_reason": inWords, "second_note": inWords,
		"keep": func(text string) bool { return readKeep(text) != nil }, "survivor": side, "covers": anything, "merge": reference, "model": anything,
		"weight": aNumber, "seconds": aNumber, "second_seconds": aNumber, "second_weight": aNumber, "second_model": anything},
	KindMerge: {"survivor": reference, "other": reference, "pair": reference, "state": reference, "moved": anything},
}

// CheckValue holds what a field of a pair or a merge is to say against its form: the same for
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

// Implied is what else holds of a pair once its verdict is decided: a field, and its text.
func Implied(v Verdict) map[string]string {
	switch v {
	case Same:
		return map[string]string{"said": string(v)}
	case Proposed:
		return map[string]string{"said": string(v), "merge": ""}
	}
	return map[string]string{"said": string(v), "merge": "", "survivor": "", "keep": "", "covers": ""}
}

func verdict(text string) bool {
	return slices.Contains([]Verdict{Unsure, Proposed, Same, Different}, Verdict(text))
}

func side(text string) bool { return Side(text) == A || Side(text) == B }

func inWords(text string) bool {
	kept, err := words("", text, false)
	return err == nil && kept == text
}

func reference(text string) bool { return len(text) <= 200 && !strings.ContainsAny(text, " \n") }

func anything(string) bool { return true }

func aNumber(text string) bool {
	_, err := strconv.ParseInt(text, 10, 64)
	return err == nil
}
