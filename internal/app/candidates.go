package app

import (
	"context"
	"slices"
	"strings"

	"quipu/internal/app/alike"
	"quipu/internal/authz"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// Candidate is somebody of the register who may be the person that somebody describes.
type Candidate = alike.Candidate

// Candidates lists who of the register looks like the person that the inputs describe, the
// likeliest first. Inputs that cannot be read yet are passed over. What was asked and who
// was shown is logged.
func (a *App) Candidates(ctx context.Context, actor Actor, in []registry.Input, limit int) (out []Candidate, err error) {
	scope, ok := authz.ScopeOf(actor, authz.Search)
	if !ok {
		return nil, authz.Check(actor, authz.Search, actor.Office)
	}
	draft := registry.DraftOf(in, a.Today())
	if draft.Name().Empty() && len(registry.Keys(&draft)) == 0 {
		return nil, nil
	}
	if out, err = a.Alike.Of(ctx, &draft); err != nil {
		return nil, err
	}
	out = slices.DeleteFunc(out, func(c Candidate) bool { return !scope.Holds(c.Office) })
	out = out[:min(len(out), limit)]
	return out, a.logShown(ctx, actor, &draft, out)
}

// logShown logs that people were shown because they look like somebody.
func (a *App) logShown(ctx context.Context, actor Actor, draft *registry.Person, shown []Candidate) error {
	reads := []store.Read{{Action: "search", Detail: described(draft)}}
	for _, c := range shown {
		reads = append(reads, store.Read{Action: "candidate", Person: c.ID, Detail: "ordinary"})
	}
	return a.LogReads(ctx, actor, reads...)
}

// described is what was asked, in words for the log of reads.
func described(p *registry.Person) string {
	words := []string{p.Name().Display(), p.Text("birth_date")}
	for _, it := range p.Items("document") {
		words = append(words, it.Value.Part("number"))
	}
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " · ")
}
