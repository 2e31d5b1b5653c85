package exchange

import (
	"slices"

	"quipu/internal/fault"
	"quipu/internal/sync"
)

// Why the hub keeps a change apart: reasons of a contested row whose field is "".
const (
	ApartKind   = "apart.kind"   // nodes do not write what is of this kind
	ApartOffice = "apart.office" // it was written for an office that is none of the node's
)

// mayNot says why a node had no right to write a change, "" when it had. A change of a later
// schema is kept like any other; a kind that this release does not know is kept apart until
// the hub knows it. The office is that of the officer: what a registration says of others
// is for the fold. home is the office whose node it is.
func (x *Exchange) mayNot(p *sync.Peer, home string, in *sync.Incoming) string {
	if k, known := x.kinds[in.Change.Entity.Kind]; !known || !k.Nodes {
		return ApartKind
	}
	if office := in.Change.Office; office != "" && office != home &&
		!slices.ContainsFunc(p.Grants, func(g sync.Grant) bool { return string(g.Scope) == office }) {
		return ApartOffice
	}
	return ""
}

func errNodeNoHub() error { return fault.New(fault.Conflict, "sync.node_no_hub") }
