package audit

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"quipu/internal/change"
	"quipu/internal/id"
)

type at struct {
	level int
	index int64
}

type tileStore map[at][]byte

func (s tileStore) put(full []Tile) {
	for _, t := range full {
		s[at{t.Level, t.Index}] = t.Data
	}
}

func (s tileStore) get(level int, index int64) ([]byte, error) { return s[at{level, index}], nil }

// world is a whole stored log; tests damage it.
type world struct {
	rows   []Entry
	edge   *Edge
	tiles  tileStore
	points [][]byte
	signer *Signer
	holds  func([]id.Change) (map[id.Change]bool, error)
}

func entry(node id.Node, n, seq int64) Entry {
	c := change.Change{
		ID: id.Change{Node: node, N: n}, Entity: change.Ref{Kind: change.Person, ID: fmt.Sprint("P", seq)},
		Action: "edit", Author: "a", Office: "ESMAD", Schema: 1, Codes: "1", Note: fmt.Sprint("note ", seq),
	}
	return Entry{seq, c.ID, change.Encode(&c)}
}

// grow makes a log of n changes by three nodes, a checkpoint every step.
func grow(t testing.TB, n, step int) *world {
	w := &world{edge: &Edge{}, tiles: tileStore{}, signer: newSigner(t, "quipu/ESMAD-1")}
	for i := range n {
		w.append(t, entry([]id.Node{"ESMAD", "USPAT", "LAP-1"}[i%3], int64(i/3+1), int64(i+1)))
		if (i+1)%step == 0 || i == n-1 {
			w.sign(t)
		}
	}
	return w
}

func (w *world) append(t testing.TB, e Entry) {
	w.rows = append(w.rows, e)
	w.tiles.put(w.edge.Append(e.Body))
}

func (w *world) sign(t testing.TB) {
	text, err := w.signer.Sign(w.edge.Size, w.edge.Root())
	if err != nil {
		t.Fatal(err)
	}
	w.points = append(w.points, text)
}

func (w *world) clone() *world {
	c := &world{slices.Clone(w.rows), w.edge.Clone(), tileStore{}, slices.Clone(w.points), w.signer, w.holds}
	for k, d := range w.tiles {
		c.tiles[k] = slices.Clone(d)
	}
	return c
}

func (w *world) log() Log { return Log{w.edge, w.tiles.get} }

func (w *world) verify(t testing.TB) Report {
	t.Helper()
	v, err := NewVerifier(Evidence{w.log(), w.points, []string{w.signer.PublicKey()}, func(id.Node) bool { return true }, w.holds})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range w.rows {
		if err := v.Feed(e); err != nil {
			t.Fatal(err)
		}
	}
	r, err := v.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (w *world) flip(i int) { w.rows[i].Body = flipped(w.rows[i].Body, len(w.rows[i].Body)/2) }

func flipped(b []byte, i int) []byte { b = slices.Clone(b); b[i] ^= 1; return b }

func (w *world) number() {
	for i := range w.rows {
		w.rows[i].Seq = int64(i + 1)
	}
}

// rebuild makes tree and edge anew from the rows, as an intruder with write access would.
func (w *world) rebuild() {
	w.edge, w.tiles = &Edge{}, tileStore{}
	for _, e := range w.rows {
		w.tiles.put(w.edge.Append(e.Body))
	}
}

func show(r Report) string {
	s := ""
	for _, f := range r.Findings {
		s += fmt.Sprintf("%s %d-%d %s; ", f.Kind, f.Seq, f.Until, f.ID)
	}
	return s
}

func TestCleanLog(t *testing.T) {
	for _, n := range []int{0, 1, 255, 256, 257, 600, 6000} {
		w := grow(t, n, 100)
		if n == 0 {
			w.sign(t)
		}
		r := w.verify(t)
		if !r.Clean() || r.Changes != int64(n) || r.Checkpoints != len(w.points) || r.Head.Root != w.edge.Root() {
			t.Errorf("%d changes: %s, %d checkpoints", n, show(r), r.Checkpoints)
		}
	}
}

// TestPlantedDamage plants each damage in a log of 700 changes and wants exactly the
// findings that name it.
func TestPlantedDamage(t *testing.T) {
	whole := grow(t, 700, 50)
	cases := []struct {
		name string
		do   func(*world)
		want string
	}{
		{"bit flip", func(w *world) { w.flip(300) }, "altered 301-301 ESMAD:101; "},
		{"flip of the last", func(w *world) { w.flip(699) }, "altered 700-700 ESMAD:234; "},
		{"two flips", func(w *world) { w.flip(10); w.flip(12) }, "altered 11-11 USPAT:4; altered 13-13 ESMAD:5; "},
		{"first deleted", func(w *world) { w.rows = w.rows[1:] }, "missing 1-1 ; "},
		{"middle deleted", func(w *world) { w.rows = slices.Delete(w.rows, 256, 257) }, "missing 257-257 ; "},
		{"middle deleted, numbers closed up", func(w *world) { w.rows = slices.Delete(w.rows, 256, 257); w.number() }, "missing 257-257 ; "},
		{"run deleted", func(w *world) { w.rows = slices.Delete(w.rows, 100, 420) }, "missing 101-420 ; "},
		{"tail deleted", func(w *world) { w.rows = w.rows[:690] }, "missing 691-700 ; "},
		{"everything deleted", func(w *world) { w.rows = nil }, "missing 1-700 ; "},
		{"neighbours swapped", func(w *world) { w.rows[5], w.rows[6] = w.rows[6], w.rows[5] }, "reordered 7-7 ESMAD:3; "},
		{"two swapped far", func(w *world) { w.rows[5], w.rows[505] = w.rows[505], w.rows[5]; w.number() }, "reordered 6-6 LAP-1:2; reordered 506-506 USPAT:169; "},
		{"inserted", func(w *world) { w.rows = slices.Insert(w.rows, 400, entry("USPAT", 999, 401)); w.number() }, "extra 401-401 USPAT:999; "},
		{"copied", func(w *world) { w.rows = slices.Insert(w.rows, 400, w.rows[8]); w.number() }, "extra 401-401 LAP-1:3; "},
		{"appended", func(w *world) { w.rows = append(w.rows, entry("USPAT", 999, 701)) }, "extra 701-701 USPAT:999; "},
		{"appended and logged, not signed", func(w *world) { w.append(t, entry("USPAT", 999, 701)) }, "extra 701-701 ; "},
		{"row id changed", func(w *world) { w.rows[8].ID.N = 77 }, "altered 9-9 LAP-1:77; "},
		{"row number changed", func(w *world) { w.rows[699].Seq = 705 }, "reordered 700-700 ESMAD:234; "},
		{"leaf tile flipped", func(w *world) { w.tiles[at{0, 1}][3000] ^= 4 }, "bad_tile 257-512 ; "},
		{"leaf tile lost", func(w *world) { delete(w.tiles, at{0, 0}) }, "bad_tile 1-256 ; "},
		{"edge leaf flipped", func(w *world) { w.edge.Levels[0][7][0] ^= 1 }, "bad_tile 513-700 ; "},
		{"edge above flipped", func(w *world) { w.edge.Levels[1][0][0] ^= 1 }, "bad_tile 513-700 ; "},
		{"row and tile flipped", func(w *world) { w.flip(300); w.tiles[at{0, 0}][9] ^= 1 }, "bad_tile 1-256 ; altered 301-301 ESMAD:101; "},
		{"history rewritten with its tree", func(w *world) { w.flip(300); w.rebuild() }, "rewritten 350-350 ; "},
		{"checkpoint forged", func(w *world) { w.points[13] = flipped(w.points[13], 16) }, "bad_signature 0-0 ; extra 651-700 ; "},
		{"no checkpoint", func(w *world) { w.points = nil }, "bad_signature 0-0 ; extra 1-700 ; "},
	}
	for _, c := range cases {
		w := whole.clone()
		c.do(w)
		got := show(w.verify(t))
		if got == c.want || c.name == "history rewritten with its tree" && got[:len(c.want)] == c.want {
			continue
		}
		t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
	}
}

// TestOldStateRestored: the whole log is set back to an earlier, rightly signed state.
// Only a checkpoint kept elsewhere can tell.
func TestOldStateRestored(t *testing.T) {
	now := grow(t, 700, 50)
	old := now.clone()
	old.rows, old.points = old.rows[:300], old.points[:6]
	old.rebuild()
	if r := old.verify(t); !r.Clean() {
		t.Fatalf("the old state is whole in itself: %s", show(r))
	}
	old.points = append(old.points, now.points[13])
	if got := show(old.verify(t)); got != "missing 301-700 ; " {
		t.Fatalf("got %s", got)
	}
}

func TestUndecodableIsToldFromAltered(t *testing.T) {
	w := grow(t, 10, 5)
	w.append(t, Entry{11, id.Change{Node: "ESMAD", N: 9}, []byte("not a change")})
	w.sign(t)
	if got := show(w.verify(t)); got != "undecodable 11-11 ESMAD:9; " {
		t.Fatalf("got %s", got)
	}
}

// TestLongLog crosses the bounds of what the verifier looks at together.
func TestLongLog(t *testing.T) {
	whole := grow(t, 9000, 1000)
	cases := []struct {
		name string
		do   func(*world)
		want string
	}{
		{"flips", func(w *world) { w.flip(2047); w.flip(2048); w.flip(8999) }, "altered 2048-2048 USPAT:683; altered 2049-2049 LAP-1:683; altered 9000-9000 LAP-1:3000; "},
		{"long run deleted", func(w *world) { w.rows = slices.Delete(w.rows, 1000, 7000) }, "missing 1001-7000 ; "},
		{"deleted, closed up, then a flip", func(w *world) { w.rows = slices.Delete(w.rows, 1000, 1100); w.number(); w.flip(7899) }, "missing 1001-1100 ; altered 8000-8000 USPAT:2667; "},
		{"swapped very far", func(w *world) { w.rows[9], w.rows[7000] = w.rows[7000], w.rows[9]; w.number() }, "reordered 10-10 USPAT:2334; reordered 7001-7001 ESMAD:4; "},
		{"moved very far", func(w *world) {
			e := w.rows[9]
			w.rows = slices.Insert(slices.Delete(w.rows, 9, 10), 7000, e)
			w.number()
		}, "reordered 7001-7001 ESMAD:4; "},
		{"inserted many", func(w *world) {
			for range 3 {
				w.rows = slices.Insert(w.rows, 5000, entry("USPAT", 99999, 5001))
			}
			w.number()
		}, "extra 5001-5001 USPAT:99999; extra 5002-5002 USPAT:99999; extra 5003-5003 USPAT:99999; "},
	}
	for _, c := range cases {
		w := whole.clone()
		c.do(w)
		if got := show(w.verify(t)); got != c.want {
			t.Errorf("%s:\n got %.400s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestUpperTile damages a tile of level 1, which takes 65,536 changes to fill.
func TestUpperTile(t *testing.T) {
	w := grow(t, width*width+10, 20_000)
	w.tiles[at{1, 0}][5] ^= 1
	if got := show(w.verify(t)); got != "bad_tile 1-65536 ; " {
		t.Fatalf("got %s", got)
	}
}

// TestAnyMutationIsFound: whatever single thing is done to a stored log, and whether or
// not the tree is rebuilt to fit, there is a finding.
func TestAnyMutationIsFound(t *testing.T) {
	worlds := map[int]*world{}
	for _, n := range []int{2, 40, 256, 300, 800} {
		worlds[n] = grow(t, n, 64)
	}
	sizes := slices.Sorted(maps.Keys(worlds))
	rapid.Check(t, func(rt *rapid.T) {
		w := worlds[rapid.SampledFrom(sizes).Draw(rt, "size")].clone()
		n := len(w.rows)
		i := rapid.IntRange(0, n-1).Draw(rt, "i")
		j := rapid.IntRange(0, n-2).Draw(rt, "j")
		if j >= i {
			j++
		}
		rebuild := false
		switch rapid.IntRange(0, 7).Draw(rt, "what") {
		case 0:
			b := w.rows[i].Body
			w.rows[i].Body = flipped(b, rapid.IntRange(0, len(b)-1).Draw(rt, "byte"))
			rebuild = rapid.Bool().Draw(rt, "rebuild")
		case 1:
			w.rows = slices.Delete(w.rows, i, i+1)
			rebuild = rapid.Bool().Draw(rt, "rebuild")
		case 2:
			w.rows = w.rows[:i]
			rebuild = rapid.Bool().Draw(rt, "rebuild")
		case 3:
			w.rows[i], w.rows[j] = w.rows[j], w.rows[i]
			rebuild = rapid.Bool().Draw(rt, "rebuild")
		case 4:
			w.rows = slices.Insert(w.rows, i, entry("XXINT", 1, int64(i+1)))
			rebuild = rapid.Bool().Draw(rt, "rebuild")
		case 5:
			level := rapid.IntRange(0, len(w.edge.Levels)-1).Draw(rt, "level")
			if len(w.edge.Levels[level]) == 0 {
				rt.Skip("nothing in this level")
			}
			w.edge.Levels[level][0][rapid.IntRange(0, 31).Draw(rt, "byte")] ^= 0x80
		case 6:
			if len(w.tiles) == 0 {
				rt.Skip("no full tile")
			}
			w.tiles[at{0, 0}][rapid.IntRange(0, TileBytes-1).Draw(rt, "byte")] ^= 1
		case 7:
			k := rapid.IntRange(0, len(w.points)-1).Draw(rt, "point")
			w.points[k] = flipped(w.points[k], rapid.IntRange(0, len(w.points[k])-1).Draw(rt, "byte"))
		}
		if rapid.Bool().Draw(rt, "renumber") {
			w.number()
		}
		if rebuild {
			w.rebuild()
		}
		if r := w.verify(t); r.Clean() {
			rt.Fatal("nothing was found")
		}
	})
}

func TestProofs(t *testing.T) {
	w := grow(t, 700, 50)
	log := w.log()
	var points []Checkpoint
	for _, p := range w.points {
		c, err := Verify(p, w.signer.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		if root, err := log.RootAt(c.Size); err != nil || root != c.Root {
			t.Fatalf("root at %d: %v", c.Size, err)
		}
		points = append(points, c)
	}
	old, head := points[2], points[13]
	for _, seq := range []int64{1, 150, 151, 256, 257, 700} {
		p, err := log.ProveRecord(head.Size, seq)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckRecord(p, head, seq, w.rows[seq-1].Body); err != nil {
			t.Error(err)
		}
		if CheckRecord(p, head, seq, []byte("x")) == nil || CheckRecord(p, old, seq, w.rows[seq-1].Body) == nil {
			t.Errorf("a false proof for %d is taken", seq)
		}
	}
	p, err := log.ProveGrowth(old.Size, head.Size)
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckGrowth(p, old, head); err != nil {
		t.Error(err)
	}
	old.Root[0] ^= 1
	if CheckGrowth(p, old, head) == nil {
		t.Error("a false growth is taken")
	}
	for _, err := range []error{second(log.RootAt(701)), second(log.ProveRecord(700, 0)), second(log.ProveGrowth(0, 3))} {
		if err == nil {
			t.Error("what lies beyond the log has no proof")
		}
	}
	if got := Path(0, 1234); got != "tile/0/x001/234" {
		t.Errorf("path is %s", got)
	}
}

func second[T any](_ T, err error) error { return err }

func sealed(t *testing.T, s *Signer, text string) []byte {
	b, err := note.Sign(&note.Note{Text: text}, s.note)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func BenchmarkVerify(b *testing.B) {
	w := grow(b, 20_000, 1000)
	b.ResetTimer()
	for b.Loop() {
		w.verify(b)
	}
	b.ReportMetric(float64(b.N*len(w.rows))/b.Elapsed().Seconds(), "changes/s")
}
