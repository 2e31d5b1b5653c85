// Package cli is the command line: one file a subcommand. It translates arguments to use
// cases and outcomes to text or JSON, and decides nothing. The words and formats are a
// contract with other programs; docs/cli.md lists them.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"os/user"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // Windows has no time zones of its own

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/cli/laptop"
	"quipu/internal/cli/surveys"
	"quipu/internal/code"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/operation"
	"quipu/internal/operation/aside"
)

// env is what a command works with.
type env struct {
	ctx    context.Context
	in     io.Reader
	out    io.Writer
	err    io.Writer
	lang   i18n.Lang
	flags  *flag.FlagSet
	dir    string
	cache  int // of the database, see app.Options
	asJSON bool
}

// command is one subcommand: its usage line and what it does.
type command struct {
	name, usage string
	run         func(*env, []string) error
}

func commands() []command {
	return []command{
		{"demo", "[--persons N] [--seed S] [--addr 127.0.0.1:8080] [--posts ESMAD,USPAT] [--dir DIR]", demo},
		{"serve", "[--config FILE] [--dir DIR] [--addr HOST:PORT]", serve},
		{"generate", "--persons N --seed S --out DIR [--families] [--duplicates P] [--list [--bad P]]", generate},
		{"import", "FILE --office CODE [--map FILE] [--dry-run] [--all-or-nothing] [--refused FILE] [--json] [--dir DIR]", importList},
		{"undo", "BATCH [--json] [--dir DIR]", undo},
		{"names", "FILE [--out FILE] [--threshold T] [--json]", names},
		{"search", "TEXT [--limit N] [--json] [--dir DIR]", search},
		{"link", linkUsage, link},
		{"match", matchUsage, matchLists},
		{"person", "NUMBER|ID [--on DATE] [--history FIELD] [--json] [--dir DIR]", person},
		{"account", accountUsage, accounts},
		{"token", "add LOGIN --scope LIST [--days N] [--name TEXT]|list [LOGIN]|revoke ID [--json] [--dir DIR]", token},
		{"constancy", constancyUsage, constancyCommand},
		{"review", reviewUsage + " | " + reviewBatchUsage, reviewEither},
		{"rights", "export NUMBER|ID --out FILE [--format pdf|json] [--lang es|en] [--dir DIR]", rightsCommand},
		{"retention", "--dry-run [--office CODE] | --office CODE | --scrub [--json] [--dir DIR]", retention},
		{"node", nodeUsage, nodes},
		{"sync", syncUsage, syncCommand},
		{"survey", surveys.Usage, surveyCommand(surveys.Run)},
		{"estimate", surveys.EstimateUsage, surveyCommand(surveys.Estimate)},
		{"audit", "verify|head|export DIR [--checkpoint FILE] [--json] [--dir DIR]", auditLog},
		{"passphrase", "[--device] [--dir DIR]", changePassphrase},
		{"backup", backupUsage, backupCommand},
		{"restore", restoreUsage, restore},
		{"doctor", "[--config FILE] [--last N] [--json] [--dir DIR]", doctor},
		{"verify", verifyUsage, verify},
		{"bench", "NAME [--persons N] [--out FILE] [--json]", benchmark},
		{"version", "", version},
	}
}

// errUsage ends a command whose words do not fit; the message is on stderr already.
var errUsage = errors.New("usage")

// errHelp ends a command that was only asked what it does.
var errHelp = errors.New("help")

// lacks says which flag is missing, and ends the command with its usage.
func (e *env) lacks(flag string) error {
	e.say("cli.lacks", "flag", flag)
	return errUsage
}

// errSilent ends a command with status 1 when everything has been said.
var errSilent = errors.New("failed")

// Main runs the command line and returns the exit status: 0 only on success, 1 when the
// work failed, 2 when the words do not fit.
func Main(args []string, in io.Reader, out, errw io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	e := &env{ctx: ctx, in: in, out: out, err: errw, lang: language()}
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "--help"}, args[0]) {
		e.help(out)
		return 0
	}
	all := append(commands(), phases()...)
	i := slices.IndexFunc(all, func(c command) bool { return c.name == args[0] })
	if i < 0 {
		e.say("cli.unknown_command", "command", args[0])
		e.help(errw)
		return 2
	}
	e.flags = flag.NewFlagSet(args[0], flag.ContinueOnError)
	e.flags.SetOutput(io.Discard)
	e.flags.Func("lang", "es or en", func(s string) error {
		l, ok := i18n.Known(s)
		if ok {
			e.lang = l
		}
		return nil
	})
	switch err := all[i].run(e, args[1:]); {
	case err == nil:
		return 0
	case errors.Is(err, errHelp):
		fmt.Fprintf(out, "quipu %s %s\n", all[i].name, all[i].usage)
		e.flags.SetOutput(out)
		e.flags.PrintDefaults()
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintf(errw, "quipu %s %s\n", all[i].name, all[i].usage)
		return 2
	case errors.Is(err, errSilent):
		return 1
	default:
		fmt.Fprintln(errw, "quipu "+all[i].name+": "+e.explain(err))
		return 1
	}
}

// explain says an error to a person; what is ours to mend shows its text, because whoever
// runs the command line is the one who can report it.
func (e *env) explain(err error) string {
	if errors.Is(err, context.Canceled) {
		return i18n.T(e.lang, "cli.interrupted")
	}
	text := i18n.Fault(e.lang, err)
	if isInternal(err) {
		text += "\n" + err.Error()
	}
	return text
}

func (e *env) say(key string, args ...any) { fmt.Fprintln(e.err, i18n.T(e.lang, key, args...)) }

func (e *env) help(w io.Writer) {
	fmt.Fprintln(w, i18n.T(e.lang, "cli.about"))
	for _, c := range commands() {
		fmt.Fprintf(w, "  quipu %-9s %s\n            %s\n", c.name, c.usage, i18n.T(e.lang, "cli.command."+c.name))
	}
}

// parse reads flags that may stand before, between or after the words, and checks the
// number of words.
func (e *env) parse(args []string, least, most int) ([]string, error) {
	var words []string
	for {
		if err := e.flags.Parse(args); errors.Is(err, flag.ErrHelp) {
			return nil, errHelp
		} else if err != nil {
			fmt.Fprintln(e.err, "quipu:", err)
			return nil, errUsage
		}
		args = e.flags.Args()
		if len(args) == 0 {
			break
		}
		words, args = append(words, args[0]), args[1:]
	}
	if len(words) < least || len(words) > most {
		return nil, errUsage
	}
	return words, nil
}

// dirFlag adds --dir: the folder of the register.
func (e *env) dirFlag() {
	def := os.Getenv("QUIPU_DIR")
	if def == "" {
		def = "quipu-data"
	}
	e.flags.StringVar(&e.dir, "dir", def, "folder of the register")
}

// passphrase is that of an encrypted register, when somebody gave it.
func passphrase() (string, error) { return laptop.Passphrase() }

// asking is where the person at the terminal can be asked.
func (e *env) asking() laptop.Asking { return laptop.Asking{Ctx: e.ctx, In: e.in, Say: e.say} }

// clock is the computer's when it is nil. Tests of several processes set it, since a computer
// whose clock stands in 2031 must do no harm.
var clock func() time.Time

// open opens the register of --dir.
func (e *env) open(create bool) (a *app.App, err error) {
	if aside.Served(e.dir) { // one program at a time has it open
		return nil, fault.New(fault.Conflict, "cli.served", "dir", e.dir)
	}
	err = e.asking().Unlock(e.dir, func(pass string) (err error) {
		a, err = app.Open(e.ctx, e.dir, app.Options{Create: create, Passphrase: pass, Now: clock, Cache: e.cache,
			Engine: os.Getenv("QUIPU_ENGINE"), URL: os.Getenv("QUIPU_URL")})
		return err
	})
	if err != nil || slices.Contains(anyDay, e.flags.Name()) {
		return a, err
	}
	if err := a.Campaigns.Ended(e.ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// anyDay are the commands that a laptop still obeys when its campaign is over: they show
// nobody.
var anyDay = []string{"serve", "node", "sync", "doctor", "audit", "backup"}

// changePassphrase puts the register under another passphrase.
func changePassphrase(e *env, args []string) error {
	e.dirFlag()
	device := e.flags.Bool("device", false, "bind the key to the security chip of this computer (TPM 2.0, DPAPI)")
	if _, err := e.parse(args, 0, 0); err != nil {
		return err
	}
	err := e.asking().Change(e.dir, *device)
	if errors.Is(err, laptop.ErrGivenUp) {
		return errSilent
	}
	return err
}

// register reads the words and opens the register that is there.
func (e *env) register(args []string, least, most int) ([]string, *app.App, error) {
	words, err := e.parse(args, least, most)
	if err != nil {
		return nil, nil, err
	}
	a, err := e.open(false)
	return words, a, err
}

// operator is the person at the command line.
func operator(office string) app.Actor { return node.Operator(operatorName(), office) }

// operatorName is what the system calls that person.
func operatorName() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "unknown"
}

// surveyCommand does what begins with "quipu survey" or "quipu estimate".
func surveyCommand(run func(surveys.Console, []string) error) func(*env, []string) error {
	return func(e *env, args []string) error {
		err := run(e.console(), args)
		switch {
		case errors.Is(err, errHelp), errors.Is(err, errUsage):
			return err
		case errors.Is(err, surveys.ErrUsage):
			return errUsage
		case errors.Is(err, surveys.ErrFailed):
			return errSilent
		}
		return err
	}
}

func (e *env) console() surveys.Console {
	return surveys.Console{Ctx: e.ctx, Out: e.out, Err: e.err, Lang: func() i18n.Lang { return e.lang }, Flags: e.flags, Parse: e.parse, Say: e.say, JSON: e.json, Write: writeWhole,
		Progress: func(label string) (func(done, total int64), func()) { b := e.bar(label); return b.at, b.done },
		Register: func(args []string, least, most int) ([]string, *app.App, error) {
			e.dirFlag()
			return e.register(args, least, most)
		},
		Operator: func() app.Actor { return operator("") }}
}

// json writes one object on stdout.
func (e *env) json(v any) error {
	enc := json.NewEncoder(e.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func language() i18n.Lang {
	for _, name := range []string{"QUIPU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if l, ok := i18n.Known(strings.SplitN(v, "_", 2)[0]); ok {
				return l
			}
		}
	}
	return i18n.English
}

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
		operation.Release, rev, runtime.Version(), runtime.GOOS, runtime.GOARCH, change.Envelope, change.Schema, code.Edition)
	return err
}
