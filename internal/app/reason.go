package app

import (
	"strings"

	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/linkage/finder"
)

// Reason is why somebody was found. Key names a message of the catalogue; Args fill its
// places.
type Reason struct {
	Key  string
	Args []fault.Arg
}

// In is the reason in words.
func (r Reason) In(lang i18n.Lang) string { return i18n.T(lang, r.Key, i18n.Pairs(r.Args)...) }

// Code is the reason for programs: the key without the name of its family.
func (r Reason) Code() string {
	_, code, _ := strings.Cut(r.Key, ".")
	return code
}

// Words are reasons in words.
func Words(lang i18n.Lang, all []Reason) []string {
	out := make([]string, len(all))
	for i, r := range all {
		out[i] = r.In(lang)
	}
	return out
}

func reasons(keys ...string) []Reason {
	out := make([]Reason, len(keys))
	for i, k := range keys {
		out[i].Key = k
	}
	return out
}

// whyFound are reasons of the index.
func whyFound(all []finder.Reason) []Reason {
	out := make([]Reason, len(all))
	for i, r := range all {
		out[i] = Reason{"why." + r.Key, r.Args}
	}
	return out
}
