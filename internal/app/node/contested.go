package node

import (
	"cmp"
	"context"

	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// PersonConflicts are the rows about what of a person waits for a decision and what was decided.
func PersonConflicts(p *registry.Person) (open []store.ContestedRow, done []store.SettledRow) {
	if !questioned(p) {
		return nil, nil // and nobody asks for the office
	}
	return ConflictRows(&p.Record, p.Contested, OfficeOf(*p))
}

// questioned reports whether something of a person waits for a decision or was decided, as of few.
func questioned(p *registry.Person) bool { return len(p.Contested) > 0 || len(p.Decisions()) > 0 }

// ConflictRows are the same of any entity; office is that which decides, "" for that of who wrote.
func ConflictRows(r *change.Record, waits []change.Contender, office string) (open []store.ContestedRow, done []store.SettledRow) {
	entity := r.Entity.String()
	for _, x := range waits {
		open = append(open, store.ContestedRow{Entity: entity, Field: x.Field, Change: x.Change, Reason: x.Reason, Office: cmp.Or(office, x.Office), At: x.At.Micros})
	}
	for _, d := range r.Decisions() {
		done = append(done, store.SettledRow{Entity: entity, Field: d.Field, Change: d.Change, Verdict: string(d.Verdict), Author: d.Author,
			Office: cmp.Or(office, d.Office), At: d.At.Micros})
	}
	return open, done
}

// ProjectConflicts writes into the tables what of people waits for a decision and what was
// decided. People of whom neither was ever the case cost nothing; had names those who had
// something before.
func ProjectConflicts(ctx context.Context, tx *store.Tx, people []*registry.Person, had map[string]bool) error {
	var entities []string
	var open []store.ContestedRow
	var done []store.SettledRow
	for _, p := range people {
		waits, decided := PersonConflicts(p)
		if len(waits) == 0 && len(decided) == 0 && !had[p.Entity.ID] {
			continue
		}
		entities = append(entities, p.Entity.String())
		open, done = append(open, waits...), append(done, decided...)
	}
	return PutConflicts(ctx, tx, entities, open, done)
}

// PutConflicts writes what waits of entities and what was decided, in the place of what was there.
func PutConflicts(ctx context.Context, tx *store.Tx, entities []string, open []store.ContestedRow, done []store.SettledRow) error {
	if len(entities) == 0 {
		return nil
	}
	if err := tx.PutContested(ctx, entities, open); err != nil {
		return err
	}
	return tx.PutSettled(ctx, entities, done)
}
