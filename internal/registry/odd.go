package registry

import "quipu/internal/civil"

// Odd lists what the values of a record say together that an officer should look at, as
// Register would raise it. The changes that an import makes are built of checked values
// and take their doubts from here.
func Odd(p *Person, asOf civil.Date) []Doubt { return examine(p, asOf).raised(nil) }
