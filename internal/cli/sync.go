package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/courier"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/operation"
)

const syncUsage = "status|now [--hub URL[,URL]]|export FILE [--node NAME]|import FILE [--json] [--dir DIR]"

// syncCommand says how a node stands with its hub, exchanges with it now, or writes and reads
// the files that travel by hand.
func syncCommand(e *env, args []string) error {
	e.dirFlag()
	hub := e.flags.String("hub", "", "address of the central office, in place of that of the enrolment")
	name := e.flags.String("node", "", "at the central office: the node that the file is for")
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	words, a, err := e.register(args, 1, 2)
	if err != nil {
		return err
	}
	defer a.Close()
	switch verb := words[0]; {
	case verb == "status" && len(words) == 1:
		return e.syncStatus(a)
	case verb == "now" && len(words) == 1:
		return e.syncNow(a, strings.FieldsFunc(*hub, func(r rune) bool { return r == ',' }))
	case verb == "export" && len(words) == 2:
		return e.syncExport(a, words[1], *name)
	case verb == "import" && len(words) == 2:
		return e.syncImport(a, words[1])
	}
	return errUsage
}

// exchangeNow runs one round, with a bar.
func (e *env) exchangeNow(a *app.App, hubs []string) (courier.Done, error) {
	link, err := a.Courier.Link(e.ctx, operation.Release, hubs)
	if err != nil {
		return courier.Done{}, err
	}
	bar := e.bar(i18n.T(e.lang, "cli.sync.bar"))
	defer bar.done()
	return link.Round(e.ctx, 0, func(d courier.Done) { bar.at(int64(d.Sent+d.Received), 0) })
}

func (e *env) syncNow(a *app.App, hubs []string) error {
	if s, err := a.Exchange.Status(e.ctx); err == nil && s.Role == "hub" {
		return fault.New(fault.Conflict, "cli.sync.is_hub")
	}
	d, err := e.exchangeNow(a, hubs)
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(map[string]any{"sent": d.Sent, "received": d.Received, "forgotten": d.Forgot, "files": d.Files, "cursor": d.At})
	}
	e.say("cli.sync.level", "sent", d.Sent, "received", d.Received)
	return nil
}

type statusJSON struct {
	Role      string `json:"role"` // hub, node, or alone
	Node      string `json:"node"`
	Hub       string `json:"hub,omitempty"`
	Address   string `json:"address,omitempty"`
	Unsent    int64  `json:"unsent"`
	Pending   int64  `json:"pending"`
	Oldest    string `json:"oldest_pending,omitempty"`
	Cursor    int64  `json:"cursor"`
	HubSize   int64  `json:"hub_size"`
	Contested int64  `json:"contested"`
	Attempt   string `json:"attempt,omitempty"`
	Receipt   string `json:"receipt,omitempty"`
	Answered  string `json:"answered,omitempty"`
	Trouble   string `json:"trouble,omitempty"`
	Refusal   string `json:"refusal,omitempty"`
}

func (e *env) syncStatus(a *app.App) error {
	s, err := a.Exchange.Status(e.ctx)
	if err != nil {
		return err
	}
	out := statusJSON{Role: s.Role, Node: string(a.Name()), Hub: s.State.Hub, Address: s.State.Address, Unsent: s.Unsent, Pending: s.Pending,
		Oldest: at(s.Oldest), Cursor: s.State.Cursor, HubSize: s.HeadSize, Contested: s.Contested, Attempt: at(s.State.Attempt), Receipt: at(s.State.Receipt),
		Answered: at(s.State.Answered), Refusal: s.Refusal.Key}
	if out.Role == "" {
		out.Role = "alone"
	}
	if f := fault.As(courier.Trouble(s.State.Trouble)); f != nil {
		out.Trouble = f.Key
	}
	if e.asJSON {
		return e.json(out)
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "cli.sync.role."+out.Role, "name", out.Node))
	if out.Role == "hub" {
		return e.sayNodes(a)
	}
	if out.Role != "node" {
		return nil
	}
	or := func(t string) string { return cmp.Or(t, i18n.T(e.lang, "cli.node.never")) }
	fmt.Fprintln(e.out, i18n.T(e.lang, "cli.sync.status", "hub", out.Hub, "address", out.Address, "unsent", out.Unsent, "pending", out.Pending,
		"attempt", or(out.Attempt), "answered", or(out.Answered), "receipt", or(out.Receipt)))
	if out.Contested > 0 {
		fmt.Fprintln(e.out, i18n.TN(e.lang, "cli.sync.contested", int(out.Contested)))
	}
	if s.Restored {
		fmt.Fprintln(e.out, i18n.T(e.lang, "cli.sync.restored"))
	}
	switch trouble := courier.Trouble(s.State.Trouble); {
	case s.Refusal.Key != "":
		fmt.Fprintln(e.out, e.explain(courier.Fault(s.Refusal)))
	case trouble != nil:
		fmt.Fprintln(e.out, e.explain(trouble))
	}
	return nil
}

// sayNodes says in a line how the nodes of this hub stand.
func (e *env) sayNodes(a *app.App) error {
	all, err := a.Courier.Peers(e.ctx, operator(""))
	if err != nil {
		return err
	}
	active, refused, unsent := 0, 0, int64(0)
	for _, p := range all {
		if p.State != "active" {
			continue
		}
		active, unsent = active+1, unsent+p.Unsent
		if p.Refused.Key != "" {
			refused++
		}
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "cli.sync.nodes", "nodes", active, "ended", len(all)-active, "refused", refused, "unsent", unsent))
	return nil
}

// at is utc of microseconds, 0 for none.
func at(us int64) string {
	if us == 0 {
		return ""
	}
	return utc(time.UnixMicro(us))
}

func (e *env) syncExport(a *app.App, file, node string) error {
	var out outFiles
	defer out.drop()
	if _, err := os.Stat(file); err == nil {
		return fault.New(fault.Conflict, "cli.file_exists", "file", file)
	}
	w, err := out.create(file)
	if err != nil {
		return err
	}
	done, err := a.Courier.WriteStick(e.ctx, operator(""), w, node, operation.Release)
	if err == nil {
		err = out.commit()
	}
	if err != nil {
		return err
	}
	return e.saidStick("cli.sync.exported", file, done)
}

func (e *env) syncImport(a *app.App, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return fault.New(fault.NotFound, "cli.no_file", "file", file).Because(err)
	}
	done, err := a.Courier.ReadStick(e.ctx, operator(""), f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return e.saidStick("cli.sync.imported", file, done)
}

func (e *env) saidStick(key, file string, d courier.Stick) error {
	if e.asJSON {
		return e.json(map[string]any{"file": file, "from": d.From, "to": d.To, "parts": d.Parts, "changes": d.Changes, "taken": d.Taken, "apart": d.Apart, "forgotten": d.Forgot, "files": d.Files})
	}
	e.say(key, "file", file, "from", d.From, "to", d.To, "changes", d.Changes, "taken", d.Taken)
	return nil
}
