package cli

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"quipu/internal/app"
	"quipu/internal/authz"
	"quipu/internal/fault"
)

func account(e *env, args []string) error {
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
	// A password on the command line would stay in the shell's history.
	password := os.Getenv("QUIPU_PASSWORD")
	if password == "" {
		e.say("cli.account.password")
		line, err := bufio.NewReader(e.in).ReadString('\n')
		if err != nil && line == "" {
			return fault.New(fault.Invalid, "cli.no_password")
		}
		password = strings.TrimRight(line, "\r\n")
	}
	a, err := e.open(true)
	if err != nil {
		return err
	}
	defer a.Close()
	err = a.CreateAccount(e.ctx, operator(*office), app.NewAccount{Login: words[1], Name: *name, Office: *office,
		Role: authz.Role(*role), Lang: string(e.lang), Password: password})
	if err == nil {
		fmt.Fprintln(e.out, words[1])
	}
	return err
}
