package api

import (
	"net/http"

	"quipu/internal/app"
	"quipu/internal/change"
)

// candidateBody is somebody who may be the person who is described.
type candidateBody struct {
	hit
	Strong bool `json:"strong"`
}

// candidates says who of the register looks like a person before the entry is made.
func candidates(c *call) (*reply, error) {
	in := struct {
		Fields []fieldIn `json:"fields" must:"yes" most:"200"`
		Limit  int       `json:"limit" range:"1-50"`
	}{Limit: 10}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	fields, err := inputs(in.Fields, change.Provenance{})
	if err != nil {
		return nil, err
	}
	found, err := c.app().Candidates(c.Context(), c.actor, fields, in.Limit)
	if err != nil {
		return nil, err
	}
	out := []candidateBody{}
	for i, h := range c.alike(found) {
		out = append(out, candidateBody{h, found[i].Strong()})
	}
	return &reply{status: http.StatusOK, body: map[string]any{"candidates": out}, passing: true}, nil
}

// alike are candidates as hits, with what speaks for them and against.
func (c *call) alike(all []app.Candidate) []hit {
	out := []hit{}
	for _, p := range all {
		out = append(out, c.hitOf(app.Hit{PersonRow: p.PersonRow, Score: p.Score(), Reasons: p.Reasons}))
	}
	return out
}
