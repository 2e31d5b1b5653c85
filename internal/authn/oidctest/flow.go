package oidctest

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
)

var page = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Provider</title>
<h1>Sign in</h1><form method="post"><label>Name <input name="name" id="name"></label>
<button id="in">Sign in</button><button name="deny" value="1">No</button></form></html>`))

// authorize asks who it is, unless that is known and need not be shown anew, and sends the
// browser back with a code.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != ClientID || q.Get("redirect_uri") != p.redirect {
		http.Error(w, "unknown client or address", http.StatusBadRequest)
		return
	}
	back := func(values url.Values) {
		values.Set("state", q.Get("state"))
		values.Set("iss", p.URL)
		http.Redirect(w, r, p.redirect+"?"+values.Encode(), http.StatusSeeOther)
	}
	if q.Get("response_type") != "code" || !strings.Contains(" "+q.Get("scope")+" ", " openid ") ||
		q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" || q.Get("state") == "" || q.Get("nonce") == "" {
		back(url.Values{"error": {"invalid_request"}})
		return
	}
	s, here := p.session(r)
	switch name := r.PostFormValue("name"); {
	case r.Method == http.MethodPost && r.PostFormValue("deny") != "":
		back(url.Values{"error": {"access_denied"}, "error_description": {"<b>no</b>"}})
		return
	case r.Method == http.MethodPost && p.people[name] != nil:
		s = session{who: name, auth: p.now()}
		id := code()
		p.sessions[id] = s
		http.SetCookie(w, &http.Cookie{Name: "provider", Value: id, Path: "/", HttpOnly: true})
	case r.Method == http.MethodPost || !here || q.Get("prompt") == "login":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		page.Execute(w, nil) //nolint:errcheck // the asker went away
		return
	}
	c := code()
	p.grants[c] = grant{who: s.who, nonce: q.Get("nonce"), challenge: q.Get("code_challenge"), auth: s.auth}
	back(url.Values{"code": {c}})
}

func (p *Provider) session(r *http.Request) (session, bool) {
	c, err := r.Cookie("provider")
	if err != nil {
		return session{}, false
	}
	s, ok := p.sessions[c.Value]
	return s, ok
}

// token gives a token for a code: once, to the client that has the secret and the verifier.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, why string) { answer(w, status, map[string]string{"error": why}) }
	id, secret, ok := r.BasicAuth()
	id, err := url.QueryUnescape(id)
	secret, err2 := url.QueryUnescape(secret)
	if !ok || err != nil || err2 != nil || id != ClientID || secret != Secret {
		refuse(http.StatusUnauthorized, "invalid_client")
		return
	}
	g, ok := p.grants[r.PostFormValue("code")]
	delete(p.grants, r.PostFormValue("code"))
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if r.PostFormValue("grant_type") != "authorization_code" || !ok || r.PostFormValue("redirect_uri") != p.redirect ||
		base64.RawURLEncoding.EncodeToString(sum[:]) != g.challenge {
		refuse(http.StatusBadRequest, "invalid_grant")
		return
	}
	p.exchanged++
	now := p.now()
	claims := map[string]any{"iss": p.URL, "aud": ClientID, "exp": now.Add(5 * time.Minute).Unix(), "iat": now.Unix(),
		"auth_time": g.auth.Unix(), "nonce": g.nonce}
	maps.Copy(claims, p.people[g.who])
	answer(w, http.StatusOK, map[string]any{"access_token": code(), "token_type": "Bearer", "expires_in": 300, "id_token": p.sign(claims)})
}

// end ends the browser's session here, and sends it back to where the client may be.
func (p *Provider) end(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie("provider"); err == nil {
		delete(p.sessions, c.Value)
	}
	q := r.URL.Query()
	if q.Get("client_id") != ClientID || q.Get("post_logout_redirect_uri") != p.loggedOut {
		http.Error(w, "unknown client or address", http.StatusBadRequest)
		return
	}
	http.Redirect(w, r, p.loggedOut, http.StatusSeeOther)
}
