// Package i18n puts the program's words into the reader's language.
//
// Messages live in catalog/<area>.<lang>.toml as flat keys, so that a translator needs
// no Go and a missing translation is found by a test and not by an officer.
package i18n

import (
	"embed"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
)

// Lang is a language of the catalogue, as a BCP 47 primary tag.
type Lang string

const (
	Spanish Lang = "es"
	English Lang = "en"
	Quechua Lang = "qu"
	Aymara  Lang = "ay"
)

// Langs are the languages an officer can choose, in the order they are offered.
var Langs = []Lang{Spanish, English}

// chain is where a message is looked for after the language itself. Spanish ends every
// chain because it is the language every text is first written in.
var chain = map[Lang][]Lang{
	Quechua: {Quechua, Spanish},
	Aymara:  {Aymara, Spanish},
	English: {English, Spanish},
}

//go:embed catalog/*.toml
var files embed.FS

type catalogue map[Lang]map[string]string

var load = sync.OnceValues(func() (catalogue, error) { return read(files) })

// read gathers every file; a bad file costs only its own messages, and its error.
func read(fsys embed.FS) (catalogue, error) {
	c := catalogue{}
	var errs []error
	entries, err := fsys.ReadDir("catalog")
	if err != nil {
		return c, err
	}
	for _, e := range entries {
		errs = append(errs, c.add(fsys, e.Name()))
	}
	return c, errors.Join(errs...)
}

func (c catalogue) add(fsys embed.FS, file string) error {
	stem := strings.TrimSuffix(file, ".toml")
	lang := Lang(strings.TrimPrefix(path.Ext(stem), "."))
	text, err := fsys.ReadFile("catalog/" + file)
	if err != nil {
		return err
	}
	entries := map[string]string{}
	if _, err := toml.Decode(string(text), &entries); err != nil {
		return fmt.Errorf("catalog/%s: %w", file, err)
	}
	if c[lang] == nil {
		c[lang] = map[string]string{}
	}
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		if _, twice := c[lang][key]; twice {
			errs = append(errs, fmt.Errorf("catalog/%s: %q is also in another file", file, key))
		}
		c[lang][key] = entries[key]
	}
	return errors.Join(errs...)
}

// Check reports catalogue files that cannot be read and keys given twice.
func Check() error {
	_, err := load()
	return err
}

// Has reports whether lang, or a language it falls back to, has the message.
func Has(lang Lang, key string) bool {
	_, ok := find(lang, key)
	return ok
}

// Keys lists the keys that begin with prefix, in order.
func Keys(prefix string) (out []string) {
	c, _ := load()
	for key := range c[Spanish] {
		if strings.HasPrefix(key, prefix) {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

func find(lang Lang, key string) (string, bool) {
	c, _ := load()
	langs, ok := chain[lang]
	if !ok {
		langs = []Lang{Spanish}
	}
	for _, l := range langs {
		if s, ok := c[l][key]; ok {
			return s, true
		}
	}
	return "", false
}

// T is the message under key with its {name} places filled. args alternate name, value;
// see Value for how values are shown. A missing key shows as ⟦key⟧.
func T(lang Lang, key string, args ...any) string {
	text, ok := find(lang, key)
	if !ok {
		return "⟦" + key + "⟧"
	}
	return fill(lang, text, args)
}

// TN is T for a counted thing: it takes key+".one" when n is 1, key+".other" otherwise,
// and gives the message n as {n}.
func TN(lang Lang, key string, n int, args ...any) string {
	form := ".other"
	if n == 1 {
		form = ".one"
	}
	return T(lang, key+form, append([]any{"n", n}, args...)...)
}

func fill(lang Lang, text string, args []any) string {
	if len(args) < 2 || !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		name := fmt.Sprint(args[i])
		pairs = append(pairs, "{"+name+"}", value(lang, name, args[i+1]))
	}
	// One pass, so that a value that itself holds "{text}" is left as the person wrote it.
	return strings.NewReplacer(pairs...).Replace(text)
}
