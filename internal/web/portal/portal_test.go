package portal_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/constancy"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/web"
	"quipu/internal/web/uitest"
	"quipu/internal/web/webtest"
)

// counter is a register with one person, and the public site in front of it.
type counter struct {
	t      *testing.T
	app    *app.App
	srv    *httptest.Server
	person string
	now    atomic.Int64 // seconds
	log    strings.Builder
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{t: t}
	c.now.Store(time.Now().Unix())
	var err error
	c.app, err = app.Open(t.Context(), t.TempDir(), app.Options{Create: true, Node: "TEST", Now: func() time.Time { return time.Unix(c.now.Load(), 0) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.app.Close() })
	text := func(field, value string) registry.Input {
		return registry.Input{Field: field, Value: change.Text(value)}
	}
	r, err := c.app.Register(t.Context(), node.Operator("test", "ESMAD"), registry.RegisterCmd{Office: "ESMAD",
		Prov: change.Provenance{Source: "document_seen", Confidence: "certain"}, Inputs: []registry.Input{
			text("surname_paternal", "Zevallos"), text("surname_maternal", "<b>Ticona</b>"), text("given_names", "Nieves"), text("birth_date", "1968-04-07"),
			text("sex", "F"), text("nationality_basis", "birth_in_country"), text("residence_country", "ES"),
			{Field: "document/", Value: change.Group("type", "dni", "number", "10117410", "check", "2", "issuer", "PER", "verification", "seen_original")},
			{Field: "phone/", Value: change.Group("number", "+34600111222")},
		}}, false)
	if err != nil || r.Person == "" {
		t.Fatal(r, err)
	}
	c.person = r.Person
	h, err := web.New(c.app, web.Options{Log: slog.New(slog.NewTextHandler(&c.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	c.srv = httptest.NewServer(h)
	t.Cleanup(c.srv.Close)
	return c
}

func (c *counter) issue(kind registry.CertKind) app.Issued {
	c.t.Helper()
	out, err := c.app.IssueConstancy(context.Background(), node.Operator("test", "ESMAD"), c.person, kind, "")
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

func (c *counter) revoke(serial string) {
	c.t.Helper()
	if _, err := c.app.RevokeConstancy(context.Background(), node.Operator("test", "ESMAD"), serial, "lost", ""); err != nil {
		c.t.Fatal(err)
	}
}

// answer is a page or a file.
type answer struct {
	status int
	text   string
	header http.Header
}

func (c *counter) do(method, path string, form url.Values) answer {
	c.t.Helper()
	req, err := http.NewRequest(method, c.srv.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Accept-Language", "es")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if set := res.Header.Values("Set-Cookie"); len(set) > 0 {
		c.t.Errorf("%s sets the cookie %q", path, set)
	}
	return answer{res.StatusCode, string(b), res.Header}
}

func (c *counter) verify(text string) answer {
	c.t.Helper()
	return c.do(http.MethodPost, "/publico/verificar", url.Values{"text": {text}})
}

func (a answer) says(t *testing.T, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(a.text, want) {
			t.Errorf("(%d) the page does not say %q:\n%s", a.status, want, a.text)
		}
	}
}

func TestVerify(t *testing.T) {
	c := newCounter(t)
	if a := c.do(http.MethodGet, "/publico/", nil); a.status != http.StatusSeeOther || a.header.Get("Location") != "/publico/verificar" {
		t.Errorf("the door leads to %d %s", a.status, a.header.Get("Location"))
	}
	c.do(http.MethodGet, "/publico/verificar", nil).says(t, "Texto del código", "Comprobar sin conexión", "quipu/TEST/constancy")
	cert := c.issue(registry.CertRegistration)
	good := c.verify(cert.Text)
	good.says(t, `data-verdict="valid"`, "q-verdict--good", "<title>Válida – ", "Constancia de inscripción consular", "Zevallos &lt;b&gt;Ticona&lt;/b&gt;", "Nieves",
		"7 de abril de 1968", "DNI, termina en 410", cert.Statement.Serial, cert.Statement.Number, "no la ha anulado", "Compara estos datos")
	for _, hidden := range []string{"600111222", "10117410", c.person} {
		if strings.Contains(good.text, hidden) {
			t.Errorf("the page tells %s, which the paper does not say", hidden)
		}
	}
	spoilt := c.verify(cert.Text[:40])
	spoilt.says(t, `data-verdict="truncated"`, "q-verdict--warn", "nadie responde por ello", cert.Text[:40])
	for _, text := range []string{"", "hola", `"><script>alert(1)</script>`, "QP1:" + strings.Repeat("A", 9000), "\x00\xff"} {
		if a := c.verify(text); a.status != http.StatusOK || strings.Contains(a.text, "<script>alert") || strings.Contains(a.text, "Zevallos") {
			t.Errorf("%.20q gives %d:\n%s", text, a.status, a.text)
		}
	}
	if a := c.verify(strings.Repeat("A", 20<<10)); a.status != http.StatusUnprocessableEntity {
		t.Errorf("20 KiB give %d", a.status)
	}
	c.revoke(cert.Statement.Serial)
	c.verify(cert.Text).says(t, `data-verdict="revoked"`, "q-verdict--bad", "Anulada el")
	card := c.issue(registry.CertCard)
	c.now.Add(3 * 366 * 24 * 3600)
	c.verify(card.Text).says(t, `data-verdict="expired"`, "Vencida")
	if a := c.do(http.MethodGet, "/publico/nada", nil); a.status != http.StatusNotFound {
		t.Errorf("an unknown address gives %d", a.status)
	}
	if strings.Contains(c.log.String(), cert.Text[:30]) || strings.Contains(c.log.String(), "Zevallos") {
		t.Error("the log tells what was checked")
	}
}

// TestOtherRegister checks a paper of a register whose keys are known here and whose serials
// are not.
func TestOtherRegister(t *testing.T) {
	here, there := newCounter(t), newCounter(t)
	cert := there.issue(registry.CertRegistration)
	here.verify(cert.Text).says(t, `data-verdict="unknown_key"`)
	keys, _, public, err := there.app.ConstancyKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := here.app.AddConstancyKeys(t.Context(), node.Operator("test", ""), keys, public); err != nil {
		t.Fatal(err)
	}
	here.verify(cert.Text).says(t, `data-verdict="valid"`, "q-verdict--warn", "No se sabe si fue anulada")
}

// TestLists checks a paper with what the site gives out, and with nothing else.
func TestLists(t *testing.T) {
	c := newCounter(t)
	cert := c.issue(registry.CertRegistration)
	c.revoke(cert.Statement.Serial)
	files := map[string]string{}
	for path, name := range map[string]string{"/publico/claves": "quipu-claves.txt", "/publico/revocadas": "quipu-revocadas.txt", "/publico/verificador.html": "quipu-verificador.html"} {
		a := c.do(http.MethodGet, path, nil)
		files[name] = a.text
		if a.status != http.StatusOK || a.header.Get("Content-Disposition") != `attachment; filename="`+name+`"` || a.header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(a.header.Get("Content-Security-Policy"), "default-src 'self'") {
			t.Errorf("%s: %d %v", path, a.status, a.header)
		}
	}
	ring, _, err := constancy.OpenRing([]byte(files["quipu-claves.txt"]))
	if err != nil {
		t.Fatal(err)
	}
	list, err := constancy.OpenRevocations([]byte(files["quipu-revocadas.txt"]), ring)
	if err != nil {
		t.Fatal(err)
	}
	if r := constancy.Verify(cert.Text, ring, list, c.app.Today()); r.Verdict != constancy.Revoked {
		t.Errorf("with the lists: %s", r.Verdict)
	}
	if !strings.Contains(files["quipu-verificador.html"], cert.Statement.Serial) {
		t.Error("the offline checker does not hold the revocation")
	}
	card := c.issue(registry.CertCard)
	c.revoke(card.Statement.Serial)
	soon := c.do(http.MethodGet, "/publico/revocadas", nil).text
	c.now.Add(61)
	later := c.do(http.MethodGet, "/publico/revocadas", nil).text
	if strings.Contains(soon, card.Statement.Serial) || !strings.Contains(later, card.Statement.Serial) {
		t.Errorf("a list is kept for a minute: %v, then made anew: %v", soon, later)
	}
}

func TestRate(t *testing.T) {
	c := newCounter(t)
	var a answer
	for range 150 {
		if a = c.do(http.MethodGet, "/publico/nada", nil); a.status == http.StatusTooManyRequests {
			break
		}
	}
	if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" {
		t.Fatalf("after 150 questions the answer is %d", a.status)
	}
	a.says(t, "Espera un minuto")
	if a := c.do(http.MethodPost, "/publico/verificar", url.Values{"text": {"x"}}); a.status != http.StatusTooManyRequests {
		t.Errorf("a check gives %d", a.status)
	}
}

// TestBrowser scans at the page as a keyboard does, and looks at it with axe, also without
// scripts.
func TestBrowser(t *testing.T) {
	c := newCounter(t)
	cert, taken := c.issue(registry.CertCard), c.issue(registry.CertRegistration)
	c.revoke(taken.Statement.Serial)
	ctx := webtest.Browser(t)
	page := c.srv.URL + "/publico/verificar"
	for _, lang := range i18n.Langs {
		webtest.Open(t, ctx, c.srv.URL+"/idioma/"+string(lang)+"?volver=/publico/verificar", 1280, 900)
		webtest.NoViolations(t, ctx, page)
		for verdict, text := range map[string]string{"valid": cert.Text, "revoked": taken.Text, "truncated": "QP1:AAAA"} {
			webtest.Open(t, ctx, page, 1280, 900)
			until(t, ctx, `document.activeElement.name === "text"`)
			webtest.Press(t, ctx, text+kb.Enter)
			until(t, ctx, `document.querySelector('[data-verdict="`+verdict+`"]')`)
			for _, width := range []int64{390, 1280} {
				if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)); err != nil {
					t.Fatal(err)
				}
				for _, v := range webtest.Axe(t, ctx) {
					t.Errorf("%s in %s at %d px: %v", verdict, lang, width, v)
				}
				over, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
				if err != nil || over > 0 {
					t.Errorf("%s in %s at %d px: %d px too wide, %v", verdict, lang, width, over, err)
				}
				if dir := os.Getenv("QUIPU_SCREENSHOTS"); dir != "" {
					webtest.Screenshot(t, ctx, filepath.Join(dir, "publico-"+verdict+"-"+string(lang)+map[int64]string{390: "-390", 1280: "-1280"}[width]+".png"))
				}
			}
		}
	}
}

// until waits for something in the page.
func until(t *testing.T, ctx context.Context, condition string) {
	t.Helper()
	for range 400 {
		// The tab cannot answer while it changes pages; ask again.
		if ok, _ := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+condition+")")); ok {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
	t.Fatalf("never %s; the page says:\n%s", condition, text)
}

func TestWeight(t *testing.T) {
	c := newCounter(t)
	file, _ := http.NewRequest(http.MethodGet, c.srv.URL+"/publico/verificador.html", nil)
	file.Header.Set("Accept-Encoding", "gzip")
	if res, err := http.DefaultTransport.RoundTrip(file); err != nil {
		t.Fatal(err)
	} else if b, err := io.ReadAll(res.Body); err != nil || res.Header.Get("Content-Encoding") != "gzip" || len(b) > 24<<10 {
		t.Errorf("the offline checker takes %d bytes on the line, %v", len(b), err)
	}
	cert := c.issue(registry.CertCard)
	req, _ := http.NewRequest(http.MethodPost, c.srv.URL+"/publico/verificar", strings.NewReader(url.Values{"text": {cert.Text}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || len(b) > uitest.Budget || len(b) < 500 {
		t.Errorf("the page weighs %d bytes, %v", len(b), err)
	}
}
