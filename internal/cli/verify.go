package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/refcase"
)

const verifyUsage = "KIND CASES.json [--json]"

// saidVerify is the answer in JSON.
type saidVerify struct {
	Passed   int           `json:"passed"`
	Failed   int           `json:"failed"`
	Failures []saidFailure `json:"failures"`
}

type saidFailure struct {
	refcase.Failure
	Error string `json:"error,omitempty"`
}

// verify runs a file of reference cases: each number that differs, each case that cannot
// be run, and how many passed. The status is 1 when any failed.
func verify(e *env, args []string) error {
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	words, err := e.parse(args, 2, 2)
	if err != nil {
		return err
	}
	runners := refcase.Runners()
	run, ok := runners[words[0]]
	if !ok {
		return fault.New(fault.Invalid, "cli.verify.kind", "kind", words[0], "kinds", strings.Join(sortedKeys(runners), ", "))
	}
	f, err := os.Open(words[1])
	if err != nil {
		return fault.New(fault.NotFound, "cli.no_file", "file", words[1]).Because(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	b := e.bar(i18n.T(e.lang, "cli.verify.bar"))
	r, err := run(f, os.DirFS(filepath.Dir(words[1])), func(done, total int) { b.at(int64(done), int64(total)) })
	b.done()
	if err != nil {
		return err
	}
	if err := e.sayVerify(&r); err != nil {
		return err
	}
	if r.Failed > 0 {
		return errSilent
	}
	return nil
}

func (e *env) sayVerify(r *refcase.Report) error {
	said := saidVerify{Passed: r.Passed, Failed: r.Failed, Failures: []saidFailure{}}
	for _, f := range r.Failures {
		one := saidFailure{Failure: f}
		if f.Err != nil {
			one.Error = e.explain(f.Err)
		}
		said.Failures = append(said.Failures, one)
	}
	if e.asJSON {
		return e.json(said)
	}
	var text strings.Builder
	for _, f := range said.Failures {
		if f.Err != nil {
			text.WriteString(i18n.T(e.lang, "cli.verify.error", "case", f.Case, "why", f.Error) + "\n")
			continue
		}
		text.WriteString(i18n.T(e.lang, "cli.verify.number", "case", f.Case, "what", f.What, "expected", f.Expected, "got", f.Got) + "\n")
	}
	_, err := fmt.Fprintf(e.out, "%s%d passed, %d failed\n", text.String(), r.Passed, r.Failed) // the last line is a contract
	return err
}
