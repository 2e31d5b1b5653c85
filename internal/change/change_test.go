package change

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quipu/internal/id"
)

func drawText(t *rapid.T, label string) string {
	return rapid.OneOf(rapid.Just(""), rapid.String(), rapid.SampledFrom([]string{"Ñandú \"x\"", "a\\b\n\t", "名前", "\u2028<&>"})).Draw(t, label)
}

func drawProv(t *rapid.T) Provenance {
	return Provenance{drawText(t, "src"), drawText(t, "ev"), drawText(t, "conf"), "1968", ""}
}

func drawChange(t *rapid.T) Change {
	c := Change{
		ID:     id.Change{Node: "ESMAD", N: rapid.Int64Range(1, 1<<40).Draw(t, "n")},
		Entity: Ref{Person, "01ARZ3NDEKTSV4RRFFQ69G5FAV"}, Action: "edit",
		At:     Stamp{rapid.Int64Range(0, 4e15).Draw(t, "at"), rapid.SampledFrom([]int{0, -300, 60, 345}).Draw(t, "off")},
		Author: drawText(t, "by"), Office: "ESMAD", Purpose: "registry", Schema: Schema, Codes: "1",
		Note: drawText(t, "note"), Prov: drawProv(t),
		Salt: drawText(t, "salt"), Gone: drawText(t, "gone"),
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "sets") {
		s := Set{Field: "f" + string(rune('a'+i)), Base: id.Change{Node: "USPAT", N: 3}, Prov: drawProv(t)}
		if s.Gone = rapid.Bool().Draw(t, "taken out"); s.Gone {
			c.Sets = append(c.Sets, s)
			continue
		}
		if rapid.Bool().Draw(t, "group") {
			s.Value = Value{Parts: rapid.MapOf(rapid.StringN(1, 5, -1), rapid.String()).Draw(t, "parts")}
		} else {
			s.Value = Text(drawText(t, "text"))
		}
		c.Sets = append(c.Sets, s)
	}
	return c
}

func TestEncodeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawChange(t)
		body := Encode(&c)
		if !json.Valid(body) {
			t.Fatalf("not JSON: %s", body)
		}
		got, err := Decode(body)
		if err != nil {
			t.Fatal(err)
		}
		if string(Encode(&got)) != string(body) {
			t.Fatalf("not canonical:\n%s\n%s", body, Encode(&got))
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Fatalf("changed on the way: %s", diff)
		}
		slow, err := decodeAny(body)
		if diff := cmp.Diff(slow, got); err != nil || diff != "" {
			t.Fatalf("the two readers disagree: %v %s", err, diff)
		}
	})
}

func TestStampKeepsLocalTime(t *testing.T) {
	lima := time.FixedZone("PET", -5*3600)
	s := StampOf(time.Date(2026, 11, 23, 9, 30, 0, 123456789, lima))
	if got := s.String(); got != "2026-11-23T09:30:00.123456-05:00" {
		t.Fatalf("got %s", got)
	}
	back, err := ParseStamp(s.String())
	if err != nil || back != s {
		t.Fatalf("got %v %v", back, err)
	}
}

func edit(n int64, field, text string, base int64) Change {
	c := Change{ID: id.Change{Node: "AA", N: n}, Entity: Ref{Person, "P"}, At: Stamp{Micros: n * 10}}
	s := Set{Field: field, Value: Text(text)}
	if base > 0 {
		s.Base = id.Change{Node: "AA", N: base}
	}
	c.Sets = []Set{s}
	return c
}

func TestFoldHistoryAndPast(t *testing.T) {
	log := []Change{edit(1, "city", "Lima", 0), edit(2, "city", "Madrid", 1), edit(3, "job", "cook", 0), edit(4, "city", "", 2)}
	r := Fold(log)
	if r.Text("city") != "" || r.Text("job") != "cook" || r.Version("city").N != 4 {
		t.Fatalf("state is %+v", r.Fields)
	}
	h := (&Rules{}).History(log, "city")
	if len(h) != 3 || h[0].Until.Micros != 20 || h[1].Value.Text != "Madrid" || !h[2].Cleared || h[2].Until.Micros != 0 {
		t.Fatalf("history is %+v", h)
	}
	then := Fold(KnownAt(log, 25))
	if then.Text("city") != "Madrid" || then.Text("job") != "" {
		t.Fatalf("at 25 the record was %+v", then.Fields)
	}
}

func TestConflictsAndUndo(t *testing.T) {
	log := []Change{edit(1, "city", "Lima", 0), edit(2, "city", "Madrid", 1)}
	r := Fold(log)
	late := edit(3, "city", "Roma", 1)
	if got := r.Conflicts(&late); len(got) != 1 || got[0].Theirs.Value.Text != "Madrid" {
		t.Fatalf("conflicts are %+v", got)
	}
	same := edit(3, "city", "Madrid", 1)
	if got := r.Conflicts(&same); len(got) != 0 {
		t.Fatalf("the same value is no conflict: %+v", got)
	}
	second := func(c *Change) bool { return c.ID.N == 2 }
	back, kept := (&Rules{}).Undo(log, second)
	if len(kept) != 0 || back.Sets[0].Value.Text != "Lima" || back.Sets[0].Base != log[1].ID {
		t.Fatalf("undo is %+v, kept %v", back, kept)
	}
	since := edit(3, "city", "Roma", 2)
	if back, kept = (&Rules{}).Undo(append(log, since), second); len(back.Sets) != 0 || len(kept) != 1 {
		t.Fatalf("a value written since must stay: %+v, kept %v", back, kept)
	}
	all, _ := (&Rules{}).Undo(log, func(*Change) bool { return true })
	if len(all.Sets) != 1 || !all.Sets[0].Value.Empty() {
		t.Fatalf("undoing everything leaves nothing: %+v", all)
	}
}

func FuzzDecode(f *testing.F) {
	c := edit(1, "city", "Lima", 0)
	f.Add(Encode(&c))
	f.Add([]byte(`{"v":1,"node":"AA","n":1,"kind":"person","id":"P","at":"2026-01-01T00:00:00.000000Z","set":[{"f":"a","g":{}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if fast, ok := decodeCanonical(body); ok {
			if slow, err := decodeAny(body); err != nil || cmp.Diff(slow, fast) != "" {
				t.Fatalf("the two readers disagree: %v %s", err, cmp.Diff(slow, fast))
			}
		}
		c, err := Decode(body)
		if err != nil {
			return
		}
		again, err := Decode(Encode(&c))
		if err != nil {
			t.Fatalf("what was read does not write back: %v", err)
		}
		if string(Encode(&again)) != string(Encode(&c)) {
			t.Fatal("encoding is not stable")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	c := Change{ID: id.Change{Node: "ESMAD-1", N: 17}, Entity: Ref{Person, "01ARZ3NDEKTSV4RRFFQ69G5FAV"}, Action: "import",
		At: Stamp{1700000000000000, -300}, Author: "rosa", Office: "ESMAD", Purpose: "registry", Schema: 1, Codes: "2026.11"}
	for i := range 14 {
		c.Sets = append(c.Sets, Set{Field: "field" + string(rune('a'+i)), Value: Text("Quispe Ñahui")})
	}
	body := Encode(&c)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}

func TestRedactLeavesNoValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawChange(t)
		for i := range c.Sets {
			if c.Sets[i].Gone = false; i%2 == 0 {
				c.Sets[i].Field += "/7QK3WZ0A"
			}
		}
		gone := func(_ int, s *Set) bool { return rapid.Bool().Draw(t, "gone "+s.Field) }
		out, taken := Redact(&c, "hash", gone)
		n := 0
		for i, s := range out.Sets {
			switch {
			case !s.Gone:
				if diff := cmp.Diff(c.Sets[i], s); diff != "" {
					t.Fatalf("what stays changed: %s", diff)
				}
			case !s.Value.Empty() || strings.HasSuffix(s.Field, "7QK3WZ0A") || s.Prov.Evidence != "":
				t.Fatalf("a value that was taken out is still in %+v", s)
			default:
				n++
			}
		}
		if taken != (n > 0) || taken && (out.Note != "" || out.Salt != "" || out.Prov.Evidence != "" || out.Gone == "") {
			t.Fatalf("%d values were taken out: %v, %+v", n, taken, out)
		}
		if out.ID != c.ID || out.Author != c.Author || out.At != c.At || out.Entity != c.Entity {
			t.Fatal("who wrote what when was lost")
		}
		body := Encode(&out)
		if again, err := Decode(body); err != nil || string(Encode(&again)) != string(body) {
			t.Fatalf("it does not read back: %v", err)
		}
		twice, _ := Redact(&out, "other", func(int, *Set) bool { return true })
		if out.Gone != "" && twice.Gone != out.Gone {
			t.Fatal("the hash under which it was logged was lost")
		}
	})
}
