package app

import (
	"quipu/internal/app/alike"
	"quipu/internal/i18n"
	"quipu/internal/linkage/finder"
)

// Reason is why somebody was found, or looks like somebody.
type Reason = alike.Reason

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
		out[i] = Reason{Key: "why." + r.Key, Args: r.Args}
	}
	return out
}
