package synth

import (
	"fmt"

	"quipu/internal/doc"
)

// span is a range of identity numbers that were given out to people born in some years.
// The ranges follow what is generally seen on cards, not any register.
type span struct {
	lastBirth int // the last year of birth that got one
	from, to  int
}

var spans = []span{
	{1977, 1_000_000, 39_999_999},
	{1992, 40_000_000, 48_999_999},
	{2004, 70_000_000, 77_999_999},
	{2012, 60_000_000, 69_999_999},
	{9999, 78_000_000, 94_999_999},
}

const (
	block    = 8 // numbers in a row that belong to one chunk
	oldRange = 0 // where a full range overflows to: the widest
)

// numbers gives out the identity numbers of one chunk. Blocks of eight numbers are dealt
// to the chunks in turn, so no two chunks can meet and none needs to know the others.
type numbers struct {
	chunk, chunks int
	used          [5]map[int]bool
}

func spanOf(birthYear int) int {
	for i, s := range spans {
		if birthYear <= s.lastBirth {
			return i
		}
	}
	return len(spans) - 1
}

// take returns n free numbers in a row for somebody born in that year.
func (x *numbers) take(g *gen, birthYear, n int) []string {
	i := spanOf(birthYear)
	for try := 0; ; try++ {
		s := spans[i]
		blocks := (s.to - s.from + 1) / block / x.chunks
		if blocks == 0 || try > 64 {
			i, try = oldRange, 0
			continue
		}
		b, off := g.r.IntN(blocks), g.r.IntN(block-n+1)
		first := s.from + block*(b*x.chunks+x.chunk) + off
		if x.free(i, first, n) {
			return x.mark(i, first, n)
		}
	}
}

func (x *numbers) free(span, first, n int) bool {
	for k := range n {
		if x.used[span][first+k] {
			return false
		}
	}
	return true
}

func (x *numbers) mark(span, first, n int) []string {
	if x.used[span] == nil {
		x.used[span] = map[int]bool{}
	}
	out := make([]string, n)
	for k := range n {
		x.used[span][first+k] = true
		out[k] = fmt.Sprintf("%08d", first+k)
	}
	return out
}

func (p *Person) setDNI(digits string) {
	p.DNI = digits
	p.DNICheck, _ = doc.DNICheck(digits)
}

// passport makes the n-th person's passport number: nine digits, all different, as a
// multiplication by a number without a common factor with the modulus permutes.
func passport(id int64) string {
	const modulus, factor = 99_999_989, 38_196_601 // the modulus is prime
	return fmt.Sprintf("1%08d", id*factor%modulus)
}
