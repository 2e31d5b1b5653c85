package app

import (
	"context"

	"quipu/internal/store"
)

// Led says that somebody asked for an entry that was merged: what is shown is the entry
// that stands for the person.
type Led struct {
	Person string // the entry that was asked for
	Number string // its registry number, which stays valid
}

// standing is the entry that stands for a person: the own, or the one that it was merged
// into.
func standing(ctx context.Context, tx *store.Tx, person string) (string, error) {
	to, err := tx.Leads(ctx, []string{person})
	if err != nil || to[person] == "" {
		return person, err
	}
	return to[person], nil
}

// standingRow is the same for a row of lists and searches.
func standingRow(ctx context.Context, tx *store.Tx, p store.PersonRow) (row store.PersonRow, led bool, err error) {
	to, err := standing(ctx, tx, p.ID)
	if err != nil || to == p.ID {
		return p, false, err
	}
	rows, err := tx.PeopleByID(ctx, []string{to})
	if err != nil || len(rows) == 0 {
		return p, false, err
	}
	return rows[0], true, nil
}
