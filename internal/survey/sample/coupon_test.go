package sample

import (
	"bytes"
	"strings"
	"testing"

	"quipu/internal/fault"

	"pgregory.net/rapid"
)

var coupons = Coupons{Key: bytes.Repeat([]byte{7}, 32), Seeds: 5, Each: 3}

func TestCouponRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Coupon{Number: rapid.Uint64Range(1, mostCoupon).Draw(t, "number"), Last: rapid.Uint16Range(0, 1023).Draw(t, "last")}
		code, err := coupons.Code(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, as := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", " "), strings.ReplaceAll(strings.ReplaceAll(code, "0", "o"), "1", "l")} {
			if got, err := coupons.Read(as, int(p.Last)); err != nil || got != p {
				t.Errorf("%s reads %+v, %v", as, got, err)
			}
		}
		if _, err := coupons.Read(code, int(p.Last)+1); !fault.Is(err, "sample.coupon_ended") {
			t.Errorf("after its end: %v", err)
		}
		other := coupons
		other.Key = bytes.Repeat([]byte{8}, 32)
		if _, err := other.Read(code, 0); !fault.Is(err, "sample.coupon_unknown") {
			t.Errorf("under another key: %v", err)
		}
	})
}

// TestCouponMisread: a wrong letter and two that changed places are said to be that, never
// taken for another coupon or a forgery.
func TestCouponMisread(t *testing.T) {
	code, err := coupons.Code(Coupon{Number: 123456, Last: 40})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(code, "-", "")
	try := func(b []byte) {
		if string(b) == text {
			return
		}
		if _, err := coupons.Read(string(b), 0); !fault.Is(err, "sample.coupon_misread") {
			t.Errorf("%s for %s: %v", b, text, err)
		}
	}
	for i := range text {
		for k := range letters {
			b := []byte(text)
			b[i] = letters[k]
			try(b)
		}
		if i > 0 {
			b := []byte(text)
			b[i], b[i-1] = b[i-1], b[i]
			try(b)
		}
	}
	if _, err := coupons.Read("ñandúñandúñandúñan", 0); !fault.Is(err, "sample.coupon_misread") {
		t.Error(err)
	}
	if _, err := coupons.Read("ABC", 0); !fault.Is(err, "sample.coupon_length") {
		t.Error(err)
	}
}

// TestChain: each coupon has one recruiter, who handed on Each and no more.
func TestChain(t *testing.T) {
	seen := map[uint64]uint64{}
	for c := range uint64(2000) {
		handed, err := coupons.Handed(c + 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(handed) != coupons.Each {
			t.Errorf("%d hands %d on", c+1, len(handed))
		}
		for _, h := range handed {
			if by, twice := seen[h]; twice {
				t.Fatalf("%d is handed on by %d and %d", h, by, c+1)
			}
			seen[h] = c + 1
			if got := coupons.Recruiter(h); got != c+1 {
				t.Fatalf("%d says it is of %d, not %d", h, got, c+1)
			}
			wave, seed := coupons.Chain(h)
			if by, of := coupons.Chain(c + 1); wave != by+1 || seed != of {
				t.Fatalf("wave of %d is %d from %d", h, wave, seed)
			}
		}
	}
	for s := range uint64(5) {
		if wave, seed := coupons.Chain(s + 1); coupons.Recruiter(s+1) != 0 || wave != 0 || seed != s+1 {
			t.Errorf("seed %d has a recruiter", s+1)
		}
	}
	if _, err := coupons.Handed(mostCoupon); err == nil {
		t.Error("a chain has no end")
	}
}

// TestCouponSaysNothing: coupons of one hand look as different as any, and holders' names say
// nothing without the key.
func TestCouponSaysNothing(t *testing.T) {
	other := coupons
	other.Key = bytes.Repeat([]byte{8}, 32)
	heads, names := map[string]bool{}, map[[16]byte]bool{}
	for n := range uint64(2000) {
		code, err := coupons.Code(Coupon{Number: n + 1, Last: 40})
		if err != nil {
			t.Fatal(err)
		}
		heads[code[:4]] = true
		names[coupons.Opaque(n+1)] = true
		if coupons.Opaque(n+1) == other.Opaque(n+1) {
			t.Fatal("the name of a holder does not depend on the key")
		}
	}
	if len(heads) < 1990 || len(names) != 2000 { // of 2^20 heads, about two pairs fall together
		t.Errorf("%d beginnings and %d names of 2000 coupons", len(heads), len(names))
	}
}
