package sync

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
)

var update = flag.Bool("update", false, "write the golden messages of this release that are missing")

// release names the folder of golden messages that this release writes.
const release = "1"

// message is one kind of message: what decodes it, and encodes what it decoded.
type message struct {
	again func([]byte) ([]byte, error)
	most  int
}

var messages = map[string]message{
	"batch": {func(b []byte) ([]byte, error) {
		m, err := DecodeBatch(b)
		if err != nil {
			return nil, err
		}
		return m.Encode()
	}, MaxBatch},
	"receipt": {func(b []byte) ([]byte, error) {
		m, err := DecodeReceipt(b)
		if err != nil {
			return nil, err
		}
		return m.Encode()
	}, MaxReceipt},
	"ask": {func(b []byte) ([]byte, error) {
		m, err := DecodeAsk(b)
		if err != nil {
			return nil, err
		}
		return m.Encode()
	}, MaxAsk},
	"answer": {func(b []byte) ([]byte, error) {
		m, err := DecodeAnswer(b)
		if err != nil {
			return nil, err
		}
		return m.Encode()
	}, MaxAnswer},
}

// body is one change of ESMAD-1.
func body(n int64, sets ...change.Set) []byte {
	c := change.Change{ID: id.Change{Node: "ESMAD-1", N: n}, Entity: change.Ref{Kind: change.Person, ID: "01JD0000000000000000000001"},
		Action: "edit", At: change.Stamp{Micros: 1764111600000000, Offset: 60}, Author: "U1", Office: "ESMAD", Purpose: "registration",
		Schema: 1, Codes: "2026-07", Sets: sets}
	return change.Encode(&c)
}

// erasure is the change that says what was taken out of one.
func erasure(c *change.Change, left []byte) []byte {
	e := change.Erase(c.Entity.ID, []change.Erased{audit.Erased(c, change.Encode(c), left)})
	e.ID, e.At, e.Author, e.Office, e.Purpose, e.Codes = id.Change{Node: "ESMAD-1", N: 3}, c.At, c.Author, c.Office, c.Purpose, c.Codes
	return change.Encode(&e)
}

// examples are messages with every member in use.
func examples() map[string]interface{ Encode() ([]byte, error) } {
	person := change.Ref{Kind: change.Person, ID: "01JD0000000000000000000001"}
	name := change.Set{Field: "given", Value: change.Text("Ñusta <\"quinta\"> & hija\u2028")}
	phone := change.Set{Field: "phone/1", Value: change.Group("kind", "mobile", "number", "+34 600 000 000"), Base: id.Change{Node: "ESMAD-1", N: 1}}
	whole := body(1, name)
	c, _ := change.Decode(body(2, phone))
	gone, _ := change.Redact(&c, tlog.RecordHash(body(2, phone)).String(), func(int, *change.Set) bool { return true })
	chain := Link(tlog.Hash{}, tlog.RecordHash(whole))
	key := Key{person, "k1", bytes.Repeat([]byte{7}, 32)}
	numbers := []NumberRange{{1000, 1999, 1004, ""}, {9000, 9099, 9000, "C1"}}
	forget := []Forget{{change.Ref{Kind: change.Person, ID: "01JD0000000000000000000002"}, 44}}
	return map[string]interface{ Encode() ([]byte, error) }{
		"ask-compare": &Ask{Version: 1, Node: "ESMAD-1", Cursor: Cursor{After: 40}, Last: 2,
			Compare: &Comparison{"person/01JC", Filled, []Holding{{person, 2}, {forget[0].Entity, 0}}}},
		"ask-orphans": &Ask{Version: 1, Node: "ESMAD-1", Cursor: Cursor{After: 40}, Last: 2, Orphans: []change.Ref{person}},
		"answer-last": &Answer{Version: 1, Node: "ESMAD-1", From: Cursor{After: 40}, Last: 2, To: Cursor{After: 41}},
		"answer-seen": &Answer{Version: 1, Node: "ESMAD-1", From: Cursor{After: 40}, Seen: Mark{40, chain}, To: Cursor{After: 41}},
		"answer-compared": &Answer{Version: 1, Node: "ESMAD-1", From: Cursor{After: 40}, To: Cursor{After: 40},
			Entries: []Entry{{39, 1764111700000001, c.ID, body(2, phone)}}, Compared: &Compared{"person/01JC", Filled}},
		"ask-backlog":  &Ask{Version: 1, Node: "ESMAD-1", Cursor: Cursor{After: 40}, Last: 9, Ahead: 45, Unsent: 7, Oldest: 1764111600000000},
		"answer-ahead": &Answer{Version: 1, Node: "ESMAD-1", From: Cursor{After: 40}, To: Cursor{After: 41}, Ahead: 45},
		"batch-rests": &Batch{Version: 1, Node: "ESMAD-1", First: 2, Chain: chain, Bodies: [][]byte{body(2, phone)}, Seen: Mark{40, chain},
			Rests: []Rest{{2, id.Change{Node: "ESBCN-1", N: 5}}}, Wants: 5000},
		"batch-found": &Batch{Version: 1, Node: "ESMAD-1", First: 2, Chain: chain, Bodies: [][]byte{change.Encode(&gone)}, Seen: Mark{40, chain},
			Found: [][]byte{bytes.Replace(whole, []byte("ESMAD-1"), []byte("ESBCN-1"), 1)}, Told: true, Bare: []int64{2}, Late: true},
		"batch-erased": &Batch{Version: 1, Node: "ESMAD-1", First: 3, Chain: Link(chain, tlog.RecordHash(body(2, phone))), Bodies: [][]byte{erasure(&c, change.Encode(&gone))},
			Stripped: [][]byte{change.Encode(&gone)}, Seen: Mark{40, chain}, Told: true},
		"receipt-found": &Receipt{Version: 1, Node: "ESMAD-1", Last: 2, Chain: chain, Found: []id.Change{{Node: "ESBCN-1", N: 1}}, Seen: Mark{40, chain}},
		"ask-bare":      &Ask{Version: 1, Node: "ESMAD-1", Cursor: Cursor{After: 40}, Last: 2, Bare: []int64{1, 2}},
		"batch": &Batch{Version: 1, Node: "ESMAD-1", Program: "0.5.0", Schema: 1, First: 1, Bodies: [][]byte{whole, body(2, phone)},
			Stripped: [][]byte{change.Encode(&gone)}, Keys: []Key{key}, Clock: 1764111600000000, Cursor: Cursor{40, "person/01JD"},
			Forgotten: forget, Ranges: numbers},
		"receipt": &Receipt{Version: 1, Node: "ESMAD-1", Refusal: refuse(RefusedGap, "last", "1", "first", "3"), Last: 1, Chain: chain,
			Head: Head("quipu-hub\n45\nAAAA\n"), Now: 1764111700000000, Forgotten: forget, Ranges: numbers},
		"ask": &Ask{Version: 1, Node: "ESMAD-1", Cursor: Cursor{40, Filled}, Last: 2, Known: []Mark{{12, chain}, {40, chain}}},
		"answer": &Answer{Version: 1, Node: "ESMAD-1", From: Cursor{After: 40}, To: Cursor{45, "person/01JD"}, Own: chain,
			Entries: []Entry{{41, 1764111700000000, id.Change{Node: "ESMAD-1", N: 1}, nil}, {43, 1764111700000001, c.ID, body(2, phone)}},
			Forget:  forget, Keys: []Key{key}, Scopes: []Scope{Everybody, "ESMAD"}, Back: true, Head: Head("quipu-hub\n45\nAAAA\n"),
			Now: 1764111700000000, More: true, Ranges: numbers},
	}
}

func TestMessagesOfEveryReleaseAreTaken(t *testing.T) {
	for kind, m := range examples() {
		got, err := m.Encode()
		if err != nil {
			t.Fatal(kind, err)
		}
		file := filepath.Join("testdata", "golden", release, kind+".json")
		if _, err := os.Stat(file); err != nil && *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("this release writes another %s than %s: %s", kind, file, diff)
		}
	}
	files, err := filepath.Glob("testdata/golden/*/*.json")
	if err != nil || len(files) < 4 {
		t.Fatalf("only %d golden messages; %v", len(files), err)
	}
	for _, f := range files {
		kind, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(f), ".json"), "-")
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := messages[kind].again(data); err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s: %v; written again:\n%s", f, err, again)
		}
	}
}

func TestBodiesTravelByteForByte(t *testing.T) {
	odd := []byte(`{ "v":1, "node":"ESMAD-1","n":1,"kind":"person","id":"P","at":"2026-11-25T22:00:00.000000Z","schema":9,` +
		"\n" + `"later":{"x":[1,"<&>` + "\xff" + `"]},"set":[] }`)
	b := Batch{Version: 1, Node: "ESMAD-1", First: 1, Bodies: [][]byte{odd}}
	data, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeBatch(data)
	if err != nil || len(got.Bodies) != 1 || !bytes.Equal(got.Bodies[0], odd) {
		t.Fatalf("%v; got %s", err, got.Bodies)
	}
	for _, bad := range []string{"", "7", "{} ", "{", `{"a":1}}`, strings.Repeat("{", 100)} {
		if _, err := (&Batch{Node: "ESMAD-1", First: 1, Bodies: [][]byte{[]byte(bad)}}).Encode(); err == nil {
			t.Errorf("%q was written as a change", bad)
		}
	}
}

func TestMessagesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Batch{Version: 1, Node: "ESMAD-1", First: rapid.Int64Range(1, 1<<40).Draw(t, "first"), Program: rapid.String().Draw(t, "program"),
			Clock: rapid.Int64().Draw(t, "clock"), Cursor: Cursor{rapid.Int64Range(0, 99).Draw(t, "after"), rapid.StringN(0, 9, 40).Draw(t, "fill")}}
		for i := range rapid.IntRange(0, 5).Draw(t, "n") {
			b.Bodies = append(b.Bodies, body(int64(i+1), change.Set{Field: "f", Value: change.Text(rapid.String().Draw(t, "text"))}))
		}
		data, err := b.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeBatch(data)
		if diff := cmp.Diff(b, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Fatal(err, diff)
		}
	})
}

// TestWhatIsFoundRoundTrips: what the messages say after a hub was put back arrives as it was said, for
// every number and body, and an empty list is none.
func TestWhatIsFoundRoundTrips(t *testing.T) {
	name := func(t *rapid.T) id.Change {
		return id.Change{Node: id.Node(rapid.StringMatching(`[A-Z]{2,5}-[A-Z0-9]{1,6}`).Draw(t, "node")), N: rapid.Int64Range(1, 1<<62).Draw(t, "n")}
	}
	mark := func(t *rapid.T) Mark {
		m := Mark{Size: rapid.Int64Range(0, 1<<62).Draw(t, "size")}
		copy(m.Root[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "root"))
		return m
	}
	numbers := rapid.SliceOfN(rapid.Int64Range(1, 1<<62), 0, 9)
	rapid.Check(t, func(t *rapid.T) {
		seen := mark(t)
		if seen.Size == 0 {
			seen = Mark{}
		}
		b := Batch{Version: 1, Node: "ESMAD-1", First: 1, Seen: seen, Told: rapid.Bool().Draw(t, "told"), Late: rapid.Bool().Draw(t, "late"), Bare: numbers.Draw(t, "bare")}
		r := Receipt{Version: 1, Node: "ESMAD-1", Seen: seen}
		a := Ask{Version: 1, Node: "ESMAD-1", Bare: numbers.Draw(t, "asked")}
		for range rapid.IntRange(0, 5).Draw(t, "found") {
			c := change.Change{ID: name(t), Entity: change.Ref{Kind: change.Person, ID: "P"}, Action: "edit", Schema: 1,
				Sets: []change.Set{{Field: "f", Value: change.Text(rapid.String().Draw(t, "text"))}, {Field: "g", Gone: true}}}
			b.Found, r.Found = append(b.Found, change.Encode(&c)), append(r.Found, c.ID)
			b.Rests = append(b.Rests, Rest{Own: rapid.Int64Range(1, 1<<62).Draw(t, "own"), On: c.ID})
		}
		bs, err := b.Encode()
		rs, err2 := r.Encode()
		as, err3 := a.Encode()
		if err := errors.Join(err, err2, err3); err != nil {
			t.Fatal(err)
		}
		gotB, err := DecodeBatch(bs)
		gotR, err2 := DecodeReceipt(rs)
		gotA, err3 := DecodeAsk(as)
		if err := errors.Join(err, err2, err3); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]any{b, r, a}, []any{gotB, gotR, gotA}, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestOversizedMessagesAreRefused(t *testing.T) {
	many := `{"v":1,"node":"ESMAD-1","first":1,"keys":[` + strings.Repeat("{},", maxList) + `{}]}`
	for kind, m := range messages {
		if _, err := m.again(append(bytes.Repeat([]byte(" "), m.most), "{}"...)); err == nil {
			t.Errorf("a %s of more than %d bytes was taken", kind, m.most)
		}
	}
	if _, err := DecodeBatch([]byte(many)); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("a list of %d: %v", maxList+1, err)
	}
	big := Batch{Node: "ESMAD-1", First: 1, Bodies: [][]byte{[]byte(`{"x":"` + strings.Repeat("y", maxBody) + `"}`)}}
	if _, err := big.Encode(); err == nil {
		t.Error("a body that is too large was written")
	}
}

func fuzz(f *testing.F, kind string) {
	for k, m := range examples() {
		if data, err := m.Encode(); strings.HasPrefix(k, kind) && err == nil {
			f.Add(data)
		}
	}
	f.Add([]byte(`{"v":2,"node":"X1","first":1,"last":-1,"new":[{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		once, err := messages[kind].again(data)
		if err != nil {
			return
		}
		if twice, err := messages[kind].again(once); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%v\nonce  %s\ntwice %s", err, once, twice)
		}
	})
}

func FuzzDecodeBatch(f *testing.F)   { fuzz(f, "batch") }
func FuzzDecodeReceipt(f *testing.F) { fuzz(f, "receipt") }
func FuzzDecodeAsk(f *testing.F)     { fuzz(f, "ask") }
func FuzzDecodeAnswer(f *testing.F)  { fuzz(f, "answer") }

func TestChangesClimbTheLadder(t *testing.T) {
	// Schemas that never were: 2 renames a field, 3 makes a text a group.
	ladder := Ladder{
		func(c change.Change) change.Change {
			out := c
			out.Sets = append([]change.Set{}, c.Sets...)
			for i := range out.Sets {
				out.Sets[i].Field = strings.Replace(out.Sets[i].Field, "tel", "phone", 1)
			}
			return out
		},
		func(c change.Change) change.Change {
			out := c
			out.Sets = append([]change.Set{}, c.Sets...)
			for i, s := range out.Sets {
				out.Sets[i].Value = change.Group("number", s.Value.Text)
			}
			return out
		},
	}
	old := change.Change{Schema: 1, Sets: []change.Set{{Field: "tel", Value: change.Text("600")}}}
	got, newer := ladder.Lift(old)
	want := change.Change{Schema: 3, Sets: []change.Set{{Field: "phone", Value: change.Group("number", "600")}}}
	if diff := cmp.Diff(want, got); diff != "" || newer {
		t.Error(newer, diff)
	}
	if old.Sets[0].Field != "tel" || old.Schema != 1 {
		t.Error("the change as it was written was altered")
	}
	later := change.Change{Schema: 4, Sets: old.Sets}
	if got, newer := ladder.Lift(later); !newer || !cmp.Equal(got, later) {
		t.Errorf("a change of a later schema: %v, newer %v", got, newer)
	}
	if len(Upcasters)+1 != change.Schema {
		t.Errorf("the ladder ends at schema %d; changes are written in %d", len(Upcasters)+1, change.Schema)
	}
}
