package crashtest

import (
	"path/filepath"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/node"
)

// TestKill9Index kills a program that keeps writing the index of people to its file. Each
// time the next one finds everybody who was acknowledged, once, by what the index alone
// finds: a name that is misspelt.
func TestKill9Index(t *testing.T) {
	t.Parallel()
	r := random(t)
	read := 0
	for _, engine := range []string{node.SQLite, node.Encrypted} {
		dir := filepath.Join(t.TempDir(), "reg")
		var all []saved
		for i := range 12 {
			all = append(all, round(t, r, int64(1+1000*i), envDir+"="+dir, envEngine+"="+engine, envJob+"=index")...)
			a, err := openAs(dir, engine, "")
			if err != nil {
				t.Fatal(err)
			}
			ok, err := a.Index.LoadKept(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if ok {
				read++
			}
			for _, s := range all {
				misspelt(t, a, s)
			}
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if read == 0 {
		t.Error("no file was whole: nothing was tried")
	}
	t.Logf("24 kills, the file was read %d times", read)
}

func misspelt(t *testing.T, a *app.App, s saved) {
	t.Helper()
	hits, err := a.Search(ctx, operator(), "Cuispe Nahui "+givenName(s.n), 500)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, h := range hits {
		if h.ID == s.person {
			n++
		}
	}
	if n != 1 {
		t.Fatalf("%s, who was acknowledged, is found %d times", s.number, n)
	}
}
