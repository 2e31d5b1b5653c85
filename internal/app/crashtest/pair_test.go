//go:build unix

package crashtest

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/exchange"
	"quipu/internal/app/node"
	"quipu/internal/id"
	"quipu/internal/sync"
)

const pairNode = id.Node("ESMAD-7")

// pair are a hub and a node, in the folders hub and node of a folder.
type pair struct{ hub, node *app.App }

func openPair(dir string, create bool) (p pair, err error) {
	if p.hub, err = app.Open(ctx, filepath.Join(dir, "hub"), app.Options{Create: create, Node: "LIMA"}); err != nil {
		return p, err
	}
	if create {
		who := node.Operator("prueba", "")
		if err = p.hub.BecomeHub(ctx, who); err != nil {
			return p, err
		}
		if err = p.hub.AddPeer(ctx, who, exchange.NewPeer{Name: pairNode, Kind: "office", Office: "ESMAD", Key: "k", Scopes: []string{"ESMAD"}}); err != nil {
			return p, err
		}
	}
	if p.node, err = app.Open(ctx, filepath.Join(dir, "node"), app.Options{Create: create, Node: string(pairNode), Joins: true}); err != nil || !create {
		return p, err
	}
	return p, p.node.BecomeNode(ctx, operator(), exchange.Hub{Name: "LIMA", Address: "https://hub", Key: "k", HeadKey: p.hub.Signer.PublicKey()})
}

func (p pair) close() {
	p.node.Close() //nolint:errcheck // it was read only, or is killed
	p.hub.Close()  //nolint:errcheck // the same
}

// round sends and fetches what there is; tell learns up to which number the hub said that it
// has the node's changes.
func (p pair) round(tell func(last int64)) error {
	for more := true; more; {
		var b sync.Batch
		var err error
		if b, more, err = p.node.NextBatch(ctx, "prueba", 2000); err != nil { // small ones, so that there are more
			return err
		}
		r, err := p.hub.Push(ctx, pairNode, b)
		if err != nil {
			return err
		}
		if r.Refusal != nil {
			return fmt.Errorf("refused: %+v", *r.Refusal)
		}
		if err := p.node.TakeReceipt(ctx, r); err != nil {
			return err
		}
		tell(r.Last)
	}
	for {
		ask, err := p.node.NextAsk(ctx)
		if err != nil {
			return err
		}
		a, _, err := p.hub.Pull(ctx, pairNode, ask, sync.Limit{Rows: 5})
		if err != nil {
			return err
		}
		if a.Refusal != nil {
			return fmt.Errorf("refused: %+v", *a.Refusal)
		}
		if err := p.node.TakeAnswer(ctx, a); err != nil || !a.More {
			return err
		}
	}
}

// exchangeFor ever registers people at the node and brings both together, and says so.
func exchangeFor(dir string) error {
	p, err := openPair(dir, true)
	if err != nil {
		return err
	}
	told := func(last int64) { fmt.Println("hub", last) }
	if err := p.round(told); err != nil { // the first numbers
		return err
	}
	for n := int64(1); ; n++ {
		r, err := p.node.Register(ctx, operator(), person(n), true)
		if err != nil {
			return err
		}
		fmt.Println("node", n, r.Number, r.Person, r.Head.N)
		if n%3 == 0 {
			if err := p.round(told); err != nil {
				return err
			}
		}
	}
}

// TestCrashImagesOfAHub copies a hub and its node at one moment, wherever they are in sending
// and fetching. Each copy is sound; the hub's has every change that it said it had, the
// node's everybody who was confirmed; and when the copies go on with each other, both have
// everybody, once.
func TestCrashImagesOfAHub(t *testing.T) {
	t.Parallel()
	r := random(t)
	dir := filepath.Join(t.TempDir(), "pair")
	j := startJob(t, envJob+"=pair", envDir+"="+dir)
	var done []saved
	numbers := map[int64]saved{} // by the number of the change
	hub := int64(0)
	for i := range 12 {
		// Before the first is confirmed the node's log may be empty, and nothing is signed.
		for lines := 1 + r.IntN(20); lines > 0 || len(done) == 0; lines-- {
			line, err := j.out.ReadString('\n')
			if err != nil {
				t.Fatalf("the child ended by itself: %v\n%s", err, j.errors.String())
			}
			var s saved
			var n int64
			if _, err := fmt.Sscanf(line, "node %d %s %s %d", &s.n, &s.number, &s.person, &n); err == nil {
				done, numbers[n] = append(done, s), s
				continue
			}
			if _, err := fmt.Sscanf(line, "hub %d", &hub); err != nil {
				t.Fatalf("the child said %q", line)
			}
		}
		time.Sleep(time.Duration(r.Int64N(int64(3 * time.Millisecond))))
		copied := filepath.Join(t.TempDir(), "copy")
		err := halted(j.cmd.Process, func() error {
			for _, which := range []string{"hub", "node"} {
				if err := copyRegister(filepath.Join(dir, which), filepath.Join(copied, which)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		whatIsLeft(t, i, copied, done, numbers, hub)
	}
	j.kill(t)
	t.Logf("12 copies, %d confirmed at the node, %d changes at the hub in the last", len(done), hub)
}

func whatIsLeft(t *testing.T, i int, copied string, done []saved, numbers map[int64]saved, hub int64) {
	t.Helper()
	p, err := openPair(copied, false)
	if err != nil {
		t.Fatalf("copy %d: %v", i+1, err)
	}
	defer p.close()
	sound(t, p.hub)
	sound(t, p.node)
	there(t, p.node, done)
	for n, s := range numbers {
		if n > hub {
			continue
		}
		if who, err := p.hub.FindNumber(ctx, operator(), s.number); err != nil || who != s.person {
			t.Fatalf("copy %d: the hub said that it has change %d, %s, and finds %q: %v", i+1, n, s.number, who, err)
		}
	}
	if err := p.round(func(int64) {}); err != nil {
		t.Fatalf("copy %d: %v", i+1, err)
	}
	there(t, p.hub, done)
	sound(t, p.hub)
	sound(t, p.node)
	at, err := p.hub.CountPeople(ctx)
	if err != nil {
		t.Fatal(err)
	}
	here, err := p.node.CountPeople(ctx)
	if err != nil || at != here || at < int64(len(done)) {
		t.Fatalf("copy %d: %d people at the hub, %d at the node, %d confirmed: %v", i+1, at, here, len(done), err)
	}
	s, err := p.node.Status(ctx)
	if err != nil || s.Pending != 0 {
		t.Fatalf("copy %d: %d changes still wait: %v", i+1, s.Pending, err)
	}
}
