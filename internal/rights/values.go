package rights

import (
	"strings"

	"quipu/internal/change"
	"quipu/internal/change/form"
	"quipu/internal/id"
	"quipu/internal/registry"
)

// forms is what the fields of each kind of entity may hold.
var forms = form.Fields{
	KindRequest: {"kind": form.Among(Kinds), "state": form.Among([]State{Received, InProgress, Extended, Granted, Partly, Refused, Withdrawn}), "person": form.Reference,
		"office": form.Name, "channel": form.Among(Channels), "representative": inWords, "shown": inWords, "wants": inWords, "received": form.Day, "due": form.Day,
		"closed": form.Day, "extend_reason": inWords, "reason": inWords, "told": form.Yes, "outcome": aChange},
	KindBreach: {"office": form.Name, "what": inWords, "consequences": inWords, "measures": inWords, "happened": form.Day, "noticed": form.Moment,
		"data": form.Each(form.Among(registry.Sections)), "people": form.UpTo(100_000_000), "certainty": form.Among(Certainties), "authority": form.Moment, "reference": inWords, "delay": inWords,
		"told": form.Moment, "told_how": inWords, "exempt": inWords, "untold": inWords, "closed": form.Day},
	KindDisclosure: {"person": form.Reference, "office": form.Name, "asker": form.Among(append([]Asker{Self}, Askers...)), "aim": form.Among(append([]Aim{OwnData}, Aims...)),
		"state": form.Among([]State{Received, Granted, Partly, Refused}), "asker_name": inWords, "basis": inWords, "wants": inWords, "given": inWords, "reason": inWords,
		"received": form.Day, "due": form.Day, "closed": form.Day, "format": form.Reference, "request": form.Reference},
	KindRetention: {"office": form.Name, "request": form.Reference, "reason": inWords, "stage": form.Among([]Stage{Proposed, Done, Rejected}), "day": form.Day, "approver": form.Reference,
		"erased": form.UpTo(100_000_000)},
}

// inWords are texts as words keeps them.
var inWords = form.Kept(words)

// CheckValue holds what a field of an entity is to say against its form: the same for whoever
// writes it, and for the hub that takes it from a node. An empty text says nothing and passes.
func CheckValue(kind change.Kind, field, text string) error {
	if kind == KindRetention && strings.HasPrefix(field, "person/") {
		return nil
	}
	return forms.Check(kind, field, text)
}

// Implied is what else holds of a request once its state is decided: a field, and its text.
func Implied(state State) map[string]string {
	if state.Open() {
		return map[string]string{"closed": "", "reason": "", "told": "", "outcome": ""}
	}
	if state == Refused || state == Withdrawn {
		return map[string]string{"outcome": ""}
	}
	return nil
}

func aChange(text string) bool {
	_, err := id.ParseChange(text)
	return err == nil
}
