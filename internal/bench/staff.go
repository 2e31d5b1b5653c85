package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"quipu/internal/app"
	accounts "quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/authn"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/place"
	"quipu/internal/synth"
)

// account is an invented officer, with what opens the door: kept beside the register of a
// measurement, which holds invented people.
type account struct {
	Login, Password, Secret, Office string
	Step                            int64 // of the last code that was used
}

func (a *account) post() synth.Post {
	o, _ := place.Network().Office(a.Office)
	return synth.Post{Office: o.Code, City: o.City, Country: o.Country, Weight: 1}
}

// asked is somebody in the register as people ask for him.
type asked struct {
	question
	known
}

// staff are the officers and what they are asked, for all runs on one register.
type staff struct {
	seed     uint64
	run      int
	think    time.Duration
	accounts []account
	asked    []asked
}

type staffFile struct {
	Runs     int
	Accounts []account
}

func (r *run) staffPath() string { return filepath.Join(r.Dir, "officers.json") }

// hire makes the accounts that are not there yet and draws what will be asked.
func (r *run) hire(ctx context.Context) (*staff, error) {
	a, err := app.Open(ctx, r.register(), app.Options{Passphrase: r.passphrase()})
	if err != nil {
		return nil, err
	}
	defer a.Close() //nolint:errcheck // everything was saved as it was made
	var file staffFile
	text, err := os.ReadFile(r.staffPath())
	if err == nil {
		err = json.Unmarshal(text, &file)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	file.Runs++
	for n := len(file.Accounts); n < r.Window.Officers*r.Window.Times; n++ {
		acc, err := r.enrol(ctx, a, n)
		if err != nil {
			return nil, err
		}
		file.Accounts = append(file.Accounts, acc)
		if err := r.save(&staff{run: file.Runs, accounts: file.Accounts}); err != nil {
			return nil, err
		}
		r.Progress(int64(n), int64(r.Window.Officers*r.Window.Times))
	}
	people, err := a.CountPeople(ctx)
	if err != nil {
		return nil, err
	}
	r.rep.Persons = int(people)
	s := &staff{seed: r.Seed, run: file.Runs, think: r.Window.Think, accounts: file.Accounts}
	if s.asked, err = r.ask(ctx, a); err != nil {
		return nil, err
	}
	return s, r.save(s)
}

func (r *run) save(s *staff) error {
	text, err := json.Marshal(staffFile{s.run, s.accounts})
	if err != nil {
		return err
	}
	return os.WriteFile(r.staffPath(), text, 0o600)
}

// enrol makes an account with password and authenticator app. Offices have officers by how
// many people they have.
func (r *run) enrol(ctx context.Context, a *app.App, n int) (account, error) {
	acc := account{Login: fmt.Sprintf("VENTANILLA%d", n+1), Password: fmt.Sprintf("una frase para medir %d", n+1), Office: officeOf(r.Seed, n)}
	return enrolled(ctx, a, acc, authz.Window)
}

// enrolled makes an account of a role.
func enrolled(ctx context.Context, a *app.App, acc account, role authz.Role) (_ account, err error) {
	err = a.CreateAccount(ctx, node.Operator("bench", acc.Office), accounts.NewAccount{Login: acc.Login, Name: acc.Login, Office: acc.Office,
		Role: role, Lang: "es", Password: acc.Password})
	if err != nil {
		return acc, err
	}
	if acc.Secret, err = a.DraftTOTP(ctx, acc.Login); err != nil {
		return acc, err
	}
	// The step before is allowed as well and leaves this one for the log-in, unless it ends now.
	for _, back := range []int64{1, 0} {
		acc.Step = time.Now().Unix()/30 - back
		code, err := authn.TOTPCode(acc.Secret, time.Unix(acc.Step*30, 0))
		if err != nil {
			return acc, err
		}
		if _, err = a.ConfirmTOTP(ctx, acc.Login, "bench", code, ""); !fault.Is(err, "app.code_wrong") {
			return acc, err
		}
	}
	return acc, errors.New("bench: the codes of " + acc.Login + " are not taken")
}

func officeOf(seed uint64, n int) string {
	var sum float64
	all := place.Network().Offices()
	for _, o := range all {
		if o.Career() {
			sum += o.Weight
		}
	}
	at := rand.New(rand.NewPCG(seed, uint64(n))).Float64() * sum
	for _, o := range all {
		if o.Career() {
			if at -= o.Weight; at < 0 {
				return o.Code
			}
		}
	}
	return office
}

// ask draws rows of the list that the register can answer.
func (r *run) ask(ctx context.Context, a *app.App) (out []asked, err error) {
	rows, err := draw(r.list(), r.Queries, r.Seed)
	if err != nil {
		return nil, err
	}
	found := func(text string) ([]app.Hit, error) {
		return a.Search(ctx, node.Operator("bench", office), text, 20)
	}
	for _, q := range rows {
		hits, err := found(q.document)
		if err != nil {
			return nil, err
		}
		if len(hits) != 1 { // two people with one document are a matter of its own
			continue
		}
		a := asked{q, known{hits[0].ID, hits[0].Number}}
		for _, text := range []*string{&a.full, &a.short} { // of a misspelt row the document must do
			if hits, err = found(*text); err != nil {
				return nil, err
			}
			if len(hits) == 0 {
				*text = q.document
			}
		}
		out = append(out, a)
	}
	if len(out) == 0 {
		return nil, errors.New("bench: the register answers none of the questions: is the list another one's?")
	}
	return out, nil
}
