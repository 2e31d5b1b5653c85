package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"quipu/internal/change"
)

// PairRow is two people who may be one. Weight is in hundredths of a bit, Gain in millionths
// of a duplicate found; moments are microseconds. Verdict, SaidBy, SaidAt, Sampled and Second
// are what officers said: scoring again leaves them alone.
type PairRow struct {
	ID, A, B                 string
	Weight                   int64
	Evidence, Model, Source  string
	Seen, Scored, Gain       int64
	Verdict, SaidBy          string
	SaidAt                   int64
	Sampled                  bool
	Second                   string
	OfficeA, OfficeB         string // where the two are registered
	RegisteredA, RegisteredB bool   // a registration is in force
}

const pairColumns = "id, a, b, bits, evidence, model, source, seen, scored, gain, verdict, said_by, said_at, sampled, second"

// reviewable is the one place that says who may appear before a reviewer: nobody whose entry
// was withdrawn or anonymised. Every question about pairs asks it of both people. What is
// sealed away will be left out here.
const reviewable = "entry NOT IN ('withdrawn', 'erased')"

const fromPairs = " FROM same_pair s JOIN person x ON x.id = s.a AND x." + reviewable + " JOIN person y ON y.id = s.b AND y." + reviewable

// PutPairs writes scored pairs. Of one that is there, what a model says is written anew;
// when it was seen first, and what officers said, stays.
func (tx *Tx) PutPairs(ctx context.Context, pairs []PairRow) error {
	args := make([]any, 0, 15*len(pairs))
	for _, p := range pairs {
		args = append(args, pairValues(&p)...)
	}
	return tx.bulk(ctx, "INSERT INTO same_pair ("+pairColumns+")", " ON CONFLICT (id) DO UPDATE SET bits = excluded.bits, "+
		"evidence = excluded.evidence, model = excluded.model, scored = excluded.scored, gain = excluded.gain", 15, args)
}

func pairValues(p *PairRow) []any {
	return []any{p.ID, p.A, p.B, p.Weight, p.Evidence, p.Model, p.Source, p.Seen, p.Scored, p.Gain, p.Verdict, p.SaidBy, p.SaidAt, bit(p.Sampled), p.Second}
}

// PutVerdict writes what officers said of a pair, and its gain; a pair that nobody scored
// is put in.
func (tx *Tx) PutVerdict(ctx context.Context, p PairRow) error {
	return tx.bulk(ctx, "INSERT INTO same_pair ("+pairColumns+")", " ON CONFLICT (id) DO UPDATE SET verdict = excluded.verdict, "+
		"said_by = excluded.said_by, said_at = excluded.said_at, second = excluded.second, sampled = excluded.sampled, gain = excluded.gain", 15, pairValues(&p))
}

// SetGain writes what a decision on a pair is expected to gain; below 0 the pair does not wait.
func (tx *Tx) SetGain(ctx context.Context, pair string, gain int64) error {
	return tx.exec(ctx, "UPDATE same_pair SET gain = ? WHERE id = ?", gain, pair)
}

// DropPairsOf forgets what models said of a person, and returns the pairs.
func (tx *Tx) DropPairsOf(ctx context.Context, person string) (pairs []string, err error) {
	if err := tx.names(ctx, &pairs, "SELECT id FROM same_pair WHERE a = ? OR b = ? ORDER BY id", person, person); err != nil {
		return nil, err
	}
	return pairs, tx.exec(ctx, "DELETE FROM same_pair WHERE a = ? OR b = ?", person, person)
}

// Pair returns one pair, unless one of the two may not appear.
func (tx *Tx) Pair(ctx context.Context, pair string) (PairRow, bool, error) {
	out, err := tx.pairs(ctx, "s.id = ?", pair)
	if err != nil || len(out) == 0 {
		return PairRow{}, false, err
	}
	return out[0], true, nil
}

// PairsOf lists the pairs that the people are in, the likeliest first.
func (tx *Tx) PairsOf(ctx context.Context, people []string) (out []PairRow, err error) {
	return out, in(people, func(places string, args []any) error {
		found, err := tx.pairs(ctx, "(s.a IN ("+places+") OR s.b IN ("+places+")) ORDER BY s.bits DESC, s.id", append(args, args...)...)
		out = append(out, found...)
		return err
	})
}

// PairFilter narrows the queue: what is empty does not. Office is that of either person.
// NotBy leaves out what that officer was not sure about, or decided. After is the place of
// the last one seen.
type PairFilter struct {
	Verdicts  []string
	Office    string
	NotBy     string
	ForSecond bool // decided pairs that a second officer should see, and none has
	AfterGain int64
	AfterID   string // "" for the first page
}

// Pairs lists pairs by what a decision is expected to gain, the most first. Pairs with an
// entry that was merged meanwhile do not wait any more.
func (tx *Tx) Pairs(ctx context.Context, f PairFilter, limit int) ([]PairRow, error) {
	where, args := f.where()
	return tx.pairs(ctx, where+" ORDER BY s.gain DESC, s.id LIMIT ?", append(args, limit)...)
}

// CountPairs counts what Pairs would list in all.
func (tx *Tx) CountPairs(ctx context.Context, f PairFilter) (n int64, err error) {
	where, args := f.where()
	err = tx.row(ctx, "SELECT count(*)"+fromPairs+" WHERE "+where, args...).Scan(&n)
	return n, err
}

func (f *PairFilter) where() (string, []any) {
	var where []string
	var args []any
	add := func(when bool, text string, values ...any) {
		if when {
			where, args = append(where, text), append(args, values...)
		}
	}
	if len(f.Verdicts) > 0 {
		places := make([]string, len(f.Verdicts))
		waits := false
		for i, v := range f.Verdicts {
			places[i] = "?"
			args = append(args, v)
			waits = waits || v != "same" && v != "different"
		}
		where = append(where, "s.verdict IN ("+strings.Join(places, ", ")+")")
		add(waits, "x.entry <> 'merged' AND y.entry <> 'merged' AND s.gain >= 0")
	}
	add(f.ForSecond, "s.verdict IN ('same', 'different') AND s.sampled = 1 AND s.second = ''")
	add(f.Office != "", "(x.office = ? OR y.office = ?)", f.Office, f.Office)
	add(f.NotBy != "", "s.said_by <> ?", f.NotBy)
	add(f.AfterID != "", "(s.gain < ? OR s.gain = ? AND s.id > ?)", f.AfterGain, f.AfterGain, f.AfterID)
	if len(where) == 0 {
		return "s.id <> ''", args
	}
	return strings.Join(where, " AND "), args
}

func (tx *Tx) pairs(ctx context.Context, where string, args ...any) (out []PairRow, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var p PairRow
		var sampled int
		var expiresA, expiresB string
		err := rs.Scan(&p.ID, &p.A, &p.B, &p.Weight, &p.Evidence, &p.Model, &p.Source, &p.Seen, &p.Scored, &p.Gain, &p.Verdict,
			&p.SaidBy, &p.SaidAt, &sampled, &p.Second, &p.OfficeA, &p.OfficeB, &expiresA, &expiresB)
		p.Sampled, p.RegisteredA, p.RegisteredB = sampled == 1, expiresA != "", expiresB != ""
		out = append(out, p)
		return err
	}, "SELECT s."+strings.ReplaceAll(pairColumns, ", ", ", s.")+", x.office, y.office, x.expires, y.expires"+fromPairs+" WHERE "+where, args...)
	return out, err
}

// CannotLink returns those pairs that officers said are different people, one of them among
// each of two groups.
func (tx *Tx) CannotLink(ctx context.Context, xs, ys []string) (pairs []string, err error) {
	return pairs, in(xs, func(some string, args []any) error {
		return in(ys, func(others string, more []any) error {
			all := append(append(append(append([]any{}, args...), more...), more...), args...)
			return tx.names(ctx, &pairs, "SELECT id FROM same_pair WHERE verdict = 'different' AND (a IN ("+some+") AND b IN ("+others+") OR a IN ("+others+") AND b IN ("+some+")) ORDER BY id", all...)
		})
	})
}

// VerdictsOf returns what stands of pairs, by id.
func (tx *Tx) VerdictsOf(ctx context.Context, pairs []string) (map[string]string, error) {
	out := map[string]string{}
	return out, in(pairs, func(places string, args []any) error {
		return tx.rows(ctx, func(rs *sql.Rows) error {
			var id, verdict string
			err := rs.Scan(&id, &verdict)
			out[id] = verdict
			return err
		}, "SELECT id, verdict FROM same_pair WHERE id IN ("+places+")", args...)
	})
}

// Entities lists the entities of a kind that the log tells of, after an id.
func (tx *Tx) Entities(ctx context.Context, kind change.Kind, after string, limit int) (ids []string, err error) {
	prefix := string(kind) + "/"
	return ids, tx.rows(ctx, func(rs *sql.Rows) error {
		var entity string
		err := rs.Scan(&entity)
		ids = append(ids, strings.TrimPrefix(entity, prefix))
		return err
	}, "SELECT DISTINCT entity FROM change WHERE entity > ? AND entity < ? ORDER BY entity LIMIT ?", prefix+after, prefix+"~", limit)
}

// SaidOf lists the pairs and merges of people, by Ref.String(), sorted.
func (tx *Tx) SaidOf(ctx context.Context, people []string) (out []string, err error) {
	err = in(people, func(places string, args []any) error {
		both := append(append([]any{}, args...), args...)
		if err := tx.names(ctx, &out, "SELECT 'pair/' || id FROM same_pair WHERE verdict <> '' AND (a IN ("+places+") OR b IN ("+places+"))", both...); err != nil {
			return err
		}
		return tx.names(ctx, &out, "SELECT 'merge/' || id FROM same_merge WHERE survivor IN ("+places+") OR other IN ("+places+")", both...)
	})
	slices.Sort(out)
	return slices.Compact(out), err
}

// InLog returns those of the entities of which the log tells.
func (tx *Tx) InLog(ctx context.Context, entities []string) (out []string, err error) {
	return out, in(entities, func(places string, args []any) error {
		return tx.names(ctx, &out, "SELECT DISTINCT entity FROM change WHERE entity IN ("+places+") ORDER BY entity", args...)
	})
}
