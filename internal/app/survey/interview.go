package survey

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/survey/paradata"
	"quipu/internal/survey/study"
)

// Interviews that are held in a browser wait in DIR/interviews until they are sent, each in a
// file that is sealed under the node's key. They are of their interviewer alone, and leave the
// computer only as a submission.
const (
	interviewLife = 60 * 24 * time.Hour // without a new answer
	interviewsOf  = 50                  // that one interviewer has under way
)

// Interview is one under way.
type Interview struct {
	Token    string `json:"-"`
	Survey   string
	Version  string // of the questionnaire
	Case     string // "" without one
	Instance string // what the submission will be called
	Lang     string // of the questionnaire
	At       string // key of the page
	Begun    time.Time
	Saved    time.Time        `json:"-"`
	Times    []paradata.Event `json:",omitempty"` // of its pages, where the questionnaire asks for them
	Answers  []byte           // the instance in XML, with what is not asked just now; empty before the first page
}

var interviewToken = regexp.MustCompile(`^[0-9a-f]{32}-[a-z0-9]{20,40}$`)

func (m *Surveys) interviewFile(token string) string {
	return filepath.Join(m.Dir(), node.InterviewFolder, token+node.InterviewEnd)
}

// BeginInterview begins one, of a case of the actor's or without. The case is taken up again
// where one of it is under way.
func (m *Surveys) BeginInterview(ctx context.Context, actor Actor, survey, kase string) (string, error) {
	s, err := m.Asks(ctx, actor, survey)
	if err != nil {
		return "", err
	}
	own, err := m.Interviews(actor, survey)
	if err != nil {
		return "", err
	}
	if kase != "" {
		if i := slices.IndexFunc(own, func(x Interview) bool { return x.Case == kase }); i >= 0 {
			return own[i].Token, nil
		}
		p, err := m.Case(ctx, actor, kase)
		switch {
		case err != nil:
			return "", err
		case p.Survey.Entity.ID != survey:
			return "", node.NotFound(nil, "case", kase)
		case p.Case.Submission != "":
			return "", fault.New(fault.Conflict, "survey.answered")
		}
	}
	if len(own) >= interviewsOf {
		return "", fault.New(fault.Conflict, "interview.too_many", "limit", interviewsOf)
	}
	i := Interview{Token: m.interviewsOf(actor.Login) + strings.ToLower(rand.Text()), Survey: survey, Version: s.Form, Case: kase,
		Instance: "uuid:" + strings.ToLower(rand.Text()), Begun: m.Now()}
	return i.Token, m.KeepInterview(actor, &i)
}

// Asks opens a survey for who interviews, while it is open.
func (m *Surveys) Asks(ctx context.Context, actor Actor, survey string) (s study.Survey, err error) {
	err = m.DB.View(ctx, func(tx *store.Tx) (err error) {
		s, err = m.survey(ctx, tx, actor, authz.Interview, survey)
		return err
	})
	switch {
	case err != nil:
		return s, err
	case !s.Takes(actor.Office):
		return s, fault.New(fault.Forbidden, "interview.office", "title", s.Title)
	case s.State != study.Open:
		return s, fault.New(fault.Conflict, "interview.not_open", "title", s.Title)
	}
	return s, nil
}

// interviewsOf is how the names of an interviewer's files begin; who that is they do not tell.
func (m *Surveys) interviewsOf(login string) string {
	return m.Master.BlindIndex("interview", login) + "-"
}

// KeepInterview saves one as it stands, whole or not at all.
func (m *Surveys) KeepInterview(actor Actor, i *Interview) error {
	path, err := m.ownInterview(actor, i.Token)
	if err != nil {
		return err
	}
	text, err := json.Marshal(i)
	if err != nil {
		return err
	}
	return m.keepSealed(path, i.Token, text)
}

func (m *Surveys) ownInterview(actor Actor, token string) (path string, err error) {
	if !interviewToken.MatchString(token) || !strings.HasPrefix(token, m.interviewsOf(actor.Login)) {
		return "", fault.New(fault.NotFound, "interview.gone")
	}
	return m.interviewFile(token), nil
}

// Interview opens one of the actor's own. Another's is not found.
func (m *Surveys) Interview(actor Actor, token string) (i Interview, err error) {
	if err := authz.Check(actor, authz.Interview, actor.Office); err != nil {
		return i, err
	}
	path, err := m.ownInterview(actor, token)
	if err != nil {
		return i, err
	}
	text, err := m.openSealed(path, token)
	if errors.Is(err, fs.ErrNotExist) {
		return i, fault.New(fault.NotFound, "interview.gone")
	}
	if err != nil {
		return i, err
	}
	i.Token = token
	return i, json.Unmarshal(text, &i)
}

// Interviews lists the actor's own of a survey, the last saved first. Those that nobody came
// back for are forgotten.
func (m *Surveys) Interviews(actor Actor, survey string) (out []Interview, err error) {
	if err := authz.Check(actor, authz.Interview, actor.Office); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(filepath.Join(m.Dir(), node.InterviewFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, node.ExplainDir(m.Dir(), err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil { // it was sent meanwhile
			continue
		}
		token, ours := strings.CutSuffix(e.Name(), node.InterviewEnd)
		if m.Now().Sub(info.ModTime()) > interviewLife {
			_ = os.Remove(filepath.Join(m.Dir(), node.InterviewFolder, e.Name())) // another request may have been first
			continue
		}
		if !ours || !strings.HasPrefix(token, m.interviewsOf(actor.Login)) {
			continue
		}
		i, err := m.Interview(actor, token)
		if fault.Is(err, "interview.gone") {
			continue
		}
		if err != nil {
			return nil, err
		}
		if i.Saved = info.ModTime(); i.Survey == survey {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b Interview) int { return b.Saved.Compare(a.Saved) })
	return out, nil
}

// DropInterview forgets one.
func (m *Surveys) DropInterview(actor Actor, token string) error {
	path, err := m.ownInterview(actor, token)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return node.ExplainDir(m.Dir(), err)
	}
	return nil
}

// SendInterview submits one like any other, and forgets it once it is kept.
func (m *Surveys) SendInterview(ctx context.Context, actor Actor, token string, instance []byte, files ...Upload) (Receipt, error) {
	if _, err := m.ownInterview(actor, token); err != nil {
		return Receipt{}, err
	}
	got, err := m.Submit(ctx, actor, Incoming{Instance: instance, Files: files})
	if err != nil {
		return got, err
	}
	return got, m.DropInterview(actor, token)
}
