package review

import (
	"context"
	"slices"
	"strings"

	"quipu/internal/registry/same"
	"quipu/internal/store"
	"quipu/internal/synth"
)

// The dimensions of the table of fairness; the words are in the catalogue under
// "review.fair.".
const (
	FairOrigin = "origin" // of the first surname, by published tables of surnames
	FairSex    = "sex"
	FairOffice = "office"
)

// FairRow is how people of one group fare: how often they are in a pair that somebody must
// review, and how often what was decided about them was wrong. Sides count a person once for
// each pair.
type FairRow struct {
	Dimension  string  `json:"dimension"`
	Group      string  `json:"group"`
	People     int64   `json:"people"` // entries in force
	Sides      int64   `json:"sides"`  // in pairs, decided or not
	Waiting    int64   `json:"waiting"`
	Same       int64   `json:"same"`
	Different  int64   `json:"different"`
	Undone     int64   `json:"undone"`    // merges that were taken back: two people were made one
	Reopened   int64   `json:"reopened"`  // of pairs that had been said to be different
	Disagreed  int64   `json:"disagreed"` // second looks that said something else than the first
	ReviewRate float64 `json:"review_rate"`
	ErrorRate  float64 `json:"error_rate"`
	Small      bool    `json:"small"` // too few people for the rates to say anything
}

// fewPeople is below how many the rates of a group are left out.
const fewPeople = 20

// Fairness sets groups of people side by side: by origin of the first surname, sex, and
// office. The origin is looked up in tables of surnames while counting, and kept nowhere.
func (r *Review) Fairness(ctx context.Context, actor Actor) (out []FairRow, err error) {
	var f Filter
	ask, err := f.ask(actor)
	if err != nil {
		return nil, err
	}
	err = r.DB.View(ctx, func(tx *store.Tx) error {
		for _, d := range []struct {
			name  string
			trait store.Trait
			group func(string) string
		}{
			{FairOrigin, store.BySurname, synth.SurnameOrigin},
			{FairSex, store.BySex, func(v string) string { return v }},
			{FairOffice, store.ByOffice, func(v string) string { return v }},
		} {
			rows, err := fair(ctx, tx, d.name, d.trait, ask.Office, d.group)
			if err != nil {
				return err
			}
			out = append(out, rows...)
		}
		return nil
	})
	return out, err
}

func fair(ctx context.Context, tx *store.Tx, name string, trait store.Trait, office string, group func(string) string) ([]FairRow, error) {
	rows := map[string]*FairRow{}
	at := func(value string) *FairRow {
		g := group(value)
		if rows[g] == nil {
			rows[g] = &FairRow{Dimension: name, Group: g}
		}
		return rows[g]
	}
	people, err := tx.CountPeopleBy(ctx, trait, office)
	if err != nil {
		return nil, err
	}
	for _, c := range people {
		at(c.Value).People += c.N
	}
	pairs, err := tx.CountPairsBy(ctx, trait, office)
	if err != nil {
		return nil, err
	}
	for _, c := range pairs {
		r := at(c.Value)
		r.Sides += c.N
		switch v := same.Verdict(c.Verdict); {
		case v == same.Same:
			r.Same += c.N
		case v == same.Different:
			r.Different += c.N
		default:
			r.Waiting += c.N
		}
	}
	reversed, err := tx.CountReversedBy(ctx, trait, office)
	if err != nil {
		return nil, err
	}
	for _, c := range reversed {
		switch r := at(c.Value); c.Kind {
		case same.ActionUndo:
			r.Undone += c.N
		case same.ActionReopen:
			r.Reopened += c.N
		default:
			r.Disagreed += c.N
		}
	}
	out := make([]FairRow, 0, len(rows))
	for _, r := range rows {
		r.rates()
		out = append(out, *r)
	}
	slices.SortFunc(out, func(x, y FairRow) int {
		if x.People != y.People {
			return int(y.People - x.People)
		}
		return strings.Compare(x.Group, y.Group)
	})
	return out, nil
}

func (r *FairRow) rates() {
	if r.Small = r.People < fewPeople; r.Small {
		return
	}
	r.ReviewRate = float64(r.Sides) / float64(r.People)
	wrong := r.Undone + r.Reopened + r.Disagreed
	if decided := r.Same + r.Different + r.Undone + r.Reopened; decided > 0 {
		r.ErrorRate = min(1, float64(wrong)/float64(decided))
	}
}
