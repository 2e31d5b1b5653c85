package api

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"
)

// picture is a small photograph.
func picture(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 120, 150))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPhoto(t *testing.T) {
	d := open(t)
	person, rosa := d.register(), d.token("rosa", all...)
	at, asPNG := "/persons/"+person+"/photo", headers{"Content-Type": "image/png"}
	d.send(rosa, "GET", at, "").want(http.StatusNotFound, "app.not_found")
	d.send(rosa, "PUT", at, picture(t)).want(http.StatusUnsupportedMediaType, "api.media_photo")
	d.send(rosa, "PUT", at, "not a picture", asPNG).want(http.StatusUnprocessableEntity, "app.photo")
	d.send(rosa, "PUT", at, strings.Repeat("x", maxPhoto+1), asPNG).want(http.StatusRequestEntityTooLarge, "api.too_large")
	d.send(rosa, "PUT", at, picture(t), asPNG, headers{"If-Match": `"N1:1"`}).want(http.StatusPreconditionFailed, "api.head_moved")
	set := d.send(rosa, "PUT", at, picture(t), asPNG).want(http.StatusOK)
	if again := d.send(rosa, "PUT", at, picture(t), asPNG).want(http.StatusOK); again.members["unchanged"] != true || again.header.Get("ETag") != set.header.Get("ETag") {
		t.Errorf("the same photograph twice: %s", again.raw)
	}
	got := d.send(rosa, "GET", at, "").want(http.StatusOK)
	if got.header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(got.raw, "\xff\xd8") {
		t.Errorf("the photograph is %s", got.header.Get("Content-Type"))
	}
	d.send(d.token("pat", all...), "PUT", at, picture(t), asPNG).want(http.StatusForbidden, "authz.refused")
	d.send(rosa, "DELETE", at, "").want(http.StatusOK)
	d.send(rosa, "GET", at, "").want(http.StatusNotFound)
}

func TestConsents(t *testing.T) {
	d := open(t)
	person, rosa := d.register(), d.token("rosa", all...)
	at := "/persons/" + person + "/consents"
	words := d.send(rosa, "GET", "/consents", "").want(http.StatusOK)
	if len(words.each("texts")) < 3 || words.text("version") != words.text("current") {
		t.Errorf("the texts are %s", words.raw)
	}
	d.send(rosa, "GET", "/consents?version=1821", "").want(http.StatusNotFound)
	d.send(rosa, "POST", at+"/gossip", `{"given":true}`).want(http.StatusNotFound)
	if a := d.send(rosa, "POST", at+"/photo", `{"given":true,"version":"1821"}`).want(http.StatusUnprocessableEntity, "app.consent_text"); a.pointer() != "#/version" {
		t.Errorf("points at %s", a.pointer())
	}
	d.send(rosa, "POST", at+"/photo", `{"given":false}`).want(http.StatusConflict, "registry.no_consent")
	d.send(rosa, "POST", at+"/photo", `{"given":true,"version":"`+words.text("version")+`","language":"spa","evidence":"hoja 17"}`).want(http.StatusOK)
	d.send(rosa, "PUT", "/persons/"+person+"/photo", picture(t), headers{"Content-Type": "image/png"}).want(http.StatusOK)
	said := d.send(rosa, "GET", at, "").want(http.StatusOK).each("consents")
	if len(said) != 1 || said[0]["purpose"] != "photo" || said[0]["given"] != true || said[0]["evidence"] != "hoja 17" || said[0]["language"] != "spa" {
		t.Errorf("said %v", said)
	}
	d.send(rosa, "POST", at+"/photo", `{"given":false}`).want(http.StatusOK)
	d.send(rosa, "GET", "/persons/"+person+"/photo", "").want(http.StatusNotFound) // it went with the consent
	if said = d.send(rosa, "GET", at, "").want(http.StatusOK).each("consents"); said[0]["given"] != false || said[0]["withdrawn"] == "" {
		t.Errorf("said %v", said)
	}
}

func TestConstancies(t *testing.T) {
	d := open(t)
	person, rosa := d.register(), d.token("rosa", all...)
	at := "/persons/" + person + "/constancies"
	if a := d.send(rosa, "POST", at, `{"kind":"visa"}`).want(http.StatusUnprocessableEntity, "registry.cert_kind"); a.pointer() != "#/kind" {
		t.Errorf("points at %s", a.pointer())
	}
	key := headers{"Idempotency-Key": "one paper"}
	key["Idempotency-Key"] = "one-paper"
	out := d.send(rosa, "POST", at, `{"kind":"registration"}`, key).want(http.StatusCreated)
	again := d.send(rosa, "POST", at, `{"kind":"registration"}`, key).want(http.StatusCreated)
	statement, _ := out.members["statement"].(map[string]any)
	if again.raw != out.raw || statement["surnames"] != "Quispe Mamani" || out.header.Get("Location") != Prefix+"/constancies/"+statement["serial"].(string) {
		t.Errorf("issued %s, then %s", out.raw, again.raw)
	}
	serial, text := statement["serial"].(string), out.text("text")
	got := d.send(rosa, "GET", "/constancies/"+strings.ToLower(strings.ReplaceAll(serial, "-", "")), "").want(http.StatusOK)
	if got.text("text") != text {
		t.Errorf("got %s", got.raw)
	}
	paper := d.send(rosa, "GET", "/constancies/"+serial+"/pdf", "").want(http.StatusOK)
	if paper.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(paper.raw, "%PDF-") {
		t.Errorf("the paper is %s", paper.header.Get("Content-Type"))
	}
	check := func(text string) answered {
		return d.send(d.token("amelia", "read_log"), "POST", "/verification", `{"text":"`+text+`"}`).want(http.StatusOK)
	}
	if a := check(text); a.text("verdict") != "valid" || a.members["genuine"] != true || a.members["unsure"] != false {
		t.Errorf("verified %s", a.raw)
	}
	if a := check(text[:len(text)-1]); a.members["genuine"] != false || a.members["statement"] != nil {
		t.Errorf("verified %s", a.raw)
	}
	if a := d.send(rosa, "POST", "/constancies/"+serial+"/revoke", `{"reason":"tired of it"}`).want(http.StatusUnprocessableEntity, "registry.cert_reason"); a.pointer() != "#/reason" {
		t.Errorf("points at %s", a.pointer())
	}
	d.send(d.token("pat", all...), "POST", "/constancies/"+serial+"/revoke", `{"reason":"lost"}`).want(http.StatusForbidden)
	d.send(rosa, "POST", "/constancies/"+serial+"/revoke", `{"reason":"lost"}`).want(http.StatusOK)
	d.send(rosa, "POST", "/constancies/"+serial+"/revoke", `{"reason":"lost"}`).want(http.StatusConflict, "registry.cert_revoked")
	if a := check(text); a.text("verdict") != "revoked" || a.text("revoked_on") != "2026-11-23" {
		t.Errorf("verified %s", a.raw)
	}
	listed := d.send(rosa, "GET", at, "").want(http.StatusOK).each("constancies")
	if len(listed) != 1 || listed[0]["holds"] != false || listed[0]["reason"] != "lost" {
		t.Errorf("listed %v", listed)
	}
	if a := d.send(rosa, "GET", "/verification/revoked", "").want(http.StatusOK); !strings.Contains(a.raw, serial) {
		t.Errorf("the list of those taken back is %s", a.raw)
	}
	d.send(rosa, "GET", "/verification/keys", "").want(http.StatusOK)
	window := d.token("pat", all...) // reads people of every office, and detail too
	d.send(window, "GET", at, "").want(http.StatusOK)
	d.send(d.token("pat", "read"), "GET", at, "").want(http.StatusForbidden, "api.scope")
	d.send(rosa, "GET", "/constancies/nothing", "").want(http.StatusNotFound, "registry.cert_unknown")
	d.send(d.token("rosa", "read", "edit"), "GET", "/constancies/"+serial, "").want(http.StatusForbidden, "api.scope")
	if strings.Contains(d.log.String(), serial) {
		t.Error("the log of requests holds serials")
	}
}
