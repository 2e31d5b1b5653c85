package audit

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/fault"
	"quipu/internal/i18n"
)

func newSigner(t testing.TB, name string) *Signer {
	t.Helper()
	s, err := Generate(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCheckpoint(t *testing.T) {
	s, other := newSigner(t, "quipu/ESMAD-1"), newSigner(t, "quipu/USPAT-1")
	root := tlog.RecordHash([]byte("x"))
	text, err := s.Sign(7, root, "at 2026-11-23T09:30:00Z")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(text), "quipu/ESMAD-1\n7\n"+root.String()+"\nat 2026-11-23T09:30:00Z\n\n— quipu/ESMAD-1 ") {
		t.Fatalf("form is %q", text)
	}
	want := Checkpoint{"quipu/ESMAD-1", 7, root, []string{"at 2026-11-23T09:30:00Z"}, []string{"quipu/ESMAD-1"}}
	got, err := Verify(text, other.PublicKey(), s.PublicKey(), s.PublicKey())
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatalf("%v %s", err, diff)
	}
	both, err := other.Countersign(text, s.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	if got, err = Verify(both, s.PublicKey(), other.PublicKey()); err != nil || len(got.Signers) != 2 {
		t.Fatalf("%+v %v", got, err)
	}
	refused := map[string]struct {
		text []byte
		keys []string
		key  string
	}{
		"size changed":      {[]byte(strings.Replace(string(text), "\n7\n", "\n8\n", 1)), []string{s.PublicKey()}, "audit.signature"},
		"unknown key":       {text, []string{other.PublicKey()}, "audit.signature"},
		"only a witness":    {both, []string{other.PublicKey()}, "audit.signer"},
		"no key":            {text, nil, "audit.signature"},
		"malformed key":     {text, []string{"x"}, "audit.public_key"},
		"empty":             {nil, []string{s.PublicKey()}, "audit.signature"},
		"another statement": {sealed(t, s, "quipu/ESMAD-1\n07\n"+root.String()+"\n"), []string{s.PublicKey()}, "audit.checkpoint"},
	}
	for name, c := range refused {
		if _, err := Verify(c.text, c.keys...); !fault.Is(err, c.key) {
			t.Errorf("%s: %v, want %s", name, err, c.key)
		}
	}
	if _, err := s.Sign(1, root, ""); !fault.Is(err, "audit.checkpoint") {
		t.Errorf("an empty extension line: %v", err)
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.key")
	s := newSigner(t, "quipu/ESMAD-1")
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(path); !fault.Is(err, "audit.key_exists") {
		t.Fatalf("overwritten: %v", err)
	}
	back, err := Load(path)
	if err != nil || back.PublicKey() != s.PublicKey() {
		t.Fatalf("%v %v", back, err)
	}
	text, _ := back.Sign(0, tlog.Hash{})
	if _, err := Verify(text, s.PublicKey()); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" {
		if err := os.Chmod(path, 0o640); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); !fault.Is(err, "audit.key_open") {
			t.Fatalf("a key file that the group reads: %v", err)
		}
	}
	if err := os.WriteFile(path+"2", []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path + "2"); !fault.Is(err, "audit.key_form") {
		t.Fatal(err)
	}
	if _, err := Load(path + "3"); !fault.Is(err, "audit.key_read") {
		t.Fatal(err)
	}
	if _, err := Generate(rand.Reader, "two words"); !fault.Is(err, "audit.key_name") {
		t.Fatal(err)
	}
}

func TestMessages(t *testing.T) {
	for _, k := range Kinds {
		for _, f := range []Finding{{Kind: k, Seq: 3, Until: 3}, {Kind: k, Seq: 3, Until: 9}} {
			key, args := f.Message()
			for _, lang := range i18n.Langs {
				if text := i18n.T(lang, key, args...); strings.ContainsAny(text, "⟦{") {
					t.Errorf("%s: %s", lang, text)
				}
			}
		}
	}
}
