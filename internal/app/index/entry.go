package index

import (
	"slices"
	"strings"

	"quipu/internal/linkage/finder"
	"quipu/internal/name"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// put takes a person in as the row says. Who was withdrawn or anonymised is not looked for;
// an entry that was merged is found as the one that stands for it.
func put(who *finder.Index, p *store.PersonRow) {
	switch p.Entry {
	case registry.EntryWithdrawn, registry.EntryErased, registry.EntryMerged, store.EntryGone:
		who.Remove(uint32(p.Row))
		return
	}
	who.Put(uint32(p.Row), entry(p))
}

// entry is by what a person is found.
func entry(p *store.PersonRow) finder.Entry {
	e := finder.Entry{Given: p.GivenNames, Paternal: p.SurnamePaternal, Maternal: p.SurnameMaternal, Birth: p.Birth, Sex: p.Sex, Place: p.City}
	if others := otherWords(p); len(others) > 0 {
		e.Other = []string{strings.Join(others, " ")}
	}
	e.Documents, e.Phones, e.Emails = registry.KindsOfKeys(p.Keys)
	return e
}

// otherWords are the words of a person's names beyond the three of the row: the surname of
// marriage, the name used, other names.
func otherWords(p *store.PersonRow) []string {
	if p.SearchText == "" {
		return nil
	}
	known := slices.Concat(name.Tokens(p.GivenNames), name.Tokens(p.SurnamePaternal), name.Tokens(p.SurnameMaternal))
	return slices.DeleteFunc(strings.Fields(p.SearchText), func(w string) bool { return slices.Contains(known, w) })
}
