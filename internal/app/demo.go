package app

import (
	"context"

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

// CountPeople counts the entries in force.
func (a *App) CountPeople(ctx context.Context) (n int64, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		n, err = tx.CountPeople(ctx, "")
		return err
	})
	return n, err
}
