package app

import (
	"context"
	"encoding/json"
	"time"

	"quipu/internal/authn"
	"quipu/internal/fault"
	"quipu/internal/store"
)

// AnswerKept is how long the answer to a request is kept for a repeat.
const AnswerKept = 24 * time.Hour

// Request names a request that a program may send twice: its token, the key that the
// program gave it, and what it asks, as a text that is the same for the same request.
type Request struct{ Token, Key, Asks string }

func (r Request) find() string { return authn.HashToken(r.Token + "\x00" + r.Key) }

// Answer is what a request was answered.
type Answer struct {
	Status  int
	Headers map[string]string
	Body    []byte
}

// Claim says that the work of a request begins, unless it was done before: then it returns
// the first answer. The same key for something else is refused, and so is one whose work
// was begun and never answered: nobody knows whether it was done.
func (a *App) Claim(ctx context.Context, r Request) (first *Answer, err error) {
	now, asks := a.Now().UnixMicro(), authn.HashToken(r.Asks)
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.DropAnswersBefore(ctx, now-AnswerKept.Microseconds()); err != nil {
			return err
		}
		old, ok, err := tx.Answer(ctx, r.find())
		switch {
		case err != nil:
			return err
		case !ok:
			return tx.PutAnswer(ctx, store.Answer{Find: r.find(), Request: asks, Headers: "{}", Created: now})
		case old.Request != asks:
			return fault.New(fault.Invalid, "api.key_reused")
		case old.Status == 0:
			return fault.New(fault.Conflict, "api.key_open")
		}
		first = &Answer{Status: old.Status, Body: old.Body}
		return json.Unmarshal([]byte(old.Headers), &first.Headers)
	})
	if err != nil {
		return nil, err
	}
	return first, nil
}

// Settle keeps the answer to a request that was claimed; nil takes the claim back, when
// nothing was done. While the database is away it goes on trying for a while.
func (a *App) Settle(ctx context.Context, r Request, answer *Answer) error {
	settle := func(tx *store.Tx) error {
		if answer == nil {
			return tx.DropAnswer(ctx, r.find())
		}
		headers, err := json.Marshal(answer.Headers)
		if err != nil {
			return err
		}
		return tx.PutAnswer(ctx, store.Answer{Find: r.find(), Request: authn.HashToken(r.Asks), Status: answer.Status,
			Headers: string(headers), Body: answer.Body, Created: a.Now().UnixMicro()})
	}
	for until := time.Now().Add(settleFor); ; {
		err := a.DB.Update(ctx, settle)
		if fault.KindOf(err) != fault.Unavailable || time.Now().After(until) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(settleAgain):
		}
	}
}

// A database that changes its server is away for some seconds. A claim that stayed then would
// tell every repeat that nobody knows what was done.
const (
	settleFor   = 20 * time.Second
	settleAgain = 250 * time.Millisecond
)
