package app

import (
	"context"
	"slices"

	"quipu/internal/registry"
	"quipu/internal/store"
)

const demoSetting = "demo"

// IsDemo reports whether the register holds a demonstration, and whether it is complete.
func (a *App) IsDemo(ctx context.Context) (demo, complete bool, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		v, err := tx.Setting(ctx, demoSetting)
		demo, complete = v != "", v == "complete"
		return err
	})
	return demo, complete, err
}

// MarkDemo marks the register as a demonstration for good.
func (a *App) MarkDemo(ctx context.Context, complete bool) error {
	v := "making"
	if complete {
		v = "complete"
	}
	return a.DB.Update(ctx, func(tx *store.Tx) error { return tx.PutSetting(ctx, demoSetting, v) })
}

// DemoPerson is somebody of an office with whom the demonstration can be shown: alive, with a
// birth date and a registration in force. Nobody when there is nobody such.
func (a *App) DemoPerson(ctx context.Context, office string) (who store.PersonRow, found bool, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.PeopleOfOffice(ctx, office, 0, 100)
		i := slices.IndexFunc(rows, func(r store.PersonRow) bool {
			return r.Entry == registry.EntryComplete && r.Vital != "deceased" && len(r.Birth) == len("2006-01-02") && r.Expires != "" && r.Doubts == 0
		})
		if found = i >= 0; found {
			who = rows[i]
		}
		return err
	})
	return who, found, err
}

// CountPeople counts the entries in force.
func (a *App) CountPeople(ctx context.Context) (n int64, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		n, err = tx.CountPeople(ctx, "")
		return err
	})
	return n, err
}
