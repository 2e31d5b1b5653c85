package authn

import "time"

// After FreeFailures failures in a row each further try has to wait, FirstWait doubling up
// to MaxWait. A wait and not a lock, so that nobody can shut an officer out for good from
// outside, yet at most about 100 guesses a day remain. After HardLimit failures in a row
// (NIST SP 800-63B, 5.2.2: no more than 100) only an administrator's reset helps.
const (
	FreeFailures = 4
	HardLimit    = 100
	FirstWait    = 15 * time.Second
	MaxWait      = 15 * time.Minute
)

// Wait returns how long the next try must still wait after so many failures in a row, the
// last of them at last. A clock that was set back does not shorten the wait, unless what it says
// of the last failure cannot be: farther ahead than any wait, it was another clock that was wrong,
// by years at times, and nobody waits for those to pass.
func Wait(failures int, last, now time.Time) time.Duration {
	if failures <= FreeFailures {
		return 0
	}
	wait := MaxWait
	if doublings := failures - FreeFailures - 1; doublings < 10 {
		wait = min(FirstWait<<doublings, MaxWait)
	}
	if last.Sub(now) > MaxWait {
		return 0
	}
	since := max(now.Sub(last), 0)
	return max(wait-since, 0)
}

// LockedOut reports that only a reset helps.
func LockedOut(failures int) bool { return failures >= HardLimit }
