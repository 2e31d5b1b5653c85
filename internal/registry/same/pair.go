// Package same holds the rules of two entries that may be one person: what an officer can
// say of a pair, how two entries become one that counts, and how they are parted again.
//
// Sameness is a statement about entries, not a rewriting of them (ADR 18): a merge is
// changes that add what the other entry knew and point from one to the other, and every
// one of them can be taken back.
package same

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/name"
)

// The kinds of entity in the log of changes.
const (
	KindPair  change.Kind = "pair"  // what was said of two people
	KindMerge change.Kind = "merge" // one merge and its undoing; its id is the batch of its changes
)

// Verdict is what was said of a pair.
type Verdict string

// The verdicts.
const (
	Open      Verdict = ""         // nothing yet, or opened again
	Unsure    Verdict = "unsure"   // it waits for another reviewer
	Proposed  Verdict = "proposed" // the same, and another officer must confirm it
	Same      Verdict = "same"     // merged
	Different Verdict = "different"
)

// Waits reports whether a pair with this verdict is still to be decided.
func (v Verdict) Waits() bool { return v == Open || v == Unsure || v == Proposed }

// Side is one of the two of a pair: A is the one whose id sorts first.
type Side string

// The sides.
const (
	A Side = "a"
	B Side = "b"
)

// Other is the other side.
func (s Side) Other() Side {
	if s == A {
		return B
	}
	return A
}

// PairID names the pair of two people, whichever comes first, so that two offices that
// decide about the same two write about the same entity.
func PairID(x, y string) string {
	if y < x {
		x, y = y, x
	}
	return x + "-" + y
}

// Sides are the two people of a pair, a before b.
func Sides(pair string) (a, b string, ok bool) {
	a, b, ok = strings.Cut(pair, "-")
	return a, b, ok && a != "" && a < b && !strings.Contains(b, "-")
}

// Pair is what was said of two people: the fold of the pair's changes.
type Pair struct {
	change.Record
	ID, A, B string
	Verdict  Verdict
	By       string // who said it last
	Reason   string
	Note     string
	Survivor Side            // of a proposal or a merge
	Keep     map[string]Side // of a proposal: the values that its author chose
	Covers   []string        // of a proposal: the offices whose right its author had
	Merge    string          // the merge that stands
	Second   Verdict         // what a second reviewer said of a decided pair, without seeing the first
	SecondBy string
}

// LoadPair folds the changes of one pair, whose sealed words are open.
func LoadPair(pair string, changes []change.Change) Pair {
	p := Pair{Record: change.Fold(changes), ID: pair}
	p.Entity = change.Ref{Kind: KindPair, ID: pair}
	p.A, p.B, _ = Sides(pair)
	p.read()
	return p
}

// Apply puts one more change on top.
func (p *Pair) Apply(c *change.Change) {
	p.Record.Apply(c)
	p.read()
}

func (p *Pair) read() {
	t := p.Text
	p.Verdict, p.Reason, p.Note, p.Survivor, p.Merge = Verdict(t("verdict")), t("reason"), t("note"), Side(t("survivor")), t("merge")
	p.Second, p.Covers = Verdict(t("second")), strings.Fields(t("covers"))
	p.By, p.SecondBy = p.Fields["said"].Author, p.Fields["second"].Author
	p.Keep = readKeep(t("keep"))
}

// Sealed reports whether a field of a pair or a merge holds words or values about people:
// they are encrypted under the entity's own key, and end with it.
func Sealed(field string) bool {
	return slices.Contains([]string{"reason", "note", "keep", "moved"}, field)
}

func readKeep(text string) map[string]Side {
	var keep map[string]Side
	if text == "" || json.Unmarshal([]byte(text), &keep) != nil {
		return nil
	}
	return keep
}

func writeJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil || string(b) == "null" || string(b) == "{}" {
		return ""
	}
	return string(b)
}

// MaxWords is the longest text that is kept in words, in characters.
const MaxWords = 1000

// words brings a text to the form in which it is kept; must says that it may not be empty.
func words(field, text string, must bool) (string, error) {
	text = name.Clean(strings.Join(strings.Fields(text), " "))
	switch n := utf8.RuneCountInString(text); {
	case n > MaxWords:
		return "", fault.New(fault.Invalid, "review.too_long", "limit", MaxWords).On(field)
	case must && n < 3:
		return "", fault.New(fault.Invalid, "review.reason_missing").On(field)
	}
	return text, nil
}

// Number reads a number as the fields of a pair keep it; 0 when there is none.
func Number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
