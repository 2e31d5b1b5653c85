package store

import (
	"context"
	"database/sql"
)

// A Trait is by what the people of pairs are told apart in figures.
type Trait string

// The traits.
const (
	BySex     Trait = "sex"
	ByOffice  Trait = "office"
	BySurname Trait = "surname_paternal"
)

// TraitCount is how many people, or people of pairs, have a value of a trait. Kind and Verdict
// are those of the decision or the pair that is counted.
type TraitCount struct {
	Value, Kind, Verdict string
	N                    int64
}

// CountPeopleBy counts entries in force by a trait; office "" stands for all.
func (tx *Tx) CountPeopleBy(ctx context.Context, trait Trait, office string) ([]TraitCount, error) {
	return tx.traits(ctx, "SELECT "+trait.column("")+", '', '', count(*) FROM person WHERE "+standing+" AND (office = ? OR ? = '') GROUP BY 1 ORDER BY 1", office, office)
}

// CountPairsBy counts the people of pairs by a trait and what was said of the pair: one who
// is in three pairs counts three times.
func (tx *Tx) CountPairsBy(ctx context.Context, trait Trait, office string) ([]TraitCount, error) {
	half := func(side string) string {
		return "SELECT " + trait.column(side) + " AS v, s.verdict AS w" + fromPairs + " WHERE (" + side + ".office = ? OR ? = '')"
	}
	return tx.traits(ctx, "SELECT v, '', w, count(*) FROM ("+half("x")+" UNION ALL "+half("y")+") q GROUP BY v, w ORDER BY v, w", office, office, office, office)
}

// CountReversedBy counts, by a trait of the people, decisions that took others back (undo,
// reopen) and second looks that did not agree (second).
func (tx *Tx) CountReversedBy(ctx context.Context, trait Trait, office string) ([]TraitCount, error) {
	half := func(side string) string {
		return "SELECT " + trait.column(side) + " AS v, d.kind AS k" + fromPairs + " JOIN same_decision d ON d.pair = s.id AND " +
			"(d.kind IN ('undo', 'reopen') OR d.kind = 'second' AND d.agrees = 0) WHERE (" + side + ".office = ? OR ? = '')"
	}
	return tx.traits(ctx, "SELECT v, k, '', count(*) FROM ("+half("x")+" UNION ALL "+half("y")+") q GROUP BY v, k ORDER BY v, k", office, office, office, office)
}

// column names the trait's column of a side; what is no trait is that of the sex.
func (t Trait) column(side string) string {
	name := string(BySex)
	if t == ByOffice || t == BySurname {
		name = string(t)
	}
	if side != "" {
		name = side + "." + name
	}
	return name
}

func (tx *Tx) traits(ctx context.Context, query string, args ...any) (out []TraitCount, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var c TraitCount
		err := rs.Scan(&c.Value, &c.Kind, &c.Verdict, &c.N)
		out = append(out, c)
		return err
	}, query, args...)
	return out, err
}
