package survey

import (
	"maps"
	"slices"
	"strings"
)

// Text is what a person reads, by language as the author wrote it ("Español (es)"). The
// language "" is that of a form that names none; it stands alone.
type Text map[string]string

// Media are the files shown with a text, by kind: image, big-image, audio, video.
type Media map[string]Text

// MediaKinds are the kinds of Media in the order in which they are written.
var MediaKinds = []string{"image", "big-image", "audio", "video"}

// Translated reports whether the text names languages.
func (t Text) Translated() bool {
	_, plain := t[""]
	return len(t) > 0 && !plain
}

// Empty reports whether there is no text in any language.
func (t Text) Empty() bool { return len(t) == 0 }

// Languages gives the languages of the text, sorted.
func (t Text) Languages() []string { return slices.Sorted(maps.Keys(t)) }

// In gives the text in the first of the languages that has it, by name or by code, then the
// one without a language, then any.
func (t Text) In(languages ...string) string {
	for _, l := range languages {
		if s, ok := t[l]; ok {
			return s
		}
		for _, k := range t.Languages() {
			if code := Code(k); code != "" && code == Code(l) {
				return t[k]
			}
		}
	}
	if s, ok := t[""]; ok {
		return s
	}
	for _, k := range t.Languages() {
		return t[k]
	}
	return ""
}

// Code is the code of a language: "es" of "Español (es)" and of "es", "" where there is none.
func Code(language string) string {
	if i := strings.LastIndexByte(language, '('); i >= 0 && strings.HasSuffix(language, ")") {
		return strings.ToLower(strings.TrimSpace(language[i+1 : len(language)-1]))
	}
	if n := len(language); n == 2 || n == 3 || n > 3 && language[2] == '-' {
		return strings.ToLower(language)
	}
	return ""
}
