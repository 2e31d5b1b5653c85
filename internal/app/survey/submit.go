package survey

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/survey/study"
)

// Incoming is a submission as a client sent it: the instance, and those of its files that came
// with it.
type Incoming struct {
	Instance []byte // XML
	Files    []Upload
}

// Upload is a file that came with a submission.
type Upload struct {
	Name, Type string
	Data       []byte
}

// Receipt says what is here of a submission, once it is on the disk.
type Receipt struct {
	Submission string
	New        bool     // the answers had not come before
	Awaited    []string // files that are still to be sent
	Reasons    []string // keys of what makes the answers doubtful
	Held       bool     // they wait for the office to decide
}

// MostFile is the largest file of a submission, in bytes.
const MostFile = 20 << 20

// Submit takes a submission in. The same instance may be sent as often as a client likes, whole
// or with some of its files: it is saved once. What does not fit the questionnaire is kept as
// doubtful; refused is only what cannot be kept: no XML, no survey, another instance of the
// same name. A file that is too large is told when everything else was kept.
func (m *Surveys) Submit(ctx context.Context, actor Actor, in Incoming) (Receipt, error) {
	return m.submit(ctx, &parcel{actor: actor, in: in})
}

func (m *Surveys) submit(ctx context.Context, p *parcel) (Receipt, error) {
	if err := authz.Check(p.actor, authz.Interview, p.actor.Office); err != nil {
		return Receipt{}, err
	}
	var large *fault.Error
	p.in.Files = slices.DeleteFunc(slices.Clone(p.in.Files), func(f Upload) bool {
		if len(f.Data) <= MostFile {
			return false
		}
		large = fault.New(fault.Invalid, "survey.file_large", "name", f.Name, "megabytes", MostFile>>20)
		return true
	})
	var err error
	if p.meta, err = study.ReadMeta(bytes.NewReader(p.in.Instance), nil); err != nil {
		return Receipt{}, err
	}
	if err := m.ahead(p); err != nil {
		return Receipt{}, err
	}
	if err := m.in.Add(ctx, p); err != nil {
		return Receipt{}, err // it may be saved all the same; who sends it again is told so
	}
	if p.err == nil && large != nil {
		return p.receipt, large
	}
	return p.receipt, p.err
}

// saveParcels saves parcels in one transaction. What is wrong with one is its own trouble; the
// error is of the store.
func (m *Surveys) saveParcels(ctx context.Context, batch []*parcel) error {
	return m.DB.Update(ctx, func(tx *store.Tx) error {
		d := &delivery{m: m, ctx: ctx, tx: tx, keys: m.keys(ctx, tx), forms: map[string][]*study.Survey{},
			past: map[string][]change.Change{}, cases: map[string]*study.Case{}}
		if err := d.expect(batch); err != nil {
			return err
		}
		for _, p := range batch {
			p.receipt, p.err = Receipt{}, nil
			if err := d.take(p); err != nil {
				if f := (*fault.Error)(nil); !errors.As(err, &f) || f.Kind == fault.Internal || f.Kind == fault.Unavailable {
					return err
				}
				p.err = err
			}
		}
		return d.finish()
	})
}

// delivery is several submissions on their way into one transaction.
type delivery struct {
	m       *Surveys
	ctx     context.Context
	tx      *store.Tx
	keys    *keys
	stamper *node.Stamper
	forms   map[string][]*study.Survey // by the name of the questionnaire
	past    map[string][]change.Change // of submissions, by id, opened, with what this delivery adds
	named   map[string][]string        // submissions by what clients call them now
	cases   map[string]*study.Case
	out     []change.Change
}

// expect asks at once what is here of the submissions of a batch; of most there is nothing.
func (d *delivery) expect(batch []*parcel) error {
	var names, entities, refs []string
	for _, p := range batch {
		for _, n := range []string{p.meta.Instance, p.meta.Replaces} {
			if n != "" {
				names, entities = append(names, n), append(entities, study.IDOf(n))
			}
		}
	}
	rows, err := d.tx.SubmissionsOf(d.ctx, names)
	if err != nil {
		return err
	}
	d.named = map[string][]string{}
	for _, r := range rows {
		d.named[r.Instance] = append(d.named[r.Instance], r.ID)
	}
	for _, e := range entities {
		refs = append(refs, ref(study.KindSubmission, e).String())
	}
	all, err := d.tx.ChangesOf(d.ctx, refs)
	for i, e := range entities {
		if len(all[refs[i]]) == 0 {
			d.past[e] = nil
		}
	}
	return err
}

func (d *delivery) take(p *parcel) error {
	s, form, err := d.surveyFor(p.actor, p.meta)
	if err != nil {
		return err
	}
	judged, err := d.m.judged(d.ctx, d.tx, form, p)
	if err != nil {
		return err
	}
	meta := judged.meta
	a := study.Arrival{Survey: s.Entity.ID, Form: meta.Version, Office: p.actor.Office, Interviewer: p.actor.Login, Meta: meta,
		Answers: string(p.in.Instance), Standing: study.Received, Reasons: judged.reasons}
	kase, err := d.caseFor(p.actor, s, meta.Case, &a)
	if err != nil {
		return err
	}
	cur, there, err := d.find(s, meta)
	if err != nil {
		return err
	}
	came := there && study.Came(d.past[cur.Entity.ID], meta.Instance, a.Answers)
	if there && cur.Interviewer != p.actor.Login {
		a.Reasons = append(a.Reasons, "sent_by_another")
	}
	if !p.ended.IsZero() && (!came || cur.Interviewer != p.actor.Login) {
		if cur, there, err = d.hold(p, s, &a); err != nil {
			return err
		}
		kase = nil
	}
	var c change.Change
	switch {
	case came:
	case !there:
		if a.Standing != study.Held && meta.Replaces != "" {
			a.Reasons = append(a.Reasons, study.Unpreceded)
		}
		c, err = study.Arrive(a)
	case cur.Instance == meta.Instance || a.Standing == study.Held:
		err = fault.New(fault.Conflict, "survey.same_instance")
	case meta.Replaces == cur.Instance:
		c, err = cur.Correct(a)
	case cur.Replaces == meta.Instance:
		return d.precede(p, s, kase, cur, a)
	case meta.Replaces != "": // corrected elsewhere meanwhile
		a.Reasons = append(a.Reasons, "corrects_older")
		c, err = cur.Correct(a)
	default:
		err = fault.New(fault.Conflict, "survey.same_instance")
	}
	if err != nil {
		return err
	}
	return d.keep(p, s, kase, c, cur, there)
}

// keep writes what came of a submission, its files, and that its case was answered.
func (d *delivery) keep(p *parcel, s *study.Survey, kase *study.Case, c change.Change, cur study.Submission, there bool) error {
	entity := c.Entity
	if there {
		entity = cur.Entity
	}
	if len(c.Sets) > 0 {
		if err := d.write(p.actor, s, c); err != nil {
			return err
		}
	}
	now := study.LoadSubmission(d.past[entity.ID])
	if err := d.attach(p, s, &now); err != nil {
		return err
	}
	if len(p.in.Files) > 0 {
		now = study.LoadSubmission(d.past[entity.ID])
	}
	p.receipt = Receipt{Submission: entity.ID, New: !there, Awaited: now.Awaited, Reasons: now.Reasons, Held: now.Standing == study.Held}
	if kase != nil && kase.Submission == "" && now.Standing.Counts() {
		ch := kase.Answer(entity.ID, study.Complete)
		kase.Submission = entity.ID
		return d.write(p.actor, s, ch)
	}
	return nil
}

// write stamps a change and keeps it for the end, and its open form for what follows.
func (d *delivery) write(actor Actor, s *study.Survey, c change.Change) (err error) {
	if d.stamper == nil {
		if d.stamper, err = d.m.Stamper(d.ctx, d.tx, actor); err != nil {
			return err
		}
	}
	d.stamper.As(actor)
	d.stamper.Stamp(&c)
	if c.Entity.Kind == study.KindSubmission {
		open := c
		open.Sets = slices.Clone(c.Sets)
		d.past[c.Entity.ID] = append(d.past[c.Entity.ID], open)
	}
	if err := d.keys.seal(s, &c); err != nil {
		return err
	}
	d.out = append(d.out, c)
	return nil
}

func (d *delivery) finish() error {
	if len(d.out) == 0 {
		return nil
	}
	if err := d.tx.Append(d.ctx, d.out); err != nil {
		return err
	}
	var cases, refs []string
	all := map[string][]change.Change{}
	for i := range d.out {
		switch e := d.out[i].Entity; {
		case e.Kind == study.KindCase:
			cases = append(cases, e.ID)
		case all[e.String()] == nil:
			refs = append(refs, e.String())
			all[e.String()] = d.past[e.ID] // which has all of it, in order
		}
	}
	slices.Sort(cases)
	if err := Project(d.ctx, d.tx, study.KindCase, slices.Compact(cases)); err != nil {
		return err
	}
	slices.Sort(refs)
	return projectSubmissions(d.ctx, d.tx, refs, all)
}

// surveyFor finds the survey of the office that the answers are of.
func (d *delivery) surveyFor(actor Actor, meta study.Meta) (*study.Survey, study.Form, error) {
	var none study.Form
	all, known := d.forms[meta.Form]
	if !known {
		rows, err := d.tx.SurveysOfForm(d.ctx, meta.Form)
		if err != nil {
			return nil, none, err
		}
		for _, r := range rows {
			past, err := d.tx.Changes(d.ctx, ref(study.KindSurvey, r.ID))
			if err != nil {
				return nil, none, err
			}
			s := study.LoadSurvey(past)
			all = append(all, &s)
		}
		d.forms[meta.Form] = all
	}
	kase, err := d.caseOf(meta.Case)
	if err != nil {
		return nil, none, err
	}
	var found *study.Survey
	best := 0
	for _, s := range all { // that of the case, one that has the version, an open one; of equals the later
		rank := 1
		if kase != nil && kase.Survey == s.Entity.ID {
			rank += 4
		}
		if _, has := s.FormOf(meta.Version); has {
			rank += 2
		}
		if s.State == study.Open {
			rank++
		}
		if s.Takes(actor.Office) && rank >= best {
			found, best = s, rank
		}
	}
	switch {
	case found == nil:
		return nil, none, fault.New(fault.NotFound, "survey.no_survey", "form", meta.Form)
	case found.State == study.Draft:
		return nil, none, fault.New(fault.Conflict, "survey.not_open", "title", found.Title)
	}
	form, ok := found.FormOf(meta.Version)
	if !ok {
		var versions []string
		for _, f := range found.Forms {
			versions = append(versions, f.Version)
		}
		return nil, none, fault.New(fault.NotFound, "survey.no_version", "version", meta.Version, "form", meta.Form, "versions", strings.Join(versions, ", "))
	}
	return found, form, nil
}

// caseFor finds the case that is answered. One that is not there, or is another's, makes the
// answers doubtful: they are kept all the same.
func (d *delivery) caseFor(actor Actor, s *study.Survey, entity string, a *study.Arrival) (*study.Case, error) {
	if s.State == study.Closed {
		a.Reasons = append(a.Reasons, "late")
	}
	if entity == "" {
		return nil, nil
	}
	c, err := d.caseOf(entity)
	if err != nil {
		return nil, err
	}
	if c == nil || c.Survey != s.Entity.ID || c.Office != actor.Office {
		a.Reasons = append(a.Reasons, "case_unknown")
		return nil, nil
	}
	a.Case = entity
	if c.Interviewer != actor.Login && !authz.May(actor, authz.Fieldwork, c.Office) {
		a.Reasons = append(a.Reasons, "case_of_another")
	}
	if c.Submission != "" && c.Submission != study.IDOf(a.Meta.Instance) && a.Meta.Replaces == "" {
		a.Reasons = append(a.Reasons, "case_answered")
	}
	return c, nil
}

// caseOf is a case as this delivery leaves it, nil where there is none.
func (d *delivery) caseOf(entity string) (*study.Case, error) {
	if c, known := d.cases[entity]; known || entity == "" {
		return c, nil
	}
	past, err := d.tx.Changes(d.ctx, ref(study.KindCase, entity))
	if err != nil {
		return nil, err
	}
	var c *study.Case
	if len(past) > 0 {
		loaded := study.LoadCase(past)
		c = &loaded
	}
	d.cases[entity] = c
	return c, nil
}

// find opens the submission that an instance is or replaces.
func (d *delivery) find(s *study.Survey, meta study.Meta) (cur study.Submission, there bool, err error) {
	names := slices.DeleteFunc([]string{meta.Instance, meta.Replaces}, func(s string) bool { return s == "" })
	var entities []string
	for _, n := range names {
		entities = append(entities, d.named[n]...)
	}
	slices.Sort(entities)
	for _, n := range names {
		entities = append(entities, study.IDOf(n))
	}
	for _, entity := range entities {
		if cur, there, err = d.submission(s, entity); err != nil || there {
			return cur, there, err
		}
	}
	return cur, false, nil
}

// submission opens one with what this delivery adds to it.
func (d *delivery) submission(s *study.Survey, entity string) (cur study.Submission, there bool, err error) {
	past, known := d.past[entity]
	if !known {
		if past, err = d.tx.Changes(d.ctx, ref(study.KindSubmission, entity)); err != nil {
			return cur, false, err
		}
	}
	if len(past) > 0 && study.LoadSubmission(past).Survey != s.Entity.ID { // under another key
		return cur, false, fault.New(fault.Conflict, "survey.same_instance")
	}
	if !known {
		if err := d.keys.open(s.Entity.ID, s.Link, past); err != nil {
			return cur, false, err
		}
		d.past[entity] = past
	}
	if len(past) == 0 {
		return cur, false, nil
	}
	return study.LoadSubmission(past), true, nil
}
