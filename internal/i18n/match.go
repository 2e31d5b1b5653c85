package i18n

import (
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

var matcher = language.NewMatcher([]language.Tag{language.Spanish, language.English})

// Match picks the language for an Accept-Language header; Spanish when nothing fits.
func Match(acceptLanguage string) Lang {
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(tags) == 0 {
		return Spanish
	}
	_, i, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return Spanish
	}
	return Langs[i]
}

// Known returns the offered language that s names, or false.
func Known(s string) (Lang, bool) {
	for _, l := range Langs {
		if string(l) == s {
			return l, true
		}
	}
	return "", false
}

// Collate sorts text as lang's dictionaries do: in Spanish ñ follows n. The collator is
// not safe for use by several goroutines; take a new one for each.
func Collate(lang Lang) *collate.Collator {
	if lang == English {
		return collate.New(language.English)
	}
	return collate.New(language.Spanish)
}
