package cli

import (
	"os"
	"time"
)

// tune makes this process what a test of several processes wants of it: a computer whose
// clock is wrong by QUIPU_TEST_CLOCK, and, in a program built with the tag mutant, one with the
// fault that QUIPU_TEST_PLANT names. Only the binary of the tests does this.
func tune() {
	if d, err := time.ParseDuration(os.Getenv("QUIPU_TEST_CLOCK")); err == nil {
		clock = func() time.Time { return time.Now().Add(d) }
	}
	plant(os.Getenv("QUIPU_TEST_PLANT"))
}
