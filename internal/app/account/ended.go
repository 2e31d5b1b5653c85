package account

import (
	"context"
	"time"

	"quipu/internal/store"
)

// endedKept is how long it is known who had signed in to a session that has ended, so that
// what they were doing waits for them and for nobody else.
const endedKept = 3 * 24 * time.Hour

// SessionOwner is who signed in to a session, whether it has ended or not; empty when nobody
// did or nobody knows any more. token is hashed.
func (a *Accounts) SessionOwner(ctx context.Context, token string) (login string, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		login, err = tx.SessionOwner(ctx, token)
		return err
	})
	return login, err
}
