package exchange

import (
	"slices"

	"quipu/internal/app/conflict"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/fault"
	"quipu/internal/sync"
)

// Why the hub keeps a change apart: reasons of a contested row whose field is "".
const (
	ApartKind   = "apart.kind"   // nodes do not write what is of this kind
	ApartOffice = "apart.office" // it was written for an office that is none of the node's
	ApartValue  = "apart.value"  // the rules of values refuse what it says
)

// mayNot says why a node had no right to write a change, "" when it had. A change of a later
// schema, or of a later edition of the code lists, is kept like any other; a kind that this release does not know is kept apart until
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
	if !in.Newer && in.Change.Codes <= code.Edition && conflict.CheckValues(&in.Change, x.lastDay(&in.Change)) != nil {
		return ApartValue
	}
	return ""
}

// lastDay is the newest day that a change may speak of: today, here or where it was written. A
// clock that is wrong is no reason to keep apart what an office did.
func (x *Exchange) lastDay(c *change.Change) civil.Date {
	today := x.Today()
	if there := civil.FromTime(c.At.Time()); there.After(today) {
		return there
	}
	return today
}

func errNodeNoHub() error { return fault.New(fault.Conflict, "sync.node_no_hub") }
