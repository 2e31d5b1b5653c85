package sync_test

import (
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/sync"
)

// erasing takes values out of a body, and says so.
func erasing(body []byte, out ...int) ([]byte, change.Erased) {
	c, _ := change.Decode(body) //nolint:errcheck // the test made it
	left, _ := change.Redact(&c, audit.Leaf(&c, body).String(), func(at int, _ *change.Set) bool { return slices.Contains(out, at) })
	after := change.Encode(&left)
	return after, audit.Erased(&c, body, after)
}

func gone(t interface{ Fatal(...any) }, body []byte) []int {
	c, err := change.Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	return change.GoneOf(&c)
}

// TestLeave: of whatever was erased apart, and from whichever body it is made, the same is left.
func TestLeave(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := change.Change{ID: id.Change{Node: "ESMAD-1", N: 1}, Entity: change.Ref{Kind: change.Person, ID: "P"}, Action: "edit", Schema: change.Schema, Note: "por teléfono"}
		for i := range rapid.IntRange(1, 6).Draw(t, "sets") {
			c.Sets = append(c.Sets, change.Set{Field: []string{"given", "family", "phone/7QK3", "phone/8QK3", "motive", "sex"}[i], Value: change.Text("x")})
		}
		whole := change.Encode(&c)
		some := rapid.SliceOfNDistinct(rapid.IntRange(0, len(c.Sets)-1), 1, len(c.Sets), rapid.ID[int])
		one, two := some.Draw(t, "one"), some.Draw(t, "two")
		first, e1 := erasing(whole, one...)
		second, e2 := erasing(whole, two...)
		both, _ := erasing(first, two...)
		if n := len(gone(t, both)); n < len(one) || n < len(two) {
			t.Fatal("the test takes nothing out")
		}
		for _, from := range [][]byte{whole, first, second, both} {
			got := sync.Leave([]change.Erased{e1, e2}, from)
			if string(got) != string(both) {
				t.Fatalf("of %s is left %s, not %s", from, got, both)
			}
		}
		if got := sync.Leave([]change.Erased{e1}, whole); string(got) != string(first) {
			t.Fatalf("left is %s", got)
		}
		if got := sync.Leave([]change.Erased{e1}, both); (got != nil) != slices.Equal(gone(t, both), gone(t, first)) {
			t.Fatalf("what lacks more was taken for what is left: %s", got)
		}
		c.Note = "otra cosa"
		if got := sync.Leave([]change.Erased{e1}, change.Encode(&c)); got != nil {
			t.Fatal("another change was taken for the one that the erasure speaks of")
		}
		e1.Gone, e2.Gone = nil, nil // as older programs say it
		if got := sync.Leave([]change.Erased{e1}, whole); got != nil {
			t.Fatal("it was guessed what an erasure took out")
		}
		if got := sync.Leave([]change.Erased{e1}, whole, first); string(got) != string(first) {
			t.Fatalf("left is %s", got)
		}
		if got := sync.Leave([]change.Erased{e1, e2}, first, second, whole); string(got) != string(both) {
			t.Fatalf("of what older programs said is left %s", got)
		}
	})
}

// TestTheWordsOfWhatErasesStay: a change that erases keeps its note when it names nobody.
func TestTheWordsOfWhatErasesStay(t *testing.T) {
	c := change.Change{ID: id.Change{Node: "ESMAD-1", N: 2}, Entity: change.Ref{Kind: change.Person, ID: "P"}, Action: "retention", Schema: change.Schema, Note: "asked",
		Sets: []change.Set{{Field: "motive"}}}
	whole := change.Encode(&c)
	left, _ := change.Redact(&c, tlog.RecordHash(whole).String(), func(int, *change.Set) bool { return true })
	left.Note = c.Note
	after := change.Encode(&left)
	if got := sync.Leave([]change.Erased{audit.Erased(&c, whole, after)}, whole); string(got) != string(after) {
		t.Errorf("left is %s", got)
	}
}
