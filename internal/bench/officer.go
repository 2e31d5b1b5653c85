package bench

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"time"

	"quipu/internal/authn"
	"quipu/internal/synth"
)

// mix is what officers do, in hundredths. A look at the start page stands for what comes
// between one person and the next.
var mix = []struct {
	share int
	do    func(*officer, context.Context) error
}{
	{55, (*officer).search},
	{25, (*officer).open},
	{10, (*officer).register},
	{3, (*officer).edit},
	{2, (*officer).confirm},
	{5, (*officer).start},
}

// acts are the names under which a report has what officers do.
const (
	actLogin    = "login"
	actStart    = "start"
	actSearch   = "search"
	actPage     = "page"
	actForm     = "register.form"
	actLook     = "register.look"  // for the same person, while the officer types
	actCheck    = "register.check" // pages on the way: answers to check, people who look alike
	actRegister = "register"
	actEditForm = "edit.form"
	actEdit     = "edit"
	actConfirm  = "confirm"
)

// known is a person whom an officer has met.
type known struct{ id, number string }

// officer is one officer at work: what he does is decided by his random numbers alone.
type officer struct {
	*browser
	account *account
	r       *rand.Rand
	think   time.Duration // on average, between two pages
	asked   []asked       // what people at the window may ask for
	met     []known       // whose pages he may open
	mine    []known       // whom he has registered
	next    func() (*synth.Person, bool)
	stop    func()
}

// people who come to be registered are others in every run.
func (s *staff) officer(n int, b *browser) *officer {
	a := &s.accounts[n]
	seed := s.seed + uint64(s.run)<<32 + uint64(n)<<16
	next, stop := iter.Pull(synth.People(synth.Options{Persons: 2000, Seed: seed, Posts: []synth.Post{a.post()}}))
	return &officer{browser: b, account: a, r: rand.New(rand.NewPCG(seed, 0x0ff1ce)), think: s.think, asked: s.asked, next: next, stop: stop}
}

// work does one thing after another until the context ends. What goes wrong is counted;
// the officer goes on with the next person.
func (o *officer) work(ctx context.Context) {
	for o.pause(ctx, 1) == nil {
		n := o.r.IntN(100)
		for _, m := range mix {
			if n -= m.share; n < 0 {
				if err := m.do(o, ctx); errors.Is(err, errEnded) {
					return
				}
				break
			}
		}
	}
}

// pause thinks: exponentially, times times the average, at most five averages.
func (o *officer) pause(ctx context.Context, times float64) error {
	d := time.Duration(min(o.r.ExpFloat64(), 5) * times * float64(o.think))
	return sleep(ctx, d)
}

// logIn shows password and second factor as the pages ask for them.
func (o *officer) logIn(ctx context.Context) error {
	p, err := o.get(ctx, "", "/entrar")
	for step := 0; err == nil && step < 3; step++ {
		f := find(forms(p.body), func(f *form) bool { return strings.HasPrefix(f.action, "/entrar") })
		if f == nil {
			break
		}
		values := map[string]string{"login": o.account.Login, "password": o.account.Password}
		if f.has("code") {
			if values["code"], err = o.account.code(ctx); err != nil {
				return err
			}
		}
		f.fill(values)
		p, err = o.post(ctx, actLogin, f.action, f.fields)
	}
	if err == nil && !p.says(`action="/salir"`) {
		return o.wrong(p, "%s: ends at %s", actLogin, p.path)
	}
	return err
}

func (o *officer) start(ctx context.Context) error {
	_, err := o.get(ctx, actStart, "/", `action="/buscar"`)
	return err
}

// search asks by document, by the full name or by a part of it, and remembers whom it found.
func (o *officer) search(ctx context.Context) error {
	q := o.asked[o.r.IntN(len(o.asked))]
	text, must := q.document, "/persona/"+q.id
	switch o.r.IntN(4) {
	case 0:
		text, must = q.full, "/persona/"
	case 1:
		text, must = q.short, "/persona/"
	}
	_, err := o.post(ctx, actSearch, "/buscar", url.Values{"q": {text}}, must)
	if err == nil {
		o.met = append(o.met[max(0, len(o.met)-20):], q.known)
	}
	return err
}

// open opens the page of somebody who was found before.
func (o *officer) open(ctx context.Context) error {
	if len(o.met) == 0 {
		return o.search(ctx)
	}
	k := o.met[o.r.IntN(len(o.met))]
	_, err := o.get(ctx, actPage, "/persona/"+k.id, k.number)
	return err
}

// onward are the buttons on the way to an entry that need choosing: the one who looks alike
// is another person, and the answers are right.
var onward = []button{{"apart", ""}, {"do", "save"}}

// register fills in the form and follows the pages until the confirmation: answers to
// check, and people who look like the one at the window, who are others.
func (o *officer) register(ctx context.Context) error {
	who, ok := o.next()
	if !ok {
		return o.search(ctx)
	}
	p, err := o.get(ctx, actForm, "/registrar", `name="surname_paternal"`)
	for step := 0; err == nil && !strings.HasPrefix(p.path, "/persona/"); step++ {
		f := find(forms(p.body), func(f *form) bool { return strings.HasPrefix(f.action, "/registrar") })
		if f == nil || step == 8 {
			return o.wrong(p, "%s: the way ends at %s", actRegister, pattern(p.path))
		}
		if step == 0 {
			if err = o.typing(ctx, p, f, answers(who)); err != nil {
				return err
			}
		}
		f.fill(map[string]string{"verdict.reason": "Son dos personas"})
		f.press(onward...)
		if o.pause(ctx, 1) != nil {
			return errEnded
		}
		var took time.Duration
		if p, took, err = o.try(ctx, actRegister, "POST", f.action, f.fields, nil); err == nil {
			act := actCheck
			if strings.HasPrefix(p.path, "/persona/") {
				act = actRegister
			}
			o.now.Load().answer(act, took)
		}
	}
	if err == nil {
		return o.confirmed(p)
	}
	return err
}

// pieces are what the script of the form has seen when the officer stops to type for a
// moment: it asks for the same person each time.
var pieces = [][]string{
	{"document.number", "surname_paternal"},
	{"surname_maternal", "given_names"},
	{"birth_date-day", "birth_date-month", "birth_date-year", "sex", "phone.number", "email.address"},
}

// typing fills the form in, and asks what the script of the page would ask meanwhile.
func (o *officer) typing(ctx context.Context, p *page, f *form, answers map[string]string) error {
	_, rest, scripted := strings.Cut(string(p.body), `data-q-window="`)
	at, _, _ := strings.Cut(rest, `"`)
	for _, names := range pieces {
		some := map[string]string{}
		for _, n := range names {
			some[n] = answers[n]
		}
		f.fill(some)
		if !scripted {
			continue
		}
		if o.pause(ctx, 1) != nil {
			return errEnded
		}
		if _, err := o.post(ctx, actLook, at, f.fields, `"alike":`); err != nil {
			return err
		}
	}
	f.fill(answers)
	return nil
}

// confirmed reads the number from the confirmation.
func (o *officer) confirmed(p *page) error {
	k := known{id: strings.Split(p.path, "/")[2]}
	const mark = `q-identity__number">`
	_, rest, ok := strings.Cut(string(p.body), mark)
	k.number, _, _ = strings.Cut(rest, "<")
	if !ok || k.number == "" {
		return o.wrong(p, "%s: the confirmation tells no number", actRegister)
	}
	o.mine, o.met = append(o.mine, k), append(o.met, k)
	return nil
}

// answers are what a person at the window says, under the names of the form's inputs.
func answers(p *synth.Person) map[string]string {
	basis := "birth_in_country"
	if p.BirthCountry != "PE" {
		basis = "birth_abroad"
	}
	return map[string]string{"kind": p.Kind, "document.type": "dni", "document.number": p.DNI + "-" + string(p.DNICheck),
		"document.verification": "seen_original", "surname_paternal": p.Paternal, "surname_maternal": p.Maternal, "given_names": p.Given,
		"birth_date-day": fmt.Sprint(p.Birth.Day), "birth_date-month": fmt.Sprint(p.Birth.Month), "birth_date-year": fmt.Sprint(p.Birth.Year),
		"sex": p.Sex, "nationality_basis": basis, "residence_country": p.Post.Country, "address.city": p.Post.City,
		"address.lines": p.Address, "address.postcode": p.Postcode, "phone.number": p.Phone, "email.address": p.Email}
}

// edit gives somebody whom the officer has registered a new address of e-mail; confirm
// writes down that he still lives there.
func (o *officer) edit(ctx context.Context) error {
	return o.change(ctx, "/editar/contact", actEdit, func(f *form) {
		f.fill(map[string]string{"email/new.address": fmt.Sprintf("%s.%d@example.org", strings.ToLower(o.account.Login), o.r.IntN(1e9))})
	})
}

func (o *officer) confirm(ctx context.Context) error {
	return o.change(ctx, "/confirmar", actConfirm, func(*form) {})
}

func (o *officer) change(ctx context.Context, path, act string, fill func(*form)) error {
	if len(o.mine) == 0 {
		return o.open(ctx)
	}
	k := o.mine[o.r.IntN(len(o.mine))]
	at := "/persona/" + k.id + path
	p, err := o.get(ctx, actEditForm, at, k.number)
	if err != nil {
		return err
	}
	f := find(forms(p.body), func(f *form) bool { return f.action == at })
	if f == nil {
		return o.wrong(p, "%s: no form", act)
	}
	fill(f)
	if o.pause(ctx, 1) != nil {
		return errEnded
	}
	p, err = o.post(ctx, act, at, f.fields, k.number, "govuk-notification-banner")
	if err == nil && strings.Contains(p.path, path) {
		return o.wrong(p, "%s: the form again", act)
	}
	return err
}

// code is the next code of the account's authenticator app that was not used.
func (a *account) code(ctx context.Context) (string, error) {
	step := max(time.Now().Unix()/30, a.Step+1)
	if early := time.Until(time.Unix((step-1)*30, 0)); early > 0 {
		if err := sleep(ctx, early); err != nil {
			return "", errEnded
		}
	}
	a.Step = step
	return authn.TOTPCode(a.Secret, time.Unix(step*30, 0))
}

func (o *officer) leave() {
	o.stop()
	o.close()
}

// wrong counts an error that only the officer can tell.
func (o *officer) wrong(p *page, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	o.now.Load().fail(err.Error(), p)
	return err
}

// sortedActs are the acts of a phase in the order in which they are reported.
func sortedActs(acts map[string]Latency) []string {
	order := []string{actLogin, actStart, actSearch, actPage, actForm, actLook, actCheck, actRegister, actEditForm, actEdit, actConfirm}
	return slices.DeleteFunc(order, func(a string) bool { _, ok := acts[a]; return !ok })
}
