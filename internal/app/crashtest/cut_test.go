package crashtest

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/change"
	"quipu/internal/store"
	"quipu/internal/synth"
)

const listRows = 5000

// writeList invents a list; a share of its people is in it twice, written differently.
func writeList(t *testing.T, path string, duplicates float64) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = synth.Generate(synth.Options{Persons: listRows, Seed: 7, Duplicates: duplicates}, f, io.Discard)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// contents lists what the register in a folder says of its people, without what differs
// from one register to the next: ids, numbers, imports.
func contents(t *testing.T, dir string) (people []string) {
	t.Helper()
	db, err := store.Open(ctx, store.Config{Path: filepath.Join(dir, "quipu.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.People(ctx, 0, 1<<30)
		if err != nil {
			return err
		}
		refs := make([]string, len(rows))
		for i, p := range rows {
			refs[i] = change.Ref{Kind: change.Person, ID: p.ID}.String()
		}
		changes, err := tx.ChangesOf(ctx, refs)
		for i, p := range rows {
			r := change.Fold(changes[refs[i]])
			var fields []string
			for name, held := range r.Fields {
				group, _, _ := strings.Cut(name, "/")
				if group != "number" && group != "doubt" && !held.Value.Empty() {
					fields = append(fields, group+"="+show(held.Value))
				}
			}
			slices.Sort(fields)
			people = append(people, fmt.Sprintf("%s|%s|%s|%s: %s", p.NameKey, p.Birth, p.Office, p.Entry, strings.Join(fields, "; ")))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(people, cmp.Compare[string])
	return people
}

func show(v change.Value) string {
	out := v.Text
	for _, k := range slices.Sorted(maps.Keys(v.Parts)) {
		out += fmt.Sprintf(" %s:%q", k, v.Parts[k])
	}
	return out
}

// importIn lets a child import the list; it is killed after a while, counted from its
// start or from the first chunk of rows that it saved, unless after is 0.
func importIn(t *testing.T, dir, list string, after time.Duration, begun bool) (res app.ImportResult, done bool) {
	t.Helper()
	j := startJob(t, envJob+"=import", envDir+"="+dir, envList+"="+list)
	line := ""
	if begun {
		line, _ = j.out.ReadString('\n')
	}
	if after > 0 {
		timer := time.AfterFunc(after, func() { _ = j.cmd.Process.Kill() })
		defer timer.Stop()
	}
	for line == "" || strings.HasPrefix(line, "saved") {
		next, err := j.out.ReadString('\n')
		if line = next; err != nil {
			break
		}
	}
	err := j.cmd.Wait()
	if after > 0 && err != nil && j.errors.Len() == 0 {
		return res, false
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, j.errors.String())
	}
	_, err = fmt.Sscan(line, &res.Rows, &res.New, &res.Same, &res.Changed, &res.Refused)
	if err != nil {
		t.Fatalf("the child said %q: %v", line, err)
	}
	return res, true
}

// TestImportCutShort: an import that is killed again and again, and started again each
// time, ends with the register of one that was left alone.
func TestImportCutShort(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		duplicates float64
	}{{"everybody once", 0}, {"some twice", 0.05}} {
		t.Run(c.name, func(t *testing.T) { importCut(t, c.duplicates) })
	}
}

func importCut(t *testing.T, duplicates float64) {
	r := random(t)
	base := t.TempDir()
	list, whole, cut := filepath.Join(base, "lista.csv"), filepath.Join(base, "whole"), filepath.Join(base, "cut")
	writeList(t, list, duplicates)
	start := time.Now()
	want, _ := importIn(t, whole, list, 0, false)
	took := time.Since(start)
	check(t, whole, want)
	cuts := 0
	for i := range 4 {
		begun, within := i%2 == 1, took // some surely between two chunks
		if begun {
			within = took / 10
		}
		if _, done := importIn(t, cut, list, time.Duration(r.Int64N(int64(within)))+time.Millisecond, begun); done {
			continue
		}
		cuts++
		a, err := openAs(cut, "", "")
		if err != nil {
			t.Fatal(err)
		}
		sound(t, a)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
	got, _ := importIn(t, cut, list, 0, false)
	check(t, cut, got)
	again, _ := importIn(t, cut, list, 0, false)
	check(t, cut, again)
	t.Logf("import of %d rows took %v, cut short %d times; whole %+v; last %+v", want.Rows, took.Round(time.Millisecond), cuts, want, got)
	if got.Rows != want.Rows || got.Refused != want.Refused || again.New != 0 || again.Changed != 0 {
		t.Errorf("whole %+v\ncut %+v\nagain %+v", want, got, again)
	}
	a, b := contents(t, whole), contents(t, cut)
	if len(a) != len(b) {
		t.Fatalf("%d people, %d when it was cut short", len(a), len(b))
	}
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("differs:\n%s\n%s", a[i], b[i])
		}
	}
}

// check opens a register after an import and looks whether the counts add up.
func check(t *testing.T, dir string, res app.ImportResult) {
	t.Helper()
	if res.New+res.Same+res.Changed+res.Refused != res.Rows || res.Rows < listRows {
		t.Errorf("the counts do not add up: %+v", res)
	}
	a, err := openAs(dir, "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	sound(t, a)
}
