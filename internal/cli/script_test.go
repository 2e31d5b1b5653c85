package cli

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run the real command line as another process.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"quipu": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Setup: func(e *testscript.Env) error {
		e.Setenv("QUIPU_LANG", "en")
		e.Setenv("QUIPU_DIR", e.WorkDir+"/reg")
		return nil
	}})
}
