package audit

import (
	"testing"

	"quipu/internal/change"
	"quipu/internal/id"
)

// edit is a change with a value that may be taken out.
func edit(n int64, value string) change.Change {
	return change.Change{ID: id.Change{Node: "ESMAD", N: n}, Entity: change.Ref{Kind: change.Person, ID: "P"}, Action: "edit", Author: "a",
		Office: "ESMAD", Schema: 1, Codes: "1", Salt: "c2FsdA", Sets: []change.Set{{Field: "phone/7QK3", Value: change.Text(value)}, {Field: "sex", Value: change.Text("F")}}}
}

// erasable is a log of three edits; erase takes the telephones out of some, and says so.
func erasable(t *testing.T) *world {
	w := &world{edge: &Edge{}, tiles: tileStore{}, signer: newSigner(t, "quipu/ESMAD-1")}
	for n := range int64(3) {
		c := edit(n+1, "+3460000000"+string(rune('0'+n)))
		w.append(t, Entry{n + 1, c.ID, change.Encode(&c)})
	}
	w.sign(t)
	return w
}

// erase takes fields out of rows, in order of their numbers, and returns what it says.
func (w *world) erase(t *testing.T, fields string, seqs ...int64) {
	t.Helper()
	var lines []change.Erased
	for _, seq := range seqs {
		row := &w.rows[seq-1]
		c, err := change.Decode(row.Body)
		if err != nil {
			t.Fatal(err)
		}
		out, taken := change.Redact(&c, Leaf(&c, row.Body).String(), func(_ int, s *change.Set) bool { return fields == "all" || s.Field == fields })
		if !taken {
			t.Fatalf("nothing was taken out of %d", seq)
		}
		after := change.Encode(&out)
		lines = append(lines, Erased(&c, row.Body, after))
		row.Body = after
	}
	e := change.Erase("P", lines)
	e.ID = id.Change{Node: "ESMAD", N: int64(len(w.rows)) + 1}
	w.append(t, Entry{e.ID.N, e.ID, change.Encode(&e)})
	w.sign(t)
}

func TestErasedValues(t *testing.T) {
	w := erasable(t)
	before := append([]Entry{}, w.rows...)
	w.erase(t, "phone/7QK3", 1, 3)
	if r := w.verify(t); !r.Clean() || r.Checkpoints != 2 {
		t.Fatalf("a log with an erasure: %+v", r)
	}
	once := w.rows[0]
	w.erase(t, "all", 1)
	if r := w.verify(t); !r.Clean() {
		t.Fatalf("a row that was erased twice: %+v", r)
	}
	for name, c := range map[string]struct {
		damage func(*world)
		want   Finding
	}{
		"a row that nobody erased": {func(w *world) {
			c, _ := change.Decode(w.rows[1].Body)
			out, _ := change.Redact(&c, Leaf(&c, w.rows[1].Body).String(), func(int, *change.Set) bool { return true })
			w.rows[1].Body = change.Encode(&out)
		}, Finding{Kind: Altered, Seq: 2}},
		"a value that is back":               {func(w *world) { w.rows[2].Body = before[2].Body }, Finding{Kind: Restored, Seq: 4}},
		"a value that the last erasure took": {func(w *world) { w.rows[0].Body = once.Body }, Finding{Kind: Altered, Seq: 1}},
		"another value in its place": {func(w *world) {
			c, _ := change.Decode(w.rows[2].Body)
			c.Sets[1].Value = change.Text("M")
			w.rows[2].Body = change.Encode(&c)
		}, Finding{Kind: Altered, Seq: 3}},
		"an erasure that was forged": {func(w *world) {
			c, _ := change.Decode(w.rows[3].Body)
			e := change.Erase("P", append(change.ErasedBy(&c), change.Erased{Change: id.Change{Node: "ESMAD", N: 2}, Was: "x", Is: "y"}))
			e.ID = c.ID
			w.rows[3].Body = change.Encode(&e)
		}, Finding{Kind: Altered, Seq: 4}},
	} {
		t.Run(name, func(t *testing.T) {
			bad := w.clone()
			c.damage(bad)
			r := bad.verify(t)
			for _, f := range r.Findings {
				if f.Kind == c.want.Kind && f.Seq == c.want.Seq {
					return
				}
			}
			t.Errorf("found %+v, want %+v", r.Findings, c.want)
		})
	}
}

// TestErasedOfWhatIsNotThere: a hub that was restored has the erasure of a change that it lost.
func TestErasedOfWhatIsNotThere(t *testing.T) {
	w := erasable(t)
	lost := change.Erased{Change: id.Change{Node: "ESBCN", N: 7}, Was: "x", Is: "y"}
	e := change.Erase("P", []change.Erased{lost})
	e.ID = id.Change{Node: "ESMAD", N: int64(len(w.rows)) + 1}
	w.append(t, Entry{e.ID.N, e.ID, change.Encode(&e)})
	w.sign(t)
	if r := w.verify(t); len(r.Findings) != 1 || r.Findings[0].Kind != Restored {
		t.Errorf("of a log that is said to have all: %+v", r.Findings)
	}
	for _, there := range []bool{false, true} {
		w.holds = func(names []id.Change) (map[id.Change]bool, error) {
			if len(names) != 1 || names[0] != lost.Change {
				t.Errorf("asked for %v", names)
			}
			return map[id.Change]bool{lost.Change: there}, nil
		}
		if r := w.verify(t); (len(r.Findings) == 1) != there {
			t.Errorf("the log has the change: %v; found %+v", there, r.Findings)
		}
	}
}
