package app

import (
	"context"

	"quipu/internal/authz"
	"quipu/internal/store"
)

// DemoPassword opens the accounts of a demonstration and of nothing else: `quipu serve`
// does not serve a register that is marked as one.
const DemoPassword = "tres nudos en un cordel"

// DemoAccounts are the log-ins of a demonstration.
var DemoAccounts = []NewAccount{
	{Login: "rosa", Name: "Rosa (ventanilla, Madrid)", Office: "ESMAD", Role: authz.Window, Lang: "es"},
	{Login: "carlos", Name: "Carlos (jefe de oficina, Paterson)", Office: "USPAT", Role: authz.Head, Lang: "es"},
	{Login: "amelia", Name: "Amelia (auditoría, Lima)", Office: "ESMAD", Role: authz.Auditor, Lang: "es"},
}

const demoSetting = "demo"

// IsDemo reports whether the register holds a demonstration, and whether it is complete.
func (a *App) IsDemo(ctx context.Context) (demo, complete bool, err error) {
	err = a.db.View(ctx, func(tx *store.Tx) error {
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
	return a.db.Update(ctx, func(tx *store.Tx) error { return tx.PutSetting(ctx, demoSetting, v) })
}

// CountPeople counts the entries in force.
func (a *App) CountPeople(ctx context.Context) (n int64, err error) {
	err = a.db.View(ctx, func(tx *store.Tx) error {
		n, err = tx.CountPeople(ctx, "")
		return err
	})
	return n, err
}
