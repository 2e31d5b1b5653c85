package synth

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quipu/internal/civil"
	"quipu/internal/doc"
)

// latin undoes windows1252 for what is used here.
func latin(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

func TestMessyTellsWhatIsWrong(t *testing.T) {
	var a, b bytes.Buffer
	o := MessyOptions{Rows: 20_000, Seed: 6, Bad: 0.02}
	truth, err := Messy(&a, o)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := Messy(&b, o)
	if !bytes.Equal(a.Bytes(), b.Bytes()) || !cmp.Equal(truth, again) {
		t.Error("the same seed made another list")
	}
	if truth.BadRows != 400 || len(truth.Lines) != 400 || sum(truth.Bad) != 400 || len(truth.Bad) != 3 {
		t.Errorf("bad rows: %d, %d lines, %v", truth.BadRows, len(truth.Lines), truth.Bad)
	}
	lines := strings.Split(latin(a.Bytes()), "\r\n")
	if got := strings.Split(lines[truth.HeaderLine-1], ";"); !cmp.Equal(got, MessyHeader) {
		t.Errorf("header %v", got)
	}
	bad := map[int]string{}
	for _, l := range truth.Lines {
		bad[l.Line] = l.Reason
	}
	for i, line := range lines[truth.HeaderLine : len(lines)-1] {
		at := truth.HeaderLine + 1 + i
		if got := reasonOf(strings.Split(line, ";")); got != bad[at] {
			t.Fatalf("line %d reads as %q, truth says %q: %s", at, got, bad[at], line)
		}
	}
	if len(lines)-1-truth.HeaderLine != truth.Rows {
		t.Errorf("%d lines", len(lines))
	}
	for _, d := range dirt {
		if truth.Dirty[d.name] == 0 {
			t.Errorf("nothing dirty by %s", d.name)
		}
	}
}

// reasonOf reads a line with the kernel's readers, as an import would.
func reasonOf(f []string) string {
	ref := civil.Date{Year: 2025, Month: 12, Day: 31}
	if strings.Trim(f[mPaternal]+f[mGiven], " -\u00a0") == "" {
		return "no_name"
	}
	if _, _, err := civil.ParseGiven(strings.TrimSpace(f[mBirth]), civil.DMY, ref); err != nil {
		return "impossible_date"
	}
	n := strings.Trim(f[mDNI], " \u00a0")
	if n == "" || n == "-" || n == "S/N" {
		return ""
	}
	if _, _, err := doc.Normalize("dni", "PER", n); err != nil {
		return "bad_document"
	}
	return ""
}

func sum(m map[string]int) (n int) {
	for _, v := range m {
		n += v
	}
	return n
}

func TestMessyRefusesWrongShares(t *testing.T) {
	for _, o := range []MessyOptions{{Rows: 10, Bad: 1.5}, {Rows: 10, Dirty: -1}, {Rows: 0}} {
		if _, err := Messy(&bytes.Buffer{}, o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}
