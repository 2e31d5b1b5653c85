package api

import (
	"context"
	"strconv"

	"quipu/internal/app"
	"quipu/internal/registry"
)

// today counts what waits at the officer's office.
func today(c *call) (*reply, error) {
	d, err := c.app().OfficeDay(c.Context(), c.actor)
	if err != nil {
		return nil, err
	}
	return ok(map[string]any{"office": c.actor.Office, "day": c.app().Today().String(), "registered": d.Registered, "due": d.Due,
		"stale": d.Stale, "doubtful": d.Doubtful})
}

// waitingBody is somebody who waits for the office.
type waitingBody struct {
	Person  string `json:"person"`
	Number  string `json:"number"`
	Name    string `json:"name"`
	Birth   string `json:"birth"`
	City    string `json:"city"`
	Office  string `json:"office"`
	Expires string `json:"expires"`
	Status  string `json:"status"`
	Doubts  int    `json:"doubts"`
}

type waitingList func(ctx context.Context, actor app.Actor, after int64, limit int) ([]app.Hit, error)

func due(c *call) (*reply, error)      { return c.waiting("due", c.app().ExpiringPeople) }
func doubtful(c *call) (*reply, error) { return c.waiting("doubts", c.app().DoubtfulPeople) }

// waiting is a page of people who wait, in the order of their entries.
func (c *call) waiting(name string, list waitingList) (*reply, error) {
	s, err := c.span(name, 200, 50)
	if err != nil {
		return nil, err
	}
	after, err := s.place(0)
	if err != nil {
		return nil, err
	}
	hits, err := list(c.Context(), c.actor, after, s.limit+1) // one more says that a page follows
	if err != nil {
		return nil, err
	}
	next := ""
	if len(hits) > s.limit {
		hits = hits[:s.limit]
		next = strconv.FormatInt(hits[s.limit-1].Row, 10)
	}
	out, now := []waitingBody{}, c.app().Today().String()
	for _, h := range hits {
		status := registry.StateDue
		switch {
		case name != "due":
			status = ""
		case h.Expires < now:
			status = registry.StateStale
		}
		out = append(out, waitingBody{h.ID, h.Number, h.DisplayName(), h.Birth, h.City, h.Office, h.Expires, string(status), h.Doubts})
	}
	return c.paged(s, map[string]any{"people": out}, next)
}
