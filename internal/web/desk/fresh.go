package desk

import (
	"cmp"
	"net/http"
	"time"

	"quipu/internal/authz"
)

// What a session holds. KeyLogin is who has signed in whole, KeyProved when they last
// showed a password, KeyReturn where they wanted to go when it was asked for again.
const (
	KeyLogin  = "login"
	KeyAgent  = "agent"
	KeyProved = "proved"
	KeyReturn = "return"
	KeyFlash  = "flash"
	KeyAlert  = "alert" // as KeyFlash, of what may be wrong

	KeyPurpose = "purpose" // for what the officer works, "" until something was chosen
)

// How long after showing the password an officer may open what guards other doors. A form
// may be filled in without haste.
const (
	freshPage = 10 * time.Minute
	freshForm = 40 * time.Minute
)

// ProvePath is where the password is asked for once more.
const ProvePath = "/confirmar-clave"

// fresh reports whether the officer has shown the password lately; if not, the visit leads
// to where it is asked for, and back from there.
func (s *Desk) Fresh(v *Visit) (bool, error) {
	since := s.App.Now().Sub(time.Unix(s.Sessions.GetInt64(v.Context(), KeyProved), 0))
	if since <= freshPage || v.Method == http.MethodPost && since <= freshForm {
		return true, nil
	}
	to := v.URL.Path
	if v.Method == http.MethodPost {
		to = s.formPage(v.URL.Path)
		if !v.route.Unkept && v.fields() {
			to = cmp.Or(s.keep(v, v.Actor.Login, false), to)
		}
	}
	s.Sessions.Put(v.Context(), KeyReturn, to)
	v.acts = "" // the form has not acted
	return false, s.Done(v, ProvePath, "")
}

// guard stands before the pages about other people's accounts: the right first, then the
// password once more.
func (s *Desk) Guard(action authz.Action, do Handler) Handler {
	return func(v *Visit) error {
		if _, ok := authz.ScopeOf(v.Actor, action); !ok {
			return authz.Check(v.Actor, action, v.Actor.Office)
		}
		if ok, err := s.Fresh(v); err != nil || !ok {
			return err
		}
		return do(v)
	}
}
