package web_test

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/web"
)

// hostile are texts that somebody writes to make the program do something else than keep
// or refuse them.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' autofocus onfocus=alert(1) x='`, `javascript:alert(1)`, `{{.Page}}`, `{{template "x"}}`,
	`</title><script>x</script>`, `<!--`, `]]>`, `&lt;b&gt;`, "a\r\nSet-Cookie: quipu=smuggled", "a\nLocation: https://evil.example/", "\x00", "a\x00b", "\xff\xfe", "\xc3\x28", "\xed\xa0\x80",
	"\u202eabc", "\u2028", "\ufeff", "\uFFFD", "e\u0301\u0301\u0301\u0301\u0301\u0301", `'; DROP TABLE person; --`, `" OR 1=1 --`, `%' AND '1'='1`, `../../../../etc/passwd`, `..\..\x`, `/etc/passwd`,
	`file:///etc/passwd`, `http://169.254.169.254/`, `//evil.example/`, `=cmd|'/c calc'!A1`, `@SUM(1)`, `%s%n%x`, `${jndi:ldap://x}`, `$(id)`, "`id`", `*)(uid=*`, `s1:abc`, `k1:abc`, `⟦x⟧`,
	`-1`, `9223372036854775808`, `1e309`, `NaN`, `0x7f`, `null`, `[]`, `{"a":1}`, strings.Repeat("a", 5000), strings.Repeat("ñ", 2001), strings.Repeat("<", 300), strings.Repeat("A<", 200),
}

// told is an answer, read without the rules of the house for pages that people see.
type told struct {
	status int
	text   string
	header http.Header
	at     string
}

// tell sends what no browser would, and holds the answer against what every answer must be.
func (b *browser) tell(what string, req *http.Request) told {
	b.t.Helper()
	c := &http.Client{Jar: b.c.Jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(req)
	if err != nil {
		b.t.Errorf("%s: no answer: %v", what, err)
		return told{}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Errorf("%s: %v", what, err)
	}
	a := told{res.StatusCode, string(text), res.Header, res.Header.Get("Location")}
	b.sane(what, a)
	return a
}

// sane: no failure of ours, no way out of the program, no header that was smuggled in.
func (b *browser) sane(what string, a told) {
	b.t.Helper()
	waits := a.status == http.StatusServiceUnavailable && strings.Contains(a.text, "Espera") // tries at a password
	if a.status >= 500 && !waits {
		b.t.Errorf("%s gives %d: %s", what, a.status, tags.ReplaceAllString(a.text, " "))
	}
	if a.at != "" && (!strings.HasPrefix(a.at, "/") || strings.HasPrefix(a.at, "//") || strings.HasPrefix(a.at, `/\`)) {
		b.t.Errorf("%s leads to %q", what, a.at)
	}
	for _, c := range a.header.Values("Set-Cookie") {
		ours := strings.HasPrefix(c, "quipu=") || strings.HasPrefix(c, "quipu-lang=") ||
			strings.HasPrefix(c, "quipu-teclas=si;") || strings.HasPrefix(c, "quipu-teclas=no;") // no other value of that one
		if !ours || strings.HasPrefix(c, "quipu=smuggled") {
			b.t.Errorf("%s sets %q", what, c)
		}
	}
	for _, leak := range []string{"goroutine ", "panic", "sqlite", "SQLITE", "SELECT ", ".go:", "runtime error"} {
		if strings.Contains(a.text, leak) {
			b.t.Errorf("%s tells %q of the inside", what, leak)
		}
	}
}

// shows fails when a page holds a text as markup.
func (a told) shows(t *testing.T, what, text string) {
	t.Helper()
	if strings.ContainsAny(text, "<>") && len(text) > 4 && strings.Contains(a.text, text) && html.EscapeString(text) != text {
		t.Errorf("%s: %q stands in the page as it was written", what, text)
	}
}

func (b *browser) form(path string, form url.Values) *http.Request {
	req, err := http.NewRequest(http.MethodPost, b.srv.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req
}

var named = regexp.MustCompile(`<(?:input|select|textarea|button)[^>]* name="([^"]+)"`)

// names are the fields of the forms of a page.
func names(text string) (out []string) {
	for _, m := range named.FindAllStringSubmatch(text, -1) {
		if n := html.UnescapeString(m[1]); !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// usual are fields that forms without a page of their own have.
var usual = []string{"q", "do", "note", "reason", "office", "login", "name", "role", "lang", "state", "session", "factor", "answer", "mode", "once", "confirmed"}

// some are a quarter of the hostile texts, another for each i: all of them everywhere would
// take minutes.
func some(i int) (out []string) {
	for j, text := range hostile {
		if (i+j)%4 == 0 {
			out = append(out, text)
		}
	}
	return out
}

// bodiless are the forms with a button alone: what else is sent is not read.
var bodiless = []string{"POST /mi-cuenta/codigos", "POST /cuentas/{login}/restablecer", "POST /auditoria"}

// target is a path to which forms are sent, with the fields that they have.
type target struct {
	pattern, path string
	fields        []string
}

// targets are the routes of a method, about real people and accounts. The way out is left
// out: it would end the walk.
func (s *site) targets(b *browser, method string) (out []target) {
	s.t.Helper()
	routes, err := web.Routes(s.app)
	if err != nil {
		s.t.Fatal(err)
	}
	person := strings.TrimPrefix(s.someone("ESMAD"), "/persona/")
	places := strings.NewReplacer("{$}", "", "{id}", person, "{login}", "rosa", "{code}", "ESMAD", "{list}", "sex", "{section}", "contact", "{purpose}", "alerts", "{field...}", "phone")
	wild := regexp.MustCompile(`\{[^}]*\}`)
	for _, r := range routes {
		m, path, ok := strings.Cut(r.Pattern, " ")
		if !ok || m != method || path == "/salir" {
			continue
		}
		t := target{r.Pattern, wild.ReplaceAllString(places.Replace(path), "x"), usual}
		if method == http.MethodPost {
			if p := b.get(t.path); p.status == http.StatusOK {
				t.fields = append(slices.Clone(t.fields), names(p.text)...)
			}
		}
		out = append(out, t)
	}
	if len(out) < 20 {
		s.t.Fatalf("only %d routes of %s", len(out), method)
	}
	return out
}

// TestHostile walks the pages as somebody would who has an account and bad intentions.
func TestHostile(t *testing.T) {
	s := newSite(t)
	for _, part := range []struct {
		name string
		test func(*testing.T, *site)
	}{
		{"names", hostileNames}, {"forms", hostileForms}, {"huge fields", hostileHuge}, {"paths", hostilePaths}, {"methods", hostileMethods}, {"kinds of body", hostileBodies},
		{"headers", hostileHeaders}, {"file names", hostileFiles}, {"certificates", hostileCertificates}, {"raw bytes", hostileBytes},
	} {
		t.Run(part.name, func(t *testing.T) {
			sub := *s
			sub.t = t
			part.test(t, &sub)
		})
	}
	log := s.log.String()
	for _, bad := range []string{`"msg":"panic"`, `"level":"ERROR"`} {
		if i := strings.Index(log, bad); i >= 0 {
			t.Errorf("the log has %s: %.600s", bad, log[max(0, i-60):])
		}
	}
	if p := s.as("marta").get("/auditoria"); p.status != http.StatusOK {
		t.Errorf("afterwards the log shows with %d", p.status)
	}
	if r, err := s.app.VerifyLog(t.Context(), node.Operator("test", "ESMAD"), nil, nil); err != nil || len(r.Findings) > 0 {
		t.Errorf("afterwards the log is not whole: %v, %v", r, err)
	}
}

// hostileNames registers people with such names, and looks at every page that shows them.
func hostileNames(t *testing.T, s *site) {
	b, kept := s.as("marta"), 0
	for _, text := range hostile {
		a := b.tell("register "+clip(text), b.form("/registrar", url.Values{"surname_paternal": {text}, "given_names": {text}, "no_papers": {"1"}, "kind": {"resident"},
			"residence_country": {"ES"}, "address.city": {text}, "note": {text}, "do": {"save"}}))
		a.shows(t, "the form", text)
		if a.status != http.StatusSeeOther {
			// The page may also ask whether this is one who came before: some of them are much alike.
			if a.status != http.StatusUnprocessableEntity && a.status != http.StatusBadRequest && a.status != http.StatusConflict {
				t.Errorf("%q gives %d", clip(text), a.status)
			}
			continue
		}
		kept++
		path := strings.TrimSuffix(a.at, "/inscrita")
		for _, page := range []string{a.at, path, path + "/documentos", path + "/historia", path + "/historia/surname_paternal", path + "/accesos", path + "/editar/identity", path + "/familia"} {
			req, err := http.NewRequest(http.MethodGet, s.srv.URL+page, nil)
			if err != nil {
				t.Fatal(err)
			}
			p := b.tell(page, req)
			if p.status != http.StatusOK {
				t.Errorf("%s of %q gives %d", page, clip(text), p.status)
			}
			p.shows(t, page, text)
		}
		b.tell("search "+clip(text), b.form("/buscar", url.Values{"q": {text}})).shows(t, "the search", text)
	}
	if kept < 5 {
		t.Errorf("only %d names were kept: the pages that show them were not looked at", kept)
	}
}

// hostileForms sends each text in every field of every form.
func hostileForms(t *testing.T, s *site) {
	b := s.as("marta")
	for i, to := range s.targets(b, http.MethodPost) {
		for _, text := range some(i) {
			form := url.Values{}
			for _, f := range to.fields {
				form.Set(f, text)
			}
			b.tell(to.pattern+" "+clip(text), b.form(to.path, form)).shows(t, to.pattern, text)
		}
		both := url.Values{}
		for _, f := range to.fields {
			both[f] = []string{"a", "b", "<i>"}
		}
		both["<b>"], both[""], both["a\r\nb"], both["document/new.number\x00"] = []string{"x"}, []string{"x"}, []string{"x"}, []string{"x"}
		b.tell(to.pattern+" with fields twice", b.form(to.path, both))
	}
	if p := b.get("/mi-cuenta"); p.path != "/mi-cuenta" {
		t.Fatalf("the session ended on the way, at %s", p.path)
	}
}

// hostileHuge sends fields of 10 MB.
func hostileHuge(t *testing.T, s *site) {
	b := s.as("marta")
	huge := strings.Repeat("x", 10<<20)
	for _, to := range s.targets(b, http.MethodPost) {
		a := b.tell(to.pattern+" with 10 MB", b.form(to.path, url.Values{to.fields[0]: {huge}}))
		if a.status == http.StatusOK && !slices.Contains(bodiless, to.pattern) || len(a.text) > 1<<20 {
			t.Errorf("%s takes 10 MB: %d, %d bytes back", to.pattern, a.status, len(a.text))
		}
	}
	near := strings.Repeat("x", 1<<20-200) // what the limit of forms lets through
	path := s.someone("ESMAD")
	form := b.get(path + "/editar/contact").fields()
	form.Set("note", near)
	form.Set("phone/new.number", "912 345 678")
	if a := b.tell("a note of 1 MB", b.form(path+"/editar/contact", form)); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a note of 1 MB gives %d", a.status)
	}
	for _, field := range []string{"surname_paternal", "document.number", "address.lines", "email.address"} {
		form := url.Values{"surname_paternal": {"Zz"}, "kind": {"resident"}, "document.type": {"passport"}, "document.number": {"116054321"}}
		form.Set(field, near)
		a := b.tell(field+" of 1 MB", b.form("/registrar", form))
		if a.status == http.StatusSeeOther {
			t.Errorf("%s of 1 MB is kept", field)
		}
	}
}

// hostileBodies sends forms as something else than what they are.
func hostileBodies(t *testing.T, s *site) {
	b := s.as("marta")
	kinds := [][2]string{{"", "q=x"},
		{"text/plain", "q=x"},
		{"application/json", `{"q":"x"}`},
		{"application/x-www-form-urlencoded", "q=%zz&%"},
		{"multipart/form-data", "x"},

		{"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\nunfinished"},
		{"multipart/form-data; boundary=" + strings.Repeat("y", 300), "x"},

		{"application/x-www-form-urlencoded; charset=utf-7", "q=+ADw-script+AD4-"},
		{"text/html; a=\"", "q"},
		{"application/xml", `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`}}
	for i, to := range s.targets(b, http.MethodPost) {
		for j, k := range kinds {
			kind, body := k[0], k[1]
			if (i+j)%3 != 0 { // each kind comes to a third of the forms
				continue
			}
			req, err := http.NewRequest(http.MethodPost, s.srv.URL+to.path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if kind != "" {
				req.Header.Set("Content-Type", kind)
			}
			b.tell(to.pattern+" as "+clip(kind), req)
			req = req.Clone(t.Context())
			req.Body, req.ContentLength = io.NopCloser(strings.NewReader(body)), -1 // in pieces
			req.Header.Set("Content-Encoding", "gzip")
			b.tell(to.pattern+" packed, as "+clip(kind), req)
		}
	}
}

func clip(s string) string {
	if len(s) > 40 {
		return fmt.Sprintf("%s… (%d)", strings.ToValidUTF8(s[:40], "?"), len(s))
	}
	return s
}
