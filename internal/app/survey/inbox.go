package survey

import (
	"time"

	"quipu/internal/app/node"
	"quipu/internal/survey/study"
)

// parcel is one submission on its way in, and what came of it: for who waits for it, once it was
// saved.
type parcel struct {
	actor Actor
	in    Incoming
	meta  study.Meta // of in, without its files
	ended time.Time  // when the right of the actor ended, zero while he has it
	// verdicts are what known questionnaires found in it, by the hash of their file.
	verdicts map[string]verdict
	receipt  Receipt
	err      error
}

// mostTogether bounds a transaction.
const mostTogether = 256

// inbox saves the parcels that come at the same time together: hundreds of telephones come back
// to the network at once. A trouble of the store stops the whole of a batch, so that each is
// tried alone.
func (m *Surveys) inbox() *node.Together[*parcel] {
	return &node.Together[*parcel]{Save: m.saveParcels, Apart: func(error) bool { return true }, Most: mostTogether}
}
