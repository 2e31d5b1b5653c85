package surveying

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/bench"
)

// Pages is how long pages of fifty submissions take, each filtered or not, at any depth, as
// the head of fieldwork asks for them.
type Pages struct {
	Submissions int     `json:"submissions"`
	Asked       int     `json:"asked"`
	P50         float64 `json:"p50_milliseconds"`
	P95         float64 `json:"p95_milliseconds"`
	Longest     float64 `json:"longest_milliseconds"`
}

const pageRows = 50

// AskPages measures them on a register, for the child process.
func AskPages(ctx context.Context, a *app.App, seed uint64) (p Pages, err error) {
	head := app.Actor{Login: "bench", Role: authz.Head, Office: office}
	all, err := a.Surveys.List(ctx, statistician)
	if err != nil || len(all) != 1 {
		return p, errors.Join(err, fmt.Errorf("surveying: %d surveys, want 1", len(all)))
	}
	entity := all[0].ID
	var places []survey.Place
	for at := (survey.Place{}); ; {
		rows, err := a.Surveys.Submissions(ctx, head, survey.SubmissionFilter{Survey: entity}, at, false, 1000)
		if err != nil {
			return p, err
		}
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			at = survey.Place{Received: r.Received, ID: r.ID}
			places = append(places, at)
		}
	}
	p.Submissions = len(places)
	if len(places) == 0 {
		return p, errors.New("surveying: there are no submissions")
	}
	r := rand.New(rand.NewPCG(seed, 50))
	var waits []time.Duration
	for range 1000 {
		f := survey.SubmissionFilter{Survey: entity}
		switch r.IntN(5) {
		case 0:
			f.Interviewer = "encuesta" + string(rune('a'+r.IntN(interviewers)))
		case 1:
			f.Standing = "received"
		case 2:
			f.Standing = "doubtful" // nobody's
		case 3:
			f.Form = "1"
		}
		start := time.Now()
		if _, err := a.Surveys.Submissions(ctx, head, f, places[r.IntN(len(places))], r.IntN(2) == 1, pageRows); err != nil {
			return p, err
		}
		waits = append(waits, time.Since(start))
	}
	l := bench.LatencyOf(waits)
	p.Asked, p.P50, p.P95, p.Longest = l.Queries, l.P50, l.P95, l.Max
	return p, nil
}
