//go:build !mutant

package sync

// Planted bugs, for the proof that the simulation finds them; see sim. They are false and
// cost nothing in the program.
const (
	bugGap   = false // the hub takes a batch that begins too late
	bugTwice = false // the hub does not look whether it has a change already
	bugStale = false // a node takes an answer to an older question
	bugLeak  = false // an answer holds changes of what left the scope
	bugLate  = false // what is urgent comes in the hub's order
	bugEarly = false // after the hub went back changes do not wait for those that they rest on
	bugBare  = false // after the hub went back nobody asks who holds what an author had to forget
	bugDrop  = false // a node ends what is pending on the receipt
	bugErase = false // of two erasures of one change the later one undoes the earlier
)

func dropPushed(NodeLog, NodeState) error { return nil }
