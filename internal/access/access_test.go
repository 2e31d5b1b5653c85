package access

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quipu/internal/place"
)

func madrid(t testing.TB) place.Office {
	t.Helper()
	o, ok := place.Network().Office("ESMAD")
	if !ok {
		t.Fatal("no office in Madrid")
	}
	return o
}

// at is a moment on a Monday in November, in universal time: an hour before Madrid's clock.
func at(hour, minute int) time.Time { return time.Date(2026, 11, 23, hour, minute, 0, 0, time.UTC) }

func TestJudge(t *testing.T) {
	plain := Read{At: at(9, 0), Login: "rosa", Officer: "Rosa Huamán Quispe (ventanilla)", Place: madrid(t), Person: "P1", Home: "ESMAD",
		Paternal: "Flores", Maternal: "Ríos"}
	for name, c := range map[string]struct {
		change func(*Read)
		want   []Reason
	}{
		"nothing":                {func(*Read) {}, nil},
		"another office":         {func(r *Read) { r.Home = "USPAT" }, []Reason{Outside}},
		"no office":              {func(r *Read) { r.Home = "" }, nil},
		"just before opening":    {func(r *Read) { r.At = at(6, 59) }, []Reason{Hours}},
		"at opening":             {func(r *Read) { r.At = at(7, 0) }, nil},
		"at closing":             {func(r *Read) { r.At = at(17, 0) }, []Reason{Hours}},
		"on Sunday":              {func(r *Read) { r.At = at(9, 0).AddDate(0, 0, -1) }, []Reason{Hours}},
		"reserved":               {func(r *Read) { r.Sealed = true }, []Reason{Reserved}},
		"both surnames":          {func(r *Read) { r.Paternal, r.Maternal = "HUAMAN", "Quispe" }, []Reason{Surnames}},
		"in the other order":     {func(r *Read) { r.Paternal, r.Maternal = "Quispe", "Huamán" }, []Reason{Surnames}},
		"the father's":           {func(r *Read) { r.Paternal = "Quispe" }, []Reason{Surname}},
		"the mother's":           {func(r *Read) { r.Maternal = "Huaman" }, []Reason{Surname}},
		"one word, twice":        {func(r *Read) { r.Paternal, r.Maternal = "Quispe", "Quispe" }, []Reason{Surname}},
		"a part of a word":       {func(r *Read) { r.Paternal = "Quis" }, nil},
		"the given name":         {func(r *Read) { r.Paternal = "Rosa" }, nil},
		"what is in brackets":    {func(r *Read) { r.Paternal = "Ventanilla" }, nil},
		"no surname":             {func(r *Read) { r.Paternal, r.Maternal = "", "" }, nil},
		"officer without a name": {func(r *Read) { r.Officer, r.Paternal = "", "Quispe" }, nil},
		"unknown office":         {func(r *Read) { r.Place, r.At, r.Home = place.Office{}, at(3, 0), "" }, nil},
		"refused":                {func(r *Read) { r.Refused = true }, []Reason{Refused}},
		"refused, of nobody":     {func(r *Read) { r.Refused, r.Person, r.Home, r.Paternal, r.Maternal = true, "", "", "", "" }, []Reason{Refused}},
		"all of it":              {func(r *Read) { r.Home, r.At, r.Sealed, r.Paternal = "USPAT", at(22, 0), true, "Huamán" }, []Reason{Outside, Hours, Reserved, Surname}},
	} {
		r := plain
		c.change(&r)
		if got := NewWatch().Judge(r); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestAgain(t *testing.T) {
	w := NewWatch()
	r := Read{At: at(9, 0), Login: "rosa", Place: madrid(t), Person: "P1", Home: "USPAT"}
	for _, c := range []struct {
		minutes int
		login   string
		want    int
	}{{0, "rosa", 1}, {5, "rosa", 0}, {29, "rosa", 0}, {29, "ana", 1}, {31, "rosa", 1}, {32, "rosa", 0}} {
		r.At, r.Login = at(9, c.minutes), c.login
		if got := w.Judge(r); len(got) != c.want {
			t.Errorf("%s after %d minutes: %v", c.login, c.minutes, got)
		}
	}
}

// TestTryAndLook: a refusal does not hide the look that follows, nor the other way round.
func TestTryAndLook(t *testing.T) {
	w := NewWatch()
	r := Read{At: at(9, 0), Login: "rosa", Place: madrid(t), Person: "P1", Home: "USPAT"}
	for i, refused := range []bool{true, false, true, false} {
		r.Refused = refused
		if got := w.Judge(r); (len(got) > 0) != (i < 2) {
			t.Errorf("%d: %v", i, got)
		}
	}
}

// TestMany: of people opened one after another every fifteenth is marked, and nobody who
// takes his time.
func TestMany(t *testing.T) {
	office := madrid(t)
	rapid.Check(t, func(rt *rapid.T) {
		gap := time.Duration(rapid.IntRange(100, 9000).Draw(rt, "gap in ms")) * time.Millisecond
		n := rapid.IntRange(1, 100).Draw(rt, "people")
		w, marked := NewWatch(), 0
		for i := range n {
			got := w.Judge(Read{At: at(9, 0).Add(time.Duration(i) * gap), Login: "rosa", Place: office, Person: fmt.Sprint(i), Home: "ESMAD"})
			if slices.Contains(got, Many) {
				marked++
			}
		}
		if inAMinute := int((time.Minute-1)/gap) + 1; n < MostAMinute || inAMinute < MostAMinute {
			if marked != 0 {
				rt.Fatalf("%d marked of %d people every %s", marked, n, gap)
			}
		} else if marked == 0 {
			rt.Fatalf("none marked of %d people every %s", n, gap)
		}
	})
	w := NewWatch()
	for i := range 100 { // one person, again and again
		if got := w.Judge(Read{At: at(9, 0).Add(time.Duration(i) * time.Second), Login: "rosa", Place: office, Person: "P1", Home: "ESMAD"}); got != nil {
			t.Fatalf("marked %v", got)
		}
	}
}
