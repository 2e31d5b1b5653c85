package courier

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"

	"quipu/internal/app/exchange"
	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/seal"
	"quipu/internal/sync/synchttp"
)

// Joining is what a computer needs to become a node.
type Joining struct {
	Dir        string
	Engine     string // "" for SQLite
	Passphrase string // for an encrypted register
	Hubs       []string
	Code       string
	Program    string // version of this program
}

// Join makes an empty register that is a node of the hub whose code it has. The keys are made
// first and stay: when the way is cut, the same command goes on. Faults: app.already_register,
// seal.enrol_code, courier.other_hub, and what the hub refuses with.
func Join(ctx context.Context, j Joining) (w Welcome, err error) {
	code, err := seal.ParseEnrolCode(j.Code)
	if err != nil {
		return w, err
	}
	me, err := begun(ctx, j)
	if err != nil {
		return w, err
	}
	o := synchttp.Options{Hubs: j.Hubs, Me: me, Version: j.Program}
	first, err := synchttp.NewClient(o)
	if err != nil {
		return w, err
	}
	if o.Hub, err = first.HubKey(ctx); err != nil {
		return w, unjoined(err)
	}
	if !code.Of(o.Hub) {
		return w, fault.New(fault.Forbidden, "courier.other_hub", "address", strings.Join(j.Hubs, ", "))
	}
	client, err := synchttp.NewClient(o)
	if err != nil {
		return w, err
	}
	request, err := json.Marshal(Request{Version: 1, Secret: code.Secret(), Program: j.Program, Schema: change.Schema, Plain: j.Engine != node.Encrypted})
	if err != nil {
		return w, err
	}
	answer, err := client.Enrol(ctx, request)
	if fault.Is(err, "sync.refused.plain") { // the next try makes keys that were never on the disk in the open
		err = errors.Join(err, node.Unprepare(j.Dir))
	}
	if err != nil {
		return w, unjoined(err)
	}
	if err := strict(answer, &w); err != nil {
		return w, err
	}
	return w, settle(ctx, j, w, o.Hub)
}

// unjoined says of what came between what it means here: nothing is kept on this computer yet,
// and nothing tries again by itself.
func unjoined(err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	as := map[string]string{"sync.no_answer": "courier.enrol_no_answer", "sync.certificate_dates": "courier.enrol_dates", "sync.stranger": "courier.enrol_stranger",
		"sync.hub_failed": "courier.enrol_later", "sync.busy": "courier.enrol_later"}[f.Key]
	if as == "" {
		return err
	}
	other := *f
	other.Key = as
	return &other
}

// begun is the identity of the new node. An enrolment that was cut short goes on with the one
// that it made.
func begun(ctx context.Context, j Joining) (*seal.Identity, error) {
	err := free(j.Dir)
	if err == nil {
		return node.Prepare(j.Dir, j.Engine, j.Passphrase)
	}
	if !fault.Is(err, "app.already_register") {
		return nil, err
	}
	n, err2 := node.Open(ctx, j.Dir, node.Options{Passphrase: j.Passphrase})
	if err2 != nil {
		return nil, errors.Join(err, err2)
	}
	defer n.Close()
	if _, err2 := New(n, nil).state(ctx); !n.Joined() || !fault.Is(err2, "courier.not_node") {
		return nil, err
	}
	return n.Identity()
}

// free refuses a folder that holds something else than what an enrolment that was cut short
// leaves.
func free(dir string) error {
	all, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, f := range all {
		switch f.Name() {
		case "keys", "quipu.db", "quipu.db-wal", "quipu.db-shm":
		case "quipu.toml":
			return fault.New(fault.Conflict, "app.already_register", "dir", dir)
		default:
			return fault.New(fault.Conflict, "courier.not_empty", "dir", dir, "file", f.Name())
		}
	}
	return node.ExplainDir(dir, err)
}

// settle makes the register and writes down where the hub is.
func settle(ctx context.Context, j Joining, w Welcome, hub seal.Public) error {
	n, err := node.Open(ctx, j.Dir, node.Options{Create: true, Engine: j.Engine, Node: w.Node, Passphrase: j.Passphrase, Joins: true})
	if err != nil {
		return err
	}
	if string(n.Name()) != w.Node {
		err = fault.New(fault.Conflict, "courier.other_code", "name", string(n.Name()), "dir", j.Dir)
		return errors.Join(err, n.Close())
	}
	err = over(n).BecomeNode(ctx, system(w.Office), exchange.Hub{Name: w.Hub, Address: strings.Join(j.Hubs, " "), Key: hub.String(), HeadKey: w.HeadKey})
	return errors.Join(err, n.Close())
}
