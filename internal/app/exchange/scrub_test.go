package exchange_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// raw are the bytes of every file of a register's folder, folded to lower case: the index of
// names has words so.
func raw(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		out.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.ToLower(out.String())
}

// TestTheFilesForget: once the database was scrubbed no file of the node has a value of a
// person that it was told to forget, neither in free pages nor in the write-ahead log; before
// that it is known that some may.
func TestTheFilesForget(t *testing.T) {
	w := newWorld(t, false, "ESMAD", "USPAT")
	home := w.nodes["ESMAD-1"]
	const secret = "xochiquetzalina"
	var gone []string
	for i := range 30 { // enough for cells to move from page to page
		word := strings.Repeat(string(rune('a'+i%5)), 2) + strings.Repeat(string(rune('k'+i/5)), 3)
		gone = append(gone, w.register(home, "ESMAD", word+secret, "O"+word+"e"))
	}
	stays := w.register(home, "ESMAD", "Rosa", "Choquehuanca")
	w.level()
	if owed, err := home.ScrubOwed(ctx); err != nil || !owed.IsZero() {
		t.Fatalf("owed since %v before anybody was forgotten, %v", owed, err)
	}
	for _, p := range gone {
		w.move(p, "USPAT")
	}
	w.level()
	for _, p := range gone {
		if strings.Contains(value(t, home, p, "given_names"), secret) {
			t.Fatal("the node has not forgotten")
		}
	}
	if !strings.Contains(raw(t, home.Dir()), strings.ToLower(secret)) {
		t.Log("nothing was left even before the database was scrubbed")
	}
	since, err := home.ScrubOwed(ctx)
	if err != nil || !since.Equal(w.now) {
		t.Fatalf("owed since %v, want %v, %v", since, w.now, err)
	}
	w.do(home.ScrubNow(ctx))
	if got := raw(t, home.Dir()); strings.Contains(got, strings.ToLower(secret)) || !strings.Contains(got, "choquehuanca") {
		i := strings.Index(got, strings.ToLower(secret))
		t.Errorf("a file of the node has the name of somebody forgotten (%d), or lost who stays: %.80q", i, got[max(0, i):])
	}
	if owed, err := home.ScrubOwed(ctx); err != nil || !owed.IsZero() {
		t.Errorf("still owed since %v, %v", owed, err)
	}
	if value(t, home, stays, "given_names") != "Rosa" {
		t.Error("who stays is lost")
	}
	w.sound()
}
