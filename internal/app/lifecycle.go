package app

import (
	"context"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/code"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/registry"
)

// ConsentVersion names the texts of consent that are read to people now. The texts of
// every version stay in the catalogue: a consent counts for the words that the person heard.
const ConsentVersion = "2026-1"

// ConsentText is the key of the text of a purpose in a version, ok false when this program
// does not have it.
func ConsentText(version, purpose string) (key string, ok bool) {
	key = "consent." + version + "." + purpose
	return key, i18n.Has(i18n.Spanish, key)
}

// ConsentLanguage is the code, in the list of languages, of the language that texts of
// consent are shown in.
func ConsentLanguage(lang i18n.Lang) string {
	for _, c := range code.Map("iso639-1", "language", string(lang)) {
		return c
	}
	return ""
}

// GrantConsent records that the person agreed to the text of a purpose, read in a language
// (a code of the list). evidence is what
// shows it: a signed sheet, said at the window.
func (a *App) GrantConsent(ctx context.Context, actor Actor, person, purpose, version, language, evidence string) (Outcome, error) {
	if _, ok := ConsentText(version, purpose); !ok {
		return Outcome{}, fault.New(fault.Invalid, "app.consent_text", "purpose", purpose, "version", version).On("consent")
	}
	return a.OnPerson(ctx, actor, person, authz.Edit, func(cur *registry.Person) (change.Change, []registry.Doubt, error) {
		c, err := registry.Grant(cur, purpose, version, language, evidence, a.Today())
		return c, nil, err
	})
}

// WithdrawConsent ends a consent. review lists the fields that were kept because of it and
// that somebody must look at again.
func (a *App) WithdrawConsent(ctx context.Context, actor Actor, person, purpose, evidence, note string) (out Outcome, review []string, err error) {
	out, err = a.OnPerson(ctx, actor, person, authz.Edit, func(cur *registry.Person) (change.Change, []registry.Doubt, error) {
		c, held, err := registry.WithdrawConsent(cur, purpose, evidence, note, a.Today())
		review = held
		if err != nil || purpose != "photo" {
			return c, nil, err
		}
		gone, err := registry.Photograph(cur, "") // as the text promises
		c.Sets = append(c.Sets, gone.Sets...)
		return c, nil, err
	})
	return out, review, err
}

// Reopen opens a new registration, at the officer's office, for a person who has none in
// force. The right is that of the office that receives, as in a transfer.
func (a *App) Reopen(ctx context.Context, actor Actor, person string, cmd registry.ReopenCmd) (Outcome, error) {
	if err := authz.Check(actor, authz.Transfer, cmd.Office); err != nil {
		return Outcome{}, err
	}
	return a.OnPerson(ctx, actor, person, authz.Transfer, func(cur *registry.Person) (change.Change, []registry.Doubt, error) {
		c, err := registry.Reopen(cur, cmd, a.Today())
		return c, nil, err
	})
}

// Complete makes a provisional entry complete when papers appear.
func (a *App) Complete(ctx context.Context, actor Actor, person string, evidence []registry.Input, basis, note string) (Outcome, error) {
	return a.OnPerson(ctx, actor, person, authz.Edit, func(cur *registry.Person) (change.Change, []registry.Doubt, error) {
		return registry.Complete(cur, evidence, basis, note, a.Today())
	})
}

// SetVital records that the person is missing, presumed dead, dead, or alive after all.
func (a *App) SetVital(ctx context.Context, actor Actor, person string, v registry.Vital, note string) (Outcome, error) {
	return a.OnPerson(ctx, actor, person, authz.Edit, func(cur *registry.Person) (change.Change, []registry.Doubt, error) {
		c, err := registry.SetVital(cur, v, note, a.Today())
		return c, nil, err
	})
}

// RemovePhoto takes the photograph off the person's entry.
func (a *App) RemovePhoto(ctx context.Context, actor Actor, person string) (Outcome, error) {
	return a.OnPerson(ctx, actor, person, authz.Edit, func(cur *registry.Person) (change.Change, []registry.Doubt, error) {
		c, err := registry.Photograph(cur, "")
		return c, nil, err
	})
}
