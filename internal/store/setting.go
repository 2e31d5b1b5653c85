package store

import (
	"context"
	"database/sql"

	"quipu/internal/id"
)

// Setting returns a setting of the node, "" when it was never set.
func (tx *Tx) Setting(ctx context.Context, name string) (value string, err error) {
	err = tx.row(ctx, "SELECT value FROM setting WHERE name = ?", name).Scan(&value)
	if none(err) {
		return "", nil
	}
	return value, err
}

// PutSetting sets it.
func (tx *Tx) PutSetting(ctx context.Context, name, value string) error {
	return tx.exec(ctx, "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
}

// SealedKey is a wrapped key of an entity's sealed values. Two offices may have made one each
// before they heard of each other: ID tells them apart; it is "" for a key of before there
// were ids.
type SealedKey struct {
	Entity      string
	Tier        int
	ID, Wrapped string
}

// SealedKeysOf returns the wrapped keys of entities, by entity, tier and id.
func (tx *Tx) SealedKeysOf(ctx context.Context, entities ...string) (out []SealedKey, err error) {
	return out, in(entities, func(places string, args []any) error {
		return tx.rows(ctx, func(rs *sql.Rows) error {
			var k SealedKey
			err := rs.Scan(&k.Entity, &k.Tier, &k.ID, &k.Wrapped)
			out = append(out, k)
			return err
		}, "SELECT person, tier, id, wrapped FROM sealed_key WHERE person IN ("+places+") ORDER BY person, tier, id", args...)
	})
}

// PutSealedKeys keeps keys. One that is there under the same id is never written over: what it
// sealed would be lost.
func (tx *Tx) PutSealedKeys(ctx context.Context, keys []SealedKey) error {
	args := make([]any, 0, 4*len(keys))
	for _, k := range keys {
		args = append(args, k.Entity, k.Tier, k.ID, k.Wrapped)
	}
	return tx.bulk(ctx, "INSERT INTO sealed_key (person, tier, id, wrapped)", "", 4, args)
}

// DropSealedKeys destroys the keys of a person's sealed values, and so the values.
func (tx *Tx) DropSealedKeys(ctx context.Context, person string) error {
	return tx.exec(ctx, "DELETE FROM sealed_key WHERE person = ?", person)
}

// PutAttachment keeps a file under the SHA-256 of its bytes, in hex.
func (tx *Tx) PutAttachment(ctx context.Context, hash, media string, data []byte) error {
	return tx.exec(ctx, "INSERT INTO attachment (hash, media, bytes) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING", hash, media, filled(data))
}

// Attachment returns a file.
func (tx *Tx) Attachment(ctx context.Context, hash string) (media string, data []byte, ok bool, err error) {
	err = tx.row(ctx, "SELECT media, bytes FROM attachment WHERE hash = ?", hash).Scan(&media, &data)
	if none(err) {
		return "", nil, false, nil
	}
	return media, data, err == nil, err
}

// HasAttachment reports whether a file is here, without reading it.
func (tx *Tx) HasAttachment(ctx context.Context, hash string) (bool, error) {
	var n int64
	err := tx.row(ctx, "SELECT count(*) FROM attachment WHERE hash = ?", hash).Scan(&n)
	return n > 0, err
}

// DropAttachment forgets a file.
func (tx *Tx) DropAttachment(ctx context.Context, hash string) error {
	return tx.exec(ctx, "DELETE FROM attachment WHERE hash = ?", hash)
}

// Count returns how many rows a projection has, for reports and tests.
func (tx *Tx) Count(ctx context.Context, projection Projection) (n int64, err error) {
	err = tx.row(ctx, "SELECT count(*) FROM "+string(projection)).Scan(&n)
	return n, err
}

// Projection names a table that can be counted.
type Projection string

// The tables that can be counted.
const (
	CountPersons Projection = "person"
	CountReads   Projection = "read_log"
	CountChanges Projection = "change"
)

// CountOffices counts the entries in force of every office that has some.
func (tx *Tx) CountOffices(ctx context.Context) (map[string]int64, error) {
	out := make(map[string]int64)
	err := tx.rows(ctx, func(rs *sql.Rows) error {
		var office string
		var n int64
		err := rs.Scan(&office, &n)
		out[office] = n
		return err
	}, "SELECT office, count(*) FROM person WHERE "+standing+" GROUP BY office")
	return out, err
}

// NumberRange is a run of registry numbers: at the hub one that Holder was given, at a node
// one of its own, with Holder "". Next is the first that is free there, Last+1 for none.
type NumberRange struct {
	id.Range
	Next     int64
	Holder   string
	Campaign string // "" when the run is for the node's daily work
	Given    int64  // microseconds
}

// NumberRanges lists the runs of a holder from the lowest.
func (tx *Tx) NumberRanges(ctx context.Context, holder string) ([]NumberRange, error) {
	return tx.numberRanges(ctx, "holder = ?", holder)
}

// NumberRangesMeeting lists the runs that have a number in common with one, whoever holds them.
func (tx *Tx) NumberRangesMeeting(ctx context.Context, r id.Range) ([]NumberRange, error) {
	return tx.numberRanges(ctx, "first_no <= ? AND last_no >= ?", r.Last, r.First)
}

// NumberRangesFor lists the runs that were reserved for a campaign.
func (tx *Tx) NumberRangesFor(ctx context.Context, campaign string) ([]NumberRange, error) {
	return tx.numberRanges(ctx, "campaign = ?", campaign)
}

func (tx *Tx) numberRanges(ctx context.Context, where string, args ...any) (out []NumberRange, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var r NumberRange
		err := rs.Scan(&r.First, &r.Last, &r.Next, &r.Holder, &r.Campaign, &r.Given)
		out = append(out, r)
		return err
	}, "SELECT first_no, last_no, next_no, holder, campaign, at FROM number_range WHERE "+where+" ORDER BY first_no", args...)
	return out, err
}

// PutNumberRange keeps a run; one that begins there already has its Next moved.
func (tx *Tx) PutNumberRange(ctx context.Context, r NumberRange) error {
	return tx.exec(ctx, "INSERT INTO number_range (first_no, last_no, next_no, holder, campaign, at) VALUES (?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (first_no) DO UPDATE SET next_no = excluded.next_no", r.First, r.Last, r.Next, r.Holder, r.Campaign, r.Given)
}
