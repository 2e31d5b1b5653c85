package sample

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"quipu/internal/fault"
)

// Coupons are those of a respondent-driven sample. A coupon is a number, the day until which
// it holds, and a proof that nobody makes without the key of the survey. The number says whose it
// is in the chain and nothing else: seeds are 1 to Seeds, and those that the holder of number c
// hands on follow from c, so who recruited whom needs no list of people.
type Coupons struct {
	Key   []byte // of the survey, 32 bytes
	Seeds int    // seeds, at least 1
	Each  int    // coupons that a person may hand on, 1 to 10
}

// Coupon is what a code says.
type Coupon struct {
	Number uint32
	Last   uint16 // day on which it ends, counted from the first of fieldwork
}

// mostCoupon is the largest number of a coupon: six letters of 5 bits.
const mostCoupon = 1<<30 - 1

// letters leaves out I, L, O and U, which are misread or misheard (Crockford's base 32).
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// proofBits is the length of the proof: one guess in 2^30 passes.
const proofBits = 30

func (c Coupons) check() error {
	if len(c.Key) < 32 || c.Seeds < 1 || c.Each < 1 || c.Each > 10 {
		return fault.New(fault.Invalid, "sample.coupons").On("each")
	}
	return nil
}

// Handed are the numbers of the coupons that the holder of a number may hand on: Each of them.
func (c Coupons) Handed(number uint32) ([]uint32, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	first := uint64(c.Seeds) + (uint64(number)-1)*uint64(c.Each) + 1
	if number < 1 || first+uint64(c.Each) > mostCoupon {
		return nil, fault.New(fault.Invalid, "sample.chain_long")
	}
	out := make([]uint32, c.Each)
	for i := range out {
		out[i] = uint32(first) + uint32(i)
	}
	return out, nil
}

// Recruiter is the number of the coupon whose holder handed this one on, 0 for a seed.
func (c Coupons) Recruiter(number uint32) uint32 {
	if number <= uint32(c.Seeds) {
		return 0
	}
	return (number-uint32(c.Seeds)-1)/uint32(c.Each) + 1
}

// Wave is how many hands a coupon went through since its seed.
func (c Coupons) Wave(number uint32) (waves int) {
	for number = c.Recruiter(number); number != 0; number = c.Recruiter(number) {
		waves++
	}
	return waves
}

// Code writes a coupon: three groups of five letters, the last of which checks the others.
func (c Coupons) Code(p Coupon) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	if p.Number < 1 || p.Number > mostCoupon || p.Last >= 1<<10 {
		return "", fault.New(fault.Invalid, "sample.chain_long")
	}
	text := spell(uint64(p.Number), 6) + spell(uint64(p.Last), 2) + spell(uint64(c.proof(p)), 6)
	text += string(letters[checkLetter(text)])
	return text[:5] + "-" + text[5:10] + "-" + text[10:], nil
}

// Read reads a code as people write it: small letters, no hyphens, O for 0, I and L for 1. A
// letter that was misread is told from a code that nobody issued, and both from one
// that has ended. today is counted as Last is.
func (c Coupons) Read(code string, today int) (p Coupon, err error) {
	if err := c.check(); err != nil {
		return p, err
	}
	text := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(code))
	if len(text) != 15 {
		return p, fault.New(fault.Invalid, "sample.coupon_length", "letters", len(text)).On("coupon")
	}
	for _, r := range text {
		if !strings.ContainsRune(letters, r) {
			return p, fault.New(fault.Invalid, "sample.coupon_misread").On("coupon")
		}
	}
	if letters[checkLetter(text[:14])] != text[14] {
		return p, fault.New(fault.Invalid, "sample.coupon_misread").On("coupon")
	}
	p = Coupon{Number: uint32(unspell(text[:6])), Last: uint16(unspell(text[6:8]))}
	var given, want [4]byte
	binary.BigEndian.PutUint32(given[:], uint32(unspell(text[8:14])))
	binary.BigEndian.PutUint32(want[:], c.proof(p))
	if p.Number < 1 || !hmac.Equal(given[:], want[:]) {
		return Coupon{}, fault.New(fault.Invalid, "sample.coupon_unknown").On("coupon")
	}
	if today > int(p.Last) {
		return p, fault.New(fault.Conflict, "sample.coupon_ended").On("coupon")
	}
	return p, nil
}

// proof is the first bits of HMAC-SHA-256 over what the coupon says.
func (c Coupons) proof(p Coupon) uint32 {
	h := hmac.New(sha256.New, c.Key)
	var b [6]byte
	binary.BigEndian.PutUint32(b[:4], p.Number)
	binary.BigEndian.PutUint16(b[4:], p.Last)
	h.Write([]byte("quipu coupon\x00")) //nolint:errcheck // never fails
	h.Write(b[:])                       //nolint:errcheck // never fails
	return binary.BigEndian.Uint32(h.Sum(nil)) >> (32 - proofBits)
}

func spell(n uint64, letter int) string {
	out := make([]byte, letter)
	for i := letter - 1; i >= 0; i-- {
		out[i] = letters[n&31]
		n >>= 5
	}
	return string(out)
}

func unspell(text string) (n uint64) {
	for _, r := range text {
		n = n<<5 | uint64(strings.IndexRune(letters, r))
	}
	return n
}

// checkLetter is a sum over GF(32) with the powers of a generator as weights: one wrong letter
// and two neighbours that changed places are always seen.
func checkLetter(text string) (sum int) {
	for _, r := range text {
		sum = double(sum) ^ strings.IndexRune(letters, r)
	}
	return double(sum)
}

// double multiplies by x in GF(32) modulo x^5 + x^2 + 1, whose powers run through all but 0.
func double(x int) int {
	if x <<= 1; x > 31 {
		x ^= 0b100101
	}
	return x
}
