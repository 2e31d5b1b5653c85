package cli

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"quipu/internal/api"
	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/openrosa"
	"quipu/internal/operation"
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
			fmt.Fprintln(e.out, i18n.T(e.lang, "cli.account.reset", "login", login, "code", code))
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

type tokenJSON struct {
	ID       string         `json:"id"`
	Login    string         `json:"login"`
	Name     string         `json:"name"`
	Scopes   []authz.Action `json:"scopes"`
	Created  string         `json:"created"`
	Expires  string         `json:"expires"`
	LastUsed string         `json:"last_used,omitempty"`
	Revoked  string         `json:"revoked,omitempty"`
	Token    string         `json:"token,omitempty"` // the secret, only when it is made
}

func token(e *env, args []string) error {
	e.dirFlag()
	scopes := e.flags.String("scope", "", "what the token may do, separated by commas")
	days := e.flags.Int("days", 30, "days that it holds, at most 366")
	name := e.flags.String("name", "", "what it is for")
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	words, a, err := e.register(args, 1, 2)
	if err != nil {
		return err
	}
	defer a.Close()
	switch verb := words[0]; {
	case verb == "add" && len(words) == 2:
		return e.addToken(a, account.NewToken{Login: words[1], Name: *name, Scopes: scopeList(*scopes), Days: *days})
	case verb == "list":
		return e.listTokens(a, strings.Join(words[1:], ""))
	case verb == "revoke" && len(words) == 2:
		return a.RevokeToken(e.ctx, operator(""), words[1])
	}
	return errUsage
}

func scopeList(text string) (out []authz.Action) {
	for _, s := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		out = append(out, authz.Action(s))
	}
	return out
}

// addToken prints the secret alone on stdout, so that it can go straight into a file.
func (e *env) addToken(a *app.App, n account.NewToken) error {
	secret, t, err := a.CreateToken(e.ctx, operator(""), n)
	if err != nil {
		return err
	}
	e.say("cli.token.once", "day", t.Expires.Format(time.DateOnly))
	if e.asJSON {
		out := jsonOf(t)
		out.Token = secret
		return e.json(out)
	}
	fmt.Fprintln(e.out, secret)
	return nil
}

func (e *env) listTokens(a *app.App, login string) error {
	all, err := a.Tokens(e.ctx, operator(""), login)
	if err != nil {
		return err
	}
	if e.asJSON {
		out := make([]tokenJSON, len(all))
		for i, t := range all {
			out[i] = jsonOf(t)
		}
		return e.json(map[string]any{"tokens": out})
	}
	if len(all) == 0 {
		e.say("cli.token.none")
	}
	for _, t := range all {
		fmt.Fprintf(e.out, "%s  %-12s %-9s %s  %v  %s\n", t.ID, t.Login, e.stateOf(t, a.Now()), t.Expires.Format(time.DateOnly), t.Scopes, t.Name)
	}
	return nil
}

func (e *env) stateOf(t account.Token, now time.Time) string {
	switch {
	case !t.Revoked.IsZero():
		return i18n.T(e.lang, "cli.token.revoked")
	case !now.Before(t.Expires):
		return i18n.T(e.lang, "cli.token.expired")
	}
	return i18n.T(e.lang, "cli.token.active")
}

func jsonOf(t account.Token) tokenJSON {
	return tokenJSON{ID: t.ID, Login: t.Login, Name: t.Name, Scopes: t.Scopes, Created: utc(t.Created), Expires: utc(t.Expires),
		LastUsed: utc(t.LastUsed), Revoked: utc(t.Revoked)}
}

// withAPI serves the interfaces for programs beside the pages: the JSON interface and OpenRosa.
// They stand outside of them: they have no session and no cookie, and write their own log.
func withAPI(pages http.Handler, a *app.App, log *slog.Logger, rate operation.API) http.Handler {
	all := http.NewServeMux()
	all.Handle(api.Prefix+"/", api.New(a, log, api.Rate(rate)))
	all.Handle(openrosa.Prefix+"/", openrosa.New(a, log))
	all.Handle("/", pages)
	return all
}
