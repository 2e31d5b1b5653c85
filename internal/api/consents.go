package api

import (
	"context"
	"net/http"

	"quipu/internal/app"
	"quipu/internal/code"
	"quipu/internal/i18n"
	"quipu/internal/registry"
)

type consentText struct {
	Purpose string `json:"purpose"`
	ES      string `json:"es"`
	EN      string `json:"en"`
}

// consentTexts are the words that are read to people, of the version in force or another.
func consentTexts(c *call) (*reply, error) {
	version := or(c.URL.Query().Get("version"), app.ConsentVersion)
	texts := []consentText{}
	for _, it := range code.List("consent_purpose").Items(c.app().Today()) {
		if key, there := app.ConsentText(version, it.Code); there {
			texts = append(texts, consentText{it.Code, i18n.T(i18n.Spanish, key), i18n.T(i18n.English, key)})
		}
	}
	if len(texts) == 0 {
		return nil, missing("consent", version)
	}
	return ok(map[string]any{"version": version, "current": app.ConsentVersion, "texts": texts})
}

// consentBody is what the person said of one purpose; given is what counts today.
type consentBody struct {
	Purpose   string `json:"purpose"`
	Given     bool   `json:"given"`
	Version   string `json:"version"`
	Language  string `json:"language"`
	Granted   string `json:"granted"`
	Withdrawn string `json:"withdrawn"`
	Evidence  string `json:"evidence"`
}

func consents(c *call) (*reply, error) {
	page, err := c.page()
	if err != nil {
		return nil, err
	}
	out := []consentBody{}
	for _, said := range registry.Consents(&page.Person) {
		out = append(out, consentBody{said.Purpose, registry.Consented(&page.Person, said.Purpose), said.Version, said.Language,
			dateText(said.Granted), dateText(said.Withdrawn), said.Evidence})
	}
	return ok(map[string]any{"person": page.Person.Entity.ID, "version": page.Person.Head.String(), "consents": out})
}

// consent records what the person says of a purpose now.
func consent(c *call) (*reply, error) {
	var in struct {
		Given    bool   `json:"given" must:"yes"`
		Version  string `json:"version" most:"40" field:"consent"`
		Language string `json:"language" most:"40"`
		Evidence string `json:"evidence" most:"200"`
		Note     string `json:"note" most:"2000"`
	}
	review := []string{}
	rep, err := c.act(&in, func(ctx context.Context, person string) (out app.Outcome, err error) {
		purpose := c.PathValue("purpose")
		if !code.List("consent_purpose").Has(purpose) {
			return out, missing("consent", purpose)
		}
		if in.Given {
			return c.app().GrantConsent(ctx, c.actor, person, purpose, in.Version, in.Language, in.Evidence)
		}
		out, held, err := c.app().WithdrawConsent(ctx, c.actor, person, purpose, in.Evidence, in.Note)
		review = filled(held)
		return out, err
	})
	if err != nil {
		return nil, err
	}
	body := rep.body.(doneBody)
	return &reply{status: http.StatusOK, headers: rep.headers, body: consentDone{body, review}}, nil
}

// consentDone also lists the fields that were kept because of the consent and that
// somebody must look at again.
type consentDone struct {
	doneBody
	Review []string `json:"review"`
}
