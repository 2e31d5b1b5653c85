package client

import (
	"bytes"
	"context"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"quipu/internal/fault"
	"quipu/internal/place"
	"quipu/internal/survey/pack"
	"quipu/internal/survey/paradata"
	"quipu/internal/survey/study"
	"quipu/internal/synth/interview"
)

// Simulation is a number of invented interviews.
type Simulation struct {
	Survey     string // id of the survey, "" for the only one there is
	Interviews int
	Seed       uint64
	First      uint64   // number of the first, so that later ones are others
	Office     string   // the interviewer's, "" where the questionnaire does not ask for it
	Cases      []string // that are answered, in this order; nil for those that wait for the interviewer
	Given      map[string]string
	When       func(n int) time.Time     // when the nth was asked
	Length     func(n int) time.Duration // how long that took, nil or 0 for what chance says
	Together   int                       // how many are sent at a time
	Progress   func(done int)
}

// Simulate fetches the questionnaire and the cases that wait, makes up as many interviews as are
// wanted, each answering the next case while there are some, and sends them. It returns how many
// were taken in.
func (c *Client) Simulate(ctx context.Context, s Simulation) (sent int, err error) {
	form, filler, err := c.questionnaire(ctx, s.Survey)
	if err != nil {
		return 0, err
	}
	cases := s.Cases
	if cases == nil {
		waiting, err := c.Cases(ctx, form)
		if err != nil {
			return 0, err
		}
		for _, w := range waiting {
			cases = append(cases, w.ID)
		}
	}
	if s.Together < 1 {
		s.Together = 4
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var done atomic.Int64
	var all sync.WaitGroup
	next := make(chan int)
	for range s.Together {
		all.Go(func() {
			for n := range next {
				if err := c.one(ctx, s, filler, cases, n); err != nil {
					stop(err)
					return
				}
				if d := done.Add(1); s.Progress != nil {
					s.Progress(int(d))
				}
			}
		})
	}
	for n := 0; n < s.Interviews && ctx.Err() == nil; n++ {
		select {
		case next <- n:
		case <-ctx.Done():
		}
	}
	close(next)
	all.Wait()
	return int(done.Load()), context.Cause(ctx)
}

// one makes up an interview and sends it.
func (c *Client) one(ctx context.Context, s Simulation, filler *interview.Filler, cases []string, n int) error {
	given := map[string]string{"interviewer": strings.ToUpper(c.Login), "frame": "volunteer"}
	if n < len(cases) {
		given["frame"] = "register"
		for _, q := range study.CaseQuestions {
			given[q] = cases[n]
		}
	}
	if o, ok := place.Network().Office(s.Office); ok {
		given["country"], given["office"], given["city"] = o.Country, o.Code, o.City
	}
	maps.Copy(given, s.Given)
	when := time.Now()
	if s.When != nil {
		when = s.When(n)
	}
	order := interview.Order{Seed: s.Seed, Number: s.First + uint64(n), Now: when, Given: given}
	if s.Length != nil {
		order.Length = s.Length(n)
	}
	text, audit, err := filler.FillTimed(order)
	if err != nil {
		return err
	}
	var files []File
	if audit != nil {
		var b bytes.Buffer
		if err := paradata.Write(&b, audit); err != nil {
			return err
		}
		files = []File{{Name: paradata.FileName, Type: "text/csv", Data: b.Bytes()}}
	}
	_, err = c.Send(ctx, text, files...)
	return err
}

// questionnaire finds the one of a survey and reads it.
func (c *Client) questionnaire(ctx context.Context, survey string) (Form, *interview.Filler, error) {
	forms, err := c.Forms(ctx)
	if err != nil {
		return Form{}, nil, err
	}
	for _, f := range forms {
		if survey != "" && !strings.Contains(f.Download, "/forms/"+survey+"/") {
			continue
		}
		if survey == "" && len(forms) > 1 {
			break
		}
		text, err := c.Fetch(ctx, f)
		if err != nil {
			return f, nil, err
		}
		said, err := pack.LikelyAnswers(pack.Of(f.ID))
		if err != nil {
			return f, nil, err
		}
		filler, err := interview.ReadForm(bytes.NewReader(text), said)
		return f, filler, err
	}
	return Form{}, nil, fault.New(fault.NotFound, "openrosaclient.no_survey", "survey", survey, "count", len(forms))
}
