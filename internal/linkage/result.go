package linkage

// Options say how to link. The zero value links every row with every other, with a model
// learnt from the list itself, on one thread.
type Options struct {
	Threads   int          // goroutines; 0 is 1. The result does not depend on it
	Seed      uint64       // of the random pairs; the same seed gives the same result
	Model     *Model       // applied as it is; nil learns one
	Threshold *float64     // log2 odds from which pairs are joined; nil chooses one
	Must      [][2]int32   // rows that are one person, whatever they look like
	Cannot    [][2]int32   // rows that are not
	MaxPairs  int64        // about the most pairs that blocking may make; 0 is a budget for the list's size
	Sources   []uint8      // the source of each row: pairs are made between sources only; nil for one list
	OneToOne  *bool        // between sources: a row has one partner at most; nil finds out by the pairs themselves
	Stop      func() error // asked now and then; an error ends the work and is returned

	// Progress is told how far a phase is; total is 0 when it is not known. The phases are
	// "encode", "block", "learn", "score", "cluster".
	Progress func(phase string, done, total int64)
}

// Pair is two rows, A < B. Weight is the log2 odds that they are one person, prior
// included: 0 is even odds. Pattern holds the level of every comparison of the model,
// four bits each, the first lowest; 0 means that one of the two has no value.
type Pair struct {
	A, B    int32
	Weight  float32
	Pattern uint64
}

// Result is what Link found.
type Result struct {
	Pairs       []Pair  // those above a floor well below any threshold, by A, then B
	Clusters    []int32 // by row: the smallest row of its cluster
	Threshold   float64 // log2 odds
	OneToOne    bool    // pairs of different sources that share a row were weighed against each other
	Model       *Model
	PairsScored int64 // how many pairs blocking made, one of several rules counted once a rule
	Rules       []RuleReport
}

// RuleReport is what a blocking rule did.
type RuleReport struct {
	Name    string `json:"name"`
	Pairs   int64  `json:"pairs"`             // scored
	Idle    bool   `json:"idle,omitempty"`    // left out: a trial showed that it brings nothing new
	Refined int    `json:"refined,omitempty"` // keys held by so many rows that a further field split them
	Dropped int    `json:"dropped,omitempty"` // keys that nothing split
	Lost    int64  `json:"lost,omitempty"`    // pairs that the dropped keys would have made
}

// Evidence is what one comparison says about two rows. Level is a key of the catalogue
// under "linkage.level."; Weight is in bits, what it adds to the log2 odds.
type Evidence struct {
	Field  string  `json:"field"`
	Level  string  `json:"level"`
	A      string  `json:"a"`
	B      string  `json:"b"`
	Weight float64 `json:"weight"`
}
