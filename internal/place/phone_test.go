package place

import (
	"regexp"
	"testing"

	"quipu/internal/fault"
)

func TestPhone(t *testing.T) {
	for _, tc := range []struct{ given, country, want, doubt string }{
		{"+34600123456", "ES", "+34600123456", ""},
		{"600 123 456", "ES", "+34600123456", ""},
		{"600.12.34.56", "ES", "+34600123456", ""},
		{"0034 600 123 456", "US", "+34600123456", ""},
		{"+51 987 654 321", "ES", "+51987654321", ""},
		{"987654321", "PE", "+51987654321", ""},
		{"51987654321", "US", "+51987654321", "place.phone_country"},
		{"34600123456", "US", "+34600123456", "place.phone_plus"},
		{"914 123 456", "ES", "+34914123456", ""},
		{"(201) 555-0123", "US", "+12015550123", ""},
		{"1-201-555-0123", "US", "+12015550123", ""},
		{"011 15 2345-6789", "AR", "+5491123456789", ""},
		{"02 1234 5678", "IT", "+390212345678", ""},
		{"347 123 4567", "IT", "+393471234567", ""},
		{"987654321", "US", "+51987654321", "place.phone_country"},
		{"600123456.0", "ES", "+34600123456", ""},
		{"600123456 / 914123456", "ES", "+34600123456", "place.phone_several"},
		{"914123456 ext. 12", "ES", "+34914123456", "place.phone_extension"},
		{"+34100123456", "ES", "+34100123456", ""}, // E.164 of a possible length is kept as it is
		{"100 123 456", "ES", "+34100123456", "place.phone_unlikely"},
	} {
		got, doubts, err := Phone(tc.given, tc.country, "PE")
		if err != nil || got != tc.want {
			t.Errorf("%q in %s: %q %v, want %q", tc.given, tc.country, got, err, tc.want)
			continue
		}
		key := ""
		if len(doubts) > 0 {
			key = doubts[0].Key
		}
		if key != tc.doubt {
			t.Errorf("%q in %s: doubt %q, want %q", tc.given, tc.country, key, tc.doubt)
		}
	}
}

func TestPhoneRefuses(t *testing.T) {
	for given, key := range map[string]string{
		"": "place.phone_missing", "no tiene": "place.phone_missing", "5.198E+10": "place.phone_rounded",
		"999999999": "place.phone_filler", "+34 000 000 000": "place.phone_filler", "+34000000000": "place.phone_filler", "123": "place.phone_invalid",
		"123456789012345678901": "place.phone_invalid", "juan@example.org 12": "place.phone_invalid",
	} {
		got, _, err := Phone(given, "ES", "PE")
		if !fault.Is(err, key) {
			t.Errorf("%q: %q %v, want %s", given, got, err, key)
		}
	}
	if _, _, err := Phone("600123456"); !fault.Is(err, "place.phone_invalid") {
		t.Errorf("no country to go by: %v", err)
	}
}

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{5,16}$`)

func FuzzPhone(f *testing.F) {
	for _, s := range []string{"+34600123456", "600 123 456", "00", "+", "ext 5", "1/2", "tel:+51-987-654-321;ext=2", "٠٦٠٠"} {
		f.Add(s, "ES")
	}
	f.Fuzz(func(t *testing.T, s, country string) {
		got, _, err := Phone(s, country)
		if err != nil {
			return
		}
		if !e164.MatchString(got) {
			t.Fatalf("%q in %s gives %q", s, country, got)
		}
		if again, _, err := Phone(got, country); err != nil || again != got {
			t.Fatalf("%q in %s gives %q, which is read as %q, %v", s, country, got, again, err)
		}
	})
}

func BenchmarkPhone(b *testing.B) {
	for name, s := range map[string]string{"e164": "+34600123456", "national": "600 123 456", "home": "987654321"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Phone(s, "ES", "PE"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
