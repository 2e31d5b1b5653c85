package archive

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quipu/internal/fault"
)

func key(t testing.TB) (age.Identity, []age.Recipient) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id, []age.Recipient{id.Recipient()}
}

type written struct {
	Tables []Table
	Rows   [][]any
	Files  map[string]string
}

func write(t fataler, to []age.Recipient, w written) []byte {
	t.Helper()
	var out bytes.Buffer
	a, err := NewWriter(&out, to, Manifest{Node: "ESMAD-1", Schema: 7, Size: 3})
	if err == nil {
		for name, text := range w.Files {
			err = errors.Join(err, a.File(name, []byte(text)))
		}
		for i, table := range w.Tables {
			err = errors.Join(err, a.Table(table))
			for _, r := range w.Rows {
				if len(r) == len(table.Columns) && i == len(w.Tables)-1 {
					err = errors.Join(err, a.Row(r))
				}
			}
		}
		_, e := a.End(func(sum string) string { return "mark of " + sum[:4] })
		err = errors.Join(err, e)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

type fataler interface {
	Helper()
	Fatal(...any)
}

func read(r io.Reader, with ...age.Identity) (got written, end End, err error) {
	in, err := NewReader(r, with...)
	if err != nil {
		return got, end, err
	}
	got.Files = map[string]string{}
	end, err = in.All(Contents{
		Table: func(t Table) error { got.Tables = append(got.Tables, t); return nil },
		Row:   func(_ Table, v []any) error { got.Rows = append(got.Rows, v); return nil },
		File:  func(name string, b []byte) error { got.Files[name] = string(b); return nil },
	})
	return got, end, err
}

// TestEveryRowComesBack: whatever the values, and whether or not they fill a frame.
func TestEveryRowComesBack(t *testing.T) {
	id, to := key(t)
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 5).Draw(t, "width")
		value := rapid.OneOf(rapid.Just[any](nil), rapid.Map(rapid.Int64(), toAny[int64]), rapid.Map(rapid.String(), toAny[string]),
			rapid.Map(rapid.Float64(), toAny[float64]), rapid.Map(rapid.SliceOf(rapid.Byte()), toAny[[]byte]),
			rapid.Just[any](strings.Repeat("largo", 30_000)))
		want := written{Tables: []Table{{"nothing", []string{"a"}}, {"things", strings.Split("a,b,c,d,e", ",")[:width]}},
			Rows: rapid.SliceOfN(rapid.SliceOfN(value, width, width), 0, 12).Draw(t, "rows"), Files: map[string]string{"keys/a.key": "secret"}}
		got, end, err := read(bytes.NewReader(write(t, to, want)), id)
		if err != nil {
			t.Fatal(err)
		}
		if len(want.Rows) == 0 {
			want.Rows = nil
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
		if len(end.Tables) != 2 || end.Tables[1].Rows != int64(len(want.Rows)) || end.Mark != "mark of "+end.Sum[:4] {
			t.Fatal(end)
		}
	})
}

func toAny[T any](v T) any { return v }

var small = written{Tables: []Table{{"t", []string{"a", "b"}}}, Rows: [][]any{{int64(1), "uno"}, {int64(2), []byte("dos")}}, Files: map[string]string{"f": "x"}}

// TestDamage: a file that was cut anywhere or has any byte changed is refused, and never
// read to its end.
func TestDamage(t *testing.T) {
	id, to := key(t)
	whole := write(t, to, small)
	if _, _, err := read(bytes.NewReader(whole), id); err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		if _, _, err := read(bytes.NewReader(whole[:i]), id); fault.As(err) == nil {
			t.Fatalf("cut at %d of %d: %v", i, len(whole), err)
		}
		spoilt := bytes.Clone(whole)
		spoilt[i] ^= 4
		if _, _, err := read(bytes.NewReader(spoilt), id); fault.As(err) == nil {
			t.Fatalf("byte %d of %d changed: %v", i, len(whole), err)
		}
	}
	if _, _, err := read(bytes.NewReader(append(whole, 'x')), id); fault.As(err) == nil {
		t.Fatal("something follows the end, and nobody says so")
	}
}

// sealed is text under the seal, as somebody makes it who has only the public key.
func sealed(t testing.TB, to []age.Recipient, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	s, err := age.Encrypt(&out, to...)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(s)
	_, err = z.Write(text)
	if err := errors.Join(err, z.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func plain(t testing.TB, id age.Identity, file []byte) []byte {
	t.Helper()
	r, err := age.Decrypt(bytes.NewReader(file), id)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestUnderTheSeal: what was put together by another hand is told apart from what is damaged.
func TestUnderTheSeal(t *testing.T) {
	id, to := key(t)
	text := plain(t, id, write(t, to, small))
	for name, c := range map[string]struct {
		text []byte
		want string
	}{
		"a later form":       {bytes.Replace(text, []byte("backup/1"), []byte("backup/2"), 1), "archive.newer"},
		"another thing":      {[]byte("a letter that somebody sealed"), "archive.no_backup"},
		"nothing":            {nil, "archive.damaged"},
		"a row changed":      {bytes.Replace(text, []byte("uno"), []byte("una"), 1), "archive.damaged"},
		"no end":             {text[:bytes.LastIndexByte(text, 'E')], "archive.damaged"},
		"a length of 2^63":   {append([]byte(Magic), 'M', 255, 255, 255, 255, 255, 255, 255, 255, 127), "archive.damaged"},
		"no manifest":        {append([]byte(Magic), 'T', 2, '{', '}'), "archive.damaged"},
		"a table of nothing": {append(append([]byte(Magic), 'M', 2, '{', '}'), 'T', 2, '{', '}'), "archive.damaged"},
		"rows of no table":   {append(append([]byte(Magic), 'M', 2, '{', '}'), 'R', 1, 0), "archive.damaged"},
		"a frame of no kind": {append(append([]byte(Magic), 'M', 2, '{', '}'), 'X', 0), "archive.damaged"},
	} {
		if _, _, err := read(bytes.NewReader(sealed(t, to, c.text)), id); !fault.Is(err, c.want) {
			t.Errorf("%s: %v, not %s", name, err, c.want)
		}
	}
	other, _ := key(t)
	if _, _, err := read(bytes.NewReader(write(t, to, small)), other); !fault.Is(err, "archive.other_key") {
		t.Error("another key:", err)
	}
}

func TestPassphrase(t *testing.T) {
	to, err := ToPassphrase("siete llamas en la puna")
	if err != nil {
		t.Fatal(err)
	}
	to.(*age.ScryptRecipient).SetWorkFactor(10) // the test is not slowed
	file := write(t, []age.Recipient{to}, small)
	for pass, want := range map[string]string{"siete llamas en la puna": "", "ocho llamas": "archive.other_key"} {
		id, err := OfPassphrase(pass)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = read(bytes.NewReader(file), id)
		if (want == "") != (err == nil) || want != "" && !fault.Is(err, want) {
			t.Errorf("%q: %v", pass, err)
		}
	}
}

func TestKeyPair(t *testing.T) {
	secret, public, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	to, err := To([]string{public})
	if err != nil {
		t.Fatal(err)
	}
	ids, err := Identities(strings.NewReader("# for the safe\n" + secret + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := read(bytes.NewReader(write(t, to, small)), ids...); err != nil {
		t.Fatal(err)
	}
	if _, err := To([]string{secret}); !fault.Is(err, "archive.recipient") || strings.Contains(err.Error(), secret[10:]) {
		t.Error("a secret key as a public one:", err)
	}
	if _, err := Identities(strings.NewReader(public)); !fault.Is(err, "archive.identity") {
		t.Error("a public key as a secret one:", err)
	}
}

// FuzzUnderTheSeal: nothing that is put under the seal makes the reader fail otherwise than
// by a fault, or take more than it is given.
func FuzzUnderTheSeal(f *testing.F) {
	id, to := key(f)
	f.Add(plain(f, id, write(f, to, small)))
	f.Add([]byte(Magic))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, _, err := read(bytes.NewReader(sealed(t, to, text)), id)
		if err != nil && fault.As(err) == nil {
			t.Fatal(err)
		}
	})
}
