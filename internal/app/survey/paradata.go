package survey

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"quipu/internal/authz"
	"quipu/internal/store"
	"quipu/internal/survey/paradata"
	"quipu/internal/survey/study"
	"quipu/internal/survey/xform"
)

// mostWatched is how many interviews of a survey are looked at, the latest.
const mostWatched = 20_000

// watch is how the interviews of a survey were held. What came since is read when somebody looks.
type watch struct {
	sync.Mutex
	size   int64 // of the log
	forms  int   // versions of the questionnaire
	shape  *paradata.Shape
	by     map[string]*paradata.Interview // by submission
	report *paradata.Report
}

// Conduct is how the interviews of a survey were held: all of it for who plans or analyses it, of
// his office for who runs its fieldwork there. What is usual is reckoned over all.
type Conduct struct {
	Survey study.Survey
	Nodes  []paradata.Node
	*paradata.Report
}

// Conduct looks at how interviews were held.
func (m *Surveys) Conduct(ctx context.Context, actor Actor, survey string) (*Conduct, error) {
	out, office := &Conduct{}, ""
	err := m.DB.View(ctx, func(tx *store.Tx) (err error) {
		if out.Survey, err = load(ctx, tx, survey); err != nil {
			return err
		}
		if err = check(actor, authz.Fieldwork, &out.Survey); err == nil {
			office = officeOf(actor, authz.Fieldwork)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	w := m.watched.of(survey)
	w.Lock()
	defer w.Unlock()
	if err := m.watch(ctx, &out.Survey, w); err != nil {
		return nil, err
	}
	out.Nodes, out.Report = w.shape.Nodes, w.report
	if office == "" {
		return out, nil
	}
	only := *w.report
	only.Rows, only.Doubts = nil, nil
	for _, r := range w.report.Rows {
		if r.Office == office {
			only.Rows = append(only.Rows, r)
		}
	}
	for _, d := range w.report.Doubts {
		if d.Office == office {
			only.Doubts = append(only.Doubts, d)
		}
	}
	out.Report = &only
	return out, nil
}

// watch reads what came since it was last looked at.
func (m *Surveys) watch(ctx context.Context, s *study.Survey, w *watch) error {
	return m.DB.View(ctx, func(tx *store.Tx) error {
		size, err := tx.Size(ctx)
		if err != nil || w.report != nil && size == w.size {
			return err
		}
		fresh, all, err := w.since(ctx, tx, s, size)
		if err != nil {
			return err
		}
		if all {
			w.by, w.shape, w.forms, w.report = map[string]*paradata.Interview{}, &paradata.Shape{}, len(s.Forms), nil
			for _, f := range s.Forms {
				if c, there, err := m.checkerOf(ctx, tx, f); err != nil {
					return err
				} else if there {
					w.shape.Add(c.form)
				}
			}
		}
		k := m.keys(ctx, tx)
		for some := range slices.Chunk(fresh, answersAtOnce) {
			if err := w.look(k, s, some); err != nil {
				return err
			}
		}
		w.size = size
		if w.report == nil || len(fresh) > 0 {
			w.report = w.shape.Report(slices.Collect(maps.Values(w.by)))
		}
		return nil
	})
}

// since lists the submissions that changed since, or all when that is shorter; a survey that
// changed is read again only for other versions of its questionnaire.
func (w *watch) since(ctx context.Context, tx *store.Tx, s *study.Survey, size int64) (rows []store.SubmissionRow, all bool, err error) {
	n := news{size: size, whole: w.report == nil || len(s.Forms) != w.forms}
	if !n.whole {
		err = n.scan(ctx, tx, w.size, s.Entity.ID)
	}
	if err != nil {
		return nil, false, err
	}
	if !n.whole {
		rows, err = n.rows(ctx, tx, s.Entity.ID)
		return rows, false, err
	}
	var at store.Place
	for len(rows) < mostWatched {
		more, err := tx.Submissions(ctx, store.SubmissionFilter{Survey: s.Entity.ID}, at, true, answersAtOnce)
		if err != nil || len(more) == 0 {
			return rows, true, err
		}
		rows = append(rows, more...)
		last := more[len(more)-1]
		at = store.Place{Received: last.Received, ID: last.ID}
	}
	return rows, true, nil
}

// look opens submissions, and keeps how they were held. What was set aside is not looked at.
func (w *watch) look(k *keys, s *study.Survey, rows []store.SubmissionRow) error {
	for _, r := range rows {
		delete(w.by, r.ID)
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(r store.SubmissionRow) bool { return r.Standing == string(study.SetAside) })
	some, err := k.arrived(s, rows)
	if err != nil {
		return err
	}
	for i := range some {
		how, err := digest(k, s, w.shape, &some[i].Submission)
		if err != nil {
			return err
		}
		if how != nil {
			w.by[how.ID] = how
		}
	}
	return nil
}

// digest looks at one; nil where nothing can be read of it.
func digest(k *keys, s *study.Survey, shape *paradata.Shape, sub *study.Submission) (*paradata.Interview, error) {
	doc, err := xform.ReadInstance(strings.NewReader(sub.Answers))
	if err != nil {
		return nil, nil //nolint:nilerr // it is kept as doubtful, and says nothing here
	}
	log, err := k.audit(s.Entity.ID, sub)
	if err != nil {
		return nil, err
	}
	began, _ := time.Parse(time.RFC3339, sub.Started)
	ended, _ := time.Parse(time.RFC3339, sub.Ended)
	i := shape.Digest(doc, began, ended, log)
	i.ID, i.Interviewer, i.Office = sub.Entity.ID, sub.Interviewer, sub.Office
	return i, nil
}

// audit opens the audit that came with a submission of a survey; nil without one that can be read.
func (k *keys) audit(survey string, sub *study.Submission) (*paradata.Log, error) {
	for _, f := range sub.Files {
		if f.Name != paradata.FileName {
			continue
		}
		text, there, err := k.file(survey, sub, f)
		if err != nil || !there {
			return nil, err
		}
		l, err := paradata.Read(bytes.NewReader([]byte(text)))
		if err != nil {
			return &paradata.Log{Lost: 1}, nil //nolint:nilerr // what is no audit tells no times
		}
		return &l, nil
	}
	return nil, nil
}

// Audit is how one interview was held, for who may open the submission; nil without an audit.
func (m *Surveys) Audit(ctx context.Context, actor Actor, submission string) (l *paradata.Log, err error) {
	return l, m.DB.View(ctx, func(tx *store.Tx) error {
		s, plan, _, err := m.openSubmission(ctx, tx, actor, submission)
		if err != nil {
			return err
		}
		l, err = m.keys(ctx, tx).audit(plan.Entity.ID, &s)
		return err
	})
}
