package audit

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

// reference is the same tree kept by tlog itself, every hash stored.
type reference struct {
	stored []tlog.Hash
	n      int64
}

func (r *reference) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = r.stored[x]
	}
	return out, nil
}

func (r *reference) add(t *testing.T, body []byte) {
	hs, err := tlog.StoredHashes(r.n, body, r)
	if err != nil {
		t.Fatal(err)
	}
	r.stored = append(r.stored, hs...)
	r.n++
}

func (r *reference) root(t *testing.T, n int64) tlog.Hash {
	h, err := tlog.TreeHash(n, r)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func body(i int) []byte { return fmt.Appendf(nil, "change %d", i) }

func TestEdgeEqualsTlog(t *testing.T) {
	const n = width*width + width + 3
	var ref reference
	var edge Edge
	tiles := tileStore{}
	if edge.Root() != ref.root(t, 0) {
		t.Fatal("the empty log has another root")
	}
	for i := range n {
		ref.add(t, body(i))
		tiles.put(edge.Append(body(i)))
		size := int64(i + 1)
		if near := size%width < 3 || size%width > width-3; !near && size > 700 && size%97 != 0 {
			continue
		}
		if edge.Size != size || edge.Root() != ref.root(t, size) {
			t.Fatalf("root at %d differs", size)
		}
	}
	if len(tiles) != width+1+1 {
		t.Fatalf("%d tiles", len(tiles))
	}
	for _, want := range tlog.NewTiles(height, 0, n) {
		data, err := tlog.ReadTileData(want, &ref)
		if err != nil {
			t.Fatal(err)
		}
		got := tiles[at{want.L, want.N}]
		if want.W < width {
			got = join(edge.Levels[want.L])
		}
		if string(got) != string(data) {
			t.Fatalf("tile %s differs", want.Path())
		}
	}
}

func TestEdgeAnySize(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.OneOf(rapid.IntRange(0, 20), rapid.IntRange(250, 260), rapid.IntRange(0, 1100)).Draw(rt, "n")
		var ref reference
		var edge Edge
		for i := range n {
			ref.add(t, body(i))
			edge.Append(body(i))
		}
		if edge.Root() != ref.root(t, int64(n)) {
			rt.Fatalf("root of %d differs", n)
		}
		b, _ := edge.MarshalBinary()
		if len(b) > 10+len(edge.Levels)*(width-1)*tlog.HashSize {
			rt.Fatalf("%d bytes for %d changes", len(b), n)
		}
		var back Edge
		if err := back.UnmarshalBinary(b); err != nil {
			rt.Fatal(err)
		}
		back.Append(body(n))
		edge.Append(body(n))
		if back.Root() != edge.Root() || back.Size != edge.Size {
			rt.Fatal("the edge changed on the way")
		}
	})
}

func FuzzEdge(f *testing.F) {
	var e Edge
	for i := range 300 {
		b, _ := e.MarshalBinary()
		if i%60 == 0 {
			f.Add(b)
		}
		e.Append(body(i))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var e Edge
		if e.UnmarshalBinary(b) != nil {
			return
		}
		again, _ := e.MarshalBinary()
		if diff := cmp.Diff(b, again); diff != "" {
			t.Fatalf("two ways to write one edge: %s", diff)
		}
		e.Root()
		e.Append([]byte("x"))
	})
}

func BenchmarkAppendAndRoot(b *testing.B) {
	var e Edge
	for i := range 100_000 {
		e.Append(body(i))
	}
	for b.Loop() {
		e.Append([]byte("x"))
		e.Root()
	}
}
