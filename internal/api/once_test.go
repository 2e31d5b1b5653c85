package api

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
)

const nobody = `{"provenance":{"source":"declared"},"fields":[{"field":"surname_paternal","text":"Sinpapeles"}]}`

// people counts the entries that were made.
func (d *desk) people() int64 {
	n, err := d.app.CountPeople(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return n
}

func TestIdempotency(t *testing.T) {
	d := open(t)
	tk, other := d.token("rosa", all...), d.token("rosa", all...)
	key := headers{"Idempotency-Key": "4711-a"}
	first := d.send(tk, "POST", "/persons", nobody, key).want(http.StatusCreated)
	again := d.send(tk, "POST", "/persons", nobody, key).want(http.StatusCreated)
	if again.raw != first.raw || again.header.Get("Location") != first.header.Get("Location") || again.header.Get("ETag") != first.header.Get("ETag") {
		t.Errorf("first %s, then %s", first.raw, again.raw)
	}
	if first.header.Get("Idempotency-Replayed") != "" || again.header.Get("Idempotency-Replayed") != "true" {
		t.Error("a repeat is not marked as one")
	}
	d.send(tk, "POST", "/persons", strings.Replace(nobody, "Sin", "Con", 1), key).want(http.StatusUnprocessableEntity, "api.key_reused")
	d.send(tk, "POST", "/persons/"+first.text("person")+"/confirm", "", key).want(http.StatusUnprocessableEntity, "api.key_reused")
	confirm := "/persons/" + first.text("person") + "/confirm"
	d.send(tk, "POST", confirm, "", headers{"Idempotency-Key": "4711-b"}).want(http.StatusOK)
	d.send(tk, "POST", confirm, "", headers{"Idempotency-Key": "4711-b", "If-Match": ""}).want(http.StatusUnprocessableEntity, "api.key_reused")
	if d.people() != 1 {
		t.Fatalf("%d people were registered", d.people())
	}
	d.send(other, "POST", "/persons", nobody, key).want(http.StatusCreated) // a key is the token's own
	d.now = d.now.Add(app.AnswerKept + time.Second)
	if d.send(tk, "POST", "/persons", nobody, key).want(http.StatusCreated); d.people() != 3 {
		t.Errorf("%d people; the answer should have been forgotten", d.people())
	}
	d.wrongOnPurpose = true
	d.send(tk, "POST", "/persons", nobody, headers{"Idempotency-Key": strings.Repeat("k", 256)}).want(http.StatusBadRequest, "api.key_form")
	d.wrongOnPurpose = true
	d.send(tk, "POST", "/persons", nobody, headers{"Idempotency-Key": "with space"}).want(http.StatusBadRequest, "api.key_form")
}

// TestRefusedIsNotKept: what was refused changed nothing, and goes again when corrected.
func TestRefusedIsNotKept(t *testing.T) {
	d := open(t)
	tk, key := d.token("rosa", all...), headers{"Idempotency-Key": "k"}
	d.wrongOnPurpose = true
	d.send(tk, "POST", "/persons", `{"provenance":{"source":"declared"},"fields":[{"field":"sex"}]}`, key).want(http.StatusBadRequest)
	d.send(tk, "POST", "/persons", nobody, key).want(http.StatusCreated)
	search := headers{"Idempotency-Key": "s"}
	d.send(tk, "POST", "/search", `{"text":"sinpapeles"}`, search).want(http.StatusOK)
	d.send(tk, "POST", "/persons", nobody, headers{"Idempotency-Key": "k2"}).want(http.StatusCreated)
	if a := d.send(tk, "POST", "/search", `{"text":"sinpapeles"}`, search).want(http.StatusOK); len(a.each("results")) != 2 {
		t.Errorf("an old search came back: %s", a.raw)
	}
}

// TestSameAtOnce: of many same requests at once one does the work, and all get its answer.
func TestSameAtOnce(t *testing.T) {
	d := open(t)
	tk := d.token("rosa", all...)
	const n = 12
	answers := make([]*httptest.ResponseRecorder, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			r := httptest.NewRequest("POST", Prefix+"/persons", strings.NewReader(nobody))
			r.Header.Set("Authorization", "Bearer "+tk)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", "at-once")
			answers[i] = httptest.NewRecorder()
			d.h.ServeHTTP(answers[i], r)
		})
	}
	wg.Wait()
	for _, a := range answers {
		if a.Code != http.StatusCreated || !bytes.Equal(a.Body.Bytes(), answers[0].Body.Bytes()) {
			t.Errorf("%d: %s", a.Code, a.Body)
		}
	}
	if d.people() != 1 {
		t.Errorf("%d people were registered", d.people())
	}
}

// TestTwoProcesses: work that another process has begun, or that a crash cut short, is not
// done a second time.
func TestTwoProcesses(t *testing.T) {
	d := open(t)
	secret, tk, err := d.app.CreateToken(t.Context(), node.Operator("t", ""), account.NewToken{Login: "rosa", Scopes: all, Days: 1})
	if err != nil {
		t.Fatal(err)
	}
	c := newCall(&server{app: d.app}, httptest.NewRecorder(), httptest.NewRequest("POST", Prefix+"/persons", nil))
	c.actor.Purpose, c.body = "registry", []byte(nobody)
	if _, err := d.app.Claim(t.Context(), app.Request{Token: tk.ID, Key: "k", Asks: c.asks()}); err != nil {
		t.Fatal(err)
	}
	d.send(secret, "POST", "/persons", nobody, headers{"Idempotency-Key": "k"}).want(http.StatusConflict, "api.key_open")
	if d.people() != 0 {
		t.Error("the work was done")
	}
}
