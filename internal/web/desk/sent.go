package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"quipu/internal/web/ui"
)

// keySent is what a session holds of the last forms that acted: should the program start
// anew between the act and its answer, the form still does not act twice.
const keySent = "sent"

const (
	sentLife    = time.Hour
	sentMost    = 20_000 // of all officers; when there are more, each is kept for
	sentCrowded = 2 * time.Minute
	sentOfOne   = 8 // in a session
)

// acted is what came of a form: where it led and what was said there.
type acted struct{ To, Said string }

// sentForms makes a form that is sent twice act once, whatever it does: the second sending
// waits for the first and leads where that led. Twice means the same form with the same
// answers: what was changed after a step back is a new form. In memory, for an hour.
type sentForms struct {
	mu    sync.Mutex
	made  map[string]*sentForm
	swept time.Time
}

type sentForm struct {
	sync.Mutex
	result *acted // nil until the form has acted
	at     time.Time
}

func (s *sentForms) of(key string) *sentForm {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.swept) > time.Minute {
		s.sweep(now)
	}
	f, ok := s.made[key]
	if !ok {
		f = &sentForm{at: now}
		s.made[key] = f
	}
	return f
}

// sweep forgets old forms. Those that are still at work are younger than sentCrowded.
func (s *sentForms) sweep(now time.Time) {
	life := sentLife
	if len(s.made) > sentMost {
		life = sentCrowded
	}
	for k, f := range s.made {
		if now.Sub(f.at) > life {
			delete(s.made, k)
		}
	}
	s.swept = now
}

// formKey names a form that was shown to an officer; empty when nothing tells it from the
// others, or when it is not a form of fields.
func formKey(login, path string, token string) string {
	if token == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(login + "\x00" + path + "\x00" + token))
	return hex.EncodeToString(sum[:16])
}

// answersKey tells one set of answers from another.
func answersKey(form url.Values) string {
	sum := sha256.Sum256([]byte(form.Encode()))
	return hex.EncodeToString(sum[:16])
}

// fields reports whether the visit brings a form of fields, and not a file.
func (v *Visit) fields() bool {
	return v.Method == http.MethodPost && !strings.HasPrefix(v.Header.Get("Content-Type"), "multipart/")
}

// act answers a form that was sent, unless it has acted already.
func (s *Desk) act(v *Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	form := formKey(v.Actor.Login, v.URL.Path, v.PostForm.Get(ui.Token))
	if form == "" {
		return s.do(v)
	}
	key := form + answersKey(v.PostForm)
	f := s.sent.of(key)
	f.Lock()
	defer f.Unlock()
	if f.result == nil {
		f.result = s.rememberedOf(v, key)
	}
	if f.result != nil {
		return s.already(v, f.result)
	}
	v.acts = key
	if err := s.do(v); err != nil || v.led == nil {
		return err
	}
	f.result = v.led
	if err := s.App.DropKept(v.Actor.Login, form); err != nil { // the act is done all the same
		s.Log.ErrorContext(v.Context(), "a form that waited was not dropped", "err", err)
	}
	return nil
}

// already leads where a form led that has acted before.
func (s *Desk) already(v *Visit, a *acted) error {
	return s.Done(v, a.To, strings.TrimSpace(v.Words.T("kept.already")+" "+a.Said))
}

// actedBefore is what came of a form that was sent, nil when nothing has yet.
func (s *Desk) actedBefore(v *Visit, path string, form url.Values) *acted {
	key := formKey(v.Actor.Login, path, form.Get(ui.Token))
	if key == "" {
		return nil
	}
	key += answersKey(form)
	f := s.sent.of(key)
	f.Lock()
	defer f.Unlock()
	if f.result == nil {
		return s.rememberedOf(v, key)
	}
	return f.result
}

type remembered struct {
	Key string
	acted
}

func (s *Desk) remembered(v *Visit) (all []remembered) {
	if json.Unmarshal([]byte(s.Sessions.GetString(v.Context(), keySent)), &all) != nil {
		return nil // none yet, or of another release
	}
	return all
}

func (s *Desk) rememberedOf(v *Visit, key string) *acted {
	for _, r := range s.remembered(v) {
		if r.Key == key {
			return &r.acted
		}
	}
	return nil
}

// remember notes in the session where the form of the visit led, before the answer leaves.
func (s *Desk) remember(v *Visit) {
	all := append(s.remembered(v), remembered{v.acts, *v.led})
	text, err := json.Marshal(all[max(0, len(all)-sentOfOne):])
	if err != nil {
		return // strings always can be
	}
	s.Sessions.Put(v.Context(), keySent, string(text))
}
