package oversight

import (
	"context"

	"quipu/internal/authz"
	"quipu/internal/id"
	"quipu/internal/store"
)

// refused is the action of a line that tells of somebody who asked for what he may not do.
const refused = "refused"

// NoteRefusal writes down that the actor asked for what he may not do: what is the reason
// and the address in general, person the id that stood in it, if one did. Nothing was
// shown; that somebody tried is told all the same, to the auditor and to the person.
func (o *Oversight) NoteRefusal(ctx context.Context, actor authz.Actor, what, person string) error {
	if person != "" {
		there := false
		if id.Entity(person).Valid() {
			err := o.DB.View(ctx, func(tx *store.Tx) error {
				rows, err := tx.PeopleByID(ctx, []string{person})
				there = len(rows) > 0
				return err
			})
			if err != nil {
				return err
			}
		}
		if !there {
			person = ""
		}
	}
	return o.LogReads(ctx, actor, store.Read{Action: refused, Person: person, Detail: what})
}
