package sync

import (
	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/change"
	"quipu/internal/id"
)

// NodeState is where a node stands with its hub. The zero value but for Node is that of a
// node just enrolled.
type NodeState struct {
	Node    id.Node
	Pushed  int64     // own changes up to this one are at the hub, by its receipts
	Chain   tlog.Hash // the own chain there
	Heard   bool      // a receipt has just been taken; not kept
	Has     int64     // the last own change that the hub has, when Heard
	Cursor  Cursor
	Ahead   int64     // everything urgent of its scopes up to this place is here; see Urgent
	Known   []Mark    // heads of the hub's log that answers brought, oldest first, thinned
	Head    Head      // the newest signed head that any message brought
	Scopes  []Scope   // as the hub last said
	Compare *Compared // what is still to be compared with the hub, nil when nothing is
	Trouble Refusal   // why the hub took nothing of the last batch or ask; Key "" when it did
	Backs   int       // how often the hub was found restored from an older backup
	Back    int64     // the hub's clock when it was found so last, 0 for never
	Now     int64     // the hub's clock in the newest message of it
}

// Held is what a node has of one change.
type Held struct {
	Seq  int64     // the hub's place for it, 0 while there is none
	Leaf tlog.Hash // of the body as it was logged first
	Gone bool      // values were taken out of it
}

// Unplaced is a change of another node that a node holds without a place of the hub's.
type Unplaced struct {
	ID     id.Change
	Entity change.Ref
	Own    int64 // the node's own changes after this one were written by who had seen it
}

// NodeLog is one transaction on a node's register.
//
// The fold of an entity reads its changes with a Seq in the order of Seq, then those that
// Unnumber took it from in the order of those places, then the others in the order of their
// arrival: the hub's order, what it lost as it stood, and what is pending on top. A change
// without a Seq that Forget took the values of is in no fold until it has one again.
type NodeLog interface {
	State() (NodeState, error)
	SaveState(NodeState) error
	// OpenHead reads a signed head; the error says that the hub's key, kept when the node was
	// enrolled, did not sign it.
	OpenHead(Head) (Mark, error)

	// Last is the number of the node's last change of its own, 0 before the first.
	Last() (int64, error)
	// Own are up to limit of the node's own changes after a number, in order: the bodies as
	// they stand now.
	Own(after int64, limit int) ([][]byte, error)
	// OwnLeaves are the hashes of up to limit of the node's own changes after a number, in order.
	OwnLeaves(after int64, limit int) ([]tlog.Hash, error)
	// Named are the bodies as they stand now of those of the changes that the node holds.
	Named(ids []id.Change) (map[id.Change][]byte, error)
	// Held says what the node has of those of the changes that it holds.
	Held(ids []id.Change) (map[id.Change]Held, error)

	// Append puts a change of the hub that the node does not hold at the end of its log, with
	// the hub's place and time; when the change is the node's own (it was restored from a
	// backup), Last counts it.
	Append(e Entry, c *change.Change) error
	// Number gives changes that the node holds the hub's place and time. The bodies are not looked at.
	Number(entries []Entry) error
	// Replace puts a body in the place of the one that the node holds of the change: with
	// values taken out by an erasure, or with those that a Forget took out put back. The leaf stays.
	Replace(c id.Change, body []byte) error
	// Unnumber takes away the hub's places after one: these changes are as if they had not come,
	// but their fold stays as it was, and so does that of what lost its place before.
	Unnumber(after int64) error
	// Orphans are up to limit entities with changes of other nodes that have no place of the
	// hub's and still have some value. There are some only after the hub went back.
	Orphans(limit int) ([]change.Ref, error)
	// Unplaced are the changes of other nodes of these entities that have no place of the hub's,
	// each with the number of the node's last own change when it came. There are some only after
	// the hub went back.
	Unplaced(refs []change.Ref) ([]Unplaced, error)
	// Found are the bodies of up to limit of the changes of other nodes that have no place of the
	// hub's and values that no Forget took, and of those, of anybody, with or without a place, of which
	// an erasure of another node that has none left some values; but not of those that the hub keeps
	// by its receipts: those of Kept since the last Unnumber. Untold reports in which of the entities there are such
	// without a place: Orphans names these until they are forgotten.
	Found(limit int) ([][]byte, error)
	Kept(ids []id.Change) error
	Untold(refs []change.Ref) (map[change.Ref]bool, error)
	// Bare are the numbers of the node's own changes after one and up to another that have no place of
	// the hub's and whose values a Forget took out, in order.
	Bare(after, upto int64) ([]int64, error)
	// Holdings are entities that the node has changes of, by Ref.String() after the given one in
	// the order of bytes, at most limit.
	Holdings(after string, limit int) ([]Holding, error)
	// Pending reports (of an erasure's entity as of any other) of which of the entities there is an own change without a place of the hub's.
	Pending(refs []change.Ref) (map[change.Ref]bool, error)

	// Erasing is what own changes without a place of the hub's, of these erasures' entities, say last of
	// the changes that they name. SayErased appends another one of the node's own: what is left of changes
	// that it and an erasure of somebody else name. A node that was put back from a copy, and writes nothing
	// before it has caught up, passes it over: the hub says it.
	Erasing(refs []change.Ref) (map[change.Logged]change.Erased, error)
	SayErased(of change.Ref, lines []change.Erased) error

	// Forget takes the values out of all changes of the entity, and takes away its projections,
	// keys and files; it keeps f to be confirmed, also when there was nothing to forget.
	Forget(f Forget) error
	// Forgotten are up to limit that are not confirmed yet, Confirmed ends them.
	Forgotten(limit int) ([]Forget, error)
	Confirmed(fs []Forget) error

	// Keys are all keys of these entities; PutKeys adds, one that is there already stays.
	Keys(refs []change.Ref) ([]Key, error)
	PutKeys(keys []Key) error
	// Ranges are the registration numbers that are left. PutRanges takes the hub's word for
	// which ranges there are; Next of one that is there already stays when it is higher.
	Ranges() ([]NumberRange, error)
	PutRanges(ranges []NumberRange) error
}
