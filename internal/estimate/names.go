package estimate

// Names are the texts of named choices, for messages and for whoever offers them.
func Names[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = string(x)
	}
	return out
}
