package surveying

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/survey"
	"quipu/internal/bench"
)

// Pages is how long pages of fifty submissions take in a browser, from the first byte asked to the
// last that came, each filtered or not, from a place drawn among all, forward and back.
type Pages struct {
	Submissions int `json:"submissions"`
	bench.Latency
}

// Crosstabs is how long the page of an analysis takes: shares of one question by another, each with
// its error. Cold is the first after a start, which reads every answer; Again asks the same with
// nothing new; OneMore asks each time after one more answer has come.
type Crosstabs struct {
	Cold    float64       `json:"cold_milliseconds"`
	Again   bench.Latency `json:"again"`
	OneMore bench.Latency `json:"after_one_more"`
	Test    bench.Latency `json:"chi_square_after_one_more"`
}

// reader is a statistician at the pages of a survey.
type reader struct {
	*bench.Visitor
	home string // address of the survey's pages
	r    *rand.Rand
}

// pagesAsked is how many an officer may open in a row before a node takes him for a program.
const pagesAsked = 150

// pages looks at pages of answers.
func (w *reader) pages(ctx context.Context, places []survey.Place) (p Pages, err error) {
	p.Submissions = len(places)
	if len(places) == 0 {
		return p, errors.New("surveying: there are no submissions")
	}
	var waits []time.Duration
	for range pagesAsked {
		at := places[w.r.IntN(len(places))]
		q := url.Values{[]string{"desde", "hacia"}[w.r.IntN(2)]: {fmt.Sprintf("%d.%s", at.Received, at.ID)}}
		standing := []string{"", "", "received", "doubtful"}[w.r.IntN(4)] // nothing is doubtful
		if standing != "" {
			q.Set("estado", standing)
		}
		_, took, err := w.Get(ctx, w.home+"/respuestas?"+q.Encode(), `action="`+w.home+`/respuestas"`)
		if err != nil {
			return p, err
		}
		waits = append(waits, took)
	}
	p.Latency = bench.LatencyOf(waits)
	return p, nil
}

// placesIn are those of all submissions of a survey.
func placesIn(ctx context.Context, a *app.App, entity string) (places []survey.Place, err error) {
	for at := (survey.Place{}); ; {
		rows, err := a.Surveys.Submissions(ctx, statistician, survey.SubmissionFilter{Survey: entity}, at, false, 1000)
		if err != nil || len(rows) == 0 {
			return places, err
		}
		for _, r := range rows {
			at = survey.Place{Received: r.Received, ID: r.ID}
			places = append(places, at)
		}
	}
}

// rounds is how often a crosstab is asked for of each kind.
const rounds = 20

// crosstabs asks for shares of one question by another, and for a test; more sends an answer.
func (w *reader) crosstabs(ctx context.Context, more func() error) (c Crosstabs, err error) {
	shares, test := "?statistic=share&row=estudios&by=sexo&level=95", "?statistic=chisq&row=estudios&by=union&level=95"
	ask := func(times int, path string, before func() error) (out []time.Duration, err error) {
		for range times {
			if err := before(); err != nil {
				return nil, err
			}
			_, took, err := w.Get(ctx, w.home+"/analisis"+path, "plan.json --data")
			if err != nil {
				return nil, err
			}
			out = append(out, took)
		}
		return out, nil
	}
	nothing := func() error { return nil }
	for _, one := range []struct {
		into   *bench.Latency
		times  int
		path   string
		before func() error
	}{{nil, 1, shares, nothing}, {&c.Again, rounds, shares, nothing}, {&c.OneMore, rounds, shares, more}, {&c.Test, rounds, test, more}} {
		took, err := ask(one.times, one.path, one.before)
		if err != nil {
			return c, err
		}
		if one.into == nil {
			c.Cold = bench.LatencyOf(took).Max
			continue
		}
		*one.into = bench.LatencyOf(took)
	}
	return c, nil
}

// oneMore sends submissions one by one, as the telephones do.
func oneMore(ctx context.Context, url, login, token string, seed uint64) func() error {
	client := &http.Client{Timeout: time.Minute}
	r := rand.New(rand.NewPCG(seed, 1<<32))
	return func() error {
		again, err := post(ctx, client, url, login, token, message(r))
		if err == nil && again {
			err = fmt.Errorf("surveying: the server is busy with one submission")
		}
		return err
	}
}
