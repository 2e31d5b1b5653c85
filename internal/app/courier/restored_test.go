package courier_test

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"

	"quipu/internal/app"
	"quipu/internal/app/backup"
	"quipu/internal/app/courier"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/sync"
	"quipu/internal/sync/synchttp"
)

// posts are a hub, which can be put back, and a node of each of two offices.
type posts struct {
	t        *testing.T
	hub      *app.App
	mad, bcn *app.App
	door     atomic.Pointer[http.Handler]
}

func newPosts(t *testing.T) *posts {
	t.Helper()
	p := &posts{t: t}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*p.door.Load()).ServeHTTP(w, r) }))
	t.Cleanup(srv.Close)
	hub, err := app.Open(t.Context(), filepath.Join(t.TempDir(), "hub"), app.Options{Create: true, Node: "LIMA"})
	p.do(err)
	p.do(hub.BecomeHub(t.Context(), operator))
	p.opens(hub)
	for office, to := range map[string]**app.App{"ESMAD": &p.mad, "ESBCN": &p.bcn} {
		code, err := hub.Courier.MakeCode(t.Context(), operator, courier.Ask{Office: office})
		p.do(err)
		dir := filepath.Join(t.TempDir(), office)
		_, err = courier.Join(t.Context(), courier.Joining{Dir: dir, Hubs: []string{srv.URL}, Code: code.Text, Program: "test"})
		p.do(err)
		n, err := app.Open(t.Context(), dir, app.Options{})
		p.do(err)
		t.Cleanup(func() { n.Close() }) //nolint:errcheck // the test is over
		*to = n
	}
	return p
}

func (p *posts) do(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// opens serves a hub at the address that the nodes know.
func (p *posts) opens(hub *app.App) {
	p.hub = hub
	p.t.Cleanup(func() { hub.Close() }) //nolint:errcheck // the test is over
	h := synchttp.NewServer(p.t.Context(), hub.Courier, slog.New(slog.DiscardHandler), time.Now).Handler()
	p.door.Store(&h)
}

// copied copies the hub; what it returns puts it back.
func (p *posts) copied() (back func()) {
	p.t.Helper()
	key, err := age.GenerateX25519Identity()
	p.do(err)
	var file bytes.Buffer
	_, err = backup.Write(p.t.Context(), p.hub.Node, operator, &file, backup.Job{To: []age.Recipient{key.Recipient()}, Keys: true})
	p.do(err)
	return func() {
		p.t.Helper()
		p.do(p.hub.Close())
		dir := filepath.Join(p.t.TempDir(), "back")
		_, err := app.Restore(p.t.Context(), operator, &file, backup.Order{With: []age.Identity{key}, Dir: dir}, nil)
		p.do(err)
		hub, err := app.Open(p.t.Context(), dir, app.Options{})
		p.do(err)
		p.opens(hub)
	}
}

// link brings nodes level with the hub over the line, as far as they may be.
func (p *posts) link(times int, nodes ...*app.App) {
	p.t.Helper()
	for range times {
		for _, n := range nodes {
			l, err := n.Courier.Link(p.t.Context(), "test", nil)
			p.do(err)
			_, err = l.Round(p.t.Context(), 0, nil)
			p.waits(err)
		}
	}
}

// stick does the same with files that are carried to the hub and back.
func (p *posts) stick(times int, nodes ...*app.App) {
	p.t.Helper()
	for range times {
		for _, n := range nodes {
			for _, way := range []struct {
				from, to *app.App
				node     string
			}{{n, p.hub, ""}, {p.hub, n, string(n.Name())}} {
				var file bytes.Buffer
				_, err := way.from.Courier.WriteStick(p.t.Context(), operator, &file, way.node, "test")
				p.do(err)
				_, err = way.to.Courier.ReadStick(p.t.Context(), operator, bytes.NewReader(file.Bytes()))
				p.waits(err)
			}
		}
	}
}

// waits takes it that a node waits until others have told what they hold.
func (p *posts) waits(err error) {
	p.t.Helper()
	if !fault.Is(err, sync.RefusedBare) && !fault.Is(err, sync.RefusedBack) && !fault.Is(err, "courier.stick_stale") && !fault.Is(err, sync.RefusedGap) {
		p.do(err)
	}
}

// photo is the file of a person's photograph at a register, and whether it is there.
func (p *posts) photo(a *app.App, person string) (hash string, there bool) {
	p.t.Helper()
	p.do(a.DB.View(p.t.Context(), func(tx *store.Tx) error {
		cur, _, err := a.Load(p.t.Context(), tx, person)
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		hash = cur.Text("photo")
		_, _, has, err2 := tx.Attachment(p.t.Context(), hash)
		there = has
		return errors.Join(err, err2)
	}))
	return hash, there
}

// TestAPhotographComesBackFromWhoHoldsIt: a photograph is taken after the copy, its person moves, and
// the hub, put back, says that she is still the old office's: the new one forgets her before the old
// one, which has nothing of the photograph any more, has offered that she moved. It comes back, over
// the line and by hand, and is named by nobody else.
func TestAPhotographComesBackFromWhoHoldsIt(t *testing.T) {
	for name, level := range map[string]func(*posts, int, ...*app.App){"link": (*posts).link, "stick": (*posts).stick} {
		t.Run(name, func(t *testing.T) {
			p := newPosts(t)
			p.link(2, p.mad, p.bcn)
			window := authz.Actor{Login: "eva", Role: authz.Window, Office: "ESBCN", Purpose: "registry"}
			in := func(field, text string) registry.Input { return registry.Input{Field: field, Value: change.Text(text)} }
			out, err := p.bcn.Register(t.Context(), window, registry.RegisterCmd{Office: "ESBCN", Prov: change.Provenance{Source: "declared"},
				Inputs: []registry.Input{in("surname_paternal", "Quispe"), in("given_names", "Rosa")}}, true)
			p.do(err)
			p.link(2, p.mad, p.bcn)
			back := p.copied()
			var file bytes.Buffer
			p.do(jpeg.Encode(&file, image.NewRGBA(image.Rect(0, 0, 300, 400)), nil))
			_, err = p.bcn.SetPhoto(t.Context(), window, out.Person, file.Bytes())
			p.do(err)
			p.do(p.hub.Exchange.Grant(t.Context(), operator, p.bcn.Name(), "ESMAD"))
			p.link(2, p.bcn, p.mad)
			_, err = p.bcn.Transfer(t.Context(), node.Operator("ana", "ESBCN"), out.Person, registry.TransferCmd{ToOffice: "ESMAD", Kind: "resident", Channel: "window"})
			p.do(err)
			p.link(2, p.bcn, p.mad)
			p.do(p.hub.Exchange.TakeAway(t.Context(), operator, p.bcn.Name(), "ESMAD"))
			p.link(2, p.bcn, p.mad)
			hash, there := p.photo(p.mad, out.Person)
			if _, still := p.photo(p.bcn, out.Person); hash == "" || !there || still {
				t.Fatalf("Madrid has the photograph %q: %v; Barcelona still: %v", hash, there, still)
			}
			back()
			level(p, 4, p.mad)
			level(p, 3, p.bcn, p.mad)
			for name, a := range map[string]*app.App{"the hub": p.hub, "Madrid": p.mad} {
				if got, there := p.photo(a, out.Person); got != hash || !there {
					t.Errorf("%s names %q, and has it: %v", name, got, there)
				}
			}
			if _, still := p.photo(p.bcn, out.Person); still {
				t.Error("Barcelona has it again")
			}
			p.alone(out.Person, hash)
		})
	}
}

// alone looks whether nothing but the person names a file at the hub: it goes when she does.
func (p *posts) alone(person, hash string) {
	p.t.Helper()
	p.do(p.hub.DB.View(p.t.Context(), func(tx *store.Tx) error {
		named, err := tx.AttachedTo(p.t.Context(), hash)
		if len(named) != 1 || named[0] != "person/"+person {
			p.t.Errorf("it is named by %v", named)
		}
		return err
	}))
}
