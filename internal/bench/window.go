package bench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/store/bare"
)

// Queue says how the windows of an office are kept busy: Officers work for For, then Times
// as many for Surge, and then the first again for Surge. Each thinks for an exponential
// time of Think on average between two pages.
type Queue struct {
	Officers int
	For      time.Duration
	Surge    time.Duration
	Times    int
	Think    time.Duration
}

// room is a window under way.
type room struct {
	*run
	staff    *staff
	server   *server
	now      atomic.Pointer[tally]
	officers []*officer
	wrong    int // pages kept
}

// reopen uses the register that an earlier run has left in the folder, or makes one.
func (r *run) reopen(ctx context.Context) error {
	_, err := os.Stat(filepath.Join(r.register(), "quipu.toml"))
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := r.makeDatabases(ctx); err != nil {
		return err
	}
	if err := r.generate(ctx); err != nil {
		return err
	}
	if err := r.importedByOffice(ctx); err != nil || r.registerURL == "" {
		return err
	}
	return bare.Settle(ctx, r.registerURL)
}

// atWindow lets officers work, and then more of them than the node is made for.
func (r *run) atWindow(ctx context.Context) (err error) {
	r.Say("officers")
	s, err := r.hire(ctx)
	if err != nil {
		return err
	}
	r.staff = s
	srv, err := r.serve(ctx)
	if err != nil {
		return err
	}
	m := &room{run: r, staff: s, server: srv}
	rep := &Window{Queue: r.Window, Runs: s.run}
	err = m.phases(ctx, rep)
	for _, o := range m.officers {
		o.leave()
	}
	use, err2 := srv.stop()
	if err = errors.Join(err, err2); err != nil {
		return err
	}
	rep.Usage = use
	r.rep.Window = rep
	rep.Registered, rep.Lost, err = m.onDisk(ctx)
	return errors.Join(err, r.save(s))
}

// phases are: the officers come in; they work; others come on top; the first are alone again.
func (m *room) phases(ctx context.Context, rep *Window) error {
	q := m.Window
	m.now.Store(newTally())
	who, err := m.enter(q.Officers)
	if err == nil { // all at once, as at eight o'clock
		err = m.during(ctx, rep, "login", 0, who, func(ctx context.Context, o *officer) { _ = o.logIn(ctx) })
	}
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := m.phase(ctx, rep, "steady", q.For, m.officers); err != nil {
		return err
	}
	end := time.Now()
	quarter := end.Sub(begin) / 4
	rep.Memory.First, _ = m.server.resident(begin, begin.Add(quarter))
	rep.Memory.Last, _ = m.server.resident(end.Add(-quarter), end)
	_, rep.Memory.Most = m.server.resident(begin, end)
	for i := range time.Duration(10) {
		mean, _ := m.server.resident(begin.Add(i*quarter*4/10), begin.Add((i+1)*quarter*4/10))
		rep.Memory.Tenths = append(rep.Memory.Tenths, mean)
	}
	rep.Memory.Database = serverBytes(m.run.server)
	if q.Times > 1 {
		if err := m.surge(ctx, rep); err != nil {
			return err
		}
	}
	_, rep.Memory.MostEver = m.server.resident(time.Time{}, time.Now())
	return nil
}

// enter seats officers up to a number and returns the new ones.
func (m *room) enter(upTo int) ([]*officer, error) {
	from := len(m.officers)
	for n := from; n < upTo; n++ {
		b, err := newBrowser(m.server.URL, n, &m.now)
		if err != nil {
			return nil, err
		}
		m.officers = append(m.officers, m.staff.officer(n, b))
	}
	return m.officers[from:], nil
}

func (m *room) phase(ctx context.Context, rep *Window, name string, d time.Duration, who []*officer) error {
	return m.during(ctx, rep, name, d, who, func(ctx context.Context, o *officer) { o.work(ctx) })
}

// surge is the time when all come at once: the others log in while the first work.
func (m *room) surge(ctx context.Context, rep *Window) error {
	q := m.Window
	first := m.officers
	more, err := m.enter(q.Officers * q.Times)
	if err != nil {
		return err
	}
	err = m.during(ctx, rep, "spike", q.Surge, m.officers, func(ctx context.Context, o *officer) {
		if slices.Contains(more, o) && o.logIn(ctx) != nil {
			return
		}
		o.work(ctx)
	})
	if err != nil {
		return err
	}
	return m.phase(ctx, rep, "recovery", q.Surge, first)
}

// during lets officers do something for a time, or until they have done it when the time
// is 0, and reports the phase.
func (m *room) during(ctx context.Context, rep *Window, name string, d time.Duration, who []*officer, do func(context.Context, *officer)) error {
	m.Say(name)
	t := newTally()
	m.now.Store(t)
	phase, cancel := ctx, context.CancelFunc(func() {})
	if d > 0 {
		phase, cancel = context.WithTimeout(ctx, d)
	}
	defer cancel()
	cpu, dbCPU, start := m.server.CPU(), serverCPU(m.run.server), time.Now()
	go m.tick(phase, start, d)
	var all sync.WaitGroup
	for _, o := range who {
		all.Go(func() { do(phase, o) })
	}
	all.Wait()
	p := t.phase(name, len(who), time.Since(start))
	p.CPUSeconds, p.DatabaseCPUSeconds = round(m.server.CPU()-cpu), round(serverCPU(m.run.server)-dbCPU)
	p.CPUPerRequest = ratio(1e3*(p.CPUSeconds+p.DatabaseCPUSeconds), float64(p.Requests))
	_, p.ResidentBytes = m.server.resident(start, time.Now())
	rep.Phases = append(rep.Phases, p)
	return errors.Join(ctx.Err(), m.keepPages(t))
}

// tick shows how far a phase is.
func (m *room) tick(ctx context.Context, start time.Time, d time.Duration) {
	for d > 0 && sleep(ctx, time.Second) == nil {
		m.Progress(int64(time.Since(start).Seconds()), int64(d.Seconds()))
	}
}

// keepPages leaves the first page of each kind of error in the folder of the run.
func (m *room) keepPages(t *tally) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for kind, body := range t.pages {
		m.wrong++
		name := filepath.Join(m.Dir, fmt.Sprintf("wrong-%d.html", m.wrong))
		if err := os.WriteFile(name, append([]byte("<!-- "+kind+" -->\n"), body...), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// onDisk looks, after the server has ended, for everybody whose registration was confirmed.
func (m *room) onDisk(ctx context.Context) (registered, lost int, err error) {
	a, err := app.Open(ctx, m.register(), app.Options{Passphrase: m.passphrase()})
	if err != nil {
		return 0, 0, err
	}
	defer a.Close() //nolint:errcheck // it was only read
	for _, o := range m.officers {
		for _, k := range o.mine {
			registered++
			person, err := a.FindNumber(ctx, node.Operator("bench", office), k.number)
			if err != nil || person != k.id {
				lost++
			}
		}
	}
	return registered, lost, nil
}

// clearBare takes away what the peer has written.
func (r *run) clearBare() error {
	var errs []error
	for _, end := range []string{"", "-wal", "-shm"} {
		errs = append(errs, os.RemoveAll(filepath.Join(r.Dir, "barewindow.db"+end)))
	}
	return errors.Join(errs...)
}
