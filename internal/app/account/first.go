package account

import (
	"context"
	"fmt"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authn"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/name"
	"quipu/internal/store"
)

// FirstLife is how long the code for the first administrator of a new register holds.
const FirstLife = 24 * time.Hour

// firstSetting holds its hash and its end; it is empty once the code was used.
const firstSetting = "first_admin"

// Empty reports whether the register has no accounts.
func (a *Accounts) Empty(ctx context.Context) (empty bool, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		any, err := tx.AnyAccount(ctx)
		empty = !any
		return err
	})
	return empty, err
}

// FirstCode returns a new code with which the first account of a register is made, in
// place of an earlier one, and "" for a register that has accounts.
func (a *Accounts) FirstCode(ctx context.Context) (code string, err error) {
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		if any, err := tx.AnyAccount(ctx); err != nil || any {
			return err
		}
		code = authn.NewCode(authn.SetupGroups)
		kept := fmt.Sprintf("%s %d", authn.HashToken(authn.CleanCode(code)), a.Now().Add(FirstLife).UnixMicro())
		return tx.PutSetting(ctx, firstSetting, kept)
	})
	return code, err
}

// MakeFirst makes the first administrator of a register that has no accounts, with the code
// that the program showed where it was started. The code works once.
func (a *Accounts) MakeFirst(ctx context.Context, code string, n NewAccount) (actor authz.Actor, err error) {
	n.Role, n.Name = authz.Admin, name.Clean(n.Name)
	operator := node.Operator("first", n.Office)
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		if err := a.checkFirst(ctx, tx, code); err != nil {
			return err
		}
		if err := checkAccount(operator, n); err != nil {
			return err
		}
		if err := checkName(n.Name); err != nil {
			return err
		}
		if err := authn.CheckPassword(n.Password, n.Login, n.Name); err != nil {
			return err
		}
		if err := a.addAccount(ctx, tx, operator, n); err != nil {
			return err
		}
		acc, _, err := tx.Account(ctx, n.Login)
		if err != nil {
			return err
		}
		actor = actorOf(acc)
		if err := a.setPassword(ctx, tx, actor, n.Password); err != nil {
			return err
		}
		return tx.PutSetting(ctx, firstSetting, "")
	})
	return actor, err
}

// checkFirst says the same of every code that opens nothing, and of a register that has
// accounts, so that nobody learns which it was.
func (a *Accounts) checkFirst(ctx context.Context, tx *store.Tx, code string) error {
	any, err := tx.AnyAccount(ctx)
	if err != nil {
		return err
	}
	kept, err := tx.Setting(ctx, firstSetting)
	if err != nil {
		return err
	}
	var hash string
	var until int64
	_, scanned := fmt.Sscanf(kept, "%s %d", &hash, &until)
	same := scanned == nil && hash == authn.HashToken(authn.CleanCode(code)) // of hashes, so that time tells nothing
	if any || !same || a.Now().UnixMicro() >= until {
		return fault.New(fault.Forbidden, "app.first_wrong").On("code")
	}
	return nil
}
