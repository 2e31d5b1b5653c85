package same

import (
	"strconv"

	"quipu/internal/change"
	"quipu/internal/change/form"
)

// forms is what the fields of a pair and of a merge may hold.
var forms = form.Fields{
	KindPair: {"verdict": verdict, "said": verdict, "second": verdict, "reason": inWords, "note": inWords, "second_reason": inWords, "second_note": inWords,
		"keep": func(text string) bool { return readKeep(text) != nil }, "survivor": side, "covers": anything, "merge": form.Reference, "model": anything,
		"weight": aNumber, "seconds": aNumber, "second_seconds": aNumber, "second_weight": aNumber, "second_model": anything},
	KindMerge: {"survivor": form.Reference, "other": form.Reference, "pair": form.Reference, "state": form.Reference, "moved": anything},
}

// inWords are texts as words keeps them.
var inWords = form.Kept(words)

// CheckValue holds what a field of a pair or a merge is to say against its form: the same for
// whoever writes it, and for the hub that takes it from a node. An empty text passes.
func CheckValue(kind change.Kind, field, text string) error { return forms.Check(kind, field, text) }

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

var verdict = form.Among([]Verdict{Unsure, Proposed, Same, Different})

func side(text string) bool { return Side(text) == A || Side(text) == B }

func anything(string) bool { return true }

func aNumber(text string) bool {
	_, err := strconv.ParseInt(text, 10, 64)
	return err == nil
}
