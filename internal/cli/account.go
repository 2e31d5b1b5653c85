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

const accountUsage = "add LOGIN --office CODE --role ROLE [--name NAME]|unlock LOGIN|reset LOGIN|link LOGIN [--claim VALUE [--alone]] [--dir DIR]"

func accounts(e *env, args []string) error {
	e.dirFlag()
	office := e.flags.String("office", "", "add: the officer's office")
	role := e.flags.String("role", "", "add: window, supervisor, head, statistician, auditor, admin or privacy")
	name := e.flags.String("name", "", "add: the officer's name")
	claim := e.flags.String("claim", "", "link: how the OpenID provider knows the officer; without it the provider opens the account no more")
	alone := e.flags.Bool("alone", false, "link: nothing but the provider opens the account")
	words, err := e.parse(args, 2, 2)
	if err != nil {
		return errUsage
	}
	if words[0] == "add" {
		return e.addAccount(account.NewAccount{Login: words[1], Name: *name, Office: *office, Role: authz.Role(*role), Lang: string(e.lang)})
	}
	a, err := e.open(false)
	if err != nil {
		return err
	}
	defer a.Close()
	login, who := words[1], operator("")
	switch words[0] {
	case "unlock":
		return a.UnlockUser(e.ctx, who, login)
	case "reset":
		code, err := a.ResetUser(e.ctx, who, login)
		if err == nil {
			fmt.Fprintln(e.out, i18n.T(e.lang, "cli.account.code", "login", login, "code", code))
		}
		return err
	case "link":
		return a.SetLink(e.ctx, who, login, account.Link{Claim: *claim, Alone: *alone})
	}
	return errUsage
}

// addAccount makes an account: with a password from the environment, or with a set-up code.
func (e *env) addAccount(n account.NewAccount) error {
	if n.Office == "" || n.Role == "" {
		return errUsage
	}
	if !authz.Known(n.Role) {
		return fault.New(fault.Invalid, "cli.unknown_role", "role", string(n.Role))
	}
	a, err := e.open(true)
	if err != nil {
		return err
	}
	defer a.Close()
	// A password on the command line would stay in the shell's history.
	if n.Password = os.Getenv("QUIPU_PASSWORD"); n.Password != "" {
		if err = a.CreateAccount(e.ctx, operator(n.Office), n); err == nil {
			fmt.Fprintln(e.out, n.Login)
		}
		return err
	}
	if n.Name == "" {
		n.Name = n.Login
	}
	code, err := a.InviteAccount(e.ctx, operator(n.Office), n)
	if err == nil {
		fmt.Fprintln(e.out, i18n.T(e.lang, "cli.account.code", "login", n.Login, "code", code))
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
