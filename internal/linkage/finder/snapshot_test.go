package finder

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/fault"
)

func saved(t interface{ Fatal(...any) }, x *Index, position string) []byte {
	var b bytes.Buffer
	if err := x.Save(&b, position); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSnapshot(t *testing.T) {
	x := small()
	x.Remove(3)
	b := saved(t, x, "change 17")
	y, position, err := Load(bytes.NewReader(b))
	if err != nil || position != "change 17" || y.Len() != x.Len() {
		t.Fatal(position, err)
	}
	for _, text := range []string{"quispe mamani", "kispe", "1985", "44425914", "jose@example.org", "huang", "milan"} {
		if a, b := x.Search(Query{Text: text}, 9), y.Search(Query{Text: text}, 9); !reflect.DeepEqual(a, b) {
			t.Errorf("%q finds %v, after loading %v", text, a, b)
		}
	}
	if again := saved(t, y, "change 17"); !bytes.Equal(b, again) {
		t.Error("saved again it is other bytes")
	}
	for i := range b {
		for _, bit := range []byte{1, 0x80} {
			bad := slices.Clone(b)
			bad[i] ^= bit
			if _, _, err := Load(bytes.NewReader(bad)); fault.KindOf(err) != fault.Invalid {
				t.Fatalf("byte %d altered: %v", i, err)
			}
		}
		if _, _, err := Load(bytes.NewReader(b[:i])); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("cut off at %d: %v", i, err)
		}
	}
	if _, _, err := Load(bytes.NewReader(append(b, 0))); !fault.Is(err, "finder.damaged") {
		t.Error("a byte too many is taken:", err)
	}
}

// TestSequences holds an index that was changed, saved and loaded at will against one that
// was filled at once with what is left.
func TestSequences(t *testing.T) {
	words := strings.Fields("ROSA MARIA JUAN JOSE QUISPE KISPE MAMANI FLORES CRUZ HUAMAN GUAMAN LEE")
	word := rapid.SampledFrom(append(words, ""))
	rapid.Check(t, func(t *rapid.T) {
		x, left := New(), map[uint32]Entry{}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			row := rapid.Uint32Range(0, 12).Draw(t, "row")
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0:
				x.Remove(row)
				delete(left, row)
			case 1:
				y, position, err := Load(bytes.NewReader(saved(t, x, "here")))
				if err != nil || position != "here" {
					t.Fatal(err)
				}
				x = y
			default:
				e := Entry{Given: word.Draw(t, "g") + " " + word.Draw(t, "g2"), Paternal: word.Draw(t, "p"), Maternal: word.Draw(t, "m"),
					Birth:     rapid.SampledFrom([]string{"", "1985", "1985-03-27", "1985-12-03", "1958-03-27"}).Draw(t, "b"),
					Documents: rapid.SliceOfN(rapid.StringMatching(`4442594[0-3]`), 0, 2).Draw(t, "d")}
				x.Put(row, e)
				left[row] = e
			}
		}
		fresh := New()
		for row := range uint32(13) {
			if e, ok := left[row]; ok {
				fresh.Put(row, e)
			}
		}
		if x.Len() != len(left) || fresh.Len() != len(left) {
			t.Fatalf("%d and %d persons, not %d", x.Len(), fresh.Len(), len(left))
		}
		for _, text := range []string{"ROSA QUISPE", "KISPE", "JOSE MARIA FLORES 27/03/1985", "44425941", "LEE CRUZ HUAMAN", "1985"} {
			a, b := fmt.Sprint(x.Search(Query{Text: text}, 20)), fmt.Sprint(fresh.Search(Query{Text: text}, 20))
			if a != b {
				t.Fatalf("%q finds %s; filled at once %s", text, a, b)
			}
		}
	})
}

func FuzzLoad(f *testing.F) {
	f.Add(saved(f, small(), "17"))
	f.Add(saved(f, New(), ""))
	f.Fuzz(func(t *testing.T, b []byte) {
		x, position, err := Load(bytes.NewReader(b))
		if err != nil {
			return
		}
		if again := saved(t, x, position); !bytes.Equal(again, b) {
			t.Fatal("bytes that another writer made are taken")
		}
	})
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{"rosa quispe", "27/3/1985 mamani", "@", "a@b", "44425941 951 513 603", "金城 恵子", "de la", strings.Repeat("JOSE ", 30), "\xff\xfe", "M", "1985 "} {
		f.Add(s, s, false)
	}
	x := small()
	f.Fuzz(func(t *testing.T, text, part string, whole bool) {
		for _, h := range x.Search(Query{Text: text, Paternal: part, Birth: part, Documents: []string{part}, Phones: []string{text}, Whole: whole}, 20) {
			if !(h.Score >= 0 && h.Score <= 1) || int(h.Row) >= len(people) {
				t.Fatalf("%+v", h)
			}
		}
	})
}
