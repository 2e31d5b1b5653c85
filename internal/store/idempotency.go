package store

import "context"

// Answer is a request that may be sent twice and what it was answered. Find and Request
// are hashes; Status 0 says that the work was begun; Headers is JSON that the caller
// writes; Created is in microseconds.
type Answer struct {
	Find, Request, Headers string
	Status                 int
	Body                   []byte
	Created                int64
}

// Answer returns what is known of a request.
func (tx *Tx) Answer(ctx context.Context, find string) (a Answer, ok bool, err error) {
	a.Find = find
	err = tx.row(ctx, "SELECT request, status, headers, body, created FROM idempotency WHERE find = ?", find).
		Scan(&a.Request, &a.Status, &a.Headers, &a.Body, &a.Created)
	if none(err) {
		return Answer{}, false, nil
	}
	return a, err == nil, err
}

// PutAnswer writes or replaces it.
func (tx *Tx) PutAnswer(ctx context.Context, a Answer) error {
	return tx.exec(ctx, "INSERT INTO idempotency (find, request, status, headers, body, created) VALUES (?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (find) DO UPDATE SET request = excluded.request, status = excluded.status, headers = excluded.headers, "+
		"body = excluded.body, created = excluded.created", a.Find, a.Request, a.Status, a.Headers, filled(a.Body), a.Created)
}

// DropAnswer forgets one request.
func (tx *Tx) DropAnswer(ctx context.Context, find string) error {
	return tx.exec(ctx, "DELETE FROM idempotency WHERE find = ?", find)
}

// DropAnswersBefore forgets the requests made before a moment.
func (tx *Tx) DropAnswersBefore(ctx context.Context, at int64) error {
	return tx.exec(ctx, "DELETE FROM idempotency WHERE created < ?", at)
}
