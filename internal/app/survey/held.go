package survey

import (
	"context"
	"slices"
	"strings"
	"sync"

	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/survey/study"
)

// kept are things that were made of surveys, some at once, in memory and nowhere else.
type kept[T any] struct {
	mu  sync.Mutex
	all map[string]*T
}

// held are the answers of a survey, opened: they go when values are taken out of the log, when the
// survey's key is another or none, and when there is no such survey any more. Who asks is asked for
// the right each time.
type held struct {
	sync.Mutex
	answers *answers
	final   *Weighted
}

// What is held at once: surveys, and answers to single questions of one, some 60 MB. A larger
// survey is read again each time something of it changed.
const (
	mostHeld  = 3
	mostCells = 8 << 20
)

func (k *kept[T]) of(survey string) *T {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil || k.all[survey] == nil && len(k.all) >= mostHeld {
		k.all = map[string]*T{}
	}
	if k.all[survey] == nil {
		k.all[survey] = new(T)
	}
	return k.all[survey]
}

// drop lets go of one, or of all. Who is at work with one ends that.
func (k *kept[T]) drop(surveys ...string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(surveys) == 0 {
		k.all = nil
	}
	for _, s := range surveys {
		delete(k.all, s)
	}
}

// mostScanned is how many changes of others are looked through before all is read again.
const mostScanned = 20_000

// news is what happened to a survey since something was made of it.
type news struct {
	size        int64 // of the log now
	whole       bool  // all is to be read again
	moved       bool  // the survey itself changed
	survey      study.Survey
	submissions []string
	cases       []string
	arrived     []arrived
	worked      []store.CaseRow
}

// refresh brings the answers up to what is in the log.
func (m *Surveys) refresh(ctx context.Context, actor Actor, survey string, h *held) error {
	n := news{whole: h.answers == nil}
	err := m.DB.View(ctx, func(tx *store.Tx) (err error) {
		if n.survey, err = m.survey(ctx, tx, actor, authz.Analyse, survey); err != nil {
			return err
		}
		if n.size, err = tx.Size(ctx); err != nil || n.whole {
			return err
		}
		keys, err := keyNames(ctx, tx, survey)
		if n.whole = !slices.Equal(keys, h.answers.keys); err != nil || n.whole {
			return err
		}
		err = n.scan(ctx, tx, h.answers.size, survey)
		if n.whole = n.whole || n.moved; err != nil || n.whole {
			return err
		}
		return m.readNews(ctx, tx, &n)
	})
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			m.held.drop(survey)
		}
		return err
	}
	changed := len(n.arrived)+len(n.worked) > 0
	if !n.whole && changed {
		ok, err := h.answers.take(&n)
		if err != nil {
			h.answers = nil
			return err
		}
		n.whole = !ok
	}
	if n.whole || changed {
		h.final = nil
	}
	if n.whole {
		h.answers = nil
		if h.answers, err = m.readAnswers(ctx, actor, survey); err != nil {
			return err
		}
	}
	h.answers.size = n.size
	if h.answers.frame.N()*len(h.answers.frame.Names()) > mostCells {
		m.held.drop(survey)
	}
	return nil
}

// keyNames are the names of the keys under which answers are sealed.
func keyNames(ctx context.Context, tx *store.Tx, survey string) (out []string, err error) {
	keys, err := tx.SealedKeysOf(ctx, survey)
	for _, k := range keys {
		out = append(out, k.ID)
	}
	return out, err
}

// scan looks through the log since a place.
func (n *news) scan(ctx context.Context, tx *store.Tx, since int64, survey string) error {
	if n.whole = n.size < since || n.size-since > mostScanned; n.whole || n.size == since {
		return nil
	}
	err := tx.Log(ctx, since, mostScanned, func(e store.Entry) error {
		kind, entity, _ := strings.Cut(e.Entity, "/")
		switch kind {
		case string(study.KindSurvey):
			n.moved = n.moved || entity == survey
		case "erasure":
			n.whole = true
		case string(study.KindCase):
			n.cases = append(n.cases, entity)
		case string(study.KindSubmission):
			n.submissions = append(n.submissions, entity)
		}
		return nil
	})
	for _, ids := range []*[]string{&n.cases, &n.submissions} {
		slices.Sort(*ids)
		*ids = slices.Compact(*ids)
	}
	return err
}

// readNews reads the submissions and cases of the survey that changed.
func (m *Surveys) readNews(ctx context.Context, tx *store.Tx, n *news) error {
	survey := n.survey.Entity.ID
	rows, err := n.rows(ctx, tx, survey)
	if err != nil {
		return err
	}
	if n.arrived, err = m.keys(ctx, tx).arrived(&n.survey, rows); err != nil {
		return err
	}
	if n.worked, err = tx.CasesByID(ctx, n.cases); err != nil {
		return err
	}
	n.worked = slices.DeleteFunc(n.worked, func(c store.CaseRow) bool { return c.Survey != survey })
	return nil
}

// rows are the submissions of the survey that changed, as they are in the list.
func (n *news) rows(ctx context.Context, tx *store.Tx, survey string) ([]store.SubmissionRow, error) {
	rows, err := tx.SubmissionsByID(ctx, n.submissions)
	return slices.DeleteFunc(rows, func(r store.SubmissionRow) bool { return r.Survey != survey }), err
}

// arrived opens submissions of a survey that are in the list.
func (k *keys) arrived(s *study.Survey, rows []store.SubmissionRow) ([]arrived, error) {
	refs := make([]string, len(rows))
	for i, r := range rows {
		refs[i] = ref(study.KindSubmission, r.ID).String()
	}
	all, err := k.tx.ChangesOf(k.ctx, refs)
	if err != nil {
		return nil, err
	}
	out := make([]arrived, len(rows))
	for i, r := range refs {
		if err := k.open(s.Entity.ID, s.Link, all[r]); err != nil {
			return nil, err
		}
		out[i] = arrived{rows[i].Received, study.LoadSubmission(all[r])}
	}
	return out, nil
}
