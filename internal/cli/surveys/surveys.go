// Package surveys is what the command line does about surveys: questionnaires, and whatever
// else begins with "quipu survey".
package surveys

import (
	"context"
	"errors"
	"flag"
	"io"

	"quipu/internal/app"
	"quipu/internal/i18n"
)

// Usage is the line of the command.
const Usage = "form check FILE.xlsx|DIR [--json] | form convert FILE.xlsx|DIR --out FILE.xml | analyse PLAN.json --data FILE.csv [--json|--csv]" +
	" | export SURVEY --out FILE [--format csv|parquet|r|stata|spss|ddi]" +
	" | simulate SURVEY --interviews N [--url URL] [--login LOGIN] [--office CODE] [--seed N] [--answer NAME=VALUE] [--json]"

// ErrUsage ends a command whose words do not fit, ErrFailed one that failed and said why.
var (
	ErrUsage  = errors.New("surveys: usage")
	ErrFailed = errors.New("surveys: failed")
)

// Console is what a command works with.
type Console struct {
	Ctx   context.Context
	Out   io.Writer
	Err   io.Writer
	Lang  func() i18n.Lang // after Parse
	Flags *flag.FlagSet
	Parse func(args []string, least, most int) ([]string, error) // flags and words
	Say   func(key string, args ...any)                          // to the person, on stderr
	JSON  func(v any) error                                      // one object on stdout
	Write func(path string, content []byte) error                // a file that appears when it is whole
	// Progress begins a bar on stderr; at moves it, end takes it away.
	Progress func(label string) (at func(done, total int64), end func())
	// Register reads flags and words, --dir among them, and opens the register there.
	Register func(args []string, least, most int) ([]string, *app.App, error)
	Operator func() app.Actor // the person at the command line
}

// commands are the words after "quipu survey".
var commands = map[string]func(Console, []string) error{
	"form":     form,
	"analyse":  analyse,
	"export":   export,
	"simulate": simulate,
}

// EstimateUsage is the line of "quipu estimate".
const EstimateUsage = "remittances PLAN.json [--data FILE.csv] [--json|--csv]"

// Estimate does what the words after "quipu estimate" say.
func Estimate(c Console, args []string) error {
	if len(args) == 0 || args[0] != "remittances" {
		_, err := c.Parse(args, 1, 1)
		return errors.Join(err, ErrUsage)
	}
	return remittances(c, args[1:])
}

// Run does what the words after "quipu survey" say.
func Run(c Console, args []string) error {
	if len(args) == 0 || commands[args[0]] == nil {
		_, err := c.Parse(args, 1, 1) // --help, or words that do not fit
		return errors.Join(err, ErrUsage)
	}
	return commands[args[0]](c, args[1:])
}
