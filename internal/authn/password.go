package authn

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"

	"quipu/internal/fault"
)

// Cost is the work of one password hash (argon2id, RFC 9106).
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// DefaultCost is the first choice of the OWASP Password Storage Cheat Sheet: 19 MiB, two
// passes, one lane, about 20 ms. Many officers log in at eight o'clock on a small computer,
// so memory counts.
var DefaultCost = Cost{MemoryKiB: 19456, Passes: 2, Lanes: 1}

// maxCost bounds what a stored hash may ask for, lest one altered row exhaust the machine.
var maxCost = Cost{MemoryKiB: 1 << 20, Passes: 32, Lanes: 16}

const (
	saltSize = 16
	hashSize = 32
)

var phc64 = base64.RawStdEncoding.Strict()

// Hash hashes a password with DefaultCost and a random salt into a PHC string:
// $argon2id$v=19$m=19456,t=2,p=1$salt$hash. The password is taken exactly as given.
func Hash(password string) string {
	salt := make([]byte, saltSize)
	rand.Read(salt)
	return DefaultCost.hash(password, salt, hashSize)
}

// turns bounds how many hashes are made at once: each takes MemoryKiB, and forty officers
// who log in together would take a gigabyte. The others wait; more at once than the machine
// has processors would not be done sooner.
var turns = make(chan struct{}, max(1, runtime.GOMAXPROCS(0)))

func (c Cost) key(password string, salt []byte, size uint32) []byte {
	turns <- struct{}{}
	defer func() { <-turns }()
	return argon2.IDKey([]byte(password), salt, c.Passes, c.MemoryKiB, c.Lanes, size)
}

func (c Cost) hash(password string, salt []byte, size uint32) string {
	sum := c.key(password, salt, size)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		c.MemoryKiB, c.Passes, c.Lanes, phc64.EncodeToString(salt), phc64.EncodeToString(sum))
}

// Verify compares a password with a PHC string in constant time. rehash says that the
// string was made with less work than DefaultCost: hash the password again while it is
// known. err, a fault authn.hash_damaged, is for a string that is no argon2id hash.
func Verify(password, phc string) (ok, rehash bool, err error) {
	c, salt, sum, err := parsePHC(phc)
	if err != nil {
		return false, false, err
	}
	got := c.key(password, salt, uint32(len(sum)))
	ok = subtle.ConstantTimeCompare(got, sum) == 1
	return ok, ok && c.weakerThan(DefaultCost), nil
}

func (c Cost) weakerThan(d Cost) bool { return c.MemoryKiB < d.MemoryKiB || c.Passes < d.Passes }

// NeedsRehash reports whether a stored string was made with less work than DefaultCost,
// or is no hash at all.
func NeedsRehash(phc string) bool {
	c, _, _, err := parsePHC(phc)
	return err != nil || c.weakerThan(DefaultCost)
}

var dummy = sync.OnceValue(func() string { return Hash("") })

// VerifyUnknown does the work of Verify for an account that does not exist, so that the
// answer's delay does not tell which accounts do. It is always false.
func VerifyUnknown(password string) bool {
	_, _, _ = Verify(password, dummy())
	return false
}

func parsePHC(s string) (c Cost, salt, sum []byte, err error) {
	bad := fault.New(fault.Internal, "authn.hash_damaged").In("authn.Verify")
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, bad
	}
	n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.MemoryKiB, &c.Passes, &c.Lanes)
	if err != nil || n != 3 || !c.sane() {
		return c, nil, nil, bad.Because(err)
	}
	if salt, err = phc64.DecodeString(parts[4]); err != nil || len(salt) < 8 || len(salt) > 64 {
		return c, nil, nil, bad.Because(err)
	}
	if sum, err = phc64.DecodeString(parts[5]); err != nil || len(sum) < 16 || len(sum) > 64 {
		return c, nil, nil, bad.Because(err)
	}
	return c, salt, sum, nil
}

func (c Cost) sane() bool {
	return c.Passes >= 1 && c.Passes <= maxCost.Passes && c.Lanes >= 1 && c.Lanes <= maxCost.Lanes &&
		c.MemoryKiB >= 8*uint32(c.Lanes) && c.MemoryKiB <= maxCost.MemoryKiB
}
