package exchange

import (
	"context"
	"strings"

	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/registry/same"
	"quipu/internal/rights"
	"quipu/internal/store"
)

// decided are the kinds besides people of which two offices can write the same field apart.
var decided = map[change.Kind]bool{change.User: true, change.Import: true, same.KindPair: true, same.KindMerge: true, rights.KindRequest: true,
	rights.KindBreach: true, rights.KindDisclosure: true, rights.KindRetention: true, "campaign": true, "turn": true}

// contested lists what of entities of a kind waits because it was written without seeing what
// stood. Such a value has no screen on which it is decided: whoever writes the field after it
// has seen both, and so decides.
func contested(ctx context.Context, tx *store.Tx, kind change.Kind, ids []string) error {
	if !decided[kind] {
		return nil
	}
	refs := ofKind(kind, ids)
	changes, err := tx.ChangesOf(ctx, refs)
	if err != nil {
		return err
	}
	var rows []store.ContestedRow
	for _, e := range refs {
		rows = append(rows, waiting(e, changes[e])...)
	}
	if len(rows) == 0 {
		if had, err := tx.ContestedOf(ctx, refs...); err != nil || len(had) == 0 {
			return err
		}
	}
	return tx.PutContested(ctx, refs, rows)
}

func waiting(entity string, changes []change.Change) (out []store.ContestedRow) {
	place := make(map[id.Change]int, len(changes))
	for i := range changes {
		place[changes[i].ID] = i + 1
	}
	rec := change.Fold(changes)
	for _, x := range rec.Contested {
		if strings.HasPrefix(x.Field, "token/") || place[rec.Version(x.Field)] > place[x.Change] {
			continue
		}
		out = append(out, store.ContestedRow{Entity: entity, Field: x.Field, Change: x.Change, Reason: x.Reason, Office: x.Office, At: x.At.Micros})
	}
	return out
}
