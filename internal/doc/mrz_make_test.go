package doc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quipu/internal/fault"
)

var utopia = Fields{Code: "P", Issuer: "UTO", Number: "L898902C3", Nationality: "UTO", Birth: "740812", Sex: "F",
	Expiry: "120415", Optional: "ZE184226B", Primary: "ERIKSSON", Secondary: "ANNA<MARIA"}

func TestMakeSpecimens(t *testing.T) {
	card := utopia
	card.Code, card.Number, card.Optional = "I", "D23145890", ""
	long := Fields{Code: "I", Issuer: "UTO", Number: "D23145890734", Nationality: "UTO", Birth: "340712", Sex: "M",
		Expiry: "950712", Primary: "STEVENSON", Secondary: "PETER<JOHN"}
	for _, c := range []struct {
		want string
		make func(Fields) (string, error)
		f    Fields
	}{
		{specimenTD3, MakeTD3, utopia},
		{specimenTD1, MakeTD1, card},
		{specimenTD2, MakeTD2, card},
		{longTD1, MakeTD1, long},
		{longTD2, MakeTD2, long},
	} {
		got, err := c.make(c.f)
		if d := cmp.Diff(c.want, got); d != "" || err != nil {
			t.Errorf("%v %s", err, d)
		}
	}
}

func TestMakeRefuses(t *testing.T) {
	f := utopia
	f.Primary = "Ñandú"
	if _, err := MakeTD3(f); !fault.Is(err, "doc.mrz_field_character") {
		t.Errorf("got %v", err)
	}
	f = utopia
	f.Number = "1234567890"
	if _, err := MakeTD3(f); !fault.Is(err, "doc.mrz_field_length") {
		t.Errorf("got %v", err)
	}
}

func TestLongNamesAreCutVisibly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		group := rapid.StringMatching(`[A-Z]{2,14}(<[A-Z]{2,14}){0,4}`)
		f := utopia
		f.Primary, f.Secondary = group.Draw(t, "primary"), group.Draw(t, "secondary")
		text, err := MakeTD3(f)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Parse(text, 2020)
		if err != nil {
			t.Fatal(err)
		}
		whole := len(f.Primary)+2+len(f.Secondary) <= 39
		if whole && (m.Primary != f.Primary || m.Secondary != f.Secondary) {
			t.Fatalf("%q: read %q %q", text, m.Primary, m.Secondary)
		}
		if !whole && (!m.Truncated || m.Primary == "" || m.Secondary == "") {
			t.Fatalf("%q: read %q %q truncated %v", text, m.Primary, m.Secondary, m.Truncated)
		}
	})
}

func drawFields(t *rapid.T, numbers string) Fields {
	date := rapid.StringMatching(`[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])|[0-9]{2}<<<<|<<<<<<`)
	return Fields{
		Code: rapid.SampledFrom([]string{"P", "I", "ID", "PD", "AC"}).Draw(t, "code"), Issuer: "PER", Nationality: "PER",
		Number: rapid.StringMatching(numbers).Draw(t, "number"),
		Birth:  date.Draw(t, "birth"), Expiry: date.Draw(t, "expiry"),
		Sex:      rapid.SampledFrom([]string{"M", "F", "X"}).Draw(t, "sex"),
		Optional: rapid.StringMatching(`([A-Z0-9]{1,3})?`).Draw(t, "optional"),
		Primary:  rapid.StringMatching(`[A-Z]{2,6}(<[A-Z]{2,6})?`).Draw(t, "primary"),
		// room is left so that no name is cut
		Secondary: rapid.StringMatching(`([A-Z]{2,6}(<[A-Z]{2,5})?)?`).Draw(t, "secondary"),
	}
}

func TestRoundTrip(t *testing.T) {
	for name, c := range map[string]struct {
		numbers string
		make    func(Fields) (string, error)
	}{
		"TD1": {`[A-Z0-9]{5,18}`, MakeTD1}, "TD2": {`[A-Z0-9]{5,11}`, MakeTD2}, "TD3": {`[A-Z0-9]{5,9}`, MakeTD3},
	} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			f := drawFields(t, c.numbers)
			text, err := c.make(f)
			if err != nil {
				t.Fatal(err)
			}
			m, err := Parse(text, 2026)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			back := Fields{m.Code, m.Issuer, m.Number, m.Nationality, m.Birth.Raw, m.Expiry.Raw, m.Sex, m.Optional, m.Optional2, m.Primary, m.Secondary}
			if d := cmp.Diff(f, back); d != "" || !m.AllRight() || m.Format != name {
				t.Fatalf("%s failed %v\n%s\n%s", m.Format, m.Failed(), text, d)
			}
		}))
	}
}

// Every single wrong character in a checked field is found, unless its value is the same
// modulo 10: the weights 7, 3 and 1 have no factor in common with 10.
func TestSingleErrorsAreFound(t *testing.T) {
	l := layouts[2]
	checked := map[string]span{"number": l.number, "birth": l.birth, "expiry": l.expiry, "optional": l.optional}
	for field, s := range checked {
		for i := s.from; i < s.to; i++ {
			for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<") {
				lines := strings.Split(specimenTD3, "\n")
				was := lines[1][i]
				lines[1] = lines[1][:i] + string(c) + lines[1][i+1:]
				m, err := Parse(strings.Join(lines, "\n"), 2020)
				if err != nil {
					t.Fatal(err)
				}
				found := strings.Contains(strings.Join(m.Failed(), " "), field)
				if want := charValue(c)%10 != charValue(was)%10; found != want {
					t.Errorf("%s: %c for %c at %d: found %v, want %v", field, c, was, i, found, want)
				}
			}
		}
	}
}
