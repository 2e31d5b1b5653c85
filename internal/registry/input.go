package registry

import (
	"quipu/internal/change"
	"quipu/internal/id"
)

// Input is one field as a person gave it. Field is "sex", "document/7QK3WZ0A" for an
// item that is there, or "document/new" for one that is not; an empty Value takes the
// field away. Base is the version that the author saw, zero when there was none.
type Input struct {
	Field string
	Value change.Value
	Base  id.Change
	Prov  change.Provenance
}
