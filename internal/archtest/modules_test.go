package archtest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/modfile"
)

var update = flag.Bool("update", false, "write docs/modules.txt anew")

var tableRow = regexp.MustCompile("(?m)^\\| `?([a-z0-9./_-]+\\.[a-z]+/[A-Za-z0-9./_-]+)`? \\| (v[^ |]+) \\|")

// requirements compares the direct requirements of go.mod with the first two columns of
// the table in docs/dependencies.md.
func requirements(gomod, table string) (found []complaint) {
	m, err := modfile.Parse("go.mod", []byte(gomod), nil)
	if err != nil {
		return []complaint{{"go.mod", err.Error()}}
	}
	wanted := map[string]string{}
	for _, r := range m.Require {
		if !r.Indirect {
			wanted[r.Mod.Path] = r.Mod.Version
		}
	}
	for _, row := range tableRow.FindAllStringSubmatch(table, -1) {
		switch v, ok := wanted[row[1]]; {
		case !ok:
			found = append(found, complaint{"docs/dependencies.md", row[1] + " is not required by go.mod directly, or stands twice"})
		case v != row[2]:
			found = append(found, complaint{"docs/dependencies.md", fmt.Sprintf("%s is at %s, go.mod has %s", row[1], row[2], v)})
		}
		delete(wanted, row[1])
	}
	for path := range wanted {
		found = append(found, complaint{"docs/dependencies.md", path + " is missing: say what it is for and what was rejected"})
	}
	return found
}

func TestRequirements(t *testing.T) {
	top := root(t)
	gomod, err := os.ReadFile(filepath.Join(top, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(filepath.Join(top, "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	obey(t, "requirements", requirements(string(gomod), string(table)))
}

// linked lists every module whose packages go into the binary, on any of the systems.
func linked(t *testing.T) string {
	var all []string
	for _, system := range []string{"linux", "windows", "darwin"} {
		cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}", "./cmd/quipu")
		cmd.Dir = root(t)
		cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
		var why bytes.Buffer
		cmd.Stderr = &why
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go list for %s: %v\n%s", system, err, why.Bytes())
		}
		all = append(all, strings.Split(string(out), "\n")...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return strings.TrimLeft(strings.Join(all, "\n"), "\n") + "\n"
}

// TestModules makes a new module in the binary show in the review of docs/modules.txt.
func TestModules(t *testing.T) {
	got := linked(t)
	name := filepath.Join(root(t), "docs", "modules.txt")
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the modules in the binary are not those of docs/modules.txt; if that is meant, run\n  go test ./internal/archtest -run TestModules -update\n%s", diff)
	}
}
