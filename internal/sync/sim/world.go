package sim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/change"
	"quipu/internal/id"
	protocol "quipu/internal/sync"
)

// machine is a computer with a node's register on its disk.
type machine struct {
	label  string
	office protocol.Scope
	disk   *node
	cut    bool // no line
	ended  bool // revoked at the hub, or its disk is no longer the one in use
	copied bool // its disk was cloned or restored: it may be refused for good
	waits  bool // it was started from a copy, and registers nobody before the hub's next receipt
	clock  int64
	gave   map[int64]bool            // registration numbers
	saved  []id.Change               // every change that an officer was told is saved
	leaves map[id.Change]tlog.Hash   // their hashes
	saw    map[id.Change][]id.Change // what of the entity was there when it was written
	told   map[change.Ref]int64      // the last Forget that was carried out
	spare  *node                     // a backup of the disk
}

// remains is what an erasure left of a change: the hash of the body, as the erasure says it.
type remains struct {
	c    id.Change
	hash string
}

// letter is a message under way.
type letter struct {
	m     *machine
	toHub bool
	hub   *hub  // that wrote it
	made  int64 // size of the hub's log when it was made there
	// Of an answer: the scopes that the node held whole when it asked, all that it had then or
	// later, and how many own changes it held.
	whole, may []protocol.Scope
	last       int64
	compares   bool   // it had something to compare when it asked
	what       any    // a *protocol.Batch, *Receipt, *Ask or *Answer
	coded      []byte // the same as it travels, in worlds that encode
}

// world is one run.
type world struct {
	seed     uint64
	rng      *rand.Rand
	hub      *hub
	spare    *hub // a backup of the hub
	machines []*machine
	people   []change.Ref
	accounts []change.Ref
	runs     map[id.Node][]protocol.NumberRange // that any hub gave
	under    []letter
	late     []letter // copies that come much later
	wild     traits
	now      int64
	calm     bool // the weather is over
	restored bool
	tainted  map[change.Ref]bool // entities of which the restored hub lost what nobody can offer whole
	left     map[remains]bool    // what erasures left, wherever they were written
	broken   error               // the first violation
	passed   map[id.Change]bool  // a node had to forget them, and somebody has them whole; see wentBeyond
	held     map[id.Change]bool  // the hub lost them, and somebody had them whole
	stats    Stats
	trail    []string
	tracing  bool
}

// Moving is the first of the seeds of worlds in which people move a great deal and the hub is
// restored: an office forgets what it wrote, the hub loses that, and another office holds it.
const Moving = 1 << 40

// Erasing is the first of the seeds of worlds in which offices, and the ministry, erase a great deal, each
// some of the values only, of the same people and without knowing of each other.
const Erasing = 1 << 41

// traits are what may happen in a world.
type traits struct {
	revokes, restores, clones, coded, moving, erasing bool
	limit                                             protocol.Limit
	batch                                             int
}

// Stats counts what happened. Seed, Seconds and Failed are whoever ran it to fill in.
type Stats struct {
	Seed      uint64  `json:"seed"` // of the first world
	Seconds   float64 `json:"seconds"`
	Failed    string  `json:"failed,omitempty"` // seeds, and what did not hold
	Worlds    int     `json:"worlds"`
	Changes   int     `json:"changes"`   // in the hubs' logs at rest
	Contested int     `json:"contested"` // values that wait for a decision then
	Messages  int     `json:"messages"`
	Lost      int     `json:"lost"`    // messages
	Crashes   int     `json:"crashes"` // of hubs and nodes
	Forgets   int     `json:"forgets"` // said to nodes
	Backs     int     `json:"backs"`   // nodes that found the hub restored from a backup
	Clones    int     `json:"clones"`  // disks that went on twice, or from an older copy
	Barred    int     `json:"barred"`  // accounts that were closed at a node ahead of its place in the order
	Short     int     `json:"short"`   // registrations for which a node had no number left
	Early     int     `json:"early"`   // batches that had to wait for what they rest on
}

func (s *Stats) add(o Stats) {
	s.Worlds += o.Worlds
	s.Changes += o.Changes
	s.Contested += o.Contested
	s.Messages += o.Messages
	s.Lost += o.Lost
	s.Crashes += o.Crashes
	s.Forgets += o.Forgets
	s.Backs += o.Backs
	s.Clones += o.Clones
	s.Barred += o.Barred
	s.Short += o.Short
	s.Early += o.Early
}

// epoch is when every world begins, microseconds: 25 November 2026.
const epoch = 1_795_000_000_000_000

func newWorld(seed uint64) *world {
	w := &world{seed: seed, rng: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)), hub: newHub("LIMA"), now: epoch,
		tainted: map[change.Ref]bool{}, left: map[remains]bool{}, passed: map[id.Change]bool{}, held: map[id.Change]bool{}, runs: map[id.Node][]protocol.NumberRange{}}
	w.wild = traits{revokes: w.chance(3), restores: w.chance(5), clones: w.chance(6), coded: w.chance(8)}
	if w.wild.restores {
		w.wild.revokes, w.wild.clones = false, false
	}
	if seed >= Moving {
		w.wild = traits{moving: true, restores: true, coded: w.wild.coded}
	}
	if seed >= Erasing {
		w.wild.erasing, w.wild.restores = true, w.chance(2)
		w.wild.moving = w.wild.restores && w.chance(2)
	}
	w.wild.limit = protocol.Limit{Bytes: []int{0, 0, 2000, 600}[w.rng.IntN(4)], Rows: []int{0, 0, 20, 3, 1}[w.rng.IntN(5)]}
	w.wild.batch = []int{0, 0, 1500, 1}[w.rng.IntN(4)]
	w.officeChange()
	offices := []protocol.Scope{"ESMAD", "ITROM", "USNYC", "JPTYO"}[:2+w.rng.IntN(3)]
	for i := range 2 + w.rng.IntN(5) {
		office := offices[i%len(offices)]
		m := w.join(fmt.Sprintf("%s-%d", office, i), office)
		w.grant(m, protocol.Everybody)
		w.grant(m, office)
	}
	if w.chance(2) { // a laptop of a mobile consulate
		m := w.join("LAPTOP-1", offices[0])
		w.grant(m, protocol.Everybody)
		w.grant(m, "campaign/C1")
	}
	for _, m := range w.machines {
		w.hire(m)
		w.hire(m)
	}
	w.settle() // everybody is enrolled and level before the weather turns
	w.calm = false
	return w
}

func (w *world) join(label string, office protocol.Scope) *machine {
	m := &machine{label: label, office: office, disk: newNode(id.Node(label)), gave: map[int64]bool{}, leaves: map[id.Change]tlog.Hash{},
		saw: map[id.Change][]id.Change{}, told: map[change.Ref]int64{}}
	w.machines = append(w.machines, m)
	w.hub.peers[m.disk.state.Node] = protocol.Peer{Node: m.disk.state.Node}
	return m
}

// chance is true once in n.
func (w *world) chance(n int) bool { return w.rng.IntN(n) == 0 }

func (w *world) say(form string, args ...any) {
	if w.tracing {
		w.trail = append(w.trail, fmt.Sprintf(form, args...))
	}
}

// fault draws when and how a transaction fails: rarely, and never in calm weather.
func (w *world) fault() (steps int, err error) {
	if w.calm || !w.chance(12) {
		return -1, nil
	}
	if w.chance(2) {
		return w.rng.IntN(20), errDisk
	}
	return w.rng.IntN(20), errCrash
}

// at runs a transaction on a machine's disk. It reports whether it was committed; what is
// neither that nor a failing disk is a violation.
func (w *world) at(m *machine, f func() error) bool {
	steps, fail := w.fault()
	err := m.disk.transact(steps, fail, f)
	switch {
	case err == nil:
		return true
	case errors.Is(err, errCrash):
		w.crash(m)
	case !errors.Is(err, errDisk) && !errors.Is(err, protocol.ErrStale):
		w.violate("%s: %v", m.label, err)
	}
	w.say("  %s rolled back: %v", m.label, err)
	return false
}

func (w *world) atHub(f func() error) bool {
	steps, fail := w.fault()
	err := w.hub.transact(steps, fail, f)
	if err != nil && !errors.Is(err, errCrash) && !errors.Is(err, errDisk) {
		w.violate("hub: %v", err)
	}
	if errors.Is(err, errCrash) {
		w.stats.Crashes++
		w.hub.crash()
	}
	return err == nil
}

// crash stops a machine and starts it again: what it was about to receive is gone.
func (w *world) crash(m *machine) {
	w.say("  %s crashes", m.label)
	w.stats.Crashes++
	m.disk.crash()
	w.under = slices.DeleteFunc(w.under, func(l letter) bool { return l.m == m && !l.toHub && w.chance(2) })
}

func (w *world) violate(form string, args ...any) {
	if w.broken == nil {
		w.broken = fmt.Errorf(form, args...)
		w.say("VIOLATION: %v", w.broken)
	}
}

// step lets one thing happen.
func (w *world) step() {
	w.now += int64(w.rng.IntN(3_600_000_000))
	m := w.machines[w.rng.IntN(len(w.machines))]
	switch n := w.rng.IntN(100); {
	case n < 20:
		w.work(m)
	case n < 30:
		w.push(m)
	case n < 43:
		w.pull(m)
	case n < 85:
		w.deliver()
	case n < 91:
		w.hubWork()
	case n < 93:
		w.crash(m)
	case n < 95:
		m.cut = !m.cut
		w.say("%s line cut: %v", m.label, m.cut)
	case n < 96:
		m.clock = []int64{0, 157_000_000_000_000, -90_000_000_000}[w.rng.IntN(3)] // 2031, or a day late
	case n < 98:
		w.rights(m)
	default:
		w.mishap(m)
	}
}

// run lets a world live, calms it, and checks it.

func run(seed uint64, tracing bool) *world {
	w := newWorld(seed)
	w.tracing, w.stats.Worlds = tracing, 1
	if w.wild.moving {
		w.spare = w.hub.backup()
	}
	at, steps := 150, 200+w.rng.IntN(250)
	if w.wild.erasing { // somebody is to be erased in parts at one office after another
		at, steps = 2*at, steps+at
	}
	for i := range steps {
		if w.broken != nil {
			return w
		}
		if w.wild.moving && i == at {
			if w.chance(2) {
				w.settle() // who moved is forgotten where she was
				w.calm = false
			}
			w.restoreHub()
		}
		w.step()
	}
	w.settle()
	if w.broken == nil {
		w.check()
	}
	w.stats.Changes = len(w.hub.rows)
	return w
}
