package sample

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"quipu/internal/fault"
)

// Coupons are those of a respondent-driven sample. A coupon is a number, the day until which
// it holds, and a proof that nobody makes without the key of the survey: a computer without a link
// tells a true coupon from a forged one with the key alone, which a list of random secrets would
// not allow. The number says whose it is in the chain and nothing else: seeds are 1 to Seeds, and
// those that the holder of number c hands on follow from c, so who recruited whom needs no list
// of people, and two offices apart never give out the same. The code hides the number, too.
type Coupons struct {
	Key   []byte // of the survey, 32 bytes
	Seeds int    // seeds that there may be, at least 1
	Each  int    // coupons that a person may hand on, 1 to 10
}

// Coupon is what a code says.
type Coupon struct {
	Number uint64
	Last   uint16 // day on which it ends, counted from the first of fieldwork
}

const (
	numberBits = 45 // with 3 coupons each, chains of 24 waves from 80 seeds
	dayBits    = 10
	mostCoupon = 1<<numberBits - 1
)

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
func (c Coupons) Handed(number uint64) ([]uint64, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	first := uint64(c.Seeds) + (number-1)*uint64(c.Each) + 1
	if number < 1 || number > mostCoupon || first+uint64(c.Each) > mostCoupon {
		return nil, fault.New(fault.Invalid, "sample.chain_long")
	}
	out := make([]uint64, c.Each)
	for i := range out {
		out[i] = first + uint64(i)
	}
	return out, nil
}

// Recruiter is the number of the coupon whose holder handed this one on, 0 for a seed.
func (c Coupons) Recruiter(number uint64) uint64 {
	if number <= uint64(c.Seeds) {
		return 0
	}
	return (number-uint64(c.Seeds)-1)/uint64(c.Each) + 1
}

// Chain is how many hands a coupon went through since its seed, and the number of that seed.
func (c Coupons) Chain(number uint64) (wave int, seed uint64) {
	for seed = number; c.Recruiter(seed) != 0; wave++ {
		seed = c.Recruiter(seed)
	}
	return wave, seed
}

// Opaque names the holder of a number: the same at every computer that has the key, and without
// the key nothing follows from it.
func (c Coupons) Opaque(number uint64) (out [16]byte) {
	copy(out[:], c.mac("holder", number))
	return out
}

// Code writes a coupon: three groups of six letters, the last of which checks the others.
func (c Coupons) Code(p Coupon) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	if p.Number < 1 || p.Number > mostCoupon || p.Last >= 1<<dayBits {
		return "", fault.New(fault.Invalid, "sample.chain_long")
	}
	proof := c.proof(p)
	text := spell(c.says(p)^c.mask(proof), hidden) + spell(proof, proved)
	text += string(letters[checkLetter(text)])
	return text[:6] + "-" + text[6:12] + "-" + text[12:], nil
}

// Letters of what the coupon says, of the proof, and of all with the one that checks.
const (
	hidden = (numberBits + dayBits) / 5
	proved = proofBits / 5
	inAll  = hidden + proved + 1
)

// Read reads a code as people write it: small letters, no hyphens, O for 0, I and L for 1. A
// letter that was misread is told from a code that nobody issued, and both from one
// that has ended. today is counted as Last is.
func (c Coupons) Read(code string, today int) (p Coupon, err error) {
	if err := c.check(); err != nil {
		return p, err
	}
	text := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(code))
	if n := utf8.RuneCountInString(text); n != inAll {
		return p, fault.New(fault.Invalid, "sample.coupon_length", "letters", n, "want", inAll).On("coupon")
	}
	for _, r := range text {
		if !strings.ContainsRune(letters, r) {
			return p, fault.New(fault.Invalid, "sample.coupon_misread").On("coupon")
		}
	}
	if letters[checkLetter(text[:inAll-1])] != text[inAll-1] {
		return p, fault.New(fault.Invalid, "sample.coupon_misread").On("coupon")
	}
	proof := unspell(text[hidden : inAll-1])
	says := unspell(text[:hidden]) ^ c.mask(proof)
	p = Coupon{Number: says >> dayBits, Last: uint16(says & (1<<dayBits - 1))}
	var given, want [8]byte
	binary.BigEndian.PutUint64(given[:], proof)
	binary.BigEndian.PutUint64(want[:], c.proof(p))
	if !hmac.Equal(given[:], want[:]) || p.Number < 1 {
		return Coupon{}, fault.New(fault.Invalid, "sample.coupon_unknown").On("coupon")
	}
	if today > int(p.Last) {
		return p, fault.New(fault.Conflict, "sample.coupon_ended").On("coupon")
	}
	return p, nil
}

func (c Coupons) says(p Coupon) uint64 { return p.Number<<dayBits | uint64(p.Last) }

// proof is the first bits of HMAC-SHA-256 over what the coupon says.
func (c Coupons) proof(p Coupon) uint64 {
	return binary.BigEndian.Uint64(c.mac("proof", c.says(p))) >> (64 - proofBits)
}

// mask hides what a coupon says under its own proof, so that no two are hidden alike (the
// construction of RFC 5297): who finds coupons cannot see which came from one hand.
func (c Coupons) mask(proof uint64) uint64 {
	return binary.BigEndian.Uint64(c.mac("mask", proof)) >> (64 - numberBits - dayBits)
}

func (c Coupons) mac(what string, n uint64) []byte {
	h := hmac.New(sha256.New, c.Key)
	h.Write([]byte("quipu coupon " + what + "\x00")) //nolint:errcheck // never fails
	h.Write(binary.BigEndian.AppendUint64(nil, n))   //nolint:errcheck // never fails
	return h.Sum(nil)
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
