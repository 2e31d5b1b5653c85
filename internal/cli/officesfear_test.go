package cli

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/store"
)

// newer gives one node a change of a later version: the hub keeps it as it came, whoever does
// not know the version shows what he knows, and everything goes on.
func (w *afterDay) newer(t *testing.T) {
	w.hub.start()
	s := w.nodes[0]
	person := ""
	for _, x := range w.saved {
		if x.office == s.office && !slices.Contains(w.moved, x.person) {
			person = x.person
		}
	}
	a, err := app.Open(t.Context(), s.dir, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var name id.Change
	err = a.DB.Update(t.Context(), func(tx *store.Tx) error {
		n, err := tx.LastN(t.Context(), a.Name())
		if err != nil {
			return err
		}
		name = id.Change{Node: a.Name(), N: n + 1}
		return tx.Append(t.Context(), []change.Change{{ID: name, Entity: change.Ref{Kind: change.Person, ID: person}, Action: "edit", At: change.Stamp{Micros: time.Now().UnixMicro()},
			Author: "eva", Office: s.office, Purpose: "registry", Schema: change.Schema + 8, Sets: []change.Set{{Field: "of_a_later_version", Value: change.Text("7")}}}})
	})
	if err = errors.Join(err, a.Close()); err != nil {
		t.Fatal(err)
	}
	v := &findings{}
	w.level(v, 2)
	w.hub.kill()
	check(t, v, w.hub, w.nodes, w.saved, w.moved)
	v.tell(t)
	var bodies [2]string
	for i, x := range []*site{s, w.hub} {
		bodies[i] = x.body(name)
	}
	if bodies[0] == "" || bodies[0] != bodies[1] {
		t.Errorf("the change of a later version is\n%s\nat the node and\n%s\nat the hub", bodies[0], bodies[1])
	}
}

// body is a change as a site has it, "" when it has not.
func (s *site) body(name id.Change) (out string) {
	s.t.Helper()
	a, err := app.Open(s.t.Context(), s.dir, app.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	defer a.Close()
	err = a.DB.View(s.t.Context(), func(tx *store.Tx) error {
		found, err := tx.Named(s.t.Context(), []id.Change{name})
		out = string(found[name].Body)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// clone lets a copy of a node's disk work beside it: whoever comes second is refused, is
// told why, and keeps what it saved; the hub has what the first one sent and shows the reason.
func (w *afterDay) clone(t *testing.T) {
	w.hub.start()
	s := w.nodes[1]
	twin := newSite(t, "twin", s.office, "")
	twin.token = s.token
	if err := exec.Command("cp", "-a", s.dir, twin.dir).Run(); err != nil { // modes and all: keys are the owner's alone
		t.Fatal(err)
	}
	for _, x := range []*site{s, twin} {
		if x == twin { // or it would hear of the other's changes before it wrote
			w.hub.kill()
		}
		x.start()
		var saved []said
		for range 20 { // a busy computer may take its time
			ctx, end := context.WithTimeout(t.Context(), time.Second)
			saved = append(saved, x.write(ctx)...)
			if end(); len(saved) > 0 {
				break
			}
		}
		x.kill()
		if x == twin {
			w.hub.start()
		}
		if len(saved) == 0 {
			t.Fatalf("%s saved nothing", x.name)
		}
		_, err := quipuWith(t, nil, x.dir, "sync", "now")
		if x == s {
			w.saved = append(w.saved, saved...)
			if err != nil {
				t.Errorf("the first of the two: %v", err)
			}
			continue
		}
		if err == nil {
			t.Error("the clone was not refused")
		}
		if status := x.run("sync", "status", "--json"); !strings.Contains(status, `"refusal":"sync.refused.cloned"`) || strings.Contains(status, `"pending":0`) {
			t.Errorf("the clone says %s", status)
		}
	}
	if list := w.hub.run("node", "list", "--json"); strings.Count(list, `"refused":"sync.refused.cloned"`) != 1 {
		t.Errorf("the hub says %s", list)
	}
	v := &findings{}
	w.level(v, 1)
	w.hub.kill()
	check(t, v, w.hub, w.nodes, w.saved, w.moved)
	v.tell(t)
}

// old puts the hub back from the backup of before the day: its nodes notice, and what they hold
// is offered again. What the ministry had decided itself since then is lost with its disk.
func (w *afterDay) old(t *testing.T) {
	lost := w.hub.dir
	w.hub.dir = filepath.Join(t.TempDir(), "putback")
	if _, err := quipuRun(t, w.hub.dir, "restore", w.copy); err != nil {
		t.Fatal(err)
	}
	if lost == w.hub.dir {
		t.Fatal("nothing was lost")
	}
	w.hub.configure(asHub)
	before := look(t, &findings{}, w.hub)
	w.hub.start()
	v := &findings{}
	w.level(&findings{}, 2) // refused at first: they hear of it with the answer
	w.level(v, 2)
	for _, s := range w.nodes {
		if status := s.run("sync", "status", "--json"); !strings.Contains(status, `"unsent":0,"pending":0`) {
			v.say("%s: %s", s.name, status)
		}
	}
	w.hub.kill()
	after := look(t, v, w.hub)
	if len(before.people) >= len(after.people) {
		v.say("the copy was not older: %d people in it, %d now", len(before.people), len(after.people))
	}
	for _, x := range w.saved {
		if p, ok := after.people[x.person]; !slices.Contains(w.moved, x.person) && (!ok || !x.in(p)) {
			v.say("%s said that it saved %s of %s as %q: the hub that was put back lacks it", x.office, x.field, x.person, x.text)
		}
	}
	v.tell(t)
}
