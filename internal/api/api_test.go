package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/authz"
)

// desk is a register with its API, and officers with a token each.
type desk struct {
	t      *testing.T
	app    *app.App
	h      http.Handler
	now    time.Time
	log    bytes.Buffer
	router routers.Router
	// wrongOnPurpose lets the next request break the description: what comes back must
	// still keep to it.
	wrongOnPurpose bool
}

// usual is the rate of a node without settings.
var usual = Rate{PerSecond: 20, Burst: 100}

// all are the scopes of a token that may do everything its officer may.
var all = authz.Actions

func open(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, now: time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)}
	var err error
	d.app, err = app.Open(t.Context(), filepath.Join(t.TempDir(), "reg"), app.Options{Create: true, Now: func() time.Time { return d.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.app.Close(); err != nil {
			t.Error(err)
		}
	})
	d.h = New(d.app, slog.New(slog.NewJSONHandler(&d.log, nil)), usual)
	d.router = described(t)
	for _, acc := range []account.NewAccount{
		{Login: "rosa", Name: "Rosa", Office: "ESMAD", Role: authz.Window, Lang: "es"},
		{Login: "saul", Name: "Saúl", Office: "ESMAD", Role: authz.Head, Lang: "es"},
		{Login: "pat", Name: "Pat", Office: "USPAT", Role: authz.Head, Lang: "en"},
		{Login: "amelia", Name: "Amelia", Office: "ESMAD", Role: authz.Auditor, Lang: "es"},
	} {
		d.officer(acc)
	}
	return d
}

// binary makes bodies that are no text known to the library that holds them against the
// description; it keeps its decoders for the whole program.
var binary = sync.OnceFunc(func() {
	for _, media := range []string{"image/jpeg", "image/png", "application/pdf", "text/csv", "text/plain", "application/xml", "application/vnd.apache.parquet"} {
		openapi3filter.RegisterBodyDecoder(media, openapi3filter.FileBodyDecoder)
	}
})

func described(t *testing.T) routers.Router {
	t.Helper()
	binary()
	doc, err := openapi3.NewLoader().LoadFromData(Description())
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
	r, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// officer makes an account. It needs no password: programs show tokens.
func (d *desk) officer(acc account.NewAccount) {
	d.t.Helper()
	if _, err := d.app.InviteAccount(d.t.Context(), node.Operator("test", acc.Office), acc); err != nil {
		d.t.Fatal(err)
	}
}

// token makes a token for an officer.
func (d *desk) token(login string, scopes ...authz.Action) string {
	d.t.Helper()
	secret, _, err := d.app.CreateToken(d.t.Context(), node.Operator("test", ""), account.NewToken{Login: login, Scopes: scopes, Days: 30})
	if err != nil {
		d.t.Fatal(err)
	}
	return secret
}

// answered is what came back.
type answered struct {
	t       *testing.T
	status  int
	header  http.Header
	raw     string
	members map[string]any
}

type headers map[string]string

// send asks, and holds request and answer against the description.
func (d *desk) send(token, method, path, body string, more ...headers) answered {
	d.t.Helper()
	h := headers{}
	if body != "" {
		h["Content-Type"] = "application/json"
	}
	if token != "" {
		h["Authorization"] = "Bearer " + token
	}
	for _, m := range more {
		maps.Copy(h, m)
	}
	make := func() *http.Request {
		r := httptest.NewRequest(method, Prefix+path, strings.NewReader(body))
		for k, v := range h {
			r.Header.Set(k, v)
		}
		return r
	}
	rec := httptest.NewRecorder()
	d.h.ServeHTTP(rec, make())
	d.check(make(), rec, body)
	d.wrongOnPurpose = false
	a := answered{t: d.t, status: rec.Code, header: rec.Header(), raw: rec.Body.String()}
	if strings.Contains(rec.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(rec.Body.Bytes(), &a.members); err != nil {
			d.t.Fatalf("%s %s answered %q: %v", method, path, a.raw, err)
		}
	}
	return a
}

func (d *desk) check(r *http.Request, rec *httptest.ResponseRecorder, body string) {
	d.t.Helper()
	if rec.Header().Get("Cache-Control") != "no-store" || rec.Header().Get("X-Content-Type-Options") != "nosniff" {
		d.t.Errorf("%s %s may be kept: %v", r.Method, r.URL.Path, rec.Header())
	}
	r.URL.Scheme, r.URL.Host = "", ""
	route, params, err := d.router.FindRoute(r)
	if err != nil {
		if rec.Code != http.StatusNotFound && rec.Code != http.StatusMethodNotAllowed && rec.Code != http.StatusUnauthorized {
			d.t.Errorf("%s %s answered %d and is not described: %v", r.Method, r.URL.Path, rec.Code, err)
		}
		return
	}
	opts := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, MultiError: false,
		ExcludeRequestBody: strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/")}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: opts}
	if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil && rec.Code < 300 {
		d.t.Errorf("%s %s was done and does not keep to the description: %v", r.Method, r.URL.Path, err)
	} else if err == nil && rec.Code == http.StatusBadRequest && !d.wrongOnPurpose {
		d.t.Errorf("%s %s keeps to the description and was refused: %s", r.Method, r.URL.Path, rec.Body)
	}
	if route.Path == "/openapi.yaml" && rec.Code == http.StatusOK {
		return
	}
	d.declared(route.Operation, rec.Code)
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: rec.Code, Header: rec.Header(), Options: opts,
		Body: io.NopCloser(bytes.NewReader(rec.Body.Bytes()))}
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		d.t.Errorf("%s %s answered %d, which is not as described: %v\n%s\n(asked %s)", r.Method, r.URL.Path, rec.Code, err, rec.Body, body)
	}
}

// declared: what a program must be ready for at this operation stands there by its number;
// the range 4XX is for what any request may meet.
func (d *desk) declared(op *openapi3.Operation, status int) {
	d.t.Helper()
	switch status {
	case http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity:
	default:
		if status >= 400 {
			return
		}
	}
	if op.Responses.Value(strconv.Itoa(status)) == nil {
		d.t.Errorf("%s does not describe its %d", op.OperationID, status)
	}
}

// want checks the status; with a key, that the problem is of that type.
func (a answered) want(status int, key ...string) answered {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("answered %d, want %d: %s", a.status, status, a.raw)
	}
	if len(key) > 0 && a.text("type") != "urn:quipu:fault:"+key[0] {
		a.t.Fatalf("the problem is %q, want %q: %s", a.text("type"), key[0], a.raw)
	}
	return a
}

// next is the address of the next page that the field Link names, "" after the last.
func (a answered) next() string {
	for link := range strings.SplitSeq(a.header.Get("Link"), ", ") {
		if at, ok := strings.CutSuffix(link, `>; rel="next"`); ok {
			return strings.TrimPrefix(at, "<"+Prefix)
		}
	}
	return ""
}

func (a answered) text(member string) string {
	s, _ := a.members[member].(string)
	return s
}

// each returns the objects of an array.
func (a answered) each(member string) (out []map[string]any) {
	list, _ := a.members[member].([]any)
	for _, x := range list {
		out = append(out, x.(map[string]any))
	}
	return out
}

func (a answered) pointer() string {
	if e := a.each("errors"); len(e) > 0 {
		p, _ := e[0]["pointer"].(string)
		return p
	}
	return ""
}

// juan is the entry of an invented person.
const juan = `{"provenance":{"source":"document_seen","confidence":"certain"},"fields":[
 {"field":"surname_paternal","text":"Quispe"},{"field":"surname_maternal","text":"Mamani"},{"field":"given_names","text":"Juan Carlos"},
 {"field":"birth_date","text":"1968-04"},{"field":"sex","text":"M"},{"field":"nationality_basis","text":"birth_in_country"},
 {"field":"residence_country","text":"ES"},{"field":"safe_hours","text":"solo de 10 a 12"},
 {"field":"document/new","parts":{"type":"dni","number":"10117410","check":"2","issuer":"PER","verification":"seen_original"}},
 {"field":"phone/new","parts":{"number":"+34600111222"}}]}`

func (d *desk) register() string {
	d.t.Helper()
	return d.send(d.token("rosa", authz.Register), "POST", "/persons", juan).want(http.StatusCreated).text("person")
}

// form is a list in a form, with its options.
func form(options, name, data string) (body string, h headers) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if options != "" {
		p, _ := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="options"`}, "Content-Type": {"application/json"}})
		io.WriteString(p, options) //nolint:errcheck // it is memory
	}
	p, _ := w.CreateFormFile("list", name)
	io.WriteString(p, data) //nolint:errcheck // it is memory
	w.Close()               //nolint:errcheck // it is memory
	return b.String(), headers{"Content-Type": w.FormDataContentType()}
}
