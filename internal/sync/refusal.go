package sync

import "strconv"

// The reasons for which nothing of a message is taken: keys of the catalogue.
const (
	RefusedUnknown = "sync.refused.unknown" // no node of that name was enrolled
	RefusedRevoked = "sync.refused.revoked" // the node was revoked
	RefusedVersion = "sync.refused.version" // messages of a later release; have, want
	RefusedBody    = "sync.refused.body"    // change n cannot be read
	RefusedOrder   = "sync.refused.order"   // change n is of another node, or not the next one
	RefusedGap     = "sync.refused.gap"     // changes between last and first are missing
	RefusedCloned  = "sync.refused.cloned"  // change n is another than the one that came under its number
	RefusedBack    = "sync.refused.back"    // the hub was restored, and the node has still to hear of it: it asks first
	RefusedEarly   = "sync.refused.early"   // change n rests on change on of node, which is still to be offered
	RefusedBare    = "sync.refused.bare"    // change n is without its values, and node may hold them and has not been heard
	RefusedErasure = "sync.refused.erasure" // what an erasure of change n leaves is not in the message
	RefusedKey     = "sync.refused.key"     // a key of somebody whom the message is not about
)

func refuse(key string, args ...string) *Refusal { return &Refusal{key, args} }

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
