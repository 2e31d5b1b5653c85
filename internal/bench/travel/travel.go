// Package travel measures what passes between offices and the hub: the first enrolment of a
// post, a node that comes back after days over a slow and distant link, and many nodes that
// ask one hub. Hub and nodes are registers in this process that speak over loopback, through
// the same client and server as an office's; the slow link is badlink.
package travel

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/courier"
	"quipu/internal/app/node"
	"quipu/internal/audit"
	"quipu/internal/bench/badlink"
	"quipu/internal/change"
	"quipu/internal/intake"
	"quipu/internal/registry"
	"quipu/internal/sync"
	"quipu/internal/sync/synchttp"
	"quipu/internal/synth"
	"quipu/internal/tabular"
)

// Config says what is measured.
type Config struct {
	Dir     string
	URL     string // the hub's empty database on PostgreSQL; "" for SQLite
	Persons int    // of the post
	Changes int    // that a node comes back with, and that it finds
	Nodes   int    // that ask one hub
	For     time.Duration
	Seed    uint64
	Say     func(phase string)
	// Progress tells how far the writing of changes, the nodes' keys and the asking are.
	Progress func(done, total int64)
}

// Trip is one exchange until the node is level.
type Trip struct {
	Changes  int     `json:"changes"`
	Seconds  float64 `json:"seconds"`
	Up       int64   `json:"up_bytes"`
	Down     int64   `json:"down_bytes"`
	Each     float64 `json:"bytes_per_change"` // both ways
	Link     string  `json:"link"`
	Requests int64   `json:"connections"`
}

// Report is what was measured.
type Report struct {
	Engine  string `json:"engine"` // of the hub; nodes are on SQLite
	Persons int    `json:"persons"`
	Enrol   Trip   `json:"enrol"`
	Wrote   Trip   `json:"wrote"` // a node that wrote for days without a link
	Found   Trip   `json:"found"` // a node for which others wrote meanwhile
	Polls   Polls  `json:"polls"`
}

const office = "ESMAD"

var operator = node.Operator("bench", office)

// world is a hub that serves, and a way to it.
type world struct {
	Config
	hub  *app.App
	addr string
}

// Run measures. The figures of links are in bytes as TCP carries them, headers of HTTP and the
// sealing included, those of TLS not.
func Run(ctx context.Context, c Config) (rep Report, err error) {
	w := &world{Config: c}
	rep.Persons, rep.Engine = c.Persons, node.SQLite
	hub := app.Options{Create: true, Node: "LIMA"}
	if c.URL != "" {
		rep.Engine, hub.Engine, hub.URL = node.Postgres, node.Postgres, c.URL
	}
	w.Say("fill")
	if w.hub, err = app.Open(ctx, filepath.Join(c.Dir, "hub"), hub); err != nil {
		return rep, err
	}
	defer w.hub.Close()
	if err := fill(ctx, w.hub, c); err != nil {
		return rep, err
	}
	if err := w.hub.BecomeHub(ctx, operator); err != nil {
		return rep, err
	}
	stop, err := w.serve(ctx)
	if err != nil {
		return rep, err
	}
	defer stop()
	n, err := w.enrol(ctx, &rep.Enrol)
	if err != nil {
		return rep, err
	}
	defer n.Close()
	if err := w.comeBack(ctx, n, &rep); err != nil {
		return rep, err
	}
	w.Say("polls")
	rep.Polls, err = w.polls(ctx)
	return rep, err
}

// fill brings invented people into the hub, all of one post.
func fill(ctx context.Context, a *app.App, c Config) error {
	path := filepath.Join(c.Dir, "list.csv")
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	post := []synth.Post{{Office: office, City: "Madrid", Country: "ES", Weight: 1}}
	if _, err = synth.Generate(synth.Options{Persons: c.Persons, Seed: c.Seed, Families: true, Posts: post}, f, nothing{}); err != nil {
		return err
	}
	size, err := f.Seek(0, 1)
	if err != nil {
		return err
	}
	open := func() (*tabular.Reader, error) { return tabular.NewReader(f, size, tabular.Options{}) }
	sample, err := app.SampleRows(open)
	if err != nil {
		return err
	}
	r, err := open()
	if err != nil {
		return err
	}
	_, err = a.Import(ctx, operator, app.ImportJob{Name: "list.csv", Office: office, Reader: r, Mapping: intake.Recognise(r.Info().Header, sample)})
	return err
}

type nothing struct{}

func (nothing) Write(p []byte) (int, error) { return len(p), nil }

func (w *world) serve(ctx context.Context) (stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(ctx)
	srv := &http.Server{Handler: synchttp.NewServer(ctx, w.hub.Courier, slog.New(slog.DiscardHandler), time.Now).Handler(), ReadHeaderTimeout: time.Minute}
	go srv.Serve(l) //nolint:errcheck // it ends with the measurement
	w.addr = l.Addr().String()
	return func() { end(); srv.Close() }, nil
}

// over puts a link between; stop cuts it.
func (w *world) over(ctx context.Context, bits int, oneWay time.Duration) (l *badlink.Link, base string, stop func(), err error) {
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", nil, err
	}
	ctx, end := context.WithCancel(ctx)
	l = &badlink.Link{To: w.addr, BytesPerSecond: bits / 8, OneWay: oneWay}
	go l.Serve(ctx, in)
	return l, "http://" + in.Addr().String(), end, nil
}

// enrol measures the first enrolment of the post.
func (w *world) enrol(ctx context.Context, t *Trip) (*app.App, error) {
	w.Say("enrol")
	code, err := w.hub.Courier.MakeCode(ctx, operator, courier.Ask{Office: office})
	if err != nil {
		return nil, err
	}
	l, base, stop, err := w.over(ctx, 0, 0)
	if err != nil {
		return nil, err
	}
	defer stop()
	dir := filepath.Join(w.Dir, "node")
	begun := time.Now()
	if _, err := courier.Join(ctx, courier.Joining{Dir: dir, Hubs: []string{base}, Code: code.Text, Program: "bench"}); err != nil {
		return nil, err
	}
	a, err := app.Open(ctx, dir, app.Options{})
	if err != nil {
		return nil, err
	}
	link, err := a.Courier.Link(ctx, "bench", nil)
	if err != nil {
		return a, err
	}
	d, err := link.Round(ctx, 0, nil)
	t.of(d.Received, begun, l, "loopback")
	return a, err
}

func (t *Trip) of(changes int, begun time.Time, l *badlink.Link, link string) {
	*t = Trip{Changes: changes, Seconds: time.Since(begun).Seconds(), Up: l.Up.Load(), Down: l.Down.Load(), Link: link, Requests: l.Conns.Load()}
	if changes > 0 {
		t.Each = float64(t.Up+t.Down) / float64(changes)
	}
}

// comeBack measures a node that wrote for days, and one for which others wrote.
func (w *world) comeBack(ctx context.Context, n *app.App, rep *Report) error {
	people, err := w.people(ctx)
	if err != nil {
		return err
	}
	w.Say("write")
	if err := w.work(ctx, n, people, w.Changes, "nodo"); err != nil {
		return err
	}
	w.Say("wrote")
	if err := w.level(ctx, n, w.Changes, &rep.Wrote); err != nil {
		return err
	}
	w.Say("write")
	if err := w.work(ctx, w.hub, people, w.Changes, "sede"); err != nil {
		return err
	}
	w.Say("found")
	return w.level(ctx, n, w.Changes, &rep.Found)
}

// people are some of the post.
func (w *world) people(ctx context.Context) (out []string, err error) {
	rows, err := w.hub.PeopleOf(ctx, operator, office, 50_000)
	for _, r := range rows {
		out = append(out, r.ID)
	}
	return out, err
}

// work makes changes as an office does: two of three add an address of e-mail, one confirms
// that the person lives there.
func (w *world) work(ctx context.Context, a *app.App, people []string, changes int, who string) error {
	for done, i := 0, 0; done < changes; i++ {
		if i > 4*changes {
			return fmt.Errorf("only %d of %d changes could be made", done, changes)
		}
		person := people[(i*7919)%len(people)]
		var out app.Outcome
		var err error
		if i%3 == 2 {
			out, err = a.Confirm(ctx, operator, person)
		} else {
			in := []registry.Input{{Field: "email", Value: change.Group("address", fmt.Sprintf("%s.%d@example.org", who, i))}}
			out, err = a.Edit(ctx, operator, person, in, "dicho en ventanilla")
		}
		if err != nil && ctx.Err() != nil {
			return err
		}
		if err == nil && !out.Unchanged && len(out.Conflicts) == 0 {
			done++
			if changes > 1 {
				w.Progress(int64(done), int64(changes))
			}
		}
	}
	return nil
}

// level brings a node level over 1 Mbit/s and 600 ms.
func (w *world) level(ctx context.Context, n *app.App, changes int, t *Trip) error {
	l, base, stop, err := w.over(ctx, 1_000_000, 300*time.Millisecond)
	if err != nil {
		return err
	}
	defer stop()
	link, err := n.Courier.Link(ctx, "bench", []string{base})
	if err != nil {
		return err
	}
	begun := time.Now()
	if _, err := link.Round(ctx, 0, nil); err != nil {
		return err
	}
	t.of(changes, begun, l, "1 Mbit/s, 600 ms")
	s, err := n.Exchange.Status(ctx)
	if err == nil && s.Pending > 0 {
		err = fmt.Errorf("%d changes are still pending", s.Pending)
	}
	return err
}

// size is the newest head of the hub's log.
func (w *world) size(ctx context.Context) (sync.Mark, error) {
	h, err := w.hub.Head(ctx, operator)
	if err != nil {
		return sync.Mark{}, err
	}
	c, err := audit.Verify([]byte(h.Note), h.PublicKey)
	return sync.Mark{Size: c.Size, Root: c.Root}, err
}
