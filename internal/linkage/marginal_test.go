package linkage

// Bringing opens bringing to the measurements of the tests outside.
func Bringing(m *Model, l *List, pairs [][2]int32) ([]uint64, error) { return m.bringing(l, pairs) }
