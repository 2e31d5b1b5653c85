package visits

// Rung is a way to come to a sample. A report prints the rung of each table beside it, by the texts
// of the catalogue under "visits.rung." and "visits.reach.".
type Rung string

// The rungs, from what can be believed most to least.
const (
	Probability Rung = "probability" // drawn with known chances from a frame of the population
	Places      Rung = "places"      // time-location or centre sampling, with the questions that weigh it
	Recruited   Rung = "recruited"   // respondent-driven sampling
	Queue       Rung = "queue"       // whoever came to the consulate
	Volunteers  Rung = "volunteers"  // whoever answered a call
)

// Step is a rung with what may be said from it.
type Step struct {
	Rung Rung
	// Chances: everybody's chance to be met is known, or can be reckoned from what they say.
	Chances bool
	// Interval: a sampling error may be printed beside its figures.
	Interval bool
	// Population: its figures may be said of all nationals of the place, not of those met only.
	Population bool
}

// Ladder is the order in which ways to come to a sample are to be believed.
func Ladder() []Step {
	return []Step{
		{Probability, true, true, true},
		{Places, true, true, false},
		{Recruited, true, true, false},
		{Queue, false, false, false},
		{Volunteers, false, false, false},
	}
}

// Place is where the rung stands on the ladder, 1 for the best; 0 for none of them. A table of
// several sources stands on the lowest of theirs.
func (r Rung) Place() int {
	for i, s := range Ladder() {
		if s.Rung == r {
			return i + 1
		}
	}
	return 0
}
