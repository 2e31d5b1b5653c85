package cli

import (
	"fmt"
	"os"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/place"
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

// firstAdmin says on the terminal how the first administrator of a new register sets the
// accounts up. There is no password that comes with the program.
func (e *env) firstAdmin(a *app.App, url string) error {
	code, err := a.FirstAdmin(e.ctx, place.Network().Offices()[0].Code)
	if err == nil && code != "" {
		e.say("cli.account.first", "url", url+"alta", "code", code, "login", account.FirstLogin)
	}
	return err
}
