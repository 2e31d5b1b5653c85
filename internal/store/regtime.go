package store

import (
	"context"
	"database/sql"
)

// RegistrationTime is how long the form of a registration was open, in seconds.
type RegistrationTime struct {
	Person, Author, Office string
	Seconds, At            int64 // At in microseconds
}

// PutRegistrationTime notes it; what was noted of the same person stays.
func (tx *Tx) PutRegistrationTime(ctx context.Context, r RegistrationTime) error {
	return tx.exec(ctx, "INSERT INTO registration_time (person, author, office, seconds, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (person) DO NOTHING",
		r.Person, r.Author, r.Office, r.Seconds, r.At)
}

// RegistrationTimes lists the last times of an office, newest first.
func (tx *Tx) RegistrationTimes(ctx context.Context, office string, limit int) (out []RegistrationTime, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var r RegistrationTime
		err := rs.Scan(&r.Person, &r.Author, &r.Office, &r.Seconds, &r.At)
		out = append(out, r)
		return err
	}, "SELECT person, author, office, seconds, at FROM registration_time WHERE office = ? ORDER BY at DESC, person DESC LIMIT ?", office, limit)
	return out, err
}
