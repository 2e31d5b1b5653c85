package sync

import (
	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/change"
	"quipu/internal/id"
)

// Version is the version of the messages. It is promised for ten years: a hub takes what
// any release that landed has sent.
const Version = 1

// Batch is a push: consecutive changes of one node, as they were logged there.
type Batch struct {
	Version int
	Node    id.Node
	Program string // version of the program, for the list of nodes
	Schema  int    // newest change schema that the program writes
	// First is the number of the first of Bodies, and Chain the node's chain before it. With
	// no bodies, First is the number of the next change that the node will send.
	First  int64
	Chain  tlog.Hash
	Bodies [][]byte
	// Stripped are the bodies as they stand now of the changes that the erasures among Bodies name.
	Stripped  [][]byte
	Seen      Mark   // the newest head that answers brought: what Bodies rest on has its place there
	Rests     []Rest // what changes of other nodes Bodies rest on that may not be at the hub
	Keys      []Key  // of the persons that the changes are of
	Clock     int64  // the node's clock, microseconds of Unix time; for display only
	Cursor    Cursor
	Forgotten []Forget      // carried out and not yet confirmed
	Ranges    []NumberRange // registration numbers that the node has left
	Wants     int64         // how many it would have, 0 for what is usual
	// After the hub went back. Found are the bodies of changes of other nodes that it lost and this
	// one holds, whole or as an erasure left them, and Told says that there are no more of them. Bare are the numbers of those of
	// Bodies whose values the node had to forget; the hub waits for who may have found them, unless
	// it is Late.
	Found [][]byte
	Told  bool
	Bare  []int64
	Late  bool
}

// Rest says that change Own of a node, and those after it, were written by somebody who had
// seen change On of another node, for which the node has no place of the hub's. There are
// some only after the hub went back.
type Rest struct {
	Own int64
	On  id.Change
}

// Receipt is the hub's answer to a Batch. It ends nothing at the node: only a pull does.
type Receipt struct {
	Version int
	Node    id.Node // whose batch it was
	Refusal *Refusal
	Last    int64     // the last change of the node that the hub has
	Chain   tlog.Hash // the node's chain there
	// Head is the head of the hub's log after the batch. TakeBatch leaves it empty: the head
	// of a log is signed as it commits, so the caller fills it in afterwards.
	Head      Head
	Now       int64       // the hub's clock, microseconds of Unix time
	Forgotten []Forget    // of the batch, noted
	Found     []id.Change // of the batch: the hub keeps them
	Seen      Mark        // of the batch, when Found was looked at
	Ranges    []NumberRange
}

// Refusal says why nothing of a message was taken. Key is a text of the catalogue that
// both sides show, Args alternate name and value.
type Refusal struct {
	Key  string
	Args []string
}

// Ask is a pull.
type Ask struct {
	Version int
	Node    id.Node
	Cursor  Cursor
	Last    int64  // the last change of its own that the node holds
	Known   []Mark // heads of the hub's log that the node has seen, oldest first
	// Orphans are entities of which the node holds changes of others without a place of the
	// hub's: from before the hub went back.
	Orphans []change.Ref
	Compare *Comparison
	Ahead   int64   // of the last answer
	Bare    []int64 // numbers of own changes without a place whose values the node had to forget
	// What the node has yet to send: how many changes, and when the oldest of them was made by
	// its own clock, microseconds of Unix time; 0 when there is none.
	Unsent, Oldest int64
}

// Comparison asks whether a node holds what it should: all entities in a part of their
// order by name.
type Comparison struct {
	After, Upto string // names of entities: those after the one and up to the other
	Holds       []Holding
}

// Holding is an entity that a node has or had. Changes is how many of its changes have a
// place of the hub's; 0 when the node has forgotten it and it has not come again.
type Holding struct {
	Entity  change.Ref
	Changes int
}

// Answer is what an Ask gets: everything of the node's scopes between two cursors.
type Answer struct {
	Version int
	Node    id.Node // for whom
	Refusal *Refusal
	From    Cursor // the node takes it only when it stands there
	Seen    Mark   // and when this is still the newest head that it knows
	To      Cursor
	Last    int64     // of the ask: later changes of the node come as if it lacked them
	Entries []Entry   // in the hub's order
	Own     tlog.Hash // over the node's own changes among Entries that come without a body
	Forget  []Forget
	Keys    []Key // of the persons that Entries are of
	Scopes  []Scope
	// Back says that the hub does not know the newest head that the node has seen: it was
	// restored from an older backup. To.After is then the newest place where both logs
	// are the same, and there are no entries.
	Back bool
	// Ahead says that the node has, with this answer, everything urgent of its scopes up to this
	// place of the hub's log, which may be far beyond To; see Urgent.
	Ahead int64
	// Compared is the part that was compared when the ask was a Comparison: entries and
	// forgets then repair that part, and the cursor stays.
	Compared *Compared
	Head     Head
	Now      int64 // the hub's clock, microseconds of Unix time
	More     bool  // ask again at once
	Ranges   []NumberRange
}

// Entry is one change in the hub's order. Without a body it is an echo: the node's own
// change ID, which it holds.
type Entry struct {
	Seq      int64 // place in the hub's log, from 1
	Received int64 // when the hub took it, microseconds of Unix time
	ID       id.Change
	Body     []byte
}

// Cursor is how far a node has pulled: it holds what its scopes held when the hub's log had
// After changes. Filling is then the entity up to which it has the members of a scope that
// was granted or taken away at that very place: "" none yet, Filled all.
type Cursor struct {
	After   int64
	Filling string
}

// Filled is greater than the name of every entity.
const Filled = "~"

// Mark is a size of the hub's log and its root then.
type Mark struct {
	Size int64
	Root tlog.Hash
}

// Head is a signed head of the hub's log: the note that package audit signs.
type Head []byte

// Compared is a part of the entities in their order by name; see Comparison.
type Compared struct {
	After, Upto string
}

// Forget tells a node to put an entity out of its keeping, since it is none of its scopes'
// any more. At is the size of the hub's log when this was said; it tells one from the next.
type Forget struct {
	Entity change.Ref
	At     int64
}

// Key is one key of a person's sealed values, as it is: the envelope around the message is
// sealed.
type Key struct {
	Entity change.Ref
	ID     string
	Secret []byte
}

// NumberRange is a range of registration numbers that only one node may give out. For is
// the campaign that it was set aside for, or "".
type NumberRange struct {
	First, Last, Next int64
	For               string
}
