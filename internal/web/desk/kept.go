package desk

import (
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"quipu/internal/app"
	"quipu/internal/authn"
	"quipu/internal/fault"
	"quipu/internal/web/ui"
)

// What a session holds for an officer whose own has ended: whose it was, the page they asked
// for, and what they are told about it.
const (
	keyGoal   = "goal"
	keyGoalOf = "goal_of"
	keyTold   = "told"
)

// What became of a form without a session: there was none, it waits, it is lost.
const (
	toldEnded = "ended"
	toldKept  = "kept"
	toldLost  = "lost"
)

// ResumePath is where forms that wait are taken up again.
const ResumePath = "/retomar"

// kept is a form that could not be taken: where it was sent and what it said. Ended is for
// one whose session had ended; any other was refused, and its officer was told why.
type kept struct {
	Path  string
	Form  url.Values
	Ended bool
}

// typed reports whether there is anything in a form that somebody typed or chose.
func typed(form url.Values) bool {
	for name, values := range form {
		if !unseen(name) && strings.Join(values, "") != "" {
			return true
		}
	}
	return false
}

// keep puts a form away for its officer and says where it can be taken up again; empty when
// there is nothing to keep or when it cannot be kept, which the log says.
func (s *Desk) keep(v *Visit, login string, ended bool) string {
	if !typed(v.PostForm) {
		return ""
	}
	kind := formKey(login, v.URL.Path, v.PostForm.Get(ui.Token))
	if kind == "" {
		kind = strings.ToLower(rand.Text())
	}
	token := ""
	text, err := json.Marshal(kept{v.URL.Path, v.PostForm, ended})
	if err == nil {
		token, err = s.App.KeepForm(login, kind, rand.Text(), text)
	}
	if err != nil {
		level := slog.LevelError
		if fault.Is(err, "app.kept_big") {
			level = slog.LevelWarn
		}
		s.Log.Log(v.Context(), level, "a form was not kept", "route", v.Pattern, "err", err)
		return ""
	}
	return ResumePath + "/" + token
}

// again is the form that was sent, for a page that holds what could be kept nowhere else: on a
// full disk, say. It is the same form still, and acts once. What is too much to be kept is not
// sent back either.
func again(v *Visit) (a ui.Again) {
	if !typed(v.PostForm) {
		return a
	}
	room := app.KeptBytes
	a.Action = v.URL.Path
	for _, name := range sortedNames(v.PostForm) {
		for _, value := range v.PostForm[name] {
			if room -= len(name) + len(value); room < 0 {
				return ui.Again{}
			}
			a.Fields = append(a.Fields, ui.Hidden{Name: name, Value: value})
		}
	}
	return a
}

// openKept opens one of the officer's own forms.
func (s *Desk) openKept(login, token string) (k kept, err error) {
	text, err := s.App.OpenKept(login, token)
	if err == nil {
		err = json.Unmarshal(text, &k)
	}
	return k, err
}

// owner is the officer of the session that this browser had before it ended.
func (s *Desk) owner(v *Visit) (string, error) {
	if login := s.Sessions.GetString(v.Context(), keyGoalOf); login != "" {
		return login, nil
	}
	c, err := v.Cookie(s.Sessions.Cookie.Name)
	if err != nil {
		return "", nil // no cookie, nobody
	}
	return s.App.SessionOwner(v.Context(), authn.HashToken(c.Value))
}

// turnAway leads a visit without a session to the log-in. The officer whose session ended
// comes back to where they were, and gets back what they had typed.
func (s *Desk) turnAway(v *Visit) error {
	owner, err := s.owner(v)
	if err != nil {
		return err
	}
	if owner != "" {
		goal, told := v.URL.RequestURI(), toldEnded
		if v.Method == http.MethodPost {
			goal, told = s.setAside(v, owner)
		}
		for key, value := range map[string]string{keyGoalOf: owner, keyGoal: goal, keyTold: told} {
			s.Sessions.Put(v.Context(), key, value)
		}
	}
	return s.Done(v, "/entrar", "")
}

// setAside keeps a form that came without a session, and says where its officer goes then
// and what they are told.
func (s *Desk) setAside(v *Visit, owner string) (goal, told string) {
	goal = s.formPage(v.URL.Path)
	if v.route.Unkept {
		return goal, toldEnded
	}
	v.Body = http.MaxBytesReader(v.W, v.Body, app.KeptBytes)
	if !v.fields() || v.ReadForm() != nil {
		return goal, toldLost
	}
	if at := s.keep(v, owner, true); at != "" {
		return at, toldKept
	}
	if typed(v.PostForm) {
		return goal, toldLost
	}
	return goal, toldEnded
}

// TellEnded says on the page of the log-in why it is shown and what became of a form.
func (s *Desk) TellEnded(v *Visit, p *ui.Page) {
	if told := s.Sessions.GetString(v.Context(), keyTold); told != "" {
		p.Tell("info", v.Words.T("kept.told."+told, "hours", int(app.KeptLife.Hours())))
	}
}

// Goal is where an officer goes who has signed in: back to the forms that their session
// ended under, back to the page that they asked for, or to the beginning.
func (s *Desk) Goal(v *Visit, login string) (string, error) {
	goal, of := s.Sessions.PopString(v.Context(), keyGoal), s.Sessions.PopString(v.Context(), keyGoalOf)
	s.Sessions.Remove(v.Context(), keyTold)
	wait, err := s.waitFor(login)
	switch {
	case err != nil:
		return "", err
	case len(wait) > 1:
		return ResumePath, nil
	case len(wait) == 1:
		return ResumePath + "/" + wait[0].Token, nil
	case goal == "" || of != login:
		return "/", nil
	}
	return ui.Local(goal), nil
}

// waiting is a form that waits, with what it says.
type waiting struct {
	app.KeptForm
	kept
}

// waitFor lists the forms that an officer's session ended under, the newest first.
func (s *Desk) waitFor(login string) (out []waiting, err error) {
	all, err := s.App.KeptForms(login)
	for _, f := range all {
		if err != nil {
			return nil, err
		}
		var k kept
		if k, err = s.openKept(login, f.Token); err == nil && k.Ended {
			out = append(out, waiting{f, k})
		}
	}
	return out, err
}
