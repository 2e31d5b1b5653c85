package registry

// Sealed reports whether values of the field are encrypted under the person's own key.
// Rules see them in clear; the application seals them after the rules and before the log.
func Sealed(f *Field) bool { return f.Tier >= T3 }

// Visible reports whether somebody with the given rights may see the field.
func Visible(f *Field, canT2, canT3 bool) bool {
	switch {
	case f.Tier >= T3:
		return canT3
	case f.Tier == T2:
		return canT2
	}
	return true
}
