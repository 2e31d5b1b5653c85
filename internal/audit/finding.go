package audit

import "quipu/internal/id"

// Kind is a kind of damage.
type Kind string

// The kinds of damage. Each has a message "audit.finding.<kind>" in the catalogue.
const (
	Altered      Kind = "altered"       // the body is not the one that was logged
	Missing      Kind = "missing"       // a logged change, or several, is gone
	Reordered    Kind = "reordered"     // a logged change stands at another place
	Extra        Kind = "extra"         // a change that was never logged
	BadSignature Kind = "bad_signature" // a checkpoint that the log's key did not sign
	BadTile      Kind = "bad_tile"      // the stored tree is damaged; the changes may be whole
	Rewritten    Kind = "rewritten"     // changes and tree agree, but not with a signed checkpoint
	Undecodable  Kind = "undecodable"   // logged so, but not readable as a change
	Restored     Kind = "restored"      // an erasure took values out, and they are back, or the row is gone
	Reads        Kind = "reads"         // lines of the log of reads are not those whose fingerprint was logged
)

// Kinds are all kinds of damage.
var Kinds = []Kind{Altered, Missing, Reordered, Extra, BadSignature, BadTile, Rewritten, Undecodable, Restored, Reads}

// Finding is one piece of damage. Seq to Until are positions of the log, both included;
// for Extra the Seq that the row claims, for Reads places of the log of reads. ID is the
// change when it is known. Detail is for programmers: a tile's path, an error's text.
type Finding struct {
	Kind       Kind
	Seq, Until int64
	ID         id.Change
	Detail     string
}

// Message is the catalogue key and arguments that say the finding to a person.
func (f Finding) Message() (key string, args []any) {
	if f.Kind == Missing && f.Until > f.Seq {
		return "audit.finding.missing_range", []any{"from", f.Seq, "to", f.Until}
	}
	name := f.ID.String()
	if name == "" {
		name = "?"
	}
	return "audit.finding." + string(f.Kind), []any{"seq", f.Seq, "until", f.Until, "id", name, "detail", f.Detail}
}

// Report is the outcome of a verification.
type Report struct {
	Changes     int64      // changes read
	Checkpoints int        // checkpoints whose signature and root were found right
	Head        Checkpoint // the largest signed size; its Root is the state that was proven
	Findings    []Finding
	More        int64 // findings beyond the first 1,000, counted only
}

// Clean reports that nothing was found.
func (r *Report) Clean() bool { return len(r.Findings) == 0 }
