package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/i18n"
)

func outcomes(t *testing.T, a *App) map[string]Check {
	t.Helper()
	all, err := a.Checkup(context.Background(), node.Operator("t", ""), 1000, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]Check{}
	for _, c := range all {
		byName[c.Name] = c
		for _, lang := range i18n.Langs {
			if key := "doctor." + c.Name + "." + c.Said; c.Said != "error" && !i18n.Has(lang, key) {
				t.Errorf("no message %q", key)
			}
		}
	}
	return byName
}

func expect(t *testing.T, got map[string]Check, bad map[string]string) {
	t.Helper()
	for name, c := range got {
		if want := bad[name]; want == "" && c.State != Fine || want != "" && c.Said != want {
			t.Errorf("%s is %s (%s, %v), want %q", name, c.State, c.Said, c.Err, want)
		}
	}
}

func TestCheckup(t *testing.T) {
	ctx := context.Background()
	a, now := openTest(t, Options{Node: "TEST"})
	if err := a.KeepCheckpoint(ctx); err != nil {
		t.Fatal(err)
	}
	expect(t, outcomes(t, a), nil)

	w := &node.Written{}
	res, err := a.Register(node.Noting(ctx, w), officer(authz.Window, "ESMAD"), juan("ESMAD"), false)
	if err != nil || w.Count != 1 || w.First != res.Head {
		t.Fatalf("noted %+v of %v, %v", w, res.Head, err)
	}
	if got := a.Work(); got.Registrations != 1 || got.Edits != 0 || got.Imports != 0 {
		t.Errorf("counted %+v", got)
	}
	now.t = now.t.Add(5 * time.Hour)
	expect(t, outcomes(t, a), map[string]string{"checkpoint": "old"})
	if ills, err := a.Health(ctx); err != nil || slices.Contains(ills, ClockBack) || slices.Contains(ills, HeadUnsigned) {
		t.Errorf("a good register has %v, %v", ills, err)
	}

	now.t = now.t.AddDate(0, 0, -2)
	expect(t, outcomes(t, a), map[string]string{"clock": "back"})
	if ills, err := a.Health(ctx); err != nil || !slices.Contains(ills, ClockBack) {
		t.Errorf("the clock was set back: %v, %v", ills, err)
	}
}

// TestCheckupOfAYoungRegister: in its first hours no signature is expected; later it is.
func TestCheckupOfAYoungRegister(t *testing.T) {
	a, now := openTest(t, Options{Node: "TEST"})
	registerJuan(t, a)
	expect(t, outcomes(t, a), nil)
	if c := outcomes(t, a)["checkpoint"]; c.Said != "young" {
		t.Errorf("a young register's signature is %q", c.Said)
	}
	now.t = now.t.Add(5 * time.Hour)
	expect(t, outcomes(t, a), map[string]string{"checkpoint": "none"})
}

// TestCheckupOtherKeys opens a register with the keys of another.
func TestCheckupOtherKeys(t *testing.T) {
	ctx := context.Background()
	a, now := openTest(t, Options{Node: "TEST"})
	registerJuan(t, a)
	b, _ := openTest(t, Options{Node: "TEST"})
	dir := t.TempDir()
	for _, name := range []string{"quipu.toml", "quipu.db", "quipu.db-wal", "keys/audit.key", "keys/master.key"} {
		from := a.Dir()
		if filepath.Dir(name) == "keys" {
			from = b.Dir()
		}
		copyFile(t, filepath.Join(from, name), filepath.Join(dir, name))
	}
	c, err := Open(ctx, dir, Options{Now: now.now})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	expect(t, outcomes(t, c), map[string]string{"seal_key": "other", "log_key": "other"})
	if ills, err := c.Health(ctx); err != nil || !slices.Contains(ills, HeadUnsigned) {
		t.Errorf("signed by another key: %v, %v", ills, err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestCheckupAltered changes a logged name behind the program's back.
func TestCheckupAltered(t *testing.T) {
	a, now := openTest(t, Options{Node: "TEST"})
	registerJuan(t, a)
	a.Close()
	path := filepath.Join(a.Dir(), "quipu.db")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	old, lie := []byte(`Calle Inventada 5`), []byte(`Calle Inventada 6`)
	if !bytes.Contains(text, old) {
		t.Fatal("the change is not in the file")
	}
	if err := os.WriteFile(path, bytes.ReplaceAll(text, old, lie), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := Open(context.Background(), a.Dir(), Options{Now: now.now})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	expect(t, outcomes(t, b), map[string]string{"changes": "altered"})
}
