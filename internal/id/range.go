package id

// LastNumber is the highest running number that a registry number can be made of.
const LastNumber = 9_999_999_999

// Range is a run of running numbers of registry numbers, both ends in it.
type Range struct{ First, Last int64 }

// Len is how many numbers the range has.
func (r Range) Len() int64 { return r.Last - r.First + 1 }

// Valid reports whether the range has a number and all its numbers can be printed.
func (r Range) Valid() bool { return r.First >= 1 && r.Last >= r.First && r.Last <= LastNumber }

// Meets reports whether two ranges have a number in common.
func (r Range) Meets(s Range) bool { return r.First <= s.Last && s.First <= r.Last }
