package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/courier"
	"quipu/internal/app/node"
	"quipu/internal/fault"
	"quipu/internal/i18n"
)

const nodeUsage = "code --office CODE [--laptop] [--label TEXT]|enrol --hub URL[,URL] --code CODE [--passphrase]|list|revoke NAME --reason TEXT [--lost] [--json] [--dir DIR]"

// nodeFlags are what is asked of quipu node.
type nodeFlags struct {
	office, label, hub, code, reason string
	laptop, lost, passphrase         bool
}

// nodes makes codes for computers, enrols this one, lists and revokes.
func nodes(e *env, args []string) error {
	var f nodeFlags
	e.dirFlag()
	e.flags.StringVar(&f.office, "office", "", "office of the computer")
	e.flags.StringVar(&f.label, "label", "", "what people call the computer")
	e.flags.BoolVar(&f.laptop, "laptop", false, "a computer that travels")
	e.flags.StringVar(&f.hub, "hub", "", "address of the central office; several with commas between")
	e.flags.StringVar(&f.code, "code", "", "the code that the central office gave")
	e.flags.BoolVar(&f.passphrase, "passphrase", false, "encrypt the register: the passphrase is that of QUIPU_PASSPHRASE, QUIPU_PASSPHRASE_FILE, or the first line of standard input")
	e.flags.StringVar(&f.reason, "reason", "", "why it is revoked")
	e.flags.BoolVar(&f.lost, "lost", false, "it is in other hands")
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	words, err := e.parse(args, 1, 2)
	if err != nil {
		return err
	}
	if words[0] == "enrol" && len(words) == 1 {
		return e.enrol(f)
	}
	verbs := map[string]func(a *app.App) error{
		"code": func(a *app.App) error { return e.nodeCode(a, f) },
		"list": func(a *app.App) error { return e.nodeList(a) },
	}
	if words[0] == "revoke" && len(words) == 2 {
		verbs["revoke"] = func(a *app.App) error { return e.nodeRevoke(a, words[1], f) }
	} else if len(words) == 2 {
		return errUsage
	}
	do, ok := verbs[words[0]]
	if !ok {
		return errUsage
	}
	a, err := e.open(false)
	if err != nil {
		return err
	}
	defer a.Close()
	return do(a)
}

type codeJSON struct {
	Code    string `json:"code"`
	Node    string `json:"node"`
	Office  string `json:"office"`
	Kind    string `json:"kind"`
	Expires string `json:"expires"`
}

// nodeCode prints the code alone on stdout: it is told once and kept nowhere.
func (e *env) nodeCode(a *app.App, f nodeFlags) error {
	if f.office == "" {
		return errUsage
	}
	c, err := a.Courier.MakeCode(e.ctx, operator(f.office), courier.Ask{Office: f.office, Laptop: f.laptop, Label: f.label})
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(codeJSON{c.Text, c.Node, c.Office, c.Kind, c.Expires.UTC().Format(time.RFC3339)})
	}
	e.say("cli.node.code", "name", c.Node, "until", c.Expires.Format("2006-01-02 15:04"))
	_, err = fmt.Fprintln(e.out, c.Text)
	return err
}

func (e *env) enrol(f nodeFlags) error {
	if f.hub == "" || f.code == "" {
		return errUsage
	}
	j := courier.Joining{Dir: e.dir, Hubs: strings.Split(f.hub, ","), Code: f.code, Program: Release}
	if f.passphrase {
		pass, err := e.newPassphrase()
		if err != nil {
			return err
		}
		j.Engine, j.Passphrase = node.Encrypted, pass
	}
	w, err := courier.Join(e.ctx, j)
	if err != nil {
		return err
	}
	e.say("cli.node.enrolled", "name", w.Node, "office", w.Office, "dir", e.dir)
	if f.passphrase {
		os.Setenv("QUIPU_PASSPHRASE", j.Passphrase) // of this process: it opens what it made
	}
	a, err := e.open(false)
	if err != nil {
		return err
	}
	defer a.Close()
	d, err := e.exchangeNow(a, nil)
	if err != nil {
		e.say("cli.node.unfinished", "dir", e.dir)
		return err
	}
	if e.asJSON {
		return e.json(map[string]any{"node": w.Node, "office": w.Office, "hub": w.Hub, "kind": w.Kind, "received": d.Received})
	}
	e.say("cli.sync.level", "sent", d.Sent, "received", d.Received)
	return nil
}

func (e *env) newPassphrase() (string, error) {
	if pass, err := passphrase(); pass != "" || err != nil {
		return pass, err
	}
	e.say("cli.node.passphrase")
	line, err := bufio.NewReader(io.LimitReader(e.in, 4096)).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", fault.New(fault.Invalid, "app.passphrase_needed").Because(err)
	}
	return line, nil
}

type nodeJSON struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Label    string   `json:"label"`
	Office   string   `json:"office"`
	State    string   `json:"state"`
	Key      string   `json:"key"`
	Scopes   []string `json:"scopes"`
	Version  string   `json:"version"`
	Seen     string   `json:"seen,omitempty"`
	Drift    float64  `json:"drift_seconds"`
	Received int64    `json:"received"`
	Behind   int64    `json:"behind"`
	People   int64    `json:"people"`
	Refused  string   `json:"refused,omitempty"`
	Enrolled string   `json:"enrolled"`
	Ended    string   `json:"ended,omitempty"`
	EndedBy  string   `json:"ended_by,omitempty"`
	Reason   string   `json:"reason,omitempty"`
}

func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func nodeJSONOf(p courier.Peer) nodeJSON {
	return nodeJSON{p.Name, p.Kind, p.Label, p.Office, p.State, p.Key, p.Scopes, p.Version, utc(p.Seen), p.Drift.Seconds(), p.Received, p.Behind, p.People,
		p.Refused.Key, utc(p.Enrolled), utc(p.Ended), p.EndedBy, p.Note}
}

func (e *env) nodeList(a *app.App) error {
	all, err := a.Courier.Peers(e.ctx, operator(""))
	if err != nil {
		return err
	}
	if e.asJSON {
		out := make([]nodeJSON, len(all))
		for i, p := range all {
			out[i] = nodeJSONOf(p)
		}
		return e.json(map[string]any{"nodes": out})
	}
	if len(all) == 0 {
		e.say("cli.node.none")
	}
	for _, p := range all {
		state := i18n.T(e.lang, "cli.node.state."+p.State)
		seen := i18n.T(e.lang, "cli.node.never")
		if !p.Seen.IsZero() {
			seen = p.Seen.UTC().Format("2006-01-02 15:04:05Z")
		}
		fmt.Fprintf(e.out, "%-12s %-8s %-8s %-20s %s  %s\n", p.Name, p.Office, state, seen, p.Version, p.Label)
		if p.Refused.Key != "" {
			fmt.Fprintln(e.out, "    "+e.explain(courier.Fault(p.Refused)))
		}
	}
	return nil
}

func (e *env) nodeRevoke(a *app.App, name string, f nodeFlags) error {
	p, err := a.Courier.Revoke(e.ctx, operator(""), name, f.reason, f.lost)
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(nodeJSONOf(p))
	}
	e.say("cli.node.revoked", "name", p.Name)
	if p.Lost() {
		e.say("cli.node.lost", "name", p.Name)
	}
	return nil
}
