// Package code holds the code lists of the register: countries, languages, places of
// Peru in both numberings, occupations, kinds of document and the rest.
//
// The lists are data, embedded from lists/*.csv (see lists/README.md for the source and
// licence of each). A code keeps its meaning for the dates it was valid on, so an old
// record can always be read: ask Lookup for what was valid on a date, Get for anything
// that was ever valid. Lists never change inside an edition.
package code

import (
	"embed"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed lists/*.csv
var files embed.FS

const (
	mapPrefix    = "map_"
	editionsFile = "editions.csv"
)

// catalogue gives each list name its loader. A list is parsed when it is first asked
// for: a window that only needs civil_status must not pay for the 1,893 districts.
var catalogue = sync.OnceValue(func() map[string]func() *Table {
	out := map[string]func() *Table{}
	for _, name := range csvNames() {
		if strings.HasPrefix(name, mapPrefix) || name+".csv" == editionsFile {
			continue
		}
		out[name] = sync.OnceValue(func() *Table { return mustLoad(name) })
	}
	return out
})

// List returns the list of that name and panics when there is none: names in the program
// are constants. For a name that comes from a person or a file, use Find.
func List(name string) *Table {
	t, ok := Find(name)
	if !ok {
		panic("code: no list " + name)
	}
	return t
}

// Find returns the list of that name, if there is one.
func Find(name string) (*Table, bool) {
	load, ok := catalogue()[name]
	if !ok {
		return nil, false
	}
	return load(), true
}

// Lists returns the names of all lists, sorted.
func Lists() []string { return slices.Sorted(maps.Keys(catalogue())) }

// csvNames returns the embedded files without folder and extension, sorted.
func csvNames() []string {
	entries, err := fs.ReadDir(files, "lists")
	if err != nil {
		panic("code: embedded lists: " + err.Error())
	}
	var out []string
	for _, e := range entries {
		if path.Ext(e.Name()) == ".csv" {
			out = append(out, strings.TrimSuffix(e.Name(), ".csv"))
		}
	}
	return out
}
