package cli

import (
	"fmt"
	"log/slog"
	"os"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
)

func accounts(e *env, args []string) error {
	e.dirFlag()
	office := e.flags.String("office", "", "the officer's office")
	role := e.flags.String("role", "", "window, supervisor, head, statistician, auditor or admin")
	name := e.flags.String("name", "", "the officer's name")
	words, err := e.parse(args, 2, 2)
	if err != nil || words[0] != "add" || *office == "" || *role == "" {
		return errUsage
	}
	if !authz.Known(authz.Role(*role)) {
		return fault.New(fault.Invalid, "cli.unknown_role", "role", *role)
	}
	a, err := e.open(true)
	if err != nil {
		return err
	}
	defer a.Close()
	n := account.NewAccount{Login: words[1], Name: *name, Office: *office, Role: authz.Role(*role), Lang: string(e.lang)}
	// A password on the command line would stay in the shell's history.
	if n.Password = os.Getenv("QUIPU_PASSWORD"); n.Password != "" {
		if err = a.CreateAccount(e.ctx, operator(*office), n); err == nil {
			fmt.Fprintln(e.out, words[1])
		}
		return err
	}
	if n.Name == "" {
		n.Name = n.Login
	}
	code, err := a.InviteAccount(e.ctx, operator(*office), n)
	if err == nil {
		fmt.Fprintln(e.out, i18n.T(e.lang, "cli.account.code", "login", words[1], "code", code))
	}
	return err
}

// firstAdmin says on the terminal how the first administrator of a new register makes the
// account. There is no password that comes with the program.
func (e *env) firstAdmin(a *app.App, url string, log *slog.Logger) error {
	code, err := a.FirstCode(e.ctx)
	if err == nil && code != "" {
		log.Warn("no accounts yet") // the code itself is for the terminal
		e.say("cli.account.first", "url", url+"primera-vez", "code", code, "hours", int(account.FirstLife.Hours()))
	}
	return err
}
