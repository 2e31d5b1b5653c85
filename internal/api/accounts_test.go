package api

import (
	"net/http"
	"testing"
	"time"
)

// TestAccounts: an account is made, changed and closed; the set-up code is told once.
func TestAccounts(t *testing.T) {
	d := open(t)
	saul := d.token("saul", all...)
	julia := `{"login":"julia","name":"Julia Rojas","role":"window","language":"en"}`
	key := headers{"Idempotency-Key": "julia"}
	first := d.send(saul, "POST", "/accounts", julia, key).want(http.StatusCreated)
	again := d.send(saul, "POST", "/accounts", julia, key).want(http.StatusCreated)
	if first.text("code") == "" || again.text("code") != "" || again.text("login") != "julia" {
		t.Errorf("first %s, then %s", first.raw, again.raw)
	}
	if a := d.send(saul, "POST", "/accounts", julia).want(http.StatusConflict, "app.login_taken"); a.pointer() != "#/login" {
		t.Errorf("points at %s", a.pointer())
	}
	for name, c := range map[string]struct {
		body, key string
		status    int
	}{
		"another office": {`{"login":"ana","name":"Ana","role":"window","office":"USPAT"}`, "authz.refused", http.StatusForbidden},
		"no such role":   {`{"login":"ana","name":"Ana","role":"king"}`, "app.unknown_role", http.StatusUnprocessableEntity},
		"more than own":  {`{"login":"ana","name":"Ana","role":"admin"}`, "authz.grant", http.StatusForbidden},
	} {
		if a := d.send(saul, "POST", "/accounts", c.body); a.status != c.status || a.text("type") != problemType+c.key {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	one := d.send(saul, "GET", "/accounts/julia", "").want(http.StatusOK)
	if one.members["waiting"] != true || one.text("office") != "ESMAD" || one.text("language") != "en" {
		t.Errorf("the account is %s", one.raw)
	}
	d.send(saul, "PUT", "/accounts/julia", `{"name":"Julia","office":"ESMAD","role":"supervisor","language":"es","active":false}`).want(http.StatusNoContent)
	if one = d.send(saul, "GET", "/accounts/julia", "").want(http.StatusOK); one.members["active"] != false || one.text("role") != "supervisor" {
		t.Errorf("the account is %s", one.raw)
	}
	d.send(saul, "PUT", "/accounts/saul", `{"name":"Saúl","office":"ESMAD","role":"head","language":"es","active":false}`).want(http.StatusForbidden, "app.own_account")
	if n := len(d.send(saul, "GET", "/accounts", "").want(http.StatusOK).each("accounts")); n != 4 {
		t.Errorf("%d accounts of the office", n)
	}
	d.send(saul, "GET", "/accounts/pat", "").want(http.StatusForbidden)
	d.send(d.token("rosa", all...), "GET", "/accounts", "").want(http.StatusForbidden, "authz.refused")
}

// TestOwnTokens: an officer sees and ends his own tokens and sessions with any token, and
// another's only with the right.
func TestOwnTokens(t *testing.T) {
	d := open(t)
	rosa, other, saul := d.token("rosa", "read"), d.token("rosa", "search"), d.token("saul", all...)
	mine := d.send(rosa, "GET", "/me/tokens", "").want(http.StatusOK).each("tokens")
	current := ""
	for _, tk := range mine {
		if tk["current"] == true {
			current = tk["id"].(string)
		}
	}
	if len(mine) != 2 || current == "" || d.send(rosa, "GET", "/me", "").members["token"].(map[string]any)["id"] != current {
		t.Fatalf("mine are %v", mine)
	}
	theirs := d.send(saul, "GET", "/me/tokens", "").want(http.StatusOK).each("tokens")[0]["id"].(string)
	d.send(rosa, "DELETE", "/me/tokens/"+theirs, "").want(http.StatusNotFound)
	d.send(saul, "DELETE", "/me/tokens/"+current, "").want(http.StatusNotFound) // he may, but it is not his own
	d.send(rosa, "DELETE", "/me/tokens/"+current, "").want(http.StatusNoContent)
	d.send(rosa, "GET", "/me", "").want(http.StatusUnauthorized, "api.token_revoked")

	for _, secret := range []string{"one", "two"} {
		if err := d.app.PutSession(t.Context(), secret, "rosa", "a browser", nil, d.now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	open := d.send(other, "GET", "/me/sessions", "").want(http.StatusOK).each("sessions")
	if len(open) != 2 || open[0]["agent"] != "a browser" {
		t.Fatalf("open are %v", open)
	}
	d.send(other, "DELETE", "/me/sessions/"+open[0]["id"].(string), "").want(http.StatusNoContent)
	if n := len(d.send(saul, "GET", "/accounts/rosa/sessions", "").want(http.StatusOK).each("sessions")); n != 1 {
		t.Errorf("%d sessions are left", n)
	}
	d.send(saul, "DELETE", "/accounts/rosa/sessions", "").want(http.StatusNoContent)
	if n := len(d.send(other, "GET", "/me/sessions", "").want(http.StatusOK).each("sessions")); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
	tokens := d.send(saul, "GET", "/accounts/rosa/tokens", "").want(http.StatusOK).each("tokens")
	for _, tk := range tokens {
		d.send(saul, "DELETE", "/accounts/rosa/tokens/"+tk["id"].(string), "").want(http.StatusNoContent)
	}
	d.send(other, "GET", "/me", "").want(http.StatusUnauthorized, "api.token_revoked")
	pat := d.token("pat", all...)
	for _, what := range []string{"sessions", "tokens"} {
		d.send(pat, "GET", "/accounts/rosa/"+what, "").want(http.StatusForbidden, "authz.refused")
		d.send(saul, "GET", "/accounts/nadie/"+what, "").want(http.StatusNotFound, "app.not_found")
	}
}

// TestProblemsListed: the types of problems are listed with their words in both languages.
func TestProblemsListed(t *testing.T) {
	d := open(t)
	found := map[string]bool{}
	for _, p := range d.send(d.token("rosa", "read"), "GET", "/problems", "").want(http.StatusOK).each("problems") {
		if found[p["type"].(string)] = true; p["es"] == "" || p["en"] == "" || p["es"] == p["en"] {
			t.Errorf("%v", p)
		}
	}
	for _, key := range []string{"api.rate", "registry.cert_kind", "internal"} {
		if !found[problemType+key] {
			t.Errorf("%s is not listed", key)
		}
	}
}
