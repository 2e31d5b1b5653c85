package surveys

import (
	"context"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/app/survey"
	"quipu/internal/fault"
	"quipu/internal/openrosa/client"
)

// mostWaiting is how many cases of a post are looked at.
const mostWaiting = 20_000

// More sends invented interviews to a survey of a demonstration, as telephones do: each post that
// takes part sends its share. A survey with a sample has those of its cases answered that wait;
// cases that nobody asks are given to the post's interviewer, who is made where there is none.
func More(a *app.App, password string) func(ctx context.Context, survey string, n int, progress func(done int)) (int, error) {
	return func(ctx context.Context, of string, n int, progress func(done int)) (sent int, err error) {
		demo, _, err := a.IsDemo(ctx)
		if err != nil {
			return 0, err
		}
		if !demo {
			return 0, fault.New(fault.Forbidden, "cli.demo.not_demo", "dir", a.Dir())
		}
		url, stop, err := receive(a)
		if err != nil {
			return 0, err
		}
		defer stop()
		m := &more{App: a, of: of, password: password, url: url, seed: uint64(time.Now().UnixNano())}
		plan, err := a.Surveys.Open(ctx, node.Operator("demo", ""), of)
		if err != nil {
			return 0, err
		}
		posts := plan.Survey.Posts
		for i, post := range posts {
			want := (n - sent) / (len(posts) - i)
			base := sent
			k, err := m.post(ctx, post, i, want, func(done int) { progress(base + done) })
			if err != nil {
				return sent, err
			}
			sent += k
		}
		return sent, nil
	}
}

// more is one sending.
type more struct {
	*app.App
	of, password, url string
	seed              uint64
}

// post sends what one post has to.
func (m *more) post(ctx context.Context, office string, i, want int, progress func(done int)) (int, error) {
	op := node.Operator("demo", office)
	login := interviewerOf(office)
	if err := hire(ctx, m.App, office, m.password); err != nil {
		return 0, err
	}
	all, err := m.Surveys.Cases(ctx, op, survey.CaseFilter{Survey: m.of, Office: office}, 0, mostWaiting)
	if err != nil {
		return 0, err
	}
	cases, free := []string{}, []string{}
	for _, c := range all {
		if c.Submission != "" || c.Disposition != "" || c.Interviewer != "" && c.Interviewer != login || len(cases) >= want {
			continue
		}
		if cases = append(cases, c.ID); c.Interviewer == "" {
			free = append(free, c.ID)
		}
	}
	if err := m.Surveys.Assign(ctx, op, free, login); err != nil {
		return 0, err
	}
	if len(all) > 0 { // a sample: whoever is not of it counts for nothing
		want = len(cases)
	}
	if want == 0 {
		return 0, nil
	}
	sender, token, err := sender(ctx, m.App, m.url, login, office)
	if err != nil {
		return 0, err
	}
	sent, err := sender.Simulate(ctx, client.Simulation{Survey: m.of, Interviews: want, Seed: m.seed, First: uint64(i) << 32, Office: office, Cases: cases,
		When: func(k int) time.Time { return m.Now().Add(-time.Duration(k) * 40 * time.Minute) }, Progress: progress})
	if err != nil {
		return sent, err
	}
	return sent, m.RevokeToken(ctx, op, token)
}
