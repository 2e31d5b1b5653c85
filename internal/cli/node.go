package cli

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/courier"
	"quipu/internal/app/exchange"
	"quipu/internal/app/node"
	"quipu/internal/cli/laptop"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/operation"
)

const nodeUsage = "code --office CODE [--laptop [--campaign ID]] [--label TEXT]|enrol --hub URL[,URL] --code CODE [--passphrase]|list|show NAME|take-in NAME --reason TEXT [--from NAME]|revoke NAME --reason TEXT [--lost]|held NAME [--csv]|purge [--force] [--json] [--dir DIR]"

// nodeFlags are what is asked of quipu node.
type nodeFlags struct {
	office, label, hub, code, reason string
	campaign                         string
	laptop, lost, passphrase         bool
	csv, force                       bool
	from                             string
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
	e.flags.StringVar(&f.reason, "reason", "", "why it is revoked, or taken in")
	e.flags.BoolVar(&f.lost, "lost", false, "it is in other hands")
	e.flags.StringVar(&f.from, "from", "", "take in only what this computer holds")
	e.flags.StringVar(&f.campaign, "campaign", "", "the campaign that the laptop travels with: it gets whom that lists and nobody else")
	e.flags.BoolVar(&f.csv, "csv", false, "the list as CSV")
	e.flags.BoolVar(&f.force, "force", false, "also what nobody else has is lost")
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	words, err := e.parse(args, 1, 2)
	if err != nil {
		return err
	}
	if words[0] == "enrol" && len(words) == 1 {
		return e.enrol(f)
	}
	if length := map[string]int{"code": 1, "list": 1, "purge": 1, "show": 2, "take-in": 2, "revoke": 2, "held": 2}; length[words[0]] != len(words) {
		return errUsage
	}
	a, err := e.open(false)
	if err != nil {
		return err
	}
	defer a.Close()
	if words[0] != "purge" && words[0] != "code" && a.Joined() {
		return fault.New(fault.Conflict, "cli.node.at_hub")
	}
	switch words[0] {
	case "code":
		return e.nodeCode(a, f)
	case "list":
		return e.nodeList(a)
	case "purge":
		return e.nodePurge(a, f)
	case "show":
		return e.nodeShow(a, words[1])
	case "take-in":
		return e.nodeTakeIn(a, words[1], f)
	case "revoke":
		return e.nodeRevoke(a, words[1], f)
	default:
		return e.nodeHeld(a, words[1], f)
	}
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
	if f.office = strings.ToUpper(strings.TrimSpace(f.office)); f.office == "" {
		return e.lacks("--office")
	}
	var c courier.Code
	var err error
	if f.campaign != "" {
		c, err = a.TravelCode(e.ctx, operator(f.office), f.campaign, f.label)
	} else {
		c, err = a.Courier.MakeCode(e.ctx, operator(f.office), courier.Ask{Office: f.office, Laptop: f.laptop, Label: f.label})
	}
	if fault.Is(err, "app.not_found") && f.campaign == "" {
		err = fault.New(fault.NotFound, "cli.node.office", "office", f.office)
	}
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(codeJSON{c.Text, c.Node, c.Office, c.Kind, utc(c.Expires)})
	}
	e.say("cli.node.code", "name", c.Node, "until", c.Expires.Format("2006-01-02 15:04"))
	_, err = fmt.Fprintln(e.out, c.Text)
	return err
}

func (e *env) enrol(f nodeFlags) error {
	switch {
	case f.hub == "":
		return e.lacks("--hub")
	case f.code == "":
		return e.lacks("--code")
	}
	j := courier.Joining{Dir: e.dir, Hubs: strings.Split(f.hub, ","), Code: f.code, Program: operation.Release}
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
	Name     string          `json:"name"`
	Kind     string          `json:"kind"`
	Label    string          `json:"label"`
	Office   string          `json:"office"`
	State    string          `json:"state"`
	Key      string          `json:"key"`
	Scopes   []string        `json:"scopes"`
	Version  string          `json:"version"`
	Seen     string          `json:"seen,omitempty"`
	Drift    float64         `json:"drift_seconds"`
	Received int64           `json:"received"`
	Behind   int64           `json:"behind"`
	Filling  bool            `json:"filling,omitempty"`
	Unsent   int64           `json:"unsent"`
	Oldest   string          `json:"oldest_unsent,omitempty"`
	People   int64           `json:"people"`
	Refused  string          `json:"refused,omitempty"`
	Enrolled string          `json:"enrolled"`
	Ended    string          `json:"ended,omitempty"`
	EndedBy  string          `json:"ended_by,omitempty"`
	Reason   string          `json:"reason,omitempty"`
	Missing  *laptop.Missing `json:"missing,omitempty"`
}

// utc writes a moment for programs, "" for none.
func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func nodeJSONOf(p courier.Peer) nodeJSON {
	return nodeJSON{p.Name, p.Kind, p.Label, p.Office, p.State, p.Key, p.Scopes, p.Version, utc(p.Seen), p.Drift.Seconds(), p.Received, p.Behind, p.Filling, p.Unsent, utc(p.Oldest), p.People,
		p.Refused.Key, utc(p.Enrolled), utc(p.Ended), p.EndedBy, p.Note, laptop.MissingOf(p.Missing)}
}

func (e *env) nodeList(a *app.App) error {
	all, err := a.Courier.Peers(e.ctx, operator(""))
	if err != nil {
		return err
	}
	missing, err := a.Missing(e.ctx, operator(""))
	if err != nil {
		return err
	}
	if e.asJSON {
		out := make([]nodeJSON, len(all))
		for i, p := range all {
			out[i] = nodeJSONOf(p)
		}
		return e.json(map[string]any{"nodes": out, "strangers": laptop.Strangers(missing)})
	}
	if len(all) == 0 {
		e.say("cli.node.none")
		return nil
	}
	if err := laptop.WriteNodes(e.out, e.lang, all); err != nil {
		return err
	}
	return laptop.WriteMissing(e.out, e.lang, missing)
}

// nodeShow prints a computer, and what the hub lost of it: by entry, with the numbers of people, and
// that they were shown is logged.
func (e *env) nodeShow(a *app.App, name string) error {
	all, err := a.Courier.Peers(e.ctx, operator(""))
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(p courier.Peer) bool { return p.Name != name })
	m, lines, err := a.MissingOf(e.ctx, operator(""), id.Node(name), math.MaxInt)
	if fault.Is(err, "missing.none") && len(all) > 0 {
		err = nil
	} else if fault.Is(err, "missing.none") {
		err = fault.New(fault.NotFound, "courier.no_node", "name", name)
	}
	if err != nil {
		return err
	}
	if e.asJSON {
		out := map[string]any{"node": nil, "missing": laptop.MissingOf(m), "lost": laptop.LinesOf(lines)}
		for _, p := range all {
			out["node"] = nodeJSONOf(p)
		}
		return e.json(out)
	}
	if len(all) > 0 {
		if err := laptop.WriteNodes(e.out, e.lang, all); err != nil {
			return err
		}
	}
	if m.Changes == 0 {
		return nil
	}
	if err := laptop.WriteMissing(e.out, e.lang, []exchange.Missing{m}); err != nil {
		return err
	}
	return laptop.WriteLost(e.out, e.lang, lines)
}

// nodeTakeIn takes in what the hub lost of a computer, or of itself, as others hold it.
func (e *env) nodeTakeIn(a *app.App, name string, f nodeFlags) error {
	b := e.bar(i18n.T(e.lang, "cli.node.taking"))
	in, err := a.TakeIn(e.ctx, operator(""), exchange.TakeIn{Author: id.Node(name), Words: f.reason, From: f.from, Tell: func(done, of int) { b.at(int64(done), int64(of)) }})
	b.done()
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(map[string]any{"node": name, "changes": in.Changes, "entries": in.Entries, "contested": in.Contested, "kept": in.Kept})
	}
	if in.Changes+len(in.Kept) == 0 {
		e.say("cli.node.took.nothing", "name", name)
		return nil
	}
	e.say("cli.node.took", "name", name, "changes", in.Changes, "entries", in.Entries, "contested", in.Contested)
	for _, why := range slices.Sorted(maps.Keys(in.Kept)) {
		e.say("cli.node.took.kept", "n", in.Kept[why], "why", i18n.T(e.lang, "missing.kept."+why))
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

type holdingJSON struct {
	Node     string   `json:"node"`
	Scopes   []string `json:"scopes"`
	People   []string `json:"people"` // registry numbers
	Accounts []string `json:"accounts"`
	Turns    int      `json:"turns"`
	Purged   string   `json:"purged,omitempty"`
}

// nodeHeld lists whom a computer may hold: for who must tell them when it is lost.
func (e *env) nodeHeld(a *app.App, name string, f nodeFlags) error {
	h, err := a.Held(e.ctx, operator(""), name)
	if err != nil {
		return err
	}
	if e.asJSON {
		out := holdingJSON{Node: h.Peer.Name, Scopes: h.Scopes, People: []string{}, Accounts: h.Accounts, Turns: h.Turns, Purged: at(h.PurgedAt)}
		for _, p := range h.People {
			out.People = append(out.People, p.Number)
		}
		return e.json(out)
	}
	if err := laptop.WriteHeld(e.out, h, f.csv); err != nil {
		return err
	}
	if h.PurgedAt > 0 {
		e.say("cli.node.purged", "name", name, "at", time.UnixMicro(h.PurgedAt).Format("2006-01-02 15:04"))
	} else {
		e.say("cli.node.held", "name", name, "people", len(h.People), "accounts", len(h.Accounts), "turns", h.Turns)
	}
	return nil
}

// nodePurge takes the register off this computer.
func (e *env) nodePurge(a *app.App, f nodeFlags) error {
	s, err := a.Exchange.Status(e.ctx)
	if err != nil {
		return err
	}
	people, err := a.CountPeople(e.ctx)
	if err == nil {
		err = laptop.MayPurge(s, people, f.force)
	}
	if err != nil {
		return err
	}
	if err := a.Close(); err != nil {
		return err
	}
	if err := node.Purge(e.ctx, e.dir); err != nil {
		return err
	}
	e.say("cli.node.gone", "dir", e.dir)
	return nil
}
