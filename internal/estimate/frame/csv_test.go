package frame_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quipu/internal/estimate/frame"
)

func TestReadCSV(t *testing.T) {
	const src = "\ufeffid,city,yes,pay,code,class\n1,\"Buenos \"\"Aires\"\"\",TRUE,1.50,007,low\n2,,FALSE,,8,high\r\n3,\"A,\nB\",NA,-2e3,x,mid\n"
	f, err := frame.ReadCSV(strings.NewReader(src), frame.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, name := range f.Names() {
		c, _ := f.Col(name)
		for i := range f.N() {
			got[name] = append(got[name], c.Text(i))
		}
		got[name] = append(got[name], strings.Join(c.Levels, "|"))
	}
	want := map[string][]string{
		"id": {"1", "2", "3", ""}, "city": {`Buenos "Aires"`, "", "A,\nB", "A,\nB|" + `Buenos "Aires"`},
		"yes": {"TRUE", "FALSE", "", "FALSE|TRUE"}, "pay": {"1.5", "", "-2000", ""},
		"code": {"007", "8", "x", "007|8|x"}, "class": {"low", "high", "mid", "low|mid|high"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// The same table between commas, semicolons or tabs, with or without a mark and quotation marks.
func TestSeparators(t *testing.T) {
	for _, src := range []string{
		"a b,c\n\"x;y\",2\n", "a b;c\nx\\y;2\n", "\ufeff\"a b\";c\r\n\"x;y\";2\r\n", "\ufeff\"a b\"\t\"c\"\n\"x\t;y\"\t2\n", "\"a b\",\"c\"\nx,2\n",
	} {
		f, err := frame.ReadCSV(strings.NewReader(src), frame.Options{})
		if err != nil {
			t.Errorf("%q: %v", src, err)
			continue
		}
		if c, err := f.Col("c"); err != nil || !f.Has("a b") || c.Num[0] != 2 {
			t.Errorf("%q: columns %q", src, f.Names())
		}
	}
	if s := frame.Separator([]byte("one\n1;2\n")); s != ',' {
		t.Errorf("one column: %q", s)
	}
}

func TestBadCSV(t *testing.T) {
	for src, key := range map[string]string{
		"":                "estimate.csv_empty",
		"a,a\n1,2\n":      "estimate.csv_twice",
		"a,b\n1,2,3\n":    "estimate.csv_ragged",
		"a,b\n\"1,2\n":    "estimate.csv_quote",
		"a,b\n\"1\"x,2\n": "estimate.csv_quote",
	} {
		if _, err := frame.ReadCSV(strings.NewReader(src), frame.Options{}); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%q: %v, want %s", src, err, key)
		}
	}
}

// What is read of a number is what strconv reads.
func TestNumbersAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{1,12}(\.[0-9]{0,8})?(e-?[0-9]{1,2})?`).Draw(t, "text")
		f, err := frame.ReadCSV(strings.NewReader("a,b\n"+text+",1\n"), frame.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c, _ := f.Col("a")
		want, _ := strconv.ParseFloat(text, 64)
		if math.Float64bits(c.Num[0]) != math.Float64bits(want) {
			t.Fatalf("%s is read as %v, it is %v", text, c.Num[0], want)
		}
	})
}

func TestNumberText(t *testing.T) {
	for x, want := range map[float64]string{1: "1", 100000: "1e+05", 123456: "123456", 0.1: "0.1", 1e-10: "1e-10", 6.2: "6.2", 1.0 / 3: "0.333333333333333", -2.5: "-2.5", 1e15: "1e+15"} {
		if got := frame.NumberText(x); got != want {
			t.Errorf("%v is written %s, R writes %s", x, got, want)
		}
	}
}

// TestSpellingsStay: numbers before the first text keep what was written, each its own.
func TestSpellingsStay(t *testing.T) {
	f, err := frame.ReadCSV(strings.NewReader("x,y\n1.50,1\n2,2\n03,3\nNA,4\n4.0,5\n-5,6\n+6,7\nz,8\n"), frame.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := f.Col("x")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range c.Len() {
		got = append(got, c.Text(i))
	}
	if want := "1.50 2 03  4.0 -5 +6 z"; strings.Join(got, " ") != want {
		t.Errorf("%q, want %q", strings.Join(got, " "), want)
	}
}
