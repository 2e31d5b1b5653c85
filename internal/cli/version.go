package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"quipu/internal/change"
	"quipu/internal/code"
)

// Release is the version of the program; a release build sets it.
var Release = "0.1.0-dev"

func version(e *env, args []string) error {
	if _, err := e.parse(args, 0, 0); err != nil {
		return err
	}
	rev := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				rev = " " + s.Value
			}
		}
	}
	_, err := fmt.Fprintf(e.out, "quipu %s%s (%s, %s/%s, envelope %d, schema %d, code lists %s)\n",
		Release, rev, runtime.Version(), runtime.GOOS, runtime.GOARCH, change.Envelope, change.Schema, code.Edition)
	return err
}
