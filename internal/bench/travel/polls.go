package travel

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"quipu/internal/app/exchange"
	"quipu/internal/audit"
	"quipu/internal/bench"
	"quipu/internal/id"
	"quipu/internal/place"
	"quipu/internal/seal"
	qsync "quipu/internal/sync"
	"quipu/internal/sync/synchttp"
)

// Polls are questions of many nodes to one hub process.
type Polls struct {
	Nodes    int     `json:"nodes"`
	Seconds  float64 `json:"seconds"`
	Pulls    int     `json:"pulls"`
	PerSec   float64 `json:"pulls_per_second"`
	Written  int     `json:"written"` // changes that the hub took meanwhile
	P50      float64 `json:"p50_ms"`
	P95      float64 `json:"p95_ms"`
	P99      float64 `json:"p99_ms"`
	Max      float64 `json:"max_ms"`
	Failures int     `json:"failures"`
}

// every is how often a node asks: as if each waited LongestWait and came again.
const every = synchttp.LongestWait

// polls lets nodes ask the hub, each every 25 s, while it writes twelve changes a second: 2,000
// nodes with 500 changes a day each. Time is that of the whole call at the node, sealing and
// opening included, on the same processors as the hub's.
func (w *world) polls(ctx context.Context) (p Polls, err error) {
	nodes := make([]*asker, w.Nodes)
	for i := range nodes {
		if nodes[i], err = w.asker(ctx, i); err != nil {
			return p, err
		}
		w.Progress(int64(i+1), int64(w.Nodes))
	}
	people, err := w.people(ctx)
	if err != nil {
		return p, err
	}
	now, err := w.size(ctx)
	if err != nil {
		return p, err
	}
	for _, a := range nodes { // where they stand after enrolment: what there was is not measured
		a.cursor, a.known = qsync.Cursor{After: now.Size, Filling: qsync.Filled}, []qsync.Mark{now}
	}
	ctx, end := context.WithTimeout(ctx, w.For)
	defer end()
	var all sync.WaitGroup
	begun := time.Now()
	for i, a := range nodes {
		all.Go(func() { a.ask(ctx, time.Duration(i)*every/time.Duration(len(nodes))) })
	}
	tick := time.NewTicker(time.Second / 12)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-tick.C:
			if err := w.work(ctx, w.hub, people[p.Written%len(people):], 1, fmt.Sprint("sondeo", p.Written)); err == nil {
				p.Written++
			}
			w.Progress(int64(time.Since(begun).Seconds()), int64(w.For.Seconds()))
		case <-ctx.Done():
		}
	}
	all.Wait()
	return p.of(nodes, time.Since(begun)), nil
}

func (p Polls) of(nodes []*asker, took time.Duration) Polls {
	var all []time.Duration
	for _, a := range nodes {
		all = append(all, a.took...)
		p.Failures += a.failures
	}
	l := bench.LatencyOf(all)
	p.Nodes, p.Seconds, p.Pulls, p.PerSec = len(nodes), took.Seconds(), l.Queries, float64(l.Queries)/took.Seconds()
	p.P50, p.P95, p.P99, p.Max = l.P50, l.P95, l.P99, l.Max
	return p
}

// asker is a node that only asks: it keeps its place and the newest head.
type asker struct {
	name     string
	client   *synchttp.Client
	headKey  string
	cursor   qsync.Cursor
	known    []qsync.Mark
	took     []time.Duration
	failures int
}

var one = &http.Transport{MaxIdleConns: 4000, MaxIdleConnsPerHost: 4000}

func (w *world) asker(ctx context.Context, i int) (*asker, error) {
	me := seal.NewIdentity()
	hub, err := w.hub.Identity()
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("SIM-%d", i)
	offices := place.Network().Offices()
	at := offices[i%len(offices)].Code
	if i == 0 {
		at = office
	}
	if err := w.hub.AddPeer(ctx, operator, exchange.NewPeer{Name: id.Node(name), Kind: "office", Label: name, Office: at, Key: me.Public().String(),
		Scopes: []string{at}}); err != nil {
		return nil, err
	}
	c, err := synchttp.NewClient(synchttp.Options{Hubs: []string{"http://" + w.addr}, Me: me, Hub: hub.Public(), Version: "bench", HTTP: one})
	return &asker{name: name, client: c, headKey: w.hub.Signer.PublicKey()}, err
}

func (a *asker) ask(ctx context.Context, first time.Duration) {
	for wait := first; ; wait = every {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		begun := time.Now()
		err := a.once(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			a.failures++
			continue
		}
		a.took = append(a.took, time.Since(begun))
	}
}

func (a *asker) once(ctx context.Context) error {
	q := qsync.Ask{Version: qsync.Version, Node: id.Node(a.name), Cursor: a.cursor, Known: a.known}
	request, err := q.Encode()
	if err != nil {
		return err
	}
	text, err := a.client.Pull(ctx, request, 0)
	if err != nil {
		return err
	}
	answer, err := qsync.DecodeAnswer(text)
	if err != nil {
		return err
	}
	if answer.Refusal != nil || answer.Back {
		return fmt.Errorf("refused: %+v, back %v", answer.Refusal, answer.Back)
	}
	head, err := audit.Verify(answer.Head, a.headKey)
	if err != nil {
		return err
	}
	a.cursor = answer.To
	a.known = []qsync.Mark{{Size: head.Size, Root: head.Root}}
	return nil
}
