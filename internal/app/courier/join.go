package courier

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/seal"
	"quipu/internal/store"
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
	if err := free(j.Dir); err != nil {
		return w, err
	}
	me, err := node.Prepare(j.Dir, j.Engine, j.Passphrase)
	if err != nil {
		return w, err
	}
	o := synchttp.Options{Hubs: j.Hubs, Me: me, Version: j.Program}
	first, err := synchttp.NewClient(o)
	if err != nil {
		return w, err
	}
	if o.Hub, err = first.HubKey(ctx); err != nil {
		return w, err
	}
	if !code.Of(o.Hub) {
		return w, fault.New(fault.Forbidden, "courier.other_hub", "address", strings.Join(j.Hubs, ", "))
	}
	client, err := synchttp.NewClient(o)
	if err != nil {
		return w, err
	}
	request, err := json.Marshal(Request{Version: 1, Secret: code.Secret(), Program: j.Program, Schema: change.Schema})
	if err != nil {
		return w, err
	}
	answer, err := client.Enrol(ctx, request)
	if err != nil {
		return w, err
	}
	if err := strict(answer, &w); err != nil {
		return w, err
	}
	return w, settle(ctx, j, w, o.Hub)
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

// settle writes down where the hub is. The settings file, which makes the folder a register,
// comes before; a register without this state is told to enrol again.
func settle(ctx context.Context, j Joining, w Welcome, hub seal.Public) error {
	n, err := node.Open(ctx, j.Dir, node.Options{Create: true, Engine: j.Engine, Node: w.Node, Passphrase: j.Passphrase, Joins: true})
	if err != nil {
		return err
	}
	err = n.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.PutSyncState(ctx, store.SyncState{Hub: w.Hub, Address: strings.Join(j.Hubs, " "), Verify: hub.String(), Seal: hub.ID(), HeadKey: w.HeadKey,
			Scopes: scopeText(w.Scopes), Enrolled: micros(n.Now())})
	})
	if err = errors.Join(err, n.Close()); err != nil {
		err = errors.Join(err, os.Remove(filepath.Join(j.Dir, "quipu.toml")))
	}
	return err
}
