package cli

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run the real command line as another process.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"quipu": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// waitLog waits until a file that another process writes says a word.
func waitLog(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: waitlog FILE WORD")
	}
	for range 300 {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil && strings.Contains(string(text), args[1]) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s does not say %s", args[0], args[1])
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Cmds: map[string]func(*testscript.TestScript, bool, []string){"waitlog": waitLog}, Setup: func(e *testscript.Env) error {
		e.Setenv("QUIPU_LANG", "en")
		e.Setenv("QUIPU_DIR", e.WorkDir+"/reg")
		return nil
	}})
}
