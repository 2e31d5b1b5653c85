package failover

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// entry is a registration that was confirmed.
type entry struct {
	at             time.Time
	number, person string
	name           string
}

// load are writers who register people one after the other, each with a key under which
// it asks again until it is answered.
type load struct {
	s       *stage
	mu      sync.Mutex
	done    []entry
	open    int // keys whose work was begun and of which nobody knows the end
	retried int
	longest time.Duration
	refused error              // an answer that is no answer of a register that is away
	cancel  context.CancelFunc // they begin nothing new
	leave   context.CancelFunc // they leave what is under way
	writers sync.WaitGroup
}

func startLoad(ctx context.Context, s *stage) *load {
	l := &load{s: s}
	ctx, l.leave = context.WithCancel(ctx)
	stopping, cancel := context.WithCancel(ctx)
	l.cancel = cancel
	for w := range s.cfg.Writers {
		l.writers.Go(func() { l.write(ctx, stopping, w) })
	}
	return l
}

// stop lets every writer bring what is under way to its end.
func (l *load) stop() {
	l.cancel()
	l.writers.Wait()
}

// abandon is stop for a measurement that failed: nobody waits for answers.
func (l *load) abandon() {
	l.leave()
	l.writers.Wait()
}

func (l *load) write(ctx, stopping context.Context, w int) {
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{}}
	for n := 0; stopping.Err() == nil; n++ {
		name := letters(w, n)
		begun := time.Now()
		e, tries, err := l.register(ctx, client, fmt.Sprintf("w%d-%d", w, n), name)
		if ctx.Err() != nil {
			return
		}
		l.mu.Lock()
		l.retried += tries - 1
		l.longest = max(l.longest, time.Since(begun))
		switch {
		case err != nil:
			l.refused = err
		case e.number == "":
			l.open++
		default:
			l.done = append(l.done, e)
		}
		l.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// letters is a name that no other registration has.
func letters(w, n int) string {
	b := []byte{byte('A' + w/26%26), byte('a' + w%26)}
	for k := n; ; k /= 26 {
		b = append(b, byte('a'+k%26))
		if k < 26 {
			return string(b)
		}
	}
}

// giveUp is how long a writer asks for the end of work that was begun. A process that waits
// for the database to come back tells it; one that was killed never will.
const giveUp = 15 * time.Second

// register asks under one key until it is answered. An entry without a number is one whose
// work was begun by a process that is gone, so that nobody knows its end.
func (l *load) register(ctx context.Context, client *http.Client, key, name string) (e entry, tries int, err error) {
	body, err := json.Marshal(map[string]any{"confirmed": true, "provenance": map[string]string{"source": "document_seen", "confidence": "certain"},
		"fields": []map[string]string{{"field": "surname_paternal", "text": "Carga" + strings.ToLower(name)}, {"field": "given_names", "text": name},
			{"field": "birth_date", "text": "1970-05-06"}, {"field": "sex", "text": "F"}}})
	if err != nil {
		return e, 1, err
	}
	var begun time.Time
	for tries = 1; ; tries++ {
		status, text, err := l.s.ask(ctx, http.MethodPost, "/api/v1/persons", key, body, client)
		var got struct{ Person, Number string }
		switch {
		case ctx.Err() != nil:
			return e, tries, ctx.Err()
		case err == nil && status == http.StatusCreated:
			if err := json.Unmarshal(text, &got); err != nil {
				return e, tries, err
			}
			return entry{time.Now(), got.Number, got.Person, name}, tries, nil
		case err == nil && status == http.StatusConflict:
			if begun.IsZero() {
				begun = time.Now()
			}
			if time.Since(begun) > giveUp {
				return entry{name: name}, tries, nil
			}
		case err == nil && status < 500:
			return e, tries, fmt.Errorf("failover: %d %s", status, text)
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			return e, tries, err
		}
	}
}

func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.done)
}

// again waits until people are registered after a moment, and for a while longer. What was
// under way at that moment may still be confirmed at once, so that the first second does
// not count.
func (l *load) again(ctx context.Context, at time.Time, more time.Duration) error {
	err := l.s.until(ctx, "registration after the fall", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.refused != nil || len(l.done) > 0 && l.done[len(l.done)-1].at.Sub(at) > time.Second
	})
	if err == nil {
		err = sleep(ctx, more)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused != nil {
		return l.refused
	}
	return err
}

// gap is the longest time between two confirmations from one moment to another, in seconds.
func (l *load) gap(from, to time.Time) float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	longest, last := time.Duration(0), from
	for _, e := range l.done {
		if e.at.Before(from) || e.at.After(to) {
			continue
		}
		longest, last = max(longest, e.at.Sub(last)), e.at
	}
	return max(longest, to.Sub(last)).Seconds()
}

// judge looks for everybody who was confirmed, at the server that took over.
func (s *stage) judge(ctx context.Context, l *load, before int64, rep *Report) error {
	if l.refused != nil {
		return l.refused
	}
	rep.Acknowledged, rep.Retried, rep.Unresolved, rep.LongestWait = len(l.done), l.retried, l.open, l.longest.Seconds()
	numbers := map[string]bool{}
	var work sync.WaitGroup
	var mu sync.Mutex
	places := make(chan struct{}, 8)
	for _, e := range l.done {
		if numbers[e.number] {
			rep.Twice++
		}
		numbers[e.number] = true
		places <- struct{}{}
		work.Go(func() {
			defer func() { <-places }()
			status, text, err := s.ask(ctx, http.MethodGet, "/api/v1/persons/"+e.person, "", nil, nil)
			if err != nil || status != http.StatusOK || !strings.Contains(strings.ToLower(string(text)), `"`+strings.ToLower(e.name)+`"`) {
				mu.Lock()
				rep.Lost++
				mu.Unlock()
			}
		})
	}
	work.Wait()
	after, err := s.size(ctx)
	if err != nil {
		return err
	}
	// Each registration is one change. What is more than was confirmed was registered twice,
	// unless it is one of those whose end nobody knows.
	if extra := int(after-before) - len(l.done) - l.open; extra > 0 {
		rep.Twice += extra
	}
	out, err := s.quipu(ctx, nil, "audit", "verify", "--json", "--dir", s.hubDirs[1])
	if err != nil {
		return err
	}
	var log struct{ OK bool }
	err = json.Unmarshal([]byte(out), &log)
	rep.LogWhole = log.OK
	return err
}
