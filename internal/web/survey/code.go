package survey

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"quipu/internal/app/account"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/render"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type codeScreen struct {
	ui.Page
	Days       string
	Server     string
	Login      string
	Secret, QR string
	Side       int
}

// codePage is where an interviewer makes the code with which a telephone sends his interviews.
func (s *Room) codePage(v *desk.Visit) error {
	if err := authz.Check(v.Actor, authz.Interview, v.Actor.Office); err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "interviewcode.html", s.codeScreen(v, "60"))
}

func (s *Room) codeScreen(v *desk.Visit, days string) *codeScreen {
	origin := s.Origin
	if origin == "" {
		origin = "http://" + v.Host
	}
	page := &codeScreen{Page: s.Frame(v, v.Words.T("survey.code.title"), home), Days: days, Server: origin + "/openrosa", Login: v.Actor.Login}
	page.Back.Href, page.Narrow = home, true
	return page
}

// makeCode makes one, which is shown once, as ODK Collect reads it from a screen.
func (s *Room) makeCode(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	page := s.codeScreen(v, v.PostFormValue("days"))
	days, err := strconv.Atoi(page.Days)
	if err != nil {
		err = fault.New(fault.Invalid, "campaign.count").On("days")
	}
	if err == nil {
		err = authz.Check(v.Actor, authz.Interview, v.Actor.Office)
	}
	if err == nil {
		page.Secret, _, err = s.App.CreateToken(v.Context(), v.Actor, account.NewToken{Login: v.Actor.Login, Name: v.Words.T("survey.code.name"), Scopes: []authz.Action{authz.Interview}, Days: days})
	}
	if err != nil {
		if !stays(err) {
			return err
		}
		page.Fail(err)
		return s.Show(v, http.StatusUnprocessableEntity, "interviewcode.html", page)
	}
	settings, err := json.Marshal(map[string]any{"general": map[string]any{"server_url": page.Server, "username": page.Login, "password": page.Secret,
		"form_update_mode": "match_exactly", "autosend": "wifi_and_cellular"}, "admin": map[string]any{}, "project": map[string]any{"name": v.Words.T("ui.product")}})
	if err != nil {
		return err
	}
	packed, err := pack(settings)
	if err != nil {
		return err
	}
	if page.QR, page.Side, err = render.QRPath(packed); err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "interviewcode.html", page)
}

// pack brings settings into the form in which ODK Collect reads them from a code: zlib, base 64.
func pack(settings []byte) (string, error) {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, err := z.Write(settings)
	if err := errors.Join(err, z.Close()); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}
