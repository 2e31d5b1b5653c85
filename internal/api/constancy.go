package api

import (
	"fmt"
	"net/http"

	"quipu/internal/app"
	"quipu/internal/authz"
	"quipu/internal/constancy"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/render"
)

// certBody is a certificate or card that was issued.
type certBody struct {
	Serial  string `json:"serial"`
	Kind    string `json:"kind"`
	Office  string `json:"office"`
	Issued  string `json:"issued"`
	Expires string `json:"expires"`
	Revoked string `json:"revoked"`
	Reason  string `json:"reason"`
	Holds   bool   `json:"holds"`
}

func constancies(c *call) (*reply, error) {
	page, err := c.page()
	if err == nil && !page.Rights.Detail { // nothing would be listed, as if there were none
		err = authz.Check(c.actor, authz.ReadDetail, registry.Summarise(&page.Person).Office)
	}
	if err != nil {
		return nil, err
	}
	out, today := []certBody{}, c.app().Today()
	for _, x := range registry.Certificates(&page.Person) {
		out = append(out, certBody{x.Serial, string(x.Kind), x.Office, dateText(x.Issued), dateText(x.Expires), dateText(x.Revoked), x.Reason, x.Holds(today)})
	}
	return ok(map[string]any{"person": page.Person.Entity.ID, "version": page.Person.Head.String(), "constancies": out})
}

// statementBody is what a certificate states, and no more than that.
type statementBody struct {
	Kind     string `json:"kind"`
	Country  string `json:"country"`
	Serial   string `json:"serial"`
	Number   string `json:"number"`
	Surnames string `json:"surnames"`
	Given    string `json:"given"`
	Latin    string `json:"latin"`
	Birth    string `json:"birth"`
	Document string `json:"document"`
	Office   string `json:"office"`
	Since    string `json:"since"`
	Closed   string `json:"closed"`
	Issued   string `json:"issued"`
	Until    string `json:"until"`
	Key      string `json:"key"`
}

func stated(s *constancy.Statement) *statementBody {
	if s == nil {
		return nil
	}
	return &statementBody{string(s.Kind), s.Country, s.Serial, s.Number, s.Surnames, s.Given, s.Latin, dateText(s.Birth), s.Document, s.Office,
		dateText(s.Since), dateText(s.Closed), dateText(s.Issued), dateText(s.Until), fmt.Sprintf("%08x", s.Key)}
}

type issuedBody struct {
	Statement *statementBody `json:"statement"`
	Text      string         `json:"text"`
}

func issueConstancy(c *call) (*reply, error) {
	var in struct {
		Kind   string `json:"kind" must:"yes" most:"20"`
		Parent string `json:"parent" most:"40"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.point = members(&in)
	ctx, err := c.expecting()
	if err != nil {
		return nil, err
	}
	person, err := c.person()
	if err != nil {
		return nil, err
	}
	out, err := c.app().IssueConstancy(ctx, c.actor, person, registry.CertKind(in.Kind), in.Parent)
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusCreated, headers: map[string]string{"Location": Prefix + "/constancies/" + out.Statement.Serial},
		body: issuedBody{stated(&out.Statement), out.Text}}, nil
}

// serial is the serial of the path, as people type it.
func (c *call) serial() (string, error) {
	s, ok := constancy.ParseSerial(c.PathValue("serial"))
	if !ok {
		return "", fault.New(fault.NotFound, "registry.cert_unknown", "serial", clip(c.PathValue("serial")))
	}
	return s, nil
}

func (c *call) issued() (app.Issued, error) {
	s, err := c.serial()
	if err != nil {
		return app.Issued{}, err
	}
	return c.app().Constancy(c.Context(), c.actor, "", s)
}

func getConstancy(c *call) (*reply, error) {
	out, err := c.issued()
	if err != nil {
		return nil, err
	}
	return ok(issuedBody{stated(&out.Statement), out.Text})
}

func constancyPDF(c *call) (*reply, error) {
	out, err := c.issued()
	if err != nil {
		return nil, err
	}
	pdf, err := render.PDF(render.Paper{Statement: out.Statement, Text: out.Text, Photo: out.Photo})
	return &reply{status: http.StatusOK, headers: map[string]string{"Content-Type": "application/pdf"}, body: pdf}, err
}

func revokeConstancy(c *call) (*reply, error) {
	var in struct {
		Reason string `json:"reason" must:"yes" most:"40"`
		Note   string `json:"note" most:"2000"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.point = members(&in)
	s, err := c.serial()
	if err != nil {
		return nil, err
	}
	person, err := c.app().RevokeConstancy(c.Context(), c.actor, s, in.Reason, in.Note)
	if err != nil {
		return nil, err
	}
	return ok(map[string]any{"serial": s, "person": person})
}

// verifyConstancy checks a text that somebody shows. It tells no more of the person than
// the text does.
func verifyConstancy(c *call) (*reply, error) {
	var in struct {
		Text string `json:"text" must:"yes" most:"2000"`
		On   string `json:"on" most:"10"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	on, err := c.dayIn(in.On, "/on")
	if err != nil {
		return nil, err
	}
	r, err := c.app().VerifyConstancy(c.Context(), in.Text, on)
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, passing: true, body: map[string]any{"verdict": r.Verdict, "genuine": r.Genuine(),
		"message": i18n.T(c.lang, "constancy.verdict."+string(r.Verdict)), "statement": stated(r.Statement), "signer": r.Signer,
		"revoked_on": dateText(r.RevokedOn), "unsure": r.Stale}}, nil
}

// plain answers with a signed list.
func plain(file []byte, err error) (*reply, error) {
	return &reply{status: http.StatusOK, headers: map[string]string{"Content-Type": "text/plain; charset=utf-8"}, body: file}, err
}

func constancyKeys(c *call) (*reply, error) {
	file, _, _, err := c.app().ConstancyKeys(c.Context())
	return plain(file, err)
}

func revokedConstancies(c *call) (*reply, error) {
	file, _, err := c.app().RevokedConstancies(c.Context())
	return plain(file, err)
}
