package linkage

import "quipu/internal/name"

// soundKey is the phonetic key of a folded word.
func soundKey(s string) string { return name.Sound(s) }

// hasVariants reports whether a folded given name may stand for another.
func hasVariants(s string) bool { return len(name.Variants(s)) > 0 }
