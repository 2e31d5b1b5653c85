package rights

import (
	"slices"
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
)

// form says whether a field may hold a text that is not empty.
type form func(text string) bool

// forms is what the fields of each kind of entity may hold.
var forms = map[change.Kind]map[string]form{
	KindRequest: {"kind": among(Kinds), "state": among([]State{Received, InProgress, Extended, Granted, Partly, Refused, Withdrawn}), "person": reference,
		"office": name24, "channel": among(Channels), "representative": inWords, "shown": inWords, "wants": inWords, "received": aDay, "due": aDay,
		"closed": aDay, "extend_reason": inWords, "reason": inWords, "told": yes, "outcome": aChange},
	KindBreach: {"office": name24, "what": inWords, "consequences": inWords, "measures": inWords, "happened": aDay, "noticed": aMoment,
		"data": eachOf(registry.Sections), "people": aNumber, "certainty": among(Certainties), "authority": aMoment, "reference": inWords, "delay": inWords,
		"told": aMoment, "told_how": inWords, "exempt": inWords, "untold": inWords, "closed": aDay},
	KindDisclosure: {"person": reference, "office": name24, "asker": among(append([]Asker{Self}, Askers...)), "aim": among(append([]Aim{OwnData}, Aims...)),
		"state": among([]State{Received, Granted, Partly, Refused}), "asker_name": inWords, "basis": inWords, "wants": inWords, "given": inWords, "reason": inWords,
		"received": aDay, "due": aDay, "closed": aDay, "format": reference, "request": reference},
	KindRetention: {"office": name24, "request": reference, "reason": inWords, "stage": among([]Stage{Proposed, Done, Rejected}), "day": aDay, "approver": reference,
		"erased": aNumber},
}

// CheckValue holds what a field of an entity is to say against its form: the same for whoever
// writes it, and for the hub that takes it from a node. An empty text says nothing and passes.
func CheckValue(kind change.Kind, field, text string) error {
	f, known := forms[kind][field]
	if !known && !(kind == KindRetention && strings.HasPrefix(field, "person/")) {
		return fault.New(fault.Invalid, "values.unknown", "field", field).On(field)
	}
	if known && text != "" && !f(text) {
		return fault.New(fault.Invalid, "values.form", "field", field).On(field)
	}
	return nil
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

func among[T ~string](all []T) form {
	return func(text string) bool { return slices.Contains(all, T(text)) }
}

func eachOf[T ~string](all []T) form {
	return func(text string) bool {
		return !slices.ContainsFunc(strings.Fields(text), func(w string) bool { return !slices.Contains(all, T(w)) })
	}
}

func inWords(text string) bool {
	kept, err := words("", text, false)
	return err == nil && kept == text
}

// reference holds of names that the program gives.
func reference(text string) bool { return len(text) <= 200 && !strings.ContainsAny(text, " \n") }

func name24(text string) bool { return id.Node(text).Valid() }

func aDay(text string) bool { return DayOf(text).Full() }

func aMoment(text string) bool {
	_, err := change.ParseStamp(text)
	return err == nil
}

func aNumber(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= 0 && n <= 100_000_000
}

func aChange(text string) bool {
	_, err := id.ParseChange(text)
	return err == nil
}

func yes(text string) bool { return text == "yes" }
