package portal

import (
	"fmt"
	"net/http"
	"strings"

	"quipu/internal/constancy"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/render"
	"quipu/internal/web/ui"
)

type verifyScreen struct {
	ui.Page
	Answer *answer
	Signer string // who signs the lists, to be compared
}

// answer is what came of a text, in words.
type answer struct {
	Verdict constancy.Verdict
	Colour  string // of the box: good, warn, bad
	Words   string
	Kind    string
	Rows    []ui.Row
	Notes   []string
	Read    string // of a text that says nothing genuine: what was read
}

func (s *Site) verifyPage(v *visit) error { return s.showVerify(v, nil) }

func (s *Site) showVerify(v *visit, a *answer) error {
	_, _, public, err := s.App.ConstancyKeys(v.Context())
	if err != nil {
		return err
	}
	page := &verifyScreen{Page: s.frame(v, i18n.T(v.lang, "portal.verify.title")), Answer: a, Signer: public}
	if a != nil {
		verdict, _, _ := strings.Cut(a.Words, ":")
		page.Title = verdict + " – " + page.Title
	}
	page.Path = Prefix + "verificar" // another language asks anew: the text is in no address
	return s.set.Render(v.w, v.Request, http.StatusOK, "verify.html", page)
}

// verify checks the text of a code. The answer is the page of an honest question even when
// the text is a forgery, so its status is 200.
func (s *Site) verify(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "portal.bad_form").Because(err)
	}
	text := v.PostForm.Get("text")
	r, err := s.App.VerifyConstancy(v.Context(), text, s.App.Today())
	if err != nil {
		return err
	}
	return s.showVerify(v, s.answer(v.lang, text, r))
}

func (s *Site) answer(lang i18n.Lang, text string, r constancy.Report) *answer {
	a := &answer{Verdict: r.Verdict, Colour: colour(r), Words: i18n.T(lang, "constancy.verdict."+string(r.Verdict))}
	if !r.Genuine() {
		a.Notes = []string{i18n.T(lang, "verifier.nothing_shown")}
		a.Read = shortened(text)
		return a
	}
	a.Kind = i18n.T(lang, "constancy.kind."+string(r.Statement.Kind))
	for _, p := range append(render.Particulars(lang, r.Statement), render.Marks(r.Statement)...) {
		a.Rows = append(a.Rows, ui.Row{Key: i18n.T(lang, p.Label), Value: p.Value})
	}
	if r.RevokedOn.Known() {
		a.Rows = append(a.Rows, ui.Row{Key: i18n.T(lang, "constancy.label.revoked"), Value: i18n.Date(lang, r.RevokedOn.String())})
	}
	a.Notes = []string{i18n.T(lang, "verifier.look")}
	switch {
	case r.Stale:
		a.Notes = append(a.Notes, i18n.T(lang, "portal.verify.unknown_here"))
	case !r.RevokedOn.Known():
		a.Notes = append(a.Notes, i18n.T(lang, "portal.verify.known_here", "date", i18n.Date(lang, s.App.Today().String())))
	}
	return a
}

// colour of the box: never the only sign of what the words say.
func colour(r constancy.Report) string {
	switch r.Verdict {
	case constancy.Valid:
		if r.Stale {
			return "warn"
		}
		return "good"
	case constancy.Forged, constancy.Altered, constancy.Revoked, constancy.RetiredKey:
		return "bad"
	}
	return "warn"
}

// shortened is the text as it was read, so that a reader who types another alphabet is
// found out; of a long one both ends.
func shortened(text string) string {
	const most = 60
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) <= 2*most {
		return string(r)
	}
	return fmt.Sprintf("%s … %s", string(r[:most]), string(r[len(r)-most:]))
}
