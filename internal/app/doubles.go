package app

import (
	"context"
	"strings"

	"quipu/internal/app/alike"
	"quipu/internal/app/review"
	"quipu/internal/authz"
	"quipu/internal/linkage/blind"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/store"
)

// Scanned is what a look at the whole register found.
type Scanned struct {
	People   int    `json:"people"`
	Compared int64  `json:"pairs_scored"`
	Found    int    `json:"pairs"`  // worth a look, now in the queue
	Likely   int    `json:"likely"` // of these, at even odds or better
	Model    string `json:"model"`
}

// ScanForDoubles looks at the whole register for entries of one person and puts the pairs
// worth a look before the reviewers. It can be run again at any time.
func (a *App) ScanForDoubles(ctx context.Context, actor Actor, b alike.Batch) (out Scanned, err error) {
	if err := everywhere(actor); err != nil {
		return out, err
	}
	doubles, m, res, err := a.Alike.Doubles(ctx, b)
	if err != nil {
		return out, err
	}
	out = Scanned{People: len(res.Clusters), Compared: res.PairsScored, Found: len(doubles), Model: m.Name()}
	const page = 500
	for len(doubles) > 0 {
		n := min(page, len(doubles))
		found := make([]review.Scored, n)
		for i, d := range doubles[:n] {
			if found[i] = scored(&d, m.Name()); d.Weight >= 0 {
				out.Likely++
			}
		}
		if err := a.Found(ctx, found); err != nil {
			return out, err
		}
		doubles = doubles[n:]
	}
	return out, nil
}

func scored(d *alike.Double, model string) review.Scored {
	return review.Scored{A: d.A, B: d.B, Weight: d.Weight, Model: model, Source: review.InBatch, Evidence: said(d.Evidence)}
}

func everywhere(actor Actor) error {
	if authz.ReachOf(actor, authz.Review) != authz.World {
		return authz.Check(actor, authz.Review, "*")
	}
	return nil
}

// BlindTest says how many duplicates would be found without documents; see alike.Blind.
func (a *App) BlindTest(ctx context.Context, actor Actor, share float64, b alike.Batch) (blind.Recall, int, error) {
	if err := everywhere(actor); err != nil {
		return blind.Recall{}, 0, err
	}
	return a.Alike.Blind(ctx, share, b)
}

// LearnModel learns a model from the register, sets it beside the one in force and, when
// asked to, puts it in force.
func (a *App) LearnModel(ctx context.Context, actor Actor, use bool, b alike.Batch) (m alike.Model, c alike.Compared, err error) {
	if err := everywhere(actor); err != nil {
		return m, c, err
	}
	var decided []alike.Decided
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Pairs(ctx, store.PairFilter{Verdicts: []string{string(same.Same), string(same.Different)}}, 10_000)
		for _, p := range rows {
			decided = append(decided, alike.Decided{A: p.A, B: p.B, Same: p.Verdict == string(same.Same)})
		}
		return err
	})
	if err != nil {
		return m, c, err
	}
	if m, c, err = a.Alike.Learn(ctx, decided, b); err == nil && use {
		err = a.Alike.Use(ctx, m)
	}
	return m, c, err
}

// identity are the fields by which entries are compared.
var identity = map[string]bool{"surname_paternal": true, "surname_maternal": true, "given_names": true, "birth_date": true, "sex": true,
	"document": true, "phone": true, "email": true}

// weighAgain puts those who look like a person, after a change of what entries are compared
// by, before the reviewers.
func (a *App) weighAgain(ctx context.Context, person string, in []registry.Input) error {
	touched := false
	for _, x := range in {
		touched = touched || identity[strings.Split(x.Field, "/")[0]]
	}
	if !touched {
		return nil
	}
	var p registry.Person
	err := a.DB.View(ctx, func(tx *store.Tx) (err error) {
		p, _, err = a.Load(ctx, tx, person)
		return err
	})
	if err != nil {
		return err
	}
	like, err := a.Alike.Of(ctx, &p)
	if err != nil || len(like) == 0 {
		return err
	}
	return a.DB.Update(ctx, func(tx *store.Tx) error { return a.queue(ctx, tx, person, like, review.OnChange) })
}
