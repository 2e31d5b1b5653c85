package doc

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/fault"
)

func TestDNICheckExample(t *testing.T) {
	if d, l := DNICheck("10117410"); d != '2' || l != 'G' {
		t.Errorf("check of 10117410 = %c %c, want 2 G", d, l)
	}
	for _, bad := range []string{"", "1011741", "101174100", "1011741A"} {
		if d, l := DNICheck(bad); d != 0 || l != 0 {
			t.Errorf("DNICheck(%q) = %d %d, want none", bad, d, l)
		}
	}
}

// The letter form finds every wrong digit and every swap of neighbours.
func TestDNILetterFindsErrors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		good := rapid.StringMatching(`[0-9]{8}`).Draw(t, "dni")
		_, letter := DNICheck(good)
		i := rapid.IntRange(0, 7).Draw(t, "at")
		bad := []byte(good)
		if rapid.Bool().Draw(t, "swap") && i < 7 {
			bad[i], bad[i+1] = bad[i+1], bad[i]
		} else {
			bad[i] = '0' + (bad[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		}
		if string(bad) != good && CheckDNI(string(bad), letter) != CheckWrong {
			t.Fatalf("%s passes with the letter %c of %s", bad, letter, good)
		}
	})
}

func TestParseDNI(t *testing.T) {
	for _, c := range []struct {
		in, digits string
		state      CheckState
		restored   bool
	}{
		{"10117410", "10117410", CheckAbsent, false},
		{" 10117410-2 ", "10117410", CheckRight, false},
		{"101174102", "10117410", CheckRight, false},
		{"10117410g", "10117410", CheckRight, false},
		{"10117410-G", "10117410", CheckRight, false},
		{"10117410 – 3", "10117410", CheckWrong, false},
		{"10.117.410", "10117410", CheckAbsent, false},
		{"10.117.000", "10117000", CheckAbsent, false},
		{"10117410.0", "10117410", CheckAbsent, false},
		{"DNI N° 10117410", "10117410", CheckAbsent, false},
		{"d.n.i. nº: 10117410-2", "10117410", CheckRight, false},
		{"１０１１７４１０", "10117410", CheckAbsent, false},
		{"1234567", "01234567", CheckAbsent, true},
		{"101 174 10", "10117410", CheckAbsent, false},
	} {
		d, err := ParseDNI(c.in)
		if err != nil || d.Digits != c.digits || d.State != c.state || d.Restored != c.restored {
			t.Errorf("ParseDNI(%q) = %+v, %v; want %s %s %v", c.in, d, err, c.digits, c.state, c.restored)
		}
	}
}

func TestParseDNISevenDigitsWithCheck(t *testing.T) {
	digit, _ := DNICheck("01234567")
	d, err := ParseDNI("1234567-" + string(digit))
	if err != nil || d.Digits != "01234567" || d.State != CheckRight || !d.Restored {
		t.Errorf("got %+v, %v", d, err)
	}
	wrong := "0"
	if digit == '0' {
		wrong = "1"
	}
	if _, err := ParseDNI("1234567-" + wrong); !fault.Is(err, "doc.dni_unclear") {
		t.Errorf("got %v, want doc.dni_unclear", err)
	}
}

func TestParseDNIRefuses(t *testing.T) {
	for in, key := range map[string]string{
		"": "doc.number_missing", "123456": "doc.dni_length", "1234567890": "doc.dni_length",
		"1.0117E+07": "doc.number_rounded", "10I17410": "doc.dni_character", "no sé": "doc.dni_character",
	} {
		if _, err := ParseDNI(in); !fault.Is(err, key) || fault.KindOf(err) != fault.Invalid {
			t.Errorf("ParseDNI(%q) = %v, want %s", in, err, key)
		}
	}
}

func FuzzParseDNI(f *testing.F) {
	for _, s := range []string{"10117410-2", "1234567", "DNI N° 10.117.410-G", "1.0E+7", "١٢٣", "-", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDNI(s)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("ParseDNI(%q): %v is not invalid input", s, err)
			}
			return
		}
		again, err := ParseDNI(d.String())
		if err != nil || again.Digits != d.Digits || again.State != d.State || len(strings.Trim(d.Digits, "0123456789")) > 0 {
			t.Fatalf("%q gave %v, which reads back as %v, %v", s, d, again, err)
		}
	})
}
