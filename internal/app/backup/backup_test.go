package backup_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/backup"
	"quipu/internal/app/node"
	"quipu/internal/archive"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/store/pgtest"
)

const pass = "siete llamas en la puna"

var ctx = context.Background()

func operator() app.Actor { return node.Operator("prueba", "ESMAD") }

func open(t *testing.T, dir, engine string) *app.App {
	t.Helper()
	url := ""
	if engine == node.Postgres {
		url = pgtest.URL(t)
	}
	a, err := app.Open(ctx, dir, app.Options{Create: true, Engine: engine, URL: url, Node: "ESMAD-1", Passphrase: pass})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() }) //nolint:errcheck // closed by the test already, or not to be used again
	return a
}

func person(n int) registry.RegisterCmd {
	text := func(field, value string) registry.Input {
		return registry.Input{Field: field, Value: change.Text(value)}
	}
	name := "Rosa "
	for ; n > 0; n /= 26 {
		name += string(rune('a' + n%26))
	}
	return registry.RegisterCmd{Office: "ESMAD", Inputs: []registry.Input{
		text("surname_paternal", "Quispe"), text("surname_maternal", "Ñahui"), text("given_names", name+"ita"),
		text("birth_date", "1970-05-06"), text("sex", "F"), text("safe_hours", "de 8 a 9"),
	}}
}

// dump is every row of every table, by table, as texts; without what a restored register
// has of its own, its last change and what follows from it.
func dump(t *testing.T, a *app.App, most int64) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := a.DB.View(ctx, func(tx *store.Tx) error {
		tables, err := tx.Tables(ctx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			if slices.Contains([]string{"session", "log_state", "log_tile", "checkpoint", "setting"}, table.Name) {
				continue
			}
			err := tx.Rows(ctx, table, func(v []any) error {
				if table.Name == "change" && v[0].(int64) > most {
					return nil
				}
				out[table.Name] = append(out[table.Name], fmt.Sprintf("%q", v))
				return nil
			})
			if err != nil {
				return err
			}
			slices.Sort(out[table.Name])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func restore(t *testing.T, file []byte, o backup.Order) (*app.App, app.Restored) {
	t.Helper()
	r, err := app.Restore(ctx, operator(), bytes.NewReader(file), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings)+len(r.Drift) > 0 {
		t.Fatalf("findings %v, lists %v", r.Findings, r.Drift)
	}
	a, err := app.Open(ctx, o.Dir, app.Options{Passphrase: pass})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() }) //nolint:errcheck // nothing is lost by it
	return a, r
}

func pair(t *testing.T) (age.Identity, []age.Recipient) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id, []age.Recipient{id.Recipient()}
}

// TestUnderLoad copies a register while four officers write, and puts it back: it has
// everybody who was acknowledged before the copy began, nobody twice, and its log is the
// beginning of what the register's log became.
func TestUnderLoad(t *testing.T) {
	for _, engine := range []string{node.SQLite, node.Encrypted, node.Postgres} {
		t.Run(engine, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "reg")
			a := open(t, dir, engine)
			id, to := pair(t)
			var mu sync.Mutex
			acknowledged := map[string]bool{}
			stop := make(chan struct{})
			var officers sync.WaitGroup
			for o := range 4 {
				officers.Go(func() {
					for n := 0; ; n++ {
						select {
						case <-stop:
							return
						default:
						}
						r, err := a.Register(ctx, operator(), person(o+4*n), true)
						if err != nil {
							t.Error(err)
							return
						}
						mu.Lock()
						acknowledged[r.Number] = true
						mu.Unlock()
					}
				})
			}
			var files []bytes.Buffer
			var before []map[string]bool
			for range 3 {
				time.Sleep(150 * time.Millisecond)
				mu.Lock()
				before = append(before, maps.Clone(acknowledged))
				mu.Unlock()
				var file bytes.Buffer
				r, err := backup.Write(ctx, a.Node, operator(), &file, backup.Job{To: to, Keys: true})
				if err != nil || !r.Sound {
					t.Fatalf("%+v, %v", r, err)
				}
				files = append(files, file)
			}
			close(stop)
			officers.Wait()
			for i, file := range files {
				o := backup.Order{With: []age.Identity{id}, Dir: filepath.Join(t.TempDir(), "back"), Passphrase: pass}
				if engine == node.Postgres {
					o.URL = pgtest.URL(t)
				}
				b, r := restore(t, file.Bytes(), o)
				prefix(t, a, b, r)
				for number := range before[i] {
					who, err := b.FindNumber(ctx, operator(), number)
					if err != nil {
						t.Fatalf("copy %d: %s, who was acknowledged before it: %v", i, number, err)
					}
					if hits, err := b.Search(ctx, operator(), number, 5); err != nil || len(hits) != 1 || hits[0].ID != who {
						t.Fatalf("copy %d: %s is found as %v, %v", i, number, hits, err)
					}
				}
				t.Logf("copy %d: %d acknowledged before it, %d people in it, %d KiB", i, len(before[i]), r.People, file.Len()>>10)
			}
		})
	}
}

// prefix sees that the log of a restored register, without the change that says that it was
// restored, is the beginning of the other's.
func prefix(t *testing.T, whole, restored *app.App, r app.Restored) {
	t.Helper()
	size := r.Changes - 1
	a, b := dump(t, whole, size)["change"], dump(t, restored, size)["change"]
	if !slices.Equal(a, b) || int64(len(b)) != size {
		t.Fatalf("%d and %d changes up to %d, not the same", len(a), len(b), size)
	}
}

// TestEveryTableComesBack holds every table of a register against what was put back, on the
// same engine and on another.
func TestEveryTableComesBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "reg")
	a := open(t, dir, node.SQLite)
	for n := range 20 {
		if _, err := a.Register(ctx, operator(), person(n), true); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.CreateAccount(ctx, operator(), account.NewAccount{Login: "rosa", Name: "Rosa", Role: authz.Window, Office: "ESMAD", Password: "siete llamas en la puna"}); err != nil {
		t.Fatal(err)
	}
	if err := a.KeepCheckpoint(ctx); err != nil {
		t.Fatal(err)
	}
	underWay := filepath.Join(node.InterviewFolder, strings.Repeat("ab", 16)+"-"+strings.Repeat("c", 26)+node.InterviewEnd)
	sealed := []byte("an interview that is held in a browser just now, sealed")
	if err := errors.Join(os.MkdirAll(filepath.Join(dir, node.InterviewFolder), 0o700), os.WriteFile(filepath.Join(dir, underWay), sealed, 0o600),
		os.WriteFile(filepath.Join(dir, node.InterviewFolder, "new-half"), sealed, 0o600)); err != nil {
		t.Fatal(err)
	}
	id, to := pair(t)
	var file bytes.Buffer
	r, err := backup.Write(ctx, a.Node, operator(), &file, backup.Job{To: to})
	if err != nil {
		t.Fatal(err)
	}
	v, err := backup.Verify(bytes.NewReader(file.Bytes()), []age.Identity{id})
	if sum := fmt.Sprintf("%x", sha256.Sum256(file.Bytes())); err != nil || v.SHA256 != sum || !v.Sound || v.Rows() != r.Rows() {
		t.Errorf("read back with the sum %s and %d rows, %v; it was %s and %d", v.SHA256, v.Rows(), err, sum, r.Rows())
	}
	want := dump(t, a, r.Manifest.Size)
	for _, engine := range []string{"", node.Postgres, node.Encrypted} {
		o := backup.Order{With: []age.Identity{id}, Dir: filepath.Join(t.TempDir(), "back"), Keys: filepath.Join(dir, "keys"), Engine: engine, Passphrase: pass}
		if engine == node.Postgres {
			o.URL = pgtest.URL(t)
		}
		b, _ := restore(t, file.Bytes(), o)
		if all, err := os.ReadDir(filepath.Join(b.Dir(), node.InterviewFolder)); err != nil || len(all) != 1 {
			t.Errorf("%q: interviews under way: %v, %v", engine, all, err)
		}
		if back, err := os.ReadFile(filepath.Join(b.Dir(), underWay)); err != nil || !bytes.Equal(back, sealed) {
			t.Errorf("%q: an interview under way came back as %q, %v", engine, back, err)
		}
		got := dump(t, b, r.Manifest.Size)
		for _, table := range slices.Sorted(maps.Keys(want)) {
			if !slices.Equal(want[table], got[table]) {
				t.Errorf("%q: %s differs: %d and %d rows", engine, table, len(want[table]), len(got[table]))
			}
		}
		fresh, err := b.Register(ctx, operator(), person(500), true)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.FindNumber(ctx, operator(), fresh.Number); err == nil || fresh.Head.Node == a.Name() {
			t.Errorf("a restored register gave the number %s and the change %v again", fresh.Number, fresh.Head)
		}
	}
}

// TestForged: a file that somebody put together who has the public key, an old copy and no
// more is refused, and leaves nothing.
func TestForged(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a"), node.SQLite)
	id, to := pair(t)
	var file, forged bytes.Buffer
	if _, err := backup.Write(ctx, a.Node, operator(), &file, backup.Job{To: to}); err != nil {
		t.Fatal(err)
	}
	in, err := archive.NewReader(bytes.NewReader(file.Bytes()), id)
	if err != nil {
		t.Fatal(err)
	}
	out, err := archive.NewWriter(&forged, to, in.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	end, err := in.All(archive.Contents{Table: out.Table, Row: func(_ archive.Table, v []any) error { return out.Row(v) }, File: out.File})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.End(func(string) string { return end.Mark + "0" }); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "back")
	o := backup.Order{With: []age.Identity{id}, Dir: dir, Keys: filepath.Join(a.Dir(), "keys")}
	if _, err := app.Restore(ctx, operator(), &forged, o, nil); !fault.Is(err, "backup.not_of_this") {
		t.Error(err)
	}
	left(t, dir)
	if _, err := app.Restore(ctx, operator(), &file, o, nil); err != nil {
		t.Error("and the true one:", err)
	}
}

// left sees that nothing was left of a restoration that failed.
func left(t *testing.T, dir string) {
	t.Helper()
	all, err := os.ReadDir(filepath.Dir(dir))
	if err != nil || len(all) > 0 {
		t.Errorf("left behind: %v, %v", all, err)
	}
}

func TestOnlyTheOperator(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a"), node.SQLite)
	_, to := pair(t)
	for _, role := range authz.Roles {
		err := error(nil)
		if role != authz.Operator {
			_, err = backup.Write(ctx, a.Node, app.Actor{Login: "x", Role: role, Office: "ESMAD", Purpose: "registry"}, &bytes.Buffer{}, backup.Job{To: to})
			if fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s: %v", role, err)
			}
		}
	}
}

// full is a disk on which so much fits.
type full struct{ left int }

var errFull = errors.New("no room")

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// TestDiskFull: wherever the disk is full, the backup says so and the register goes on.
func TestDiskFull(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a"), node.SQLite)
	_, to := pair(t)
	var file bytes.Buffer
	if _, err := backup.Write(ctx, a.Node, operator(), &file, backup.Job{To: to}); err != nil {
		t.Fatal(err)
	}
	for room := 0; room < file.Len(); room += 97 {
		if _, err := backup.Write(ctx, a.Node, operator(), &full{room}, backup.Job{To: to}); !errors.Is(err, errFull) {
			t.Fatalf("with room for %d of %d bytes: %v", room, file.Len(), err)
		}
	}
	if _, err := a.Register(ctx, operator(), person(1), true); err != nil {
		t.Error(err)
	}
}
