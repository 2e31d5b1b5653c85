package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/bench/badlink"
	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/store/pgtest"
)

// site is one register that is served by a process, which may be killed at any time.
type site struct {
	t      *testing.T
	name   string // of the folder
	dir    string
	addr   string
	office string
	token  string
	env    []string // of its processes
	mu     sync.Mutex
	cmd    *exec.Cmd
}

func quipuRun(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	return quipuWith(t, nil, dir, args...)
}

func quipuWith(t *testing.T, env []string, dir string, args ...string) (string, error) {
	t.Helper()
	if dir != "" {
		args = append(args, "--dir", dir)
	}
	cmd := exec.Command("quipu", args...)
	cmd.Env = append(append(os.Environ(), "QUIPU_PASSWORD=tres nudos en un cordel", "QUIPU_BACKUP_PASSPHRASE=un cordel con tres nudos", "QUIPU_LANG=en"), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil {
		err = fmt.Errorf("quipu %v: %w: %s", args, err, errs.String())
	}
	return out.String(), err
}

func (s *site) run(args ...string) string {
	s.t.Helper()
	out, err := quipuWith(s.t, s.env, s.dir, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func newSite(t *testing.T, name, office, more string) *site {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := &site{t: t, name: name, office: office, dir: filepath.Join(t.TempDir(), name), addr: l.Addr().String()}
	s.configure(more)
	t.Cleanup(func() { s.kill() })
	return s
}

// configure writes the site's file of settings.
func (s *site) configure(more string) {
	s.t.Helper()
	text := fmt.Sprintf("dir = %q\naddr = %q\n[api]\nper_second = 1000\nburst = 1000\n[metrics]\naddr = \"\"\n%s", s.dir, s.addr, more)
	if err := os.WriteFile(s.dir+".toml", []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// start begins a process and waits until it answers.
func (s *site) start() {
	cmd := exec.Command("quipu", "serve", "--config", s.dir+".toml")
	cmd.Env = append(os.Environ(), s.env...)
	if err := cmd.Start(); err != nil {
		s.t.Error(err)
		return
	}
	s.mu.Lock()
	s.cmd = cmd
	s.mu.Unlock()
	for range 400 {
		resp, err := http.Get("http://" + s.addr + "/healthz")
		if err == nil {
			resp.Body.Close()
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	s.t.Errorf("%s does not answer", s.name)
}

// kill is the power that fails.
func (s *site) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd != nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
		s.cmd = nil
	}
}

// ask sends JSON to the site's interface; ok only when it said so itself.
func (s *site) ask(method, path, body string) (map[string]any, bool) {
	r, err := http.NewRequest(method, "http://"+s.addr+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		return nil, false
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Quipu-Purpose", "registry")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, false
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	var out map[string]any
	if err != nil || resp.StatusCode/100 != 2 || json.Unmarshal(text, &out) != nil {
		if resp.StatusCode/100 == 4 {
			s.t.Logf("%s %s: %s", s.name, path, text)
		}
		return nil, false
	}
	return out, true
}

// said is what a site said that it had saved.
type said struct{ person, field, text, office string }

// in reports whether a person has it.
func (x said) in(p registry.Person) bool {
	found := p.Text(x.field) == x.text
	for f, h := range p.Fields {
		found = found || strings.HasPrefix(f, x.field+"/") && h.Value.Part("address") == x.text
	}
	return found
}

// write registers people and edits them until the context ends.
func (s *site) write(ctx context.Context) (all []said) {
	var last string
	for i := 0; ctx.Err() == nil; i++ {
		text := fmt.Sprintf("%s %c%c%c", []string{"Rosa", "Juan", "Luz"}[i%3], 'A'+i/676%26, 'a'+i/26%26, 'a'+i%26)
		if i%3 == 2 && last != "" {
			mail := fmt.Sprintf("%s.%d@example.org", strings.ToLower(s.office), i)
			if _, ok := s.ask("PATCH", "/persons/"+last, `{"provenance":{"source":"declared"},"fields":[{"field":"email","parts":{"address":"`+mail+`"}}]}`); ok {
				all = append(all, said{last, "email", mail, s.office})
			}
		} else if out, ok := s.ask("POST", "/persons", `{"confirmed":true,"provenance":{"source":"declared"},"fields":[{"field":"surname_paternal","text":"Quispe"},{"field":"given_names","text":"`+text+`"}]}`); ok {
			last = out["person"].(string)
			all = append(all, said{last, "given_names", text, s.office})
		}
		select {
		case <-ctx.Done():
		case <-time.After(60 * time.Millisecond):
		}
	}
	return all
}

// asHub are the settings of a hub.
const asHub = "[hub]\nserve = true\n"

// offices makes a hub and a node for each office, behind a proxy on a bad day.
// With an address the hub stands on PostgreSQL. The clock of the last node stands in 2031.
func offices(t *testing.T, url string, codes ...string) (hub *site, nodes []*site, proxies []*badlink.Meddler) {
	hub = newSite(t, "hub", "", asHub)
	if url != "" {
		hub.env = []string{"QUIPU_ENGINE=postgres", "QUIPU_URL=" + url}
	}
	list := filepath.Join(t.TempDir(), "made")
	if _, err := quipuRun(t, "", "generate", "--persons", "20", "--seed", "1", "--out", list, "--list"); err != nil {
		t.Fatal(err)
	}
	hub.run("import", filepath.Join(list, "lista.csv"), "--office", codes[0])
	hub.start()
	for i, o := range codes {
		m := badlink.NewMeddler("http://"+hub.addr, uint64(i))
		front := httptest.NewServer(m)
		t.Cleanup(front.Close)
		s := newSite(t, "node"+o, o, "")
		if i == len(codes)-1 {
			s.env = []string{"QUIPU_TEST_CLOCK=43000h"} // some five years
		}
		code := strings.TrimSpace(hub.run("node", "code", "--office", o))
		m.Lose, m.Slow = .3, 50*time.Millisecond
		for try := 0; ; try++ { // each try goes on where the one before was cut
			_, err := quipuWith(t, s.env, s.dir, "node", "enrol", "--hub", front.URL, "--code", code)
			if err != nil && try < 10 {
				if _, err2 := os.Stat(filepath.Join(s.dir, "quipu.toml")); err2 == nil {
					break // enrolled; what is missing comes later
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		m.Fail, m.Twice, m.Lose, m.Cut, m.Replay = .08, .08, .08, .08, .08
		for try := 0; try < 10; try++ {
			if _, err := quipuWith(t, s.env, s.dir, "sync", "now"); err == nil {
				break
			}
		}
		s.run("account", "add", strings.ToLower(o), "--office", o, "--role", "supervisor", "--name", o)
		s.token = strings.TrimSpace(s.run("token", "add", strings.ToLower(o), "--scope", "register,edit,read,search"))
		s.start()
		nodes, proxies = append(nodes, s), append(proxies, m)
	}
	return hub, nodes, proxies
}

// findings are what a check of the registers found wrong.
type findings struct{ all []string }

func (v *findings) say(form string, args ...any) { v.all = append(v.all, fmt.Sprintf(form, args...)) }

// tell makes failures of them.
func (v *findings) tell(t *testing.T) {
	t.Helper()
	for _, f := range v.all {
		t.Error(f)
	}
}

// TestOfficesInProcesses lets a hub and nodes work in processes of their own that are killed
// in the middle of their work, over links that fail, lose, cut, double and repeat, and then
// holds the registers against what was said to be saved. After that come what operators fear: a
// change of a later version, a cloned disk, and a hub that is put back from an old backup.
func TestOfficesInProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("several processes for half a minute")
	}
	for engine, url := range map[string]func(testing.TB) string{"sqlite": func(testing.TB) string { return "" }, "postgres": pgtest.URL} {
		t.Run(engine, func(t *testing.T) {
			v := &findings{}
			w := day(t, v, url(t), 14*time.Second)
			v.tell(t)
			w.newer(t)
			w.clone(t)
			if engine == "sqlite" {
				w.old(t)
			}
		})
	}
}

// afterDay is what a day left.
type afterDay struct {
	hub   *site
	nodes []*site
	saved []said
	moved []string
	copy  string // a backup of the hub from before the day
}

// day is a day of work for some time, and the check at its end.
func day(t *testing.T, v *findings, url string, long time.Duration) *afterDay {
	hub, nodes, proxies := offices(t, url, "ESMAD", "FRPAR", "CLSCL")
	w := &afterDay{hub: hub, nodes: nodes, copy: filepath.Join(t.TempDir(), "before.quipu")}
	hub.run("backup", w.copy, "--with-keys")
	ctx, end := context.WithTimeout(t.Context(), long)
	defer end()
	var all sync.WaitGroup
	wrote := make([][]said, len(nodes))
	for i, s := range nodes {
		all.Go(func() { wrote[i] = s.write(ctx) })
	}
	all.Go(func() {
		chance, sites := rand.New(rand.NewPCG(7, 7)), append([]*site{hub}, nodes...)
		for ctx.Err() == nil {
			time.Sleep(time.Duration(300+chance.IntN(1500)) * time.Millisecond)
			s := sites[chance.IntN(len(sites))]
			s.kill()
			s.start()
		}
	})
	w.moved = transfers(t, ctx, hub)
	all.Wait()
	for _, m := range proxies {
		n, meddled := m.Counts()
		if m.Fail, m.Twice, m.Lose, m.Cut, m.Replay = 0, 0, 0, 0, 0; meddled < 3 {
			v.say("only %d of %d requests were meddled with", meddled, n)
		}
	}
	for _, s := range nodes {
		s.kill()
	}
	w.level(v, 2) // the second time for what others sent meanwhile
	hub.kill()
	w.saved = slices.Concat(wrote...)
	check(t, v, hub, nodes, w.saved, w.moved)
	return w
}

// level lets every node exchange with the hub, some times.
func (w *afterDay) level(v *findings, times int) {
	for range times {
		for _, s := range w.nodes {
			if _, err := quipuWith(s.t, s.env, s.dir, "sync", "now"); err != nil {
				v.say("%v", err)
			}
		}
	}
}

// transfers moves people of the first office to the second, at the hub, beside its process.
func transfers(t *testing.T, ctx context.Context, hub *site) (moved []string) {
	a, err := app.Open(t.Context(), hub.dir, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	var people []store.PersonRow
	if err := a.DB.View(t.Context(), func(tx *store.Tx) error {
		people, err = tx.PeopleOfOffice(t.Context(), "ESMAD", 0, 8)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		select {
		case <-ctx.Done():
			return moved
		case <-time.After(time.Second):
		}
		if _, err := a.Transfer(t.Context(), node.Operator("lima", "FRPAR"), p.ID, registry.TransferCmd{ToOffice: "FRPAR"}); err != nil {
			t.Logf("transfer: %v", err)
			continue
		}
		moved = append(moved, p.ID)
	}
	return moved
}

// held is a register as the checker sees it: people by id with the values in force, and the
// numbers of the changes of each node.
type held struct {
	people map[string]registry.Person
	office map[string]string
	ns     map[string][]int64
}

func look(t *testing.T, v *findings, s *site) held {
	t.Helper()
	a, err := app.Open(t.Context(), s.dir, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if rep, err := a.VerifyLog(t.Context(), operator(""), nil, nil); err != nil || len(rep.Findings) > 0 {
		v.say("%s: the log %+v, %v", s.name, rep.Findings, err)
	}
	if drift, err := a.VerifyProjections(t.Context(), operator(""), nil); err != nil || len(drift) > 0 {
		v.say("%s: the lists %+v, %v", s.name, drift, err)
	}
	h := held{map[string]registry.Person{}, map[string]string{}, map[string][]int64{}}
	err = a.DB.View(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.People(t.Context(), 0, 100_000)
		if err != nil {
			return err
		}
		for _, r := range rows {
			changes, err := tx.Changes(t.Context(), change.Ref{Kind: change.Person, ID: r.ID})
			if err != nil {
				return err
			}
			h.people[r.ID], h.office[r.ID] = registry.Load(changes), r.Office
		}
		return tx.Log(t.Context(), 0, 1_000_000, func(e store.Entry) error {
			h.ns[string(e.ID.Node)] = append(h.ns[string(e.ID.Node)], e.ID.N)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// check holds the registers against each other and against what was said to be saved.
func check(t *testing.T, v *findings, hub *site, nodes []*site, saved []said, moved []string) {
	at := look(t, v, hub)
	t.Logf("%d changes and %d transfers, %d people at the hub", len(saved), len(moved), len(at.people))
	if len(saved) < 30 || len(moved) < 3 {
		v.say("only %d changes and %d transfers were made", len(saved), len(moved))
	}
	for _, w := range saved { // nothing acknowledged is lost
		if p, ok := at.people[w.person]; !ok || !w.in(p) {
			v.say("%s said that it saved %s of %s as %q: the hub lacks it", w.office, w.field, w.person, w.text)
		}
	}
	for name, ns := range at.ns { // each once, none left out
		slices.Sort(ns)
		for i, n := range ns {
			if n != int64(i)+1 {
				v.say("the changes of %s at the hub are not 1, 2, 3, …: %d in place %d", name, n, i+1)
				break
			}
		}
	}
	for _, id := range moved {
		if at.office[id] != "FRPAR" {
			v.say("%s was moved, and is of %s", id, at.office[id])
		}
	}
	for _, s := range nodes { // each node is the hub restricted to its office
		here := look(t, v, s)
		for id, p := range at.people {
			q, ok := here.people[id]
			if in := at.office[id] == s.office; in != ok {
				v.say("%s: person %s of %s is here: %v", s.name, id, at.office[id], ok)
			} else if in && (q.Head != p.Head || len(q.Fields) != len(p.Fields)) {
				v.say("%s: person %s stands at %v, at the hub at %v", s.name, id, q.Head, p.Head)
			}
		}
		for id := range here.people {
			if _, ok := at.people[id]; !ok {
				v.say("%s: person %s is not at the hub", s.name, id)
			}
		}
		status := s.run("sync", "status", "--json")
		if !strings.Contains(status, `"unsent":0,"pending":0`) {
			v.say("%s: %s", s.name, status)
		}
	}
}
