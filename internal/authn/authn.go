// Package authn finds out whether somebody is who they say they are: passwords, second
// factors, session tokens, and how long to wait after failures. It keeps nothing; the
// caller stores hashes and counters and brings the clock.
package authn
