package store

import (
	"context"
	"database/sql"
)

// OfficeRow is the projection of one office; Body is JSON that the application writes.
type OfficeRow struct{ Code, Category, Country, City, Zone, Body string }

// PutOffices writes or updates offices.
func (tx *Tx) PutOffices(ctx context.Context, offices []OfficeRow) error {
	args := make([]any, 0, 6*len(offices))
	for _, o := range offices {
		args = append(args, o.Code, o.Category, o.Country, o.City, o.Zone, o.Body)
	}
	return tx.bulk(ctx, "INSERT INTO office (code, category, country, city, zone, body)",
		" ON CONFLICT (code) DO UPDATE SET category = excluded.category, country = excluded.country, city = excluded.city, "+
			"zone = excluded.zone, body = excluded.body", 6, args)
}

// Offices lists all offices by code.
func (tx *Tx) Offices(ctx context.Context) (out []OfficeRow, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var o OfficeRow
		err := rs.Scan(&o.Code, &o.Category, &o.Country, &o.City, &o.Zone, &o.Body)
		out = append(out, o)
		return err
	}, "SELECT code, category, country, city, zone, body FROM office ORDER BY code")
	return out, err
}
