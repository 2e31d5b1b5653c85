package survey

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"

	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/survey"
	"quipu/internal/survey/judge"
	"quipu/internal/survey/study"
	"quipu/internal/survey/xform"
)

// checker judges answers to one version of a questionnaire as the client did. A version never
// changes, so that one is made of each file.
type checker struct {
	form  *survey.Form
	judge *judge.Judge
	files map[string]bool // questions that are answered by a file, by path
}

func newChecker(xml []byte, with map[string][]byte) (*checker, error) {
	f, err := xform.Read(bytes.NewReader(xml))
	if err != nil {
		return nil, err
	}
	f.Files = with
	j, err := judge.New(f)
	if err != nil {
		return nil, fault.New(fault.Invalid, "survey.form_unread").Because(err)
	}
	files, err := study.FilesIn(bytes.NewReader(xml))
	return &checker{f, j, files}, err
}

// verdict is what a checker found in an instance.
type verdict struct {
	meta    study.Meta
	reasons []string
}

// mostReasons bounds what is kept of a submission in which nothing fits.
const mostReasons = 20

// check reads an instance and judges it. The reasons are a kind and a path, as the page of the
// answers puts them into words. What it says of itself may have been read: it is the same where no
// question is answered by a file.
func (c *checker) check(instance []byte, read *study.Meta, received time.Time) (v verdict, err error) {
	if read != nil && len(c.files) == 0 {
		v.meta = *read
	} else if v.meta, err = study.ReadMeta(bytes.NewReader(instance), func(path string) bool { return c.files[path] }); err != nil {
		return v, err
	}
	doc, err := xform.ReadInstance(bytes.NewReader(instance))
	if err != nil {
		return v, err
	}
	when := received
	if at, err := time.Parse(time.RFC3339, v.meta.End); err == nil {
		when = at
	}
	for _, f := range c.judge.Document(doc, when) {
		if f.Kind == judge.Unjudged { // nobody's fault who answered
			continue
		}
		if len(v.reasons) == mostReasons {
			v.reasons = append(v.reasons, "more")
			break
		}
		v.reasons = append(v.reasons, string(f.Kind)+":"+f.Path)
	}
	return v, nil
}

// checkers are those that this program has made.
type checkers struct {
	mu     sync.Mutex
	byFile map[string]*checker // by Form.Key
	byName map[string][]string // keys, by the name and the version of the form
}

func (c *checkers) named(m study.Meta) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.byName[m.Form+"\x00"+m.Version])
}

func (c *checkers) get(file string) *checker {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byFile[file]
}

func (c *checkers) put(file string, f study.Form, made *checker) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byFile == nil {
		c.byFile, c.byName = map[string]*checker{}, map[string][]string{}
	}
	c.byFile[file] = made
	if name := f.Name + "\x00" + f.Version; !slices.Contains(c.byName[name], file) {
		c.byName[name] = append(c.byName[name], file)
	}
}

// ahead judges a submission before its turn comes, so that many are judged at once: by those
// questionnaires of its name and version that this program knows.
func (m *Surveys) ahead(p *parcel) error {
	for _, file := range m.checks.named(p.meta) {
		v, err := m.checks.get(file).check(p.in.Instance, &p.meta, m.Now())
		if err != nil {
			return err
		}
		if p.verdicts == nil {
			p.verdicts = map[string]verdict{}
		}
		p.verdicts[file] = v
	}
	return nil
}

// judged is what the version of a questionnaire finds in a submission.
func (m *Surveys) judged(ctx context.Context, tx *store.Tx, f study.Form, p *parcel) (verdict, error) {
	if v, done := p.verdicts[f.Key()]; done {
		return v, nil
	}
	c, there, err := m.checkerOf(ctx, tx, f)
	if err != nil {
		return verdict{}, err
	}
	if !there { // a node that has not the file yet takes answers all the same
		return verdict{meta: p.meta, reasons: []string{unchecked}}, nil
	}
	return c.check(p.in.Instance, &p.meta, m.Now())
}

// checkerOf makes the checker of a version; it is not there while its file is on its way.
func (m *Surveys) checkerOf(ctx context.Context, tx *store.Tx, f study.Form) (c *checker, there bool, err error) {
	if c = m.checks.get(f.Key()); c != nil {
		return c, true, nil
	}
	_, xml, there, err := tx.Attachment(ctx, f.File)
	if err != nil || !there {
		return nil, false, err
	}
	with, err := mediaOf(ctx, tx, f)
	if err != nil || len(with) < len(f.Media) {
		return nil, false, err
	}
	if c, err = newChecker(xml, with); err != nil {
		return nil, false, err
	}
	m.checks.put(f.Key(), f, c)
	return c, true, nil
}
