package paradata

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quipu/internal/fault"
)

// recorded is an audit in the shape that ODK Collect 2024 writes with every parameter set.
const recorded = `event,node,latitude,longitude,accuracy,start,end,old-value,new-value,user,change-reason
form start,,40.4,-3.7,10,1764662400000,,,,eva,
question,/data/age,40.4,-3.7,10,1764662401000,1764662411000,,"3,4",eva,
group questions,/data/home,40.4,-3.7,10,1764662411000,1764662441000,,,eva,
question,/data/child[1]/name,,,,1764662441000,1764662445000,,Ana,eva,
question,/data/child[2]/name,,,,1764662445000,1764662446500,,Luz,eva,
form exit,,,,,1764662446500,,,,eva,
form resume,,,,,1764666000000,,,,eva,
question,/data/age,,,,1764666000000,1764666002000,,"3,5",eva,
question,/data/broken,,,,1764666003000,1764666002000,,,eva,
question,/data/other,,,,soon,1764666002000,,,eva,
,,,,,1764666002000,,,,,
end screen,,,,,1764666002000,1764666003000,,,eva,
form finalize,,,,,1764666003000,,,,eva,
`

func TestRead(t *testing.T) {
	l, err := Read(strings.NewReader(recorded))
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, b := range l.Bad {
		keys = append(keys, b.Why.Key)
	}
	if d := cmp.Diff([]string{"paradata.end", "paradata.start", "paradata.line"}, keys); d != "" || l.Lost != 3 || l.Bad[0].Line != 10 {
		t.Errorf("bad lines %+v %s", l.Bad, d)
	}
	want := map[string]time.Duration{"/data/age": 12 * time.Second, "/data/home": 30 * time.Second, "/data/child/name": 5500 * time.Millisecond}
	if d := cmp.Diff(want, l.Spent()); d != "" {
		t.Error(d)
	}
	if l.Active() != 47500*time.Millisecond || l.Resumed() != 1 {
		t.Errorf("active %v, resumed %d", l.Active(), l.Resumed())
	}
	if a, b := l.Bounds(); a.UnixMilli() != 1764662400000 || b.UnixMilli() != 1764666003000 {
		t.Errorf("from %v to %v", a, b)
	}
	for _, text := range []string{"", "a,b\n1,2\n", "<html>"} {
		if _, err := Read(strings.NewReader(text)); !fault.Is(err, "paradata.empty") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestWritten: what is written is read.
func TestWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		moments := rapid.Int64Range(1, 1<<42)
		var events []Event
		for range rapid.IntRange(0, 20).Draw(t, "n") {
			e := Event{Kind: rapid.SampledFrom([]string{"question", "group questions", "form start"}).Draw(t, "kind"), Node: rapid.StringMatching(`(/[a-z]{1,5}){0,3}`).Draw(t, "node"),
				Start: time.UnixMilli(moments.Draw(t, "start")).UTC()}
			if rapid.Bool().Draw(t, "ends") {
				e.End = e.Start.Add(time.Duration(rapid.Int64Range(0, 1e6).Draw(t, "took")) * time.Millisecond)
			}
			events = append(events, e)
		}
		var b bytes.Buffer
		if err := Write(&b, events); err != nil {
			t.Fatal(err)
		}
		l, err := Read(&b)
		if err != nil || l.Lost != 0 {
			t.Fatal(err, l.Bad)
		}
		if d := cmp.Diff(events, l.Events); d != "" {
			t.Fatal(d)
		}
		var sum time.Duration
		for _, d := range l.Spent() {
			sum += d
		}
		if a := l.Active(); a > sum || a < 0 {
			t.Fatalf("%v were active of %v", a, sum)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(recorded))
	f.Add([]byte("event,node,start,end\n\"question,/a,1,2\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		if len(l.Bad) > l.Lost || len(l.Bad) > mostBad {
			t.Errorf("%d bad lines of %d", len(l.Bad), l.Lost)
		}
		for _, e := range l.Events {
			if e.Start.IsZero() || !e.End.IsZero() && e.End.Before(e.Start) {
				t.Errorf("an event from %v to %v", e.Start, e.End)
			}
		}
		first, last := l.Bounds()
		if l.Active() < 0 || last.Before(first) && len(l.Events) > 0 {
			t.Error("time runs backwards")
		}
		if utf8.Valid(b) && len(l.Events) > len(b) {
			t.Error("events from nothing")
		}
	})
}
