//go:build !mutant

package sim

// Planted bugs of the machines around the rules; see the other file of this name in sync.
const (
	bugMemory = false // a commit stays in memory for a while
	bugLast   = false // the last writer wins without a word
	bugCursor = false // the cursor is committed before the data
)
