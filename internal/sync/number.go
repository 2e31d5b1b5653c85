package sync

import (
	"cmp"
	"slices"
)

// The rules of registration numbers, each of which is given to one person in the world. The
// hub counts, and gives its nodes runs; a node draws from its own runs and from no other. A
// number that nobody used stays unused.

// What a node has of numbers.
const (
	UsualNumbers = 1000    // wanted by a node that says nothing: a week without a line of a large office
	MostNumbers  = 100_000 // in one run
)

// Beyond is the first number that the hub has given to nobody, after a node has said up to
// which it knows of numbers: a hub that was restored from an old backup gave them before. A
// word that is far beyond what any hub gives between two backups is not believed.
func Beyond(next, top int64) int64 {
	const farthest = 10_000_000
	if top < next || top-next > farthest {
		return next
	}
	return top + 1
}

// Stock is what a node said of its numbers: the last of which it knows, how many it can still
// give, and how many it would have.
type Stock struct{ Top, Left, Wants int64 }

// StockOf is what the runs of a node come to.
func StockOf(runs []NumberRange, wants int64) Stock {
	s := Stock{Wants: wants}
	for _, r := range runs {
		s.Top = max(s.Top, r.Last)
		s.Left += max(0, r.Last-r.Next+1)
	}
	return s
}

// Allot says how many numbers the hub gives a node, 0 for none: what it wants less what it
// has, when that is less than half. given are the runs of the node as the hub knows them;
// those beyond Top are on their way.
func Allot(given []NumberRange, s Stock) int64 {
	have, want := max(s.Left, 0), min(max(s.Wants, 1), MostNumbers)
	for _, r := range given {
		if r.First > s.Top {
			have += r.Last - r.First + 1
		}
	}
	if have*2 >= want {
		return 0
	}
	return want - have
}

// Worth are the runs of a node that the hub tells it of: those that are not used up, and
// those that the node lists as not used up.
func Worth(given, listed []NumberRange) []NumberRange {
	return slices.DeleteFunc(slices.Clone(given), func(r NumberRange) bool {
		return r.Next > r.Last && !slices.ContainsFunc(listed, func(l NumberRange) bool { return l.First == r.First })
	})
}

// Draw takes up to n numbers from a node's runs, the lowest first, and returns the runs as
// they are after it.
func Draw(runs []NumberRange, n int) (numbers []int64, after []NumberRange) {
	after = slices.Clone(runs)
	slices.SortFunc(after, func(a, b NumberRange) int { return cmp.Compare(a.First, b.First) })
	for i := range after {
		for r := &after[i]; r.Next <= r.Last && len(numbers) < n; r.Next++ {
			numbers = append(numbers, r.Next)
		}
	}
	return numbers, after
}

// Told is a node's runs after the hub has said which there are: Next is the farther of both
// words, so that a node that was restored gives no number again. cut, when not nil, is a run
// that cuts into another: the same number would go to two people, and nothing is told.
func Told(runs, word []NumberRange) (after []NumberRange, cut *NumberRange) {
	after = slices.Clone(runs)
	for _, w := range word {
		i := slices.IndexFunc(after, func(r NumberRange) bool { return w.First <= r.Last && w.Last >= r.First })
		switch {
		case i < 0:
			after = append(after, w)
		case after[i].First != w.First || after[i].Last != w.Last:
			return runs, &w
		default:
			after[i].Next = max(after[i].Next, w.Next)
		}
	}
	return after, nil
}
