package sync

import (
	"errors"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/change"
	"quipu/internal/id"
)

// The messages are JSON. A member that a reader does not know is passed over, and what is
// within a body is kept byte for byte, so that an older release carries what a newer one
// wrote. Decoders bound what they unpack, and never panic.

type wireBatch struct {
	Version   int              `json:"v"`
	Node      id.Node          `json:"node"`
	Program   string           `json:"program"`
	Schema    int              `json:"schema"`
	First     int64            `json:"first"`
	Chain     tlog.Hash        `json:"chain"`
	Bodies    list[raw]        `json:"bodies"`
	Stripped  list[raw]        `json:"stripped"`
	Seen      wireMark         `json:"seen"`
	Rests     list[wireRest]   `json:"rests"`
	Keys      list[wireKey]    `json:"keys"`
	Clock     int64            `json:"clock"`
	Cursor    wireCursor       `json:"cursor"`
	Forgotten list[wireForget] `json:"forgotten"`
	Ranges    list[wireRange]  `json:"ranges"`
	Wants     int64            `json:"wants"`
	Found     list[raw]        `json:"found"`
	Told      bool             `json:"told"`
	Bare      list[int64]      `json:"bare"`
	Late      bool             `json:"late"`
}

// Encode writes the batch. The error says that it is too large, or that a body is no JSON.
func (b *Batch) Encode() ([]byte, error) {
	w := begin(b.Version, b.Node)
	w.text("program", b.Program)
	w.number("schema", int64(b.Schema))
	w.number("first", b.First)
	w.put("chain", b.Chain)
	w.bodies("bodies", b.Bodies)
	w.bodies("stripped", b.Stripped)
	if b.Seen != (Mark{}) {
		w.put("seen", wireMark(b.Seen))
	}
	putList(w, "rests", convert(b.Rests, func(r Rest) wireRest { return wireRest(r) }))
	putList(w, "keys", wireKeys(b.Keys))
	w.number("clock", b.Clock)
	w.put("cursor", wireCursor(b.Cursor))
	putList(w, "forgotten", wireForgets(b.Forgotten))
	putList(w, "ranges", wireRanges(b.Ranges))
	w.number("wants", b.Wants)
	w.bodies("found", b.Found)
	w.yes("told", b.Told)
	putList(w, "bare", b.Bare)
	w.yes("late", b.Late)
	return w.end(MaxBatch)
}

// DecodeBatch reads a batch of this or an earlier release.
func DecodeBatch(data []byte) (Batch, error) {
	var w wireBatch
	if err := read(data, MaxBatch, &w); err != nil {
		return Batch{}, err
	}
	if w.First < 1 || w.First > 1<<53 {
		return Batch{}, errors.New("sync: a batch does not say where it begins")
	}
	return Batch{Version: w.Version, Node: w.Node, Program: w.Program, Schema: w.Schema, First: w.First, Chain: w.Chain,
		Bodies: bytesOf(w.Bodies), Stripped: bytesOf(w.Stripped), Keys: keys(w.Keys), Clock: w.Clock, Cursor: Cursor(w.Cursor),
		Seen: Mark(w.Seen), Rests: convert(w.Rests, func(r wireRest) Rest { return Rest(r) }), Forgotten: forgets(w.Forgotten), Ranges: ranges(w.Ranges), Wants: w.Wants,
		Found: bytesOf(w.Found), Told: w.Told, Bare: w.Bare, Late: w.Late}, node(w.Node)
}

type wireReceipt struct {
	Version   int              `json:"v"`
	Node      id.Node          `json:"node"`
	Refusal   *wireRefusal     `json:"refusal"`
	Last      int64            `json:"last"`
	Chain     tlog.Hash        `json:"chain"`
	Head      string           `json:"head"`
	Now       int64            `json:"now"`
	Forgotten list[wireForget] `json:"forgotten"`
	Ranges    list[wireRange]  `json:"ranges"`
	Found     list[id.Change]  `json:"found"`
	Seen      wireMark         `json:"seen"`
}

// Encode writes the receipt.
func (r *Receipt) Encode() ([]byte, error) {
	w := begin(r.Version, r.Node)
	w.refusal(r.Refusal)
	w.number("last", r.Last)
	w.put("chain", r.Chain)
	w.text("head", string(r.Head))
	w.number("now", r.Now)
	putList(w, "forgotten", wireForgets(r.Forgotten))
	putList(w, "ranges", wireRanges(r.Ranges))
	putList(w, "found", r.Found)
	if r.Seen != (Mark{}) {
		w.put("seen", wireMark(r.Seen))
	}
	return w.end(MaxReceipt)
}

// DecodeReceipt reads a receipt.
func DecodeReceipt(data []byte) (Receipt, error) {
	var w wireReceipt
	if err := read(data, MaxReceipt, &w); err != nil {
		return Receipt{}, err
	}
	return Receipt{Version: w.Version, Node: w.Node, Refusal: refusal(w.Refusal), Last: w.Last, Chain: w.Chain, Head: head(w.Head),
		Now: w.Now, Forgotten: forgets(w.Forgotten), Ranges: ranges(w.Ranges), Found: w.Found, Seen: Mark(w.Seen)}, node(w.Node)
}

type wireAsk struct {
	Version int             `json:"v"`
	Node    id.Node         `json:"node"`
	Cursor  wireCursor      `json:"cursor"`
	Last    int64           `json:"last"`
	Known   list[wireMark]  `json:"known"`
	Orphans list[ref]       `json:"orphans"`
	Compare *wireComparison `json:"compare"`
	Ahead   int64           `json:"ahead"`
	Unsent  int64           `json:"unsent"`
	Oldest  int64           `json:"oldest"`
	Bare    list[int64]     `json:"bare"`
}

// Encode writes the ask.
func (a *Ask) Encode() ([]byte, error) {
	w := begin(a.Version, a.Node)
	w.put("cursor", wireCursor(a.Cursor))
	w.number("last", a.Last)
	putList(w, "known", convert(a.Known, func(m Mark) wireMark { return wireMark(m) }))
	putList(w, "orphans", convert(a.Orphans, func(r change.Ref) ref { return ref{r} }))
	putList(w, "bare", a.Bare)
	if c := a.Compare; c != nil {
		holds := convert(c.Holds, func(h Holding) wireHolding { return wireHolding{ref{h.Entity}, h.Changes} })
		w.put("compare", wireComparison{c.After, c.Upto, holds})
	}
	w.number("ahead", a.Ahead)
	w.number("unsent", a.Unsent)
	w.number("oldest", a.Oldest)
	return w.end(MaxAsk)
}

// DecodeAsk reads an ask.
func DecodeAsk(data []byte) (Ask, error) {
	var w wireAsk
	if err := read(data, MaxAsk, &w); err != nil {
		return Ask{}, err
	}
	if len(w.Known) > maxMarks || w.Cursor.After < 0 || w.Last < 0 || w.Unsent < 0 {
		return Ask{}, errors.New("sync: an ask says what cannot be")
	}
	known := convert(w.Known, func(m wireMark) Mark { return Mark(m) })
	a := Ask{Version: w.Version, Node: w.Node, Cursor: Cursor(w.Cursor), Last: w.Last, Known: known,
		Ahead: w.Ahead, Unsent: w.Unsent, Oldest: w.Oldest, Bare: w.Bare, Orphans: convert(w.Orphans, func(r ref) change.Ref { return r.Ref })}
	if c := w.Compare; c != nil {
		holds := convert(c.Holds, func(h wireHolding) Holding { return Holding{h.Entity.Ref, h.Changes} })
		a.Compare = &Comparison{c.After, c.Upto, holds}
	}
	return a, node(w.Node)
}

type wireAnswer struct {
	Version  int              `json:"v"`
	Node     id.Node          `json:"node"`
	Refusal  *wireRefusal     `json:"refusal"`
	From     wireCursor       `json:"from"`
	Seen     wireMark         `json:"seen"`
	Last     int64            `json:"last"`
	To       wireCursor       `json:"to"`
	Entries  list[wireEntry]  `json:"entries"`
	Own      tlog.Hash        `json:"own"`
	Forget   list[wireForget] `json:"forget"`
	Keys     list[wireKey]    `json:"keys"`
	Scopes   list[Scope]      `json:"scopes"`
	Back     bool             `json:"back"`
	Ahead    int64            `json:"ahead"`
	Compared *wireCompared    `json:"compared"`
	Head     string           `json:"head"`
	Now      int64            `json:"now"`
	More     bool             `json:"more"`
	Ranges   list[wireRange]  `json:"ranges"`
}

// Encode writes the answer.
func (a *Answer) Encode() ([]byte, error) {
	w := begin(a.Version, a.Node)
	w.refusal(a.Refusal)
	w.put("from", wireCursor(a.From))
	if a.Seen != (Mark{}) {
		w.put("seen", wireMark(a.Seen))
	}
	w.put("to", wireCursor(a.To))
	w.number("last", a.Last)
	w.entries("entries", a.Entries)
	w.put("own", a.Own)
	putList(w, "forget", wireForgets(a.Forget))
	putList(w, "keys", wireKeys(a.Keys))
	putList(w, "scopes", a.Scopes)
	w.yes("back", a.Back)
	w.number("ahead", a.Ahead)
	if a.Compared != nil {
		w.put("compared", wireCompared(*a.Compared))
	}
	w.text("head", string(a.Head))
	w.number("now", a.Now)
	w.yes("more", a.More)
	putList(w, "ranges", wireRanges(a.Ranges))
	return w.end(MaxAnswer)
}

// DecodeAnswer reads an answer.
func DecodeAnswer(data []byte) (Answer, error) {
	var w wireAnswer
	if err := read(data, MaxAnswer, &w); err != nil {
		return Answer{}, err
	}
	a := Answer{Version: w.Version, Node: w.Node, Refusal: refusal(w.Refusal), From: Cursor(w.From), Seen: Mark(w.Seen), Last: w.Last, To: Cursor(w.To), Own: w.Own,
		Forget: forgets(w.Forget), Keys: keys(w.Keys), Scopes: w.Scopes, Back: w.Back, Head: head(w.Head), Now: w.Now, More: w.More,
		Ahead: w.Ahead, Ranges: ranges(w.Ranges)}
	if w.Compared != nil {
		a.Compared = &Compared{w.Compared.After, w.Compared.Upto}
	}
	for _, e := range w.Entries {
		x := Entry{Seq: e.Seq, Received: e.Received, ID: e.ID, Body: e.Body}
		if x.Body != nil {
			c, err := change.Decode(x.Body)
			if err != nil {
				return Answer{}, err
			}
			x.ID = c.ID
		}
		if n := len(a.Entries); x.ID.IsZero() || n > 0 && a.Entries[n-1].Seq >= x.Seq {
			return Answer{}, errors.New("sync: entries without a name or out of order")
		}
		a.Entries = append(a.Entries, x)
	}
	return a, node(w.Node)
}

func (w *writer) refusal(r *Refusal) {
	if r != nil {
		w.put("refusal", wireRefusal{r.Key, r.Args})
	}
}

func refusal(w *wireRefusal) *Refusal {
	if w == nil {
		return nil
	}
	return &Refusal{w.Key, w.Args}
}

func head(s string) Head {
	if s == "" {
		return nil
	}
	return Head(s)
}

func convert[A, B any](in []A, f func(A) B) []B {
	if len(in) == 0 {
		return nil
	}
	out := make([]B, len(in))
	for i, x := range in {
		out[i] = f(x)
	}
	return out
}

func bytesOf(l list[raw]) [][]byte { return convert(l, func(r raw) []byte { return r }) }

func wireKeys(l []Key) []wireKey {
	return convert(l, func(k Key) wireKey { return wireKey{ref{k.Entity}, k.ID, k.Secret} })
}

func keys(l []wireKey) []Key {
	return convert(l, func(k wireKey) Key { return Key{k.Entity.Ref, k.ID, k.Secret} })
}

func wireForgets(l []Forget) []wireForget {
	return convert(l, func(f Forget) wireForget { return wireForget{ref{f.Entity}, f.At} })
}

func forgets(l []wireForget) []Forget {
	return convert(l, func(f wireForget) Forget { return Forget{f.Entity.Ref, f.At} })
}

func wireRanges(l []NumberRange) []wireRange {
	return convert(l, func(r NumberRange) wireRange { return wireRange(r) })
}

func ranges(l []wireRange) []NumberRange {
	return convert(l, func(r wireRange) NumberRange { return NumberRange(r) })
}
