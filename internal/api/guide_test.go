package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"quipu/internal/app/account"
	"quipu/internal/authz"
)

var fenced = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// TestGuide runs the examples of docs/api.md one after another with curl against a register,
// and holds each answer against the one that stands below it. In an answer "…" stands for
// anything and "$NAME" for what later examples call so; members that it leaves out may be there.
func TestGuide(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("QUIPU_REQUIRE_CURL") == "1" {
			t.Fatal(err)
		}
		t.Skip("the examples of docs/api.md are run with curl, which is not here")
	}
	d := open(t)
	d.officer(account.NewAccount{Login: "julia", Name: "Julia", Office: "ESMAD", Role: authz.Window, Lang: "en"})
	server := httptest.NewServer(d.h)
	defer server.Close()
	env := map[string]string{"QUIPU": server.URL + Prefix, "TOKEN": d.token("julia", all...), "IMPORTER": d.token("saul", all...)}
	dir, got, ran := t.TempDir(), "", 0
	for _, block := range fenced.FindAllStringSubmatch(string(guide), -1) {
		switch kind, text := block[1], block[2]; kind {
		case "sh":
			got = runExample(t, dir, text, env)
		case "json":
			ran++
			var want, have any
			if err := json.Unmarshal([]byte(text), &want); err != nil {
				t.Fatalf("the guide's answer %s: %v", text, err)
			}
			if err := json.Unmarshal([]byte(got), &have); err != nil {
				t.Fatalf("%s instead of %s", got, text)
			}
			if why := unlike(want, have, env); why != "" {
				t.Fatalf("the guide shows\n%sand the answer is\n%s%s", text, got, why)
			}
		case "http":
			ran++
			for line := range strings.Lines(text) {
				if !strings.Contains(strings.ToLower(strings.ReplaceAll(got, "\r", "")), strings.ToLower(line)) { // names of fields have no case
					t.Errorf("the guide shows %q and the answer is\n%s", line, got)
				}
			}
		}
	}
	if ran < 10 {
		t.Errorf("only %d examples were found", ran)
	}
	for _, scope := range authz.Actions {
		if !strings.Contains(string(guide), "`"+string(scope)+"`") {
			t.Errorf("the guide does not say what the scope %s is for", scope)
		}
	}
}

func runExample(t *testing.T, dir, text string, env map[string]string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-eu", "-c", text)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "no_proxy=127.0.0.1"}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		cmd.Env = append(cmd.Env, name+"="+env[name])
	}
	var failed strings.Builder
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s%v %s", text, err, &failed)
	}
	return string(out)
}

// unlike says where an answer is not as shown, and learns the names.
func unlike(want, have any, env map[string]string) string {
	switch w := want.(type) {
	case string:
		if name, ok := strings.CutPrefix(w, "$"); ok {
			if env[name] == "" {
				env[name], _ = have.(string)
			}
			w = env[name]
		}
		if s, ok := have.(string); !ok || w != "…" && s != w {
			return fmt.Sprintf("%v is not %q", have, w)
		}
	case map[string]any:
		h, ok := have.(map[string]any)
		if !ok {
			return fmt.Sprintf("%v is no object", have)
		}
		for name, v := range w {
			if why := unlike(v, h[name], env); why != "" {
				return name + ": " + why
			}
		}
	case []any:
		h, ok := have.([]any)
		more := len(w) > 0 && w[len(w)-1] == "…"
		if more {
			w = w[:len(w)-1]
		}
		if !ok || len(h) < len(w) || len(h) > len(w) && !more {
			return fmt.Sprintf("%v has not what %v has", have, want)
		}
		for i, v := range w {
			if why := unlike(v, h[i], env); why != "" {
				return why
			}
		}
	default:
		if want != have {
			return fmt.Sprintf("%v is not %v", have, want)
		}
	}
	return ""
}
