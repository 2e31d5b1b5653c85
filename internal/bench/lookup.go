package bench

import (
	"context"
	"slices"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/node"
)

// Find asks a register the questions that a window asks: by document, by full name, by a
// given name and a surname, and for the page of the person; n of each kind, drawn with the
// seed from the list that was imported. Every answer is logged as any other.
func Find(ctx context.Context, a *app.App, list string, n int, seed uint64) (l LookUps, err error) {
	questions, err := draw(list, n, seed)
	if err != nil {
		return l, err
	}
	actor := node.Operator("bench", office)
	var people []string
	search := func(text func(question) string, keep bool) (Look, error) {
		return look(questions, func(q question) (bool, error) {
			hits, err := a.Search(ctx, actor, text(q), 20)
			if keep && len(hits) > 0 {
				people = append(people, hits[0].ID)
			}
			return len(hits) > 0, err
		})
	}
	if l.Document, err = search(func(q question) string { return q.document }, true); err != nil {
		return l, err
	}
	if l.FullName, err = search(func(q question) string { return q.full }, false); err != nil {
		return l, err
	}
	if l.ShortName, err = search(func(q question) string { return q.short }, false); err != nil {
		return l, err
	}
	people = people[:min(len(people), n)]
	l.Page, err = look(people, func(id string) (bool, error) {
		page, err := a.Person(ctx, actor, id, time.Time{})
		return err == nil && len(page.Changes) > 0, err
	})
	return l, err
}

// look asks every question once, and then all of them again.
func look[Q any](questions []Q, ask func(Q) (bool, error)) (l Look, err error) {
	found := 0
	pass := func() (Latency, error) {
		took := make([]time.Duration, 0, len(questions))
		found = 0
		for _, q := range questions {
			start := time.Now()
			ok, err := ask(q)
			if err != nil {
				return Latency{}, err
			}
			took = append(took, time.Since(start))
			if ok {
				found++
			}
		}
		return LatencyOf(took), nil
	}
	if l.First, err = pass(); err != nil {
		return l, err
	}
	l.Warm, err = pass()
	l.Found = ratio(float64(found), float64(len(questions)))
	return l, err
}

// LatencyOf sums times up. The p-th percentile is the smallest time that at least p per
// cent of the times do not exceed (nearest rank).
func LatencyOf(took []time.Duration) Latency {
	if len(took) == 0 {
		return Latency{}
	}
	slices.Sort(took)
	at := func(p int) float64 {
		rank := max(1, (p*len(took)+99)/100)
		return round(took[rank-1].Seconds() * 1e3)
	}
	return Latency{len(took), at(50), at(95), at(99), at(100)}
}
