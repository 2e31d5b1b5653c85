package change

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quipu/internal/id"
)

// post is a node of a small world: what it pulled of the hub's log, and what it wrote since.
type post struct {
	name    id.Node
	n       int64
	pulled  int
	pending []Change
}

type world struct {
	hub   []Change
	posts []*post
}

func (w *world) view(p *post) []Change {
	return append(slices.Clone(w.hub[:p.pulled]), p.pending...)
}

// step lets one node write, push or pull, or decide about a contender that it sees.
func (w *world) step(t *rapid.T) {
	p := rapid.SampledFrom(w.posts).Draw(t, "post")
	switch rapid.SampledFrom([]string{"write", "write", "decide", "push", "push", "pull"}).Draw(t, "act") {
	case "write":
		now := Fold(w.view(p))
		c := p.begin()
		for _, f := range []string{"city", "job", "document/A"} {
			if rapid.Bool().Draw(t, f) {
				v := Text(rapid.SampledFrom([]string{"", "x", "y", "z", "w"}).Draw(t, "value"))
				c.Sets = append(c.Sets, Set{Field: f, Value: v, Base: now.Version(f)})
			}
		}
		p.pending = append(p.pending, c)
	case "decide":
		now := Fold(w.view(p))
		if len(now.Contested) == 0 {
			return
		}
		x := rapid.SampledFrom(now.Contested).Draw(t, "contender")
		verdict := rapid.SampledFrom([]Verdict{Kept, Taken, Other}).Draw(t, "verdict")
		c := p.begin()
		if verdict != Kept {
			v := x.Value
			if verdict == Other {
				v = Text("decided")
			}
			c.Sets = append(c.Sets, Set{Field: x.Field, Value: v, Base: now.Version(x.Field)})
		}
		c.Sets = append(c.Sets, x.Settle(verdict))
		p.pending = append(p.pending, c)
	case "push":
		w.push(p)
	case "pull":
		w.pull(p)
	}
}

func (p *post) begin() Change {
	p.n++
	return Change{ID: id.Change{Node: p.name, N: p.n}, Entity: Ref{Person, "P"}, At: Stamp{Micros: p.n}}
}

func (w *world) push(p *post) {
	last := int64(0)
	for _, c := range w.hub {
		if c.ID.Node == p.name {
			last = c.ID.N
		}
	}
	for _, c := range p.pending {
		if c.ID.N == last+1 {
			w.hub = append(w.hub, c)
			return
		}
	}
}

func (w *world) pull(p *post) {
	p.pulled = len(w.hub)
	p.pending = slices.DeleteFunc(p.pending, func(c Change) bool {
		return slices.ContainsFunc(w.hub, func(h Change) bool { return h.ID == c.ID })
	})
}

// fate says what became of every set of the log, so that none is lost.
func fate(t interface{ Fatalf(string, ...any) }, log []Change) {
	var r Record
	now := Fold(log)
	based := map[string]bool{} // "change field" that a later set replaced, having seen it
	for _, c := range log {
		for _, s := range c.Sets {
			based[s.Base.String()+" "+s.Field] = true
		}
	}
	for i := range log {
		c := &log[i]
		before := r
		before.Fields = map[string]Held{}
		for f, h := range r.Fields {
			before.Fields[f] = h
		}
		r.Apply(c)
		for _, s := range c.Sets {
			at := c.ID.String() + " " + s.Field
			stood := before.Fields[s.Field]
			switch _, open := r.Contender(c.ID, s.Field); {
			case r.Version(s.Field) == c.ID:
				if stood.Version != s.Base && len(s.Value.Parts) == 0 {
					t.Fatalf("%s replaced %v, which its author had not seen", at, stood.Version)
				}
			case open:
				if stood.Version.Node == c.ID.Node && stood.Version.N > s.Base.N && s.Base.Node == c.ID.Node {
					t.Fatalf("%s contests with %v of its own node", at, stood.Version)
				}
				_, still := now.Contender(c.ID, s.Field)
				name := SettledField(c.ID, s.Field)
				if !still && !based[at] && now.Fields[name].Value.Empty() && !stands(log[i:], s) {
					t.Fatalf("%s was lost", at)
				}
			case !stood.Value.Equal(s.Value) && len(s.Value.Parts) == 0:
				t.Fatalf("%s = %q is neither in force nor contested; %q stands", at, s.Value.Text, r.Text(s.Field))
			}
		}
	}
}

// stands reports whether a value came into force with one of the changes.
func stands(log []Change, s Set) bool {
	for _, c := range log {
		for _, x := range c.Sets {
			if x.Field == s.Field && x.Value.Equal(s.Value) && x.Base != s.Base {
				return true
			}
		}
	}
	return false
}

func TestFoldLosesNothingAndIsTheSameEverywhere(t *testing.T) {
	met := 0
	rapid.Check(t, func(t *rapid.T) {
		w := &world{}
		for i := range rapid.IntRange(2, 4).Draw(t, "posts") {
			w.posts = append(w.posts, &post{name: id.Node(fmt.Sprintf("P%d", i))})
		}
		for range rapid.IntRange(5, 60).Draw(t, "steps") {
			w.step(t)
		}
		for _, p := range w.posts {
			for range p.pending {
				w.push(p)
			}
		}
		hub := Fold(w.hub)
		met += len(hub.Contested)
		for _, p := range w.posts {
			w.pull(p)
			if len(p.pending) > 0 {
				t.Fatalf("%s still has %d changes", p.name, len(p.pending))
			}
			mine := Record{Fields: map[string]Held{}} // change by change, as a node does it
			for i := range w.hub {
				mine.Apply(&w.hub[i])
			}
			if diff := cmp.Diff(hub, mine); diff != "" {
				t.Fatalf("%s differs: %s", p.name, diff)
			}
		}
		fate(t, w.hub)
	})
	if met == 0 {
		t.Fatal("no world had a conflict: the test tests nothing")
	}
}

func TestOneWriterNeverContests(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{posts: []*post{{name: "P0"}}}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			w.step(t)
			for _, log := range [][]Change{w.hub, w.view(w.posts[0])} {
				if r := Fold(log); len(r.Contested) > 0 {
					t.Fatalf("he contests with himself: %+v", r.Contested)
				}
			}
		}
	})
}

func by(node id.Node, n int64, field, text string, base id.Change) Change {
	return Change{ID: id.Change{Node: node, N: n}, Entity: Ref{Person, "P"}, At: Stamp{Micros: n},
		Sets: []Set{{Field: field, Value: Text(text), Base: base}}}
}

func TestDecisions(t *testing.T) {
	first, late := by("AA", 1, "city", "Lima", id.Change{}), by("BB", 1, "city", "Roma", id.Change{})
	log := []Change{first, late}
	r := Fold(log)
	if r.Text("city") != "Lima" || len(r.Contested) != 1 || r.Contested[0].Value.Text != "Roma" || r.Contested[0].Reason != ReasonStale {
		t.Fatalf("after both: %q, %+v", r.Text("city"), r.Contested)
	}
	x := r.Contested[0]
	decide := func(node id.Node, n int64, v Verdict, text string) Change {
		c := by(node, n, "city", text, first.ID)
		if v == Kept {
			c.Sets = nil
		}
		c.Sets = append(c.Sets, x.Settle(v))
		return c
	}
	for _, d := range []struct {
		verdict    Verdict
		text, want string
	}{{Kept, "", "Lima"}, {Taken, "Roma", "Roma"}, {Other, "Cusco", "Cusco"}} {
		r := Fold(append(slices.Clone(log), decide("AA", 2, d.verdict, d.text)))
		if done := r.Decisions(); r.Text("city") != d.want || len(r.Contested) != 0 || len(done) != 1 || done[0].Verdict != d.verdict || done[0].Change != late.ID {
			t.Errorf("%s: %q, contested %+v, decided %+v", d.verdict, r.Text("city"), r.Contested, done)
		}
	}
	twice := Fold(append(slices.Clone(log), decide("AA", 2, Kept, ""), decide("BB", 2, Other, "Cusco")))
	if twice.Text("city") != "Lima" || len(twice.Contested) != 1 || twice.Contested[0].Reason != ReasonDecided || len(twice.Decisions()) != 1 {
		t.Errorf("what was decided apart must be contested: %q %+v", twice.Text("city"), twice.Contested)
	}
	same := Fold(append(slices.Clone(log), by("CC", 1, "city", "Roma", first.ID)))
	if same.Text("city") != "Roma" || len(same.Contested) != 0 {
		t.Errorf("a contender that says what stands now waits for nothing: %+v", same.Contested)
	}
	chain := Fold(append(slices.Clone(log), by("BB", 2, "city", "Oslo", late.ID)))
	if len(chain.Contested) != 1 || chain.Contested[0].Value.Text != "Oslo" || chain.Text("city") != "Lima" {
		t.Errorf("what the same officer corrects takes the place of what he corrects: %+v", chain.Contested)
	}
	other := Fold(append(slices.Clone(log), by("CC", 1, "city", "Oslo", late.ID)))
	if len(other.Contested) != 2 {
		t.Errorf("another node cannot put a contender away by writing upon it: %+v", other.Contested)
	}
	if h := (&Rules{}).History(log, "city"); len(h) != 2 || h[0].Contested || h[0].Until.Micros != 0 || !h[1].Contested {
		t.Errorf("the history shows a contested value as in force: %+v", h)
	}
	undo, kept := (&Rules{}).Undo(log, func(c *Change) bool { return c.ID.Node == "BB" })
	undo.ID = id.Change{Node: "AA", N: 2}
	if r := Fold(append(slices.Clone(log), undo)); len(kept) != 0 || r.Text("city") != "Lima" || len(r.Contested) != 0 {
		t.Errorf("undone: %q %+v, kept %v", r.Text("city"), r.Contested, kept)
	}
}

// TestUndoLeavesWhatOthersWroteUponIt: what an import wrote is taken back to what stands
// without it, though others wrote upon what it wrote.
func TestUndoLeavesWhatOthersWroteUponIt(t *testing.T) {
	log := []Change{edit(1, "city", "Lima", 0), edit(2, "city", "Madrid", 1), edit(3, "city", "Roma", 2), edit(4, "city", "Bari", 3)}
	back, kept := (&Rules{}).Undo(log, func(c *Change) bool { return c.ID.N == 2 || c.ID.N == 4 })
	if len(kept) != 0 || len(back.Sets) != 1 || back.Sets[0].Value.Text != "Roma" || back.Sets[0].Base.N != 4 {
		t.Fatalf("undo is %+v, kept %v", back, kept)
	}
}

func TestKnownAtHoldsWhatAnAuthorHadSeen(t *testing.T) {
	log := []Change{edit(1, "city", "Lima", 0), edit(2, "city", "Madrid", 1), edit(3, "city", "Roma", 2)}
	log[1].At.Micros = 4e15 // its computer believed in a far year
	r := Fold(KnownAt(log, 35))
	if r.Text("city") != "Roma" || len(r.Contested) != 0 {
		t.Fatalf("%q, %+v", r.Text("city"), r.Contested)
	}
	if r = Fold(KnownAt(log, 15)); r.Text("city") != "Lima" {
		t.Fatalf("at 15: %q", r.Text("city"))
	}
}

// TestRedactedNeverContests: values leave the log, and what stands stays as it was.
func TestRedactedNeverContests(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{posts: []*post{{name: "P0"}, {name: "P1"}}}
		for range rapid.IntRange(5, 40).Draw(t, "steps") {
			w.step(t)
		}
		before := Fold(w.hub)
		field := rapid.SampledFrom([]string{"city", "document/A"}).Draw(t, "field")
		out := make([]Change, len(w.hub))
		for i := range w.hub {
			out[i], _ = Redact(&w.hub[i], "hash", func(_ int, s *Set) bool { return s.Field == field })
		}
		after := Fold(out)
		for f, h := range before.Fields {
			if f == field {
				continue
			}
			if got := after.Fields[f]; got.Version != h.Version || !got.Value.Equal(h.Value) {
				t.Fatalf("%s was %v of %v, and is %v of %v", f, h.Value, h.Version, got.Value, got.Version)
			}
		}
		for _, x := range after.Contested {
			if x.Field == field || x.Value.Empty() && x.Field[:1] == field[:1] {
				t.Fatalf("what was taken out is contested: %+v", x)
			}
		}
	})
}

func TestAnItemThatLostItsNameIsWrittenAgain(t *testing.T) {
	item := func(n int64, number string, base int64) Change {
		c := edit(n, "document/7QK3WZ0A", "", base)
		c.Sets[0].Value = Group("number", number)
		return c
	}
	log := []Change{item(1, "1", 0), item(2, "2", 1), item(3, "3", 2)}
	for i := range 2 {
		log[i], _ = Redact(&log[i], "hash", func(int, *Set) bool { return true })
	}
	r := Fold(log)
	if items := r.Items("document"); len(items) != 1 || items[0].ID != "7QK3WZ0A" || len(r.Contested) != 0 {
		t.Fatalf("%+v, contested %+v", items, r.Contested)
	}
}

// FuzzFold folds logs that no honest program writes: nothing may fail, and what is said of
// one log must agree.
func FuzzFold(f *testing.F) {
	f.Add([]byte{0, 0, 1, 0, 1, 0, 2, 0, 0, 1, 3, 1})
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var log []Change
		fields := []string{"city", "job", "document/A", "settled/X"}
		for i := 0; i+3 < len(raw) && i < 400; i += 4 {
			c := Change{ID: id.Change{Node: id.Node(fmt.Sprintf("P%d", raw[i]%3)), N: int64(i/4 + 1)}, Entity: Ref{Person, "P"}}
			s := Set{Field: fields[raw[i+1]%4], Value: Text(string(rune('a' + raw[i+2]%4)))}
			if n := int(raw[i+3]); n < len(log) {
				s.Base = log[n].ID
			}
			c.Sets = []Set{s}
			if len(log) > 0 && raw[i]%5 == 4 {
				x := Contender{Change: log[int(raw[i+2])%len(log)].ID, Field: s.Field}
				c.Sets = append(c.Sets, x.Settle(Kept))
			}
			log = append(log, c)
		}
		r := Fold(log)
		left := Overlay((&Rules{}).InForce(log))
		if diff := cmp.Diff(r.Fields, left.Fields); diff != "" {
			t.Fatalf("what came into force says something else: %s", diff)
		}
		seen := map[string]bool{}
		for _, x := range r.Contested {
			at := x.Change.String() + " " + x.Field
			if seen[at] || r.Fields[x.Field].Value.Equal(x.Value) {
				t.Fatalf("%s waits twice, or says what stands", at)
			}
			seen[at] = true
		}
		inForce := 0
		for _, p := range (&Rules{}).History(log, "") {
			if !p.Contested && p.Until == (Stamp{}) {
				inForce++
			}
		}
		if len(log) > 0 && inForce < len(r.Fields) {
			t.Fatalf("%d values in force in the history, %d fields", inForce, len(r.Fields))
		}
	})
}

// TestNameOfADecision: the name stands in logs and must never change.
func TestNameOfADecision(t *testing.T) {
	if got := SettledField(id.Change{Node: "ESMAD-1", N: 42}, "phone/7QK3WZ0A"); got != "settled/TGSXAYHT729Q5" {
		t.Errorf("named %s", got)
	}
}
