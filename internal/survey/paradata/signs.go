package paradata

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// Sign is something about an interview that somebody should look at. None proves anything: a quick
// interviewer may be a good one.
type Sign string

// The signs.
const (
	Short    Sign = "short"    // less than half of what half of all interviews take
	Hour     Sign = "hour"     // begun before 7 or after 22 by the client's clock
	Overlap  Sign = "overlap"  // begun before the interviewer's one before had ended
	Straight Sign = "straight" // one answer throughout every battery
	Alike    Sign = "alike"    // nearly the answers of another one of the same interviewer
	Blank    Sign = "blank"    // many questions left empty
)

// Signs lists them.
var Signs = []Sign{Short, Hour, Overlap, Straight, Alike, Blank}

// The rules. That near copies share more than 85 to 90 % of their answers is after Kuriakose and
// Robbins (2016); a fixed share alone accuses short questionnaires, so that chance has to be ruled
// out, too.
const (
	shortOf    = 0.5 // of the median length
	leastTimed = 10  // interviews with a length, for a median to say something
	firstHour  = 7
	lastHour   = 22
	slack      = time.Minute // by which interviews may overlap: clocks, a form left open
	blankShare = 0.2
	alikeShare = 0.9
	alikeZ     = 5.0 // standard deviations above what chance makes equal
	alikeLeast = 10  // questions in common
	mostPairs  = 600 // interviews of one interviewer that are compared, the latest
	fastOf     = 1. / 3
	leastFast  = 5               // interviews of the interviewer
	leastTime  = 2 * time.Second // of the usual time, below which differences are of the finger
	mostFast   = 5               // that are told of an interviewer
)

// Doubt is an interview with signs.
type Doubt struct {
	*Interview
	Signs  []Sign
	Beside *Interview // whose answers it has, or that it overlaps; nil for none
	Equal  float64    // share of equal answers
}

// Fast is a question or group at which an interviewer is much quicker than all others.
type Fast struct {
	Node          int
	Median, Usual time.Duration
}

// Row is one interviewer.
type Row struct {
	Interviewer, Office string
	N, Timed            int // interviews, and those whose length is known
	Median, Shortest    time.Duration
	Missing             float64 // share of questions left empty
	Signs               map[Sign]int
	Fast                []Fast
}

// Report is what a survey's interviews look like.
type Report struct {
	N, Timed, Audited, Lost int
	Median                  time.Duration
	Usual                   []time.Duration // by node of the shape: half of those who saw it took no longer
	Seen                    []int           // interviews in which it was on the screen
	Rows                    []Row           // by office and interviewer
	Doubts                  []Doubt         // by when they began, the latest first
}

// Report looks at interviews. The order in which they are given does not matter.
func (s *Shape) Report(all []*Interview) *Report {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b *Interview) int {
		return cmp.Or(strings.Compare(a.Office, b.Office), strings.Compare(a.Interviewer, b.Interviewer), a.Began.Compare(b.Began), strings.Compare(a.ID, b.ID))
	})
	r := &Report{N: len(all), Usual: make([]time.Duration, len(s.Nodes)), Seen: make([]int, len(s.Nodes))}
	var lengths []time.Duration
	for _, i := range all {
		if i.Length > 0 {
			lengths = append(lengths, i.Length)
		}
		if i.Audited {
			r.Audited++
		}
		r.Lost += i.Lost
	}
	r.Timed, r.Median = len(lengths), median(lengths)
	for n := range s.Nodes {
		times := spentOn(all, n)
		r.Usual[n], r.Seen[n] = median(times), len(times)
	}
	chance := s.chance(all)
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && all[to].Office == all[from].Office && all[to].Interviewer == all[from].Interviewer {
			to++
		}
		r.interviewer(s, all[from:to], chance)
		from = to
	}
	slices.SortStableFunc(r.Doubts, func(a, b Doubt) int { return b.Began.Compare(a.Began) })
	return r
}

func spentOn(all []*Interview, node int) (out []time.Duration) {
	for _, i := range all {
		if d := i.Spent(node); d > 0 {
			out = append(out, d)
		}
	}
	return out
}

// median of durations, 0 of none; of an even number the lower of the middle ones.
func median(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[(len(all)-1)/2]
}

// interviewer looks at one's interviews, in the order in which they began.
func (r *Report) interviewer(s *Shape, own []*Interview, chance []float64) {
	row := Row{Interviewer: own[0].Interviewer, Office: own[0].Office, N: len(own), Signs: map[Sign]int{}}
	doubts := make([]Doubt, len(own))
	asked, missing := 0, 0
	var lengths []time.Duration
	var last *Interview // that ended latest of those before
	for k, i := range own {
		d := &doubts[k]
		d.Interview = i
		asked, missing = asked+i.Asked, missing+i.Missing
		if i.Length > 0 {
			lengths = append(lengths, i.Length)
			if r.Timed >= leastTimed && float64(i.Length) < shortOf*float64(r.Median) {
				d.Signs = append(d.Signs, Short)
			}
		}
		if h := i.Began.Hour(); !i.Began.IsZero() && (h < firstHour || h >= lastHour) {
			d.Signs = append(d.Signs, Hour)
		}
		if last != nil && !i.Began.IsZero() && last.Ended.Sub(i.Began) > slack {
			d.Signs, d.Beside = append(d.Signs, Overlap), last
		}
		if !i.Ended.IsZero() && (last == nil || i.Ended.After(last.Ended)) {
			last = i
		}
		if i.Batteries > 0 && i.Straight == i.Batteries {
			d.Signs = append(d.Signs, Straight)
		}
		if i.Asked > 0 && float64(i.Missing) > blankShare*float64(i.Asked) {
			d.Signs = append(d.Signs, Blank)
		}
	}
	alike(doubts, chance)
	for _, d := range doubts {
		for _, sign := range d.Signs {
			row.Signs[sign]++
		}
		if len(d.Signs) > 0 {
			r.Doubts = append(r.Doubts, d)
		}
	}
	row.Timed = len(lengths)
	row.Median = median(lengths)
	if len(lengths) > 0 {
		row.Shortest = lengths[0]
	}
	if asked > 0 {
		row.Missing = float64(missing) / float64(asked)
	}
	row.Fast = r.fast(s, own)
	r.Rows = append(r.Rows, row)
}

// fast are the pages at which an interviewer is much quicker than half of all interviews.
func (r *Report) fast(s *Shape, own []*Interview) (out []Fast) {
	for n := range s.Nodes {
		if r.Usual[n] < leastTime {
			continue
		}
		times := spentOn(own, n)
		if m := median(times); len(times) >= leastFast && len(times) < r.Seen[n] && float64(m) < fastOf*float64(r.Usual[n]) {
			out = append(out, Fast{n, m, r.Usual[n]})
		}
	}
	slices.SortStableFunc(out, func(a, b Fast) int {
		return cmp.Compare(float64(a.Median)/float64(a.Usual), float64(b.Median)/float64(b.Usual))
	})
	return out[:min(len(out), mostFast)]
}

// chance is for each question how often two interviews say the same: the sum of the squares of the
// shares of its answers. Where all say the same it tells nothing, which NaN says.
func (s *Shape) chance(all []*Interview) []float64 {
	out := make([]float64, len(s.Nodes))
	for n := range s.Nodes {
		counts, total := map[uint32]int{}, 0
		for _, i := range all {
			if n < len(i.said) && i.said[n] != 0 {
				counts[i.said[n]]++
				total++
			}
		}
		if out[n] = math.NaN(); total == 0 || len(counts) < 2 {
			continue
		}
		sum := 0
		for _, c := range counts {
			sum += c * c
		}
		out[n] = float64(sum) / (float64(total) * float64(total))
	}
	return out
}

// alike compares the interviews of one interviewer with one another, and notes with each the one
// before it that it is most like.
func alike(doubts []Doubt, chance []float64) {
	if len(doubts) > mostPairs {
		doubts = doubts[len(doubts)-mostPairs:]
	}
	for k := range doubts {
		d, best := &doubts[k], 0.0
		var twin *Interview
		for j := range k {
			if share := equal(d.Interview, doubts[j].Interview, chance); share > best {
				best, twin = share, doubts[j].Interview
			}
		}
		if twin != nil {
			d.Signs, d.Beside, d.Equal = append(d.Signs, Alike), twin, best
		}
	}
}

// equal is the share of equal answers of two interviews where it is suspicious, else 0.
func equal(a, b *Interview, chance []float64) float64 {
	n, same, expected, variance := 0, 0, 0.0, 0.0
	for q, c := range chance {
		if math.IsNaN(c) || q >= len(a.said) || q >= len(b.said) || a.said[q] == 0 || b.said[q] == 0 {
			continue
		}
		n++
		expected += c
		variance += c * (1 - c)
		if a.said[q] == b.said[q] {
			same++
		}
	}
	if n < alikeLeast || float64(same) < alikeShare*float64(n) || variance <= 0 || (float64(same)-expected)/math.Sqrt(variance) < alikeZ {
		return 0
	}
	return float64(same) / float64(n)
}
