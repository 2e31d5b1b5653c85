package oversight

import (
	"context"
	"slices"
	"strings"
	"time"

	"quipu/internal/access"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/place"
	"quipu/internal/store"
)

// lastTimes is of how many registrations the median is told.
const lastTimes = 20

// Day is how the day goes at an office, by its own clock.
type Day struct {
	Clock         *time.Location
	Begins        time.Time
	Registrations []store.RegistrationTime // of today, in their order
	Median        time.Duration            // of the last Timed registrations whose time is known
	Timed         int
	Marked        map[access.Reason]int // of today's looks at the office, and at its people from elsewhere; at most mostMarked
	Sessions      []store.OfficerSessions
	Requests      int // requests about rights that wait for an answer
	Late          int // of them, those whose time is over
	Imports       []RunningImport
}

// RunningImport is an import that did not say that it ended. Cut means that it has written
// nothing for so long that it was cut short: by a killed program, or a computer switched off.
type RunningImport struct {
	store.ImportRun
	Cut bool
}

// Bounds of what is counted.
const (
	mostMarked   = 500
	mostRequests = 500
	stillWrites  = 10 * time.Minute // a chunk of an import takes seconds
)

// OverseeDay tells how the day goes at the actor's office.
func (o *Oversight) OverseeDay(ctx context.Context, actor authz.Actor) (day Day, err error) {
	if err := authz.Check(actor, authz.Supervise, actor.Office); err != nil {
		return day, err
	}
	day = Day{Clock: place.Clock(actor.Office), Marked: map[access.Reason]int{}}
	day.Begins = o.midnight(day.Clock)
	if err := o.markedToday(ctx, actor, &day); err != nil {
		return day, err
	}
	err = o.DB.View(ctx, func(tx *store.Tx) (err error) {
		if day.Registrations, err = tx.RegistrationsSince(ctx, actor.Office, day.Begins.UnixMicro()); err != nil {
			return err
		}
		times, err := tx.RegistrationTimes(ctx, actor.Office, lastTimes)
		if err != nil {
			return err
		}
		day.Median, day.Timed = median(times), len(times)
		if day.Sessions, err = tx.SessionsAt(ctx, actor.Office, o.Now().UnixMicro()); err != nil {
			return err
		}
		if day.Requests, day.Late, err = o.requests(ctx, tx, actor.Office); err != nil {
			return err
		}
		runs, err := tx.RunningImports(ctx, actor.Office)
		for _, r := range runs {
			var cut bool
			if cut, err = o.cut(ctx, tx, r); err != nil {
				return err
			}
			day.Imports = append(day.Imports, RunningImport{r, cut})
		}
		return err
	})
	return day, err
}

// midnight is when the day began on a clock.
func (o *Oversight) midnight(clock *time.Location) time.Time {
	y, m, d := o.Now().In(clock).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, clock)
}

// requests counts what waits for an answer at an office, and of that what is late.
func (o *Oversight) requests(ctx context.Context, tx *store.Tx, office string) (open, late int, err error) {
	rows, err := tx.OpenRequests(ctx, office, mostRequests)
	for _, r := range rows {
		if r.Due < o.Today().String() {
			late++
		}
	}
	return len(rows), late, err
}

// Morning is what an officer at the window finds when the day begins, besides the people
// whom app counts: the office's registrations of today and the officer's own, requests that
// wait for an answer and, of them, those whose time is over.
type Morning struct{ Registrations, Own, Requests, Late int }

// Morning tells it of the actor's own office.
func (o *Oversight) Morning(ctx context.Context, actor authz.Actor) (m Morning, err error) {
	if err := authz.Check(actor, authz.Search, actor.Office); err != nil {
		return m, err
	}
	err = o.DB.View(ctx, func(tx *store.Tx) (err error) {
		made, err := tx.RegistrationsSince(ctx, actor.Office, o.midnight(place.Clock(actor.Office)).UnixMicro())
		if err != nil {
			return err
		}
		m.Registrations = len(made)
		for _, r := range made {
			if r.Author == actor.Login {
				m.Own++
			}
		}
		if authz.May(actor, authz.Rights, actor.Office) {
			m.Requests, m.Late, err = o.requests(ctx, tx, actor.Office)
		}
		return err
	})
	return m, err
}

// markedToday counts what was marked of today's looks.
func (o *Oversight) markedToday(ctx context.Context, actor authz.Actor, day *Day) error {
	if _, err := o.JudgeReads(ctx, actor); err != nil {
		return err
	}
	f := AccessFilter{ReadFilter: ReadFilter{From: day.Begins.UnixMicro(), Marks: Marked}}
	found, _, err := o.find(ctx, actor, f, mostMarked)
	for _, r := range found {
		for why := range strings.FieldsSeq(r.Reasons) {
			day.Marked[access.Reason(why)]++
		}
	}
	return err
}

// CutShort reports whether an import that did not say that it ended was cut short.
func (o *Oversight) CutShort(ctx context.Context, run store.ImportRun) (cut bool, err error) {
	err = o.DB.View(ctx, func(tx *store.Tx) (err error) {
		cut, err = o.cut(ctx, tx, run)
		return err
	})
	return cut, err
}

func (o *Oversight) cut(ctx context.Context, tx *store.Tx, run store.ImportRun) (bool, error) {
	quiet := func(since int64) bool { return o.Now().Sub(node.Moment(since)) > stillWrites }
	if run.State != "running" || !quiet(run.Started) {
		return false, nil
	}
	last, err := tx.LastOfImport(ctx, run.ID)
	return quiet(last), err
}

// median is the middle of the times, of an even number the mean of both in the middle.
func median(times []store.RegistrationTime) time.Duration {
	if len(times) == 0 {
		return 0
	}
	seconds := make([]int64, len(times))
	for i, t := range times {
		seconds[i] = t.Seconds
	}
	slices.Sort(seconds)
	n := len(seconds)
	return time.Duration(seconds[(n-1)/2]+seconds[n/2]) * time.Second / 2
}
