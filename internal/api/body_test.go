package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

func TestBodies(t *testing.T) {
	d := open(t)
	tk := d.token("rosa", all...)
	prov := `"provenance":{"source":"declared"}`
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	for name, c := range map[string]struct {
		path, body, key string
		status          int
		pointer         string
	}{
		"not JSON":       {"/search", `{"text":`, "api.json_syntax", 400, ""},
		"two values":     {"/search", `{"text":"a"} {}`, "api.json_syntax", 400, ""},
		"an array":       {"/search", `[]`, "api.json_type", 400, "#/"},
		"null":           {"/search", `{"text":null}`, "api.json_type", 400, "#/text"},
		"unknown":        {"/search", `{"text":"a","limits":3}`, "api.json_unknown", 400, "#/limits"},
		"other case":     {"/search", `{"Text":"a"}`, "api.json_missing", 400, "#/text"},
		"twice":          {"/search", `{"text":"a","text":"b"}`, "api.json_twice", 400, "#/text"},
		"missing":        {"/search", `{}`, "api.json_missing", 400, "#/text"},
		"a number":       {"/search", `{"text":12}`, "api.json_type", 400, "#/text"},
		"too long":       {"/search", `{"text":"` + strings.Repeat("ñ", 201) + `"}`, "api.json_long", 400, "#/text"},
		"out of range":   {"/search", `{"text":"a","limit":501}`, "api.json_range", 400, "#/limit"},
		"a fraction":     {"/search", `{"text":"a","limit":1.5}`, "api.json_type", 400, "#/limit"},
		"a huge number":  {"/search", `{"text":"a","limit":1e999}`, "api.json_type", 400, "#/limit"},
		"deep":           {"/search", deep, "api.json_depth", 400, ""},
		"NUL":            {"/search", `{"text":"a\u0000b"}`, "api.json_text", 400, "#/text"},
		"half a pair":    {"/search", `{"text":"\ud800"}`, "api.json_text", 400, "#/text"},
		"not UTF-8":      {"/search", "{\"text\":\"\xff\"}", "api.json_text", 400, ""},
		"huge":           {"/search", `{"text":"` + strings.Repeat("a", maxBody) + `"}`, "api.too_large", 413, ""},
		"no shape":       {"/persons", `{` + prov + `,"fields":[{"field":"sex"}]}`, "api.value_shape", 400, "#/fields/0"},
		"two shapes":     {"/persons", `{` + prov + `,"fields":[{"field":"sex","text":"M","clear":true}]}`, "api.value_shape", 400, "#/fields/0"},
		"no version":     {"/persons", `{` + prov + `,"fields":[{"field":"sex","text":"M","base":"1"}]}`, "api.base", 400, "#/fields/0/base"},
		"unknown below":  {"/persons", `{` + prov + `,"fields":[{"field":"sex","test":"M"}]}`, "api.json_unknown", 400, "#/fields/0/test"},
		"no provenance":  {"/persons", `{"fields":[]}`, "api.json_missing", 400, "#/provenance"},
		"odd source":     {"/persons", `{"provenance":{"source":"heard"},"fields":[]}`, "api.code", 422, "#/provenance/source"},
		"odd confidence": {"/persons", `{"provenance":{"source":"declared","confidence":"high"},"fields":[]}`, "api.code", 422, "#/provenance/confidence"},
		"odd date":       {"/persons", `{"provenance":{"source":"declared","from":"1968-02-30"},"fields":[]}`, "civil.day", 422, "#/provenance/from"},
		"unknown field":  {"/persons", `{` + prov + `,"fields":[{"field":"visa","text":"no"}]}`, "registry.field_unknown", 422, ""},
		"derived":        {"/persons", `{` + prov + `,"fields":[{"field":"number","text":"1"}]}`, "registry.derived", 422, "#/fields/0/text"},
		"other office":   {"/persons", `{` + prov + `,"office":"USPAT","fields":[{"field":"surname_paternal","text":"Q"}]}`, "authz.refused", 403, ""},
		"bad part": {"/persons", `{` + prov + `,"fields":[{"field":"sex","text":"M"},{"field":"document/new","parts":{"type":"nothing","number":"1","verification":"seen_original"}}]}`,
			"registry.code", 422, "#/fields/1/parts/type"},
	} {
		d.wrongOnPurpose = true
		a := d.send(tk, "POST", c.path, c.body)
		if a.status != c.status || c.key != "registry.code" && a.text("type") != "urn:quipu:fault:"+c.key || a.pointer() != c.pointer {
			t.Errorf("%s: %d %s at %q: %s", name, a.status, a.text("type"), a.pointer(), a.raw)
		}
		if a.text("detail") == "" || strings.Contains(a.raw, "⟦") || strings.Contains(a.raw, "!missing") {
			t.Errorf("%s is not said well: %s", name, a.raw)
		}
	}
}

// TestMedia: what is not JSON in UTF-8 is not read.
func TestMedia(t *testing.T) {
	d := open(t)
	tk := d.token("rosa", all...)
	for _, h := range []headers{{"Content-Type": "text/plain"}, {"Content-Type": ""}, {"Content-Type": "application/json; charset=latin1"},
		{"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Encoding": "gzip"}, {"Content-Type": "multipart/form-data; boundary=x"}} {
		a := d.send(tk, "POST", "/search", `{"text":"a"}`, h).want(http.StatusUnsupportedMediaType, "api.media")
		if a.header.Get("Accept") != "application/json" {
			t.Errorf("does not say what it takes: %v", a.header)
		}
	}
	d.send(tk, "POST", "/search", `{"text":"a"}`, headers{"Content-Type": "application/json; charset=UTF-8"}).want(http.StatusOK)
	d.send(tk, "POST", "/search", "").want(http.StatusUnsupportedMediaType)
}

// TestLanguages: the problem speaks the language that is asked for, else the officer's.
func TestLanguages(t *testing.T) {
	d := open(t)
	rosa, pat := d.token("rosa", all...), d.token("pat", all...)
	for _, c := range []struct{ token, accept, want, lang string }{
		{rosa, "", "Falta el miembro", "es"}, {rosa, "en-GB,es;q=0.5", "is missing", "en"}, {pat, "", "is missing", "en"}, {pat, "es-PE", "Falta el miembro", "es"},
	} {
		h := headers{}
		if c.accept != "" {
			h["Accept-Language"] = c.accept
		}
		d.wrongOnPurpose = true
		a := d.send(c.token, "POST", "/search", "{}", h).want(http.StatusBadRequest)
		if !strings.Contains(a.text("detail"), c.want) || a.header.Get("Content-Language") != c.lang || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("for %q it says %s", c.accept, a.raw)
		}
	}
}

// TestHostileText: whatever people write comes back as they wrote it, or is refused; it is
// never obeyed.
func TestHostileText(t *testing.T) {
	d := open(t)
	tk := d.token("rosa", all...)
	for _, text := range []string{"'; DROP TABLE person; --", "<script>alert(1)</script>", "{{7*7}}", "{text}", "%s%n%x", "../../etc/passwd",
		"Ñañez \u202eabc", "𐌰𐌱", "Robert\r\nX-Evil: 1", "\u2028", strings.Repeat("é", 100), "=1+1", "\\", "\"", "s1:abc", "* OR *", "\"a\" NEAR \"b\"", "⟦x⟧"} {
		quoted := strconv.QuoteToASCII(text)
		if strings.Contains(quoted, `\x`) || strings.Contains(quoted, `\U`) || strings.Contains(quoted, `\v`) {
			quoted = `"` + text + `"`
		}
		d.send(tk, "POST", "/search", `{"text":`+quoted+`}`).want(http.StatusOK)
		a := d.send(tk, "POST", "/persons", `{"provenance":{"source":"declared","evidence":`+quoted+`},"note":`+quoted+`,"fields":[{"field":"surname_paternal","text":`+quoted+`}]}`)
		if a.status != http.StatusCreated && a.status != http.StatusUnprocessableEntity {
			t.Fatalf("%q: %s", text, a.raw)
		}
		if a.status == http.StatusCreated {
			d.send(tk, "GET", "/persons/"+a.text("person"), "").want(http.StatusOK)
		}
	}
}

// TestInternal: what is ours to mend shows a reference and nothing else.
func TestInternal(t *testing.T) {
	d := open(t)
	person, tk := d.register(), d.token("rosa", all...)
	if err := d.app.Close(); err != nil {
		t.Fatal(err)
	}
	a := d.send(tk, "GET", "/persons/"+person, "").want(http.StatusInternalServerError, "internal")
	ref := a.text("reference")
	if ref == "" || strings.Contains(a.raw, "sql") || strings.Contains(a.raw, "database") {
		t.Errorf("says %s", a.raw)
	}
	if !strings.Contains(d.log.String(), ref) {
		t.Error("the log does not know the reference")
	}
}

// unread is a body that nobody may read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("it was read")
	return 0, io.ErrUnexpectedEOF
}

// TestDeclaredTooLarge: what says that it is too large is refused before any of it is read, and
// what does not say how large it is once it is.
func TestDeclaredTooLarge(t *testing.T) {
	d := open(t)
	saul := d.token("saul", all...)
	for path, media := range map[string]string{"/search": "application/json", "/imports": "multipart/form-data; boundary=x"} {
		r := httptest.NewRequest("POST", Prefix+path, unread{t})
		r.ContentLength = 10 << 30
		r.Header.Set("Authorization", "Bearer "+saul)
		r.Header.Set("Content-Type", media)
		rec := httptest.NewRecorder()
		d.h.ServeHTTP(rec, r)
		if rec.Code != http.StatusRequestEntityTooLarge || !strings.Contains(rec.Body.String(), "api.too_large") {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
	r := httptest.NewRequest("POST", Prefix+"/search", strings.NewReader(`{"text":"`+strings.Repeat("a", maxBody)+`"}`))
	r.ContentLength = -1
	r.Header.Set("Authorization", "Bearer "+saul)
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	d.h.ServeHTTP(rec, r)
	if rec.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("without its length: %d %s", rec.Code, rec.Body)
	}
}
