package sync

import (
	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/change"
	"quipu/internal/id"
)

// Incoming is a change on its way into the hub's log: the bytes as the node logged them,
// and what they say, lifted to this release's schema. Newer says that the schema is of a
// later release: the change is kept and marked, and what is not understood is not shown. Bare says
// that it lacks values and no erasure says so: its author had to forget them, and nobody holds them.
type Incoming struct {
	Body   []byte
	Leaf   tlog.Hash // the hash under which the change stands in every tree
	Change change.Change
	Newer  bool
	Bare   bool
}

// logged names the change as it was logged.
func (in *Incoming) logged() change.Logged {
	return change.Logged{ID: in.Change.ID, Was: in.Leaf.String()}
}

// become puts another body of the same change in the place of the one that came.
func (in *Incoming) become(body []byte) error {
	c, err := change.Decode(body)
	if err != nil {
		return err
	}
	in.Body = body
	in.Change, in.Newer = Upcasters.Lift(c)
	return nil
}

// HubLog is one transaction on the hub's register. A transaction that takes a batch must
// have the log to itself from its start (one row lock), so that order of seq is order of
// commit. An answer may be made from a snapshot of the database.
type HubLog interface {
	// Peer is what is known of a node; ok is false when it was never enrolled.
	Peer(node id.Node) (p Peer, ok bool, err error)
	// SavePeer keeps all of p but Revoked, Unawaited and Grants, which are not the protocol's to
	// change; but once Last is higher than it was, the node is waited for again.
	// (Whoever grants or takes away a scope appends a change that says so first: Since and
	// Until are the size of the log after it, so that no two are the same.)
	SavePeer(p Peer) error
	// Size is the number of changes in the log, those of this transaction included.
	Size() (int64, error)
	// Head is the signed head as it was last committed.
	Head() (Head, error)
	// RootAt is the root of the log when it had size changes; 0 <= size <= Size.
	RootAt(size int64) (tlog.Hash, error)

	// KeepFound keeps bodies of changes that the log lacks, which a node found: whole ones, and such as
	// an erasure left, of which the shortest stays. What another node said stays beside it. Found are
	// those of the names that are kept.
	KeepFound(from id.Node, in []Incoming) error
	Found(ids []id.Change) (map[id.Change][]Found, error)
	// Offered says that a node has offered its changes up to one, so that what is kept whole of these
	// is kept no longer.
	Offered(node id.Node, upto int64) error
	// Began is the place of the first change that the hub wrote under its present name, 0 for none: a
	// hub that is restored writes one at once.
	Began() (int64, error)
	// Settle notes that a node has told this hub all that it found. Unsettled is one, other than the
	// given, that has not, is not revoked and is waited for; the first by name, "" for none.
	Settle(node id.Node) error
	Unsettled(but id.Node) (id.Node, error)

	// Leaves are the hashes of up to limit changes of a node, in the order of their numbers,
	// from first on: of the bodies as they were logged first.
	Leaves(node id.Node, first int64, limit int) ([]tlog.Hash, error)
	// Append puts changes at the end of the log, in their order, received now; files each
	// (see File) and every entity whose scopes it moves with it; brings the projections up to
	// date. The bytes of Body are kept as they are. It must not refuse a change because of
	// what it says: what does not fit is contested in the fold.
	Append(now int64, in []Incoming) error
	// Strip puts what erasures left of a change, all that e names as gone taken out, in the place of its
	// body; the leaf stays. What was kept of it (KeepFound) goes as far as it has a value of these, see
	// HasErased. Of a change that the hub lost the body is kept, when it has any value.
	Strip(e change.Erased, body []byte) error
	// SayErased appends an erasure of the hub's own, of the entity of other erasures: what is left of
	// changes that two erasures named.
	SayErased(of change.Ref, lines []change.Erased) error
	// PutKeys adds keys; one that is there already stays. Wrapping them is the adapter's.
	PutKeys(keys []Key) error
	// Forgotten notes that a node has put these out of its keeping.
	Forgotten(node id.Node, what []Forget) error
	// Left notes what the node has left of its registration numbers, and allots more when that
	// is little beside what it wants (0 for what is usual); see Allot. Ranges are all ranges of
	// the node that are not used up, and those of listed as the hub knows them: a node that was
	// put back from a copy lists one that it had used up.
	Left(node id.Node, left []NumberRange, wants int64) error
	Ranges(node id.Node, listed []NumberRange) ([]NumberRange, error)

	// Filed are the places after one and up to another where a change is filed under one of
	// the scopes, with the entity filed: in order of seq and entity, without repetition, at
	// most limit.
	Filed(scopes []Scope, after, until int64, limit int) ([]Filed, error)
	// Urgent are the entities of kinds that are Urgent that were filed under one of the scopes
	// after one place and up to another, sorted by name.
	Urgent(scopes []Scope, after, until int64) ([]change.Ref, error)
	// Standing says, of those of the entities that are in one of the scopes now, since which
	// place: the least over those scopes of the place of the change that brought it in.
	Standing(refs []change.Ref, scopes []Scope) (map[change.Ref]int64, error)
	// Members are entities that are in one of the scopes now, by Ref.String() after the given
	// one in the order of bytes, at most limit.
	Members(scopes []Scope, after string, limit int) ([]change.Ref, error)
	// Past are entities that were filed under one of the scopes at or before a place, in the
	// order and number of Members.
	Past(scopes []Scope, until int64, after string, limit int) ([]change.Ref, error)
	// Changes are the changes of these entities after one place and up to another, in order,
	// with the bodies as they stand now.
	Changes(refs []change.Ref, after, until int64) ([]Entry, error)
	// Own are the changes of one node after one place and up to another, in order, with bodies.
	Own(node id.Node, after, until int64) ([]Entry, error)
	// Named are the changes of these names that the log holds, in order, with bodies.
	Named(ids []id.Change) ([]Entry, error)
	// Keys are all keys of these entities.
	Keys(refs []change.Ref) ([]Key, error)
}

// Filed is one entity filed at one place of the hub's log.
type Filed struct {
	Seq    int64
	Entity change.Ref
}
