// Package oversight holds the use cases of whoever answers for an office: what its day was
// like, and who looked at whom.
package oversight

import (
	"context"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/store"
)

// Oversight are the use cases of oversight on one node.
type Oversight struct{ *node.Node }

// New makes them.
func New(n *node.Node) *Oversight { return &Oversight{n} }

// longestForm is how long a form can have been open for its time to say anything: after
// that it was left open.
const longestForm = 4 * time.Hour

// NoteRegistrationTime notes how long, in seconds, the form was open with which the actor
// registered the person. A time that says nothing is not noted, nor is a second one.
func (o *Oversight) NoteRegistrationTime(ctx context.Context, actor authz.Actor, person string, seconds int64) error {
	if err := authz.Check(actor, authz.Register, actor.Office); err != nil {
		return err
	}
	if seconds < 1 || seconds > int64(longestForm/time.Second) {
		return nil
	}
	return o.DB.Update(ctx, func(tx *store.Tx) error {
		changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: person})
		if err != nil || len(changes) == 0 {
			return node.NotFound(err, "person", person)
		}
		made := changes[0]
		if made.Author != actor.Login || made.Office != actor.Office {
			return fault.New(fault.Forbidden, "day.not_yours")
		}
		return tx.PutRegistrationTime(ctx, store.RegistrationTime{Person: person, Author: made.Author, Office: made.Office, Seconds: seconds, At: made.At.Micros})
	})
}

// RegistrationTimes lists how long the forms of the last n registrations of an office were
// open, newest first.
func (o *Oversight) RegistrationTimes(ctx context.Context, actor authz.Actor, office string, n int) (out []store.RegistrationTime, err error) {
	if err := authz.Check(actor, authz.Supervise, office); err != nil {
		return nil, err
	}
	err = o.DB.View(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.RegistrationTimes(ctx, office, n)
		return err
	})
	return out, err
}
