package node

import (
	"context"

	"quipu/internal/registry"
	"quipu/internal/store"
)

// ProjectConflicts writes into the tables what of people waits for a decision and what was
// decided. People of whom neither was ever the case cost nothing; had names those who had
// something before.
func ProjectConflicts(ctx context.Context, tx *store.Tx, people []*registry.Person, had map[string]bool) error {
	var entities []string
	var open []store.ContestedRow
	var done []store.SettledRow
	for _, p := range people {
		decided := p.Decisions()
		if len(p.Contested) == 0 && len(decided) == 0 && !had[p.Entity.ID] {
			continue
		}
		entity, office := p.Entity.String(), OfficeOf(*p)
		entities = append(entities, entity)
		for _, x := range p.Contested {
			row := store.ContestedRow{Entity: entity, Field: x.Field, Change: x.Change, Reason: x.Reason, Office: office, At: x.At.Micros}
			if office == "" {
				row.Office = x.Office
			}
			open = append(open, row)
		}
		for _, d := range decided {
			done = append(done, store.SettledRow{Entity: entity, Field: d.Field, Change: d.Change, Verdict: string(d.Verdict), Author: d.Author,
				Office: office, At: d.At.Micros})
		}
	}
	if len(entities) == 0 {
		return nil
	}
	if err := tx.PutContested(ctx, entities, open); err != nil {
		return err
	}
	return tx.PutSettled(ctx, entities, done)
}
