package store

import (
	"context"
	"database/sql"
)

// RegistrationTime is a registration at the window and how long its form was open, in
// seconds; 0 when nobody knows.
type RegistrationTime struct {
	Person, Author, Office string
	Seconds, At            int64 // At in microseconds
}

// PutRegistrationTime notes it; a time that was noted of the same person stays.
func (tx *Tx) PutRegistrationTime(ctx context.Context, r RegistrationTime) error {
	return tx.exec(ctx, "INSERT INTO registration_time (person, author, office, seconds, at) VALUES (?, ?, ?, ?, ?) "+
		"ON CONFLICT (person) DO UPDATE SET seconds = excluded.seconds WHERE registration_time.seconds = 0",
		r.Person, r.Author, r.Office, r.Seconds, r.At)
}

// RegistrationTimes lists the last registrations of an office whose time is known, newest
// first.
func (tx *Tx) RegistrationTimes(ctx context.Context, office string, limit int) ([]RegistrationTime, error) {
	return tx.registrations(ctx, "office = ? AND seconds > 0 ORDER BY at DESC, person DESC LIMIT ?", office, limit)
}

// RegistrationsSince lists the registrations of an office since a moment, in their order.
func (tx *Tx) RegistrationsSince(ctx context.Context, office string, at int64) ([]RegistrationTime, error) {
	return tx.registrations(ctx, "office = ? AND at >= ? ORDER BY at, person", office, at)
}

func (tx *Tx) registrations(ctx context.Context, where string, args ...any) (out []RegistrationTime, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var r RegistrationTime
		err := rs.Scan(&r.Person, &r.Author, &r.Office, &r.Seconds, &r.At)
		out = append(out, r)
		return err
	}, "SELECT person, author, office, seconds, at FROM registration_time WHERE "+where, args...)
	return out, err
}
