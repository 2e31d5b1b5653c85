package registry_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"quipu/internal/code"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/registry/refused"
)

var update = flag.Bool("update", false, "write docs/dictionary.md anew")

func hasBoth(t *testing.T, key string) {
	t.Helper()
	for _, lang := range i18n.Langs {
		if (lang == i18n.Spanish || lang == i18n.English) && !i18n.Has(lang, key) {
			t.Errorf("no %s message for %q", lang, key)
		}
	}
}

// TestEveryKeyHasWords reads the keys out of the program's own text, so that a fault or
// a doubt that somebody adds cannot be without a message.
func TestEveryKeyHasWords(t *testing.T) {
	for _, s := range registry.Sections {
		hasBoth(t, "section."+string(s))
	}
	for i := range registry.Dictionary {
		f := &registry.Dictionary[i]
		hasBoth(t, "field."+f.Key)
		for _, p := range f.Parts {
			hasBoth(t, "field."+f.Key+"."+p.Key)
		}
	}
	for _, s := range registry.States {
		hasBoth(t, "status."+string(s))
	}
	for _, r := range refused.Reasons() {
		hasBoth(t, "refused."+r)
	}
	literal := regexp.MustCompile(`(\w+)\(*"registry\.([a-z_]+)"|"(registry\.[a-z_]+)"`)
	files, _ := filepath.Glob("*.go")
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllStringSubmatch(string(text), -1) {
			key := m[3]
			if key == "" {
				key = "registry." + m[2]
			}
			found++
			asFault, asDoubt := i18n.Has(i18n.Spanish, "fault."+key), i18n.Has(i18n.Spanish, "doubt."+key)
			if asFault == asDoubt {
				t.Errorf("%s: %q must be a fault or a doubt of the catalogue, one of the two", file, key)
			}
		}
		for _, m := range regexp.MustCompile(`begin\("([a-z_]+)"|c\.Action = "([a-z_]+)"|: "(decease|presume_dead|report_missing|alive)"`).FindAllStringSubmatch(string(text), -1) {
			hasBoth(t, "action."+m[1]+m[2]+m[3])
		}
	}
	if found < 40 {
		t.Fatalf("only %d keys found: the scan looks for the wrong thing", found)
	}
}

func TestDictionaryListsExist(t *testing.T) {
	seen := map[string]bool{}
	for i := range registry.Dictionary {
		f := &registry.Dictionary[i]
		if seen[f.Key] || strings.ContainsAny(f.Key, "/. ") {
			t.Errorf("%s: the key is there twice or has a sign in it", f.Key)
		}
		seen[f.Key] = true
		kinds := []registry.Part{{Key: "", Kind: f.Kind, List: f.List}}
		if f.IsGroup() {
			kinds = f.Parts
		}
		for _, p := range kinds {
			if _, ok := code.Find(p.List); (p.Kind == registry.KCode) != ok {
				t.Errorf("%s %s: kind %s and list %q do not go together", f.Key, p.Key, p.Kind, p.List)
			}
		}
		if f.Tier == registry.T3 && (f.IsGroup() || !registry.Sealed(f)) {
			t.Errorf("%s: a value of tier 3 must be one sealed text", f.Key)
		}
		if registry.Visible(f, false, false) != (f.Tier == registry.T1) || !registry.Visible(f, true, true) {
			t.Errorf("%s: seen by the wrong people", f.Key)
		}
	}
}

// TestNothingForbiddenIsKept holds the names of all fields against the list of what
// must not be collected.
func TestNothingForbiddenIsKept(t *testing.T) {
	for i := range registry.Dictionary {
		f := &registry.Dictionary[i]
		for _, lang := range []i18n.Lang{i18n.Spanish, i18n.English} {
			names := []string{f.Key, i18n.T(lang, "field."+f.Key)}
			for _, p := range f.Parts {
				names = append(names, f.Key+" "+p.Key, i18n.T(lang, "field."+f.Key+"."+p.Key))
			}
			for _, n := range names {
				if reason, is := refused.Column(n); is {
					t.Errorf("%s: %q speaks of what is not kept (%s)", f.Key, n, reason)
				}
			}
		}
	}
}

func dictionaryPage() string {
	var b strings.Builder
	b.WriteString("# The data dictionary\n\nEvery value that a person's record can hold. Made from `internal/registry/dictionary.go` by\n" +
		"`go test ./internal/registry -run TestDictionaryPage -update`; do not edit.\n\n" +
		"Tier: T1 ordinary, T2 need to know, T3 sealed. Must: a complete record needs it (a part: the item needs it).\n" +
		"By: *person* gives it, *program* writes it.\n\n" +
		"| Row | Key | Section | Kind | List | Tier | Must | By | Español | English |\n|---|---|---|---|---|---|---|---|---|---|\n")
	yes := map[bool]string{true: "yes"}
	by := map[bool]string{true: "program", false: "person"}
	for i := range registry.Dictionary {
		f := &registry.Dictionary[i]
		kind := string(f.Kind)
		if f.IsGroup() {
			kind = "group"
		} else if f.Many {
			kind += "s"
		}
		row := func(key, kind, list string, must bool) {
			fmt.Fprintf(&b, "| %d | `%s` | %s | %s | %s | T%d | %s | %s | %s | %s |\n", f.Row, key, f.Section, kind, list, f.Tier,
				yes[must], by[f.Derived], i18n.T(i18n.Spanish, "field."+key), i18n.T(i18n.English, "field."+key))
		}
		row(f.Key, kind, f.List, f.Must)
		for _, p := range f.Parts {
			row(f.Key+"."+p.Key, string(p.Kind), p.List, p.Must)
		}
	}
	return b.String()
}

func TestDictionaryPage(t *testing.T) {
	page := filepath.Join("..", "..", "docs", "dictionary.md")
	want := dictionaryPage()
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(strings.Split(string(got), "\n"), strings.Split(want, "\n")) {
		t.Error("docs/dictionary.md is not what the dictionary says: run the test with -update")
	}
}
