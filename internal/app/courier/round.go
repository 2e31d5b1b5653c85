package courier

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"quipu/internal/app/exchange"
	"quipu/internal/fault"
	"quipu/internal/seal"
	"quipu/internal/store"
	"quipu/internal/sync"
	"quipu/internal/sync/synchttp"
)

// Done is what a round did.
type Done struct {
	Sent     int   // changes
	Received int   // entries
	Forgot   int   // entities
	Files    int   // sent and fetched
	Size     int64 // of the hub's log, when it is known
	At       int64 // where the node stands in it
}

// Link is a node's way to its hub.
type Link struct {
	*Courier
	client  *synchttp.Client
	program string
}

// Link makes a node's way to its hub. Without addresses those of the enrolment are taken.
// The fault is courier.not_node.
func (c *Courier) Link(ctx context.Context, program string, hubs []string) (*Link, error) {
	s, err := c.state(ctx)
	if err != nil {
		return nil, err
	}
	if len(hubs) == 0 {
		hubs = strings.Fields(s.Address)
	}
	me, err := c.Identity()
	if err != nil {
		return nil, err
	}
	hub, err := seal.ParsePublic(s.Verify)
	if err != nil {
		return nil, err
	}
	o := synchttp.Options{Hubs: hubs, Me: me, Hub: hub, Version: program}
	if c.line != nil {
		o.HTTP = c.line
	}
	client, err := synchttp.NewClient(o)
	return &Link{c, client, program}, err
}

func (c *Courier) state(ctx context.Context) (s store.SyncState, err error) {
	err = c.DB.View(ctx, func(tx *store.Tx) error {
		var ok bool
		s, ok, err = tx.SyncState(ctx)
		if err == nil && !ok {
			err = fault.New(fault.Conflict, "courier.not_node", "dir", c.Dir())
		}
		return err
	})
	return s, err
}

// Round sends what waits and fetches until there is no more; for news it waits up to wait,
// unless something came before. tell, when not nil, hears how far it is.
func (l *Link) Round(ctx context.Context, wait time.Duration, tell func(Done)) (d Done, err error) {
	if tell == nil {
		tell = func(Done) {}
	}
	err = l.send(ctx, &d, true, tell)
	first := asksFirst(err)
	if err == nil || first {
		err = l.pull(ctx, &d, wait, tell)
	}
	if err == nil && first {
		err = l.send(ctx, &d, true, tell)
	}
	if err == nil {
		err = l.give(ctx, &d)
	}
	if err == nil {
		err = l.fetch(ctx, &d)
	}
	return d, l.attempted(ctx, err)
}

// asksFirst reports whether what a node would send waits for what it has to hear: the hub was
// restored, and either the node has not heard of it or others have still to offer theirs.
func asksFirst(err error) bool {
	return fault.Is(err, sync.RefusedBack) || fault.Is(err, sync.RefusedEarly) || fault.Is(err, sync.RefusedBare)
}

// send sends what waits; with alive at least one batch, as a sign of life.
func (l *Link) send(ctx context.Context, d *Done, alive bool, tell func(Done)) error {
	for more := true; more; {
		var b sync.Batch
		var err error
		b, more, err = l.exchange.NextBatch(ctx, l.program, 0)
		if err != nil || !alive && len(b.Bodies)+len(b.Forgotten)+len(b.Found) == 0 {
			return err
		}
		r, err := l.push(ctx, &b)
		if err != nil {
			return err
		}
		if len(r.Found) > 0 { // before the receipt, after which what was found may have to be forgotten
			if err := l.giveFound(ctx, d, b.Found); err != nil {
				return err
			}
		}
		if err := l.exchange.TakeReceipt(ctx, r); err != nil {
			return err
		}
		if r.Refusal != nil && r.Refusal.Key != sync.RefusedGap {
			return refusalFault(r.Refusal)
		}
		if r.Refusal != nil { // the hub lacks what it once had: the next batch begins there
			if r.Last >= b.First-1 {
				return refusalFault(r.Refusal)
			}
			more = true
			continue
		}
		alive = false
		taken := max(0, min(int(r.Last-b.First+1), len(b.Bodies)))
		more = more || taken < len(b.Bodies)       // the next batch hears what the rest waits for
		if len(b.Found) > 0 && len(r.Found) == 0 { // an older hub keeps nothing aside, and would be sent it without end
			more = false
		}
		d.Sent += taken
		tell(*d)
	}
	return nil
}

func (l *Link) push(ctx context.Context, b *sync.Batch) (sync.Receipt, error) {
	contents, err := b.Encode()
	if err != nil {
		return sync.Receipt{}, err
	}
	answer, err := l.client.Push(ctx, contents)
	if err != nil {
		return sync.Receipt{}, err
	}
	r, err := sync.DecodeReceipt(answer)
	if err != nil {
		err = fault.New(fault.Invalid, "sync.message").Because(err)
	}
	return r, err
}

func (l *Link) pull(ctx context.Context, d *Done, wait time.Duration, tell func(Done)) error {
	for stale := 0; ; {
		ask, err := l.exchange.NextAsk(ctx)
		if err != nil {
			return err
		}
		a, err := l.ask(ctx, &ask, wait)
		if err != nil {
			return err
		}
		err = l.exchange.TakeAnswer(ctx, a)
		if errors.Is(err, sync.ErrStale) && stale < 3 {
			stale++
			continue
		}
		if err != nil {
			return err
		}
		if a.Refusal != nil {
			return refusalFault(a.Refusal)
		}
		d.Received += len(a.Entries)
		d.Forgot += len(a.Forget)
		d.At = a.To.After
		tell(*d)
		if !a.More {
			return nil
		}
		wait = 0
	}
}

func (l *Link) ask(ctx context.Context, ask *sync.Ask, wait time.Duration) (a sync.Answer, err error) {
	contents, err := ask.Encode()
	if err != nil {
		return a, err
	}
	answer, err := l.client.Pull(ctx, contents, wait)
	if err != nil {
		return a, err
	}
	if a, err = sync.DecodeAnswer(answer); err != nil {
		err = fault.New(fault.Invalid, "sync.message").Because(err)
	}
	return a, err
}

// give sends the files that the hub lacks: of what this node sent, and once the hub was restored also
// of what came from it, since who wrote that may have had to forget it. A file that one side does not
// have holds nothing up.
func (l *Link) give(ctx context.Context, d *Done) error {
	if d.Sent == 0 {
		s, err := l.state(ctx)
		if err != nil || s.Backs == 0 || d.Received == 0 {
			return err
		}
	}
	wanted, err := l.client.Wanted(ctx)
	if err != nil {
		return err
	}
	for _, h := range wanted {
		media, data, ok, err := l.attachment(ctx, h)
		if err == nil && ok {
			err = l.client.Send(ctx, h, media, data)
			d.Files++
		}
		if err != nil && !fault.Is(err, "sync.blob_none") {
			return err
		}
	}
	return nil
}

// giveFound sends the files of what the hub keeps of others' changes. One that the hub does not take
// holds nothing up.
func (l *Link) giveFound(ctx context.Context, d *Done, bodies [][]byte) error {
	for _, body := range bodies {
		for _, h := range exchange.FilesOf(body) {
			media, data, ok, err := l.attachment(ctx, h)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			if err := l.client.Send(ctx, h, media, data); fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Invalid {
				continue
			} else if err != nil {
				return err
			}
			d.Files++
		}
	}
	return nil
}

func (c *Courier) attachment(ctx context.Context, hash string) (media string, data []byte, ok bool, err error) {
	err = c.DB.View(ctx, func(tx *store.Tx) error {
		media, data, ok, err = tx.Attachment(ctx, hash)
		return err
	})
	return media, data, ok, err
}

// fetch brings the files that are not here.
func (l *Link) fetch(ctx context.Context, d *Done) error {
	lacking, err := l.exchange.Wanted(ctx, 500)
	if err != nil {
		return err
	}
	for _, h := range lacking {
		media, data, err := l.client.Fetch(ctx, h)
		if fault.Is(err, "sync.blob_none") {
			continue // its node has yet to send it
		}
		if err != nil {
			return err
		}
		if err := l.exchange.KeepFile(ctx, h, media, data); err != nil {
			return err
		}
		d.Files++
	}
	return nil
}

// attempted notes when the hub was last asked and what stood in the way, so that the screen
// says it. It returns err.
func (l *Link) attempted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	return errors.Join(err, l.exchange.NoteTrouble(ctx, err))
}

// refusalFault is what the hub refuses with, as the node says it.
func refusalFault(r *sync.Refusal) *fault.Error {
	f := fault.New(fault.Forbidden, r.Key)
	for i := 0; i+1 < len(r.Args); i += 2 {
		f.Args = append(f.Args, fault.Arg{Name: r.Args[i], Value: r.Args[i+1]})
	}
	return f
}

// Fault is a refusal as a fault, for whoever shows it.
func Fault(r sync.Refusal) error { return refusalFault(&r) }

// Trouble is what stood in the way of the last round, of the state of a node; nil for nothing.
func Trouble(state string) error {
	var r sync.Refusal
	if json.Unmarshal([]byte(state), &r) != nil || r.Key == "" {
		return nil
	}
	return refusalFault(&r)
}
