package web_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/sync/synchttp"
	"quipu/internal/web"
	"quipu/internal/web/webtest"
)

// pair is a ministry and the node of an office, each behind its own pages; the line between them
// was cut after the enrolment.
type pair struct{ hub, node *gate }

func newPair(t *testing.T) *pair {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	hub, err := app.Open(ctx, filepath.Join(t.TempDir(), "hub"), app.Options{Create: true, Node: "LIMA"})
	must(err)
	t.Cleanup(func() { hub.Close() })
	must(hub.BecomeHub(ctx, node.Operator("test", "")))
	for _, acc := range []account.NewAccount{{Login: "marta", Name: "Marta", Office: "ESMAD", Role: authz.Head}, {Login: "rosa", Name: "Rosa", Office: "ESMAD", Role: authz.Window},
		{Login: "pau", Name: "Pau", Office: "ESBCN", Role: authz.Head}, {Login: "ada", Name: "Ada", Office: "ESMAD", Role: authz.Admin}} {
		acc.Lang, acc.Password = "es", account.DemoPassword
		must(hub.CreateAccount(ctx, node.Operator("test", acc.Office), acc))
	}
	line := httptest.NewServer(synchttp.NewServer(ctx, hub.Courier, slog.New(slog.DiscardHandler), time.Now).Handler())
	post := joined(t, hub, line.URL, "El portátil azul")
	line.Close()
	return &pair{served(t, hub), served(t, post)}
}

func served(t *testing.T, a *app.App) *gate {
	t.Helper()
	s := &site{t: t, app: a, log: &logged{}, in: map[string][]*http.Cookie{}}
	var demo []web.DemoLogin
	for _, login := range []string{"marta", "rosa", "pau", "ada"} {
		demo = append(demo, web.DemoLogin{Login: login, Name: login, Password: account.DemoPassword})
	}
	h, err := web.New(a, web.Options{Demo: true, DemoLogins: demo, Unpaced: true, Program: "test", Log: slog.New(slog.NewJSONHandler(s.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	s.srv = httptest.NewServer(h)
	t.Cleanup(s.srv.Close)
	return &gate{site: s}
}

// somebody is registered at the node.
func (p *pair) somebody(t *testing.T, given string) string {
	t.Helper()
	out, err := p.node.app.Register(t.Context(), authz.Actor{Login: "rosa", Role: authz.Window, Office: "ESMAD", Purpose: "registry"}, registry.RegisterCmd{Office: "ESMAD", Prov: change.Provenance{Source: "declared"},
		Inputs: []registry.Input{{Field: "surname_paternal", Value: change.Text("Quispe")}, {Field: "given_names", Value: change.Text(given)}}}, true)
	if err != nil {
		t.Fatal(err)
	}
	return out.Person
}

// takeOut is a download: what a form gives.
func (b *browser) takeOut(t *testing.T, path string, pairs ...string) (name string, file []byte) {
	t.Helper()
	p := b.post(path, pairs...)
	m := regexp.MustCompile(`^attachment; filename="([\w-]+\.quipu)"$`).FindStringSubmatch(p.header.Get("Content-Disposition"))
	if p.status != http.StatusOK || m == nil || p.header.Get("Content-Length") != fmt.Sprint(len(p.text)) {
		t.Fatalf("%s gives %d %q: %.300s", path, p.status, p.header.Get("Content-Disposition"), tags.ReplaceAllString(p.text, " "))
	}
	return m[1], []byte(p.text)
}

// bring brings a file to a page, and waits until something has come of it.
func (b *browser) bring(name string, file []byte) page {
	b.t.Helper()
	p := b.do(b.bringing(name, file))
	for range 300 {
		if p.header.Get("Refresh") == "" {
			break
		}
		time.Sleep(100 * time.Millisecond)
		p = b.get(p.path)
	}
	return p
}

func (b *browser) bringing(name string, file []byte) *http.Request {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("q-once", "x")
	f, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = f.Write(file)
	}
	if err == nil {
		err = w.Close()
	}
	req, err2 := http.NewRequest(http.MethodPost, b.srv.URL+"/sincronizacion/archivo", &body)
	if err != nil || err2 != nil {
		b.t.Fatal(err, err2)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return req
}

// TestARoundByStick: an office without a line, on pages alone and in a browser: what was written is
// taken out, taken in at the ministry, answered, and the answer taken in.
func TestARoundByStick(t *testing.T) {
	p := newPair(t)
	person := p.somebody(t, "Hermelinda")
	home, lima := p.node.newTab(t, webtest.Browser(t), "marta"), p.hub.newTab(t, webtest.Browser(t), "marta")
	home.open("/sincronizacion")
	home.reads("Sin línea: con una memoria USB")
	home.sound("sincronizacion-memoria", i18n.Spanish)
	stick := t.TempDir()
	save := func(name string, file []byte) string {
		path := filepath.Join(stick, name)
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	out := save(p.node.as("marta").takeOut(t, "/sincronizacion", "do", "export"))

	lima.open("/nodos")
	lima.reads("El archivo que trajo la computadora de una oficina")
	lima.sound("nodos-memoria", i18n.Spanish)
	lima.run(chromedp.SetUploadFiles(`#file`, []string{out}))
	lima.press(`form[action="/sincronizacion/archivo"] button`)
	lima.reads("Se tomó el archivo de ESMAD-N1")
	lima.reads("Saca la respuesta para ESMAD-N1")
	lima.sound("memoria-tomada", i18n.Spanish)
	lima.press(`a[href="/nodos/ESMAD-N1#stick"]`)
	lima.reads("La respuesta para este equipo")
	lima.sound("nodo-memoria", i18n.Spanish)
	back := save(p.hub.as("ada").takeOut(t, "/nodos/ESMAD-N1/archivo"))

	home.open("/sincronizacion")
	home.reads("Guardado aquí")
	home.run(chromedp.SetUploadFiles(`#file`, []string{back}))
	home.press(`form[action="/sincronizacion/archivo"] button`)
	home.reads("Se tomó el archivo de LIMA")
	home.reads("Nada más: Lima tiene todo")
	home.sound("memoria-respuesta", i18n.Spanish)
	home.open("/sincronizacion")
	home.reads("No espera nada")
	st, err := p.node.app.Exchange.Status(t.Context())
	if err != nil || st.Pending != 0 || st.Unsent != 0 {
		t.Errorf("%d wait, %d are not sent, %v", st.Pending, st.Unsent, err)
	}
	if p := p.hub.as("marta").get("/persona/" + person); p.status != http.StatusOK || !strings.Contains(p.text, "Hermelinda") {
		t.Errorf("at the ministry she is %d", p.status)
	}
}

// TestBadSticks: every file that is not as it should be is refused in words, in both languages, and
// nothing of it is taken.
func TestBadSticks(t *testing.T) {
	p := newPair(t)
	p.somebody(t, "Hermelinda")
	b, home := p.hub.as("ada"), p.node.as("marta")
	_, file := home.takeOut(t, "/sincronizacion", "do", "export")
	head := func(g *gate) string {
		t.Helper()
		var h store.Head
		err := g.app.DB.View(t.Context(), func(tx *store.Tx) (err error) { h, err = tx.Head(t.Context()); return err })
		if err != nil {
			t.Fatal(err)
		}
		return h.Note
	}
	was := head(p.hub)
	altered := bytes.Clone(file)
	altered[len(altered)/2] ^= 1
	for _, lang := range []string{"es", "en"} {
		b.get("/idioma/" + lang + "?volver=/")
		for _, c := range []struct {
			name   string
			file   []byte
			es, en string
		}{
			{"vacío", nil, "vacío", "empty"},
			{"otro", []byte("PK\x03\x04" + strings.Repeat("x", 9000)), "no es un envío de Quipu", "not written by Quipu"},
			{"posterior", append([]byte("QUIPUSTK\x02"), file[9:]...), "versión posterior", "later version"},
			{"cortado", file[:len(file)-9], "cortado", "cut short"},
			{"muy cortado", file[:12], "cortado", "cut short"},
			{"alterado", altered, "altera", "altered"},
			{"seguido", append(bytes.Clone(file), 'x'), "alterado", "altered"},
		} {
			got := b.bring(c.name+".quipu", c.file)
			got.has(t, map[string]string{"es": c.es, "en": c.en}[lang])
			if got.status >= 500 || is(got, "QUIPUSTK") {
				t.Errorf("%s gives %d", c.name, got.status)
			}
		}
	}
	b.get("/idioma/es?volver=/")
	home.bring("propio.quipu", file).has(t, "se hizo en esta misma computadora", "LIMA")
	if now := head(p.hub); now != was {
		t.Error("something was taken")
	}
	b.bring("bueno.quipu", file).has(t, "Se tomó el archivo de ESMAD-N1")
	b.bring("bueno.quipu", file).has(t, "ya se tomó", "No se tomó ningún cambio")
	_, back := b.takeOut(t, "/nodos/ESMAD-N1/archivo")
	b.bring("respuesta.quipu", back).has(t, "se hizo en esta misma computadora", "ESMAD-N1")
	if _, err := p.hub.app.Courier.Revoke(t.Context(), node.Operator("test", ""), "ESMAD-N1", "robado", true); err != nil {
		t.Fatal(err)
	}
	b.bring("tarde.quipu", file).has(t, "se dio de baja el")
	if q := b.post("/nodos/ESMAD-N1/archivo"); q.status != http.StatusForbidden || q.header.Get("Content-Disposition") != "" || !strings.Contains(q.text, "se dio de baja el") {
		t.Errorf("the way back for a revoked computer: %d", q.status)
	}
}

func is(p page, text string) bool { return strings.Contains(p.text, text) }

// TestWhoMayBring: the head of office at the node; at the hub the right over nodes, and over those
// of the file's office.
func TestWhoMayBring(t *testing.T) {
	p := newPair(t)
	p.somebody(t, "Hermelinda")
	_, file := p.node.as("marta").takeOut(t, "/sincronizacion", "do", "export")
	for _, g := range []*gate{p.hub, p.node} {
		b := g.as("rosa")
		if q := b.do(b.bringing("x.quipu", file)); q.status != http.StatusForbidden {
			t.Errorf("the window at %s: %d", g.app.Name(), q.status)
		}
		if q := b.get("/sincronizacion/archivo"); q.status != http.StatusForbidden {
			t.Errorf("the window at %s is asked for a file: %d", g.app.Name(), q.status)
		}
	}
	pau := p.hub.as("pau")
	if q := pau.do(pau.bringing("x.quipu", file)); q.status != http.StatusForbidden {
		t.Errorf("the head of another office: %d", q.status)
	}
	if q := pau.post("/nodos/ESMAD-N1/archivo"); q.status < 400 || q.header.Get("Content-Disposition") != "" {
		t.Errorf("the head of another office takes out: %d", q.status)
	}
	marta := p.hub.as("marta")
	q := marta.bring("suyo.quipu", file)
	q.has(t, "Se tomó el archivo de ESMAD-N1")
	if other := p.hub.as("ada").get(q.path); other.status != http.StatusNotFound {
		t.Errorf("somebody else sees what came of it: %d", other.status)
	}
	// From another site no file comes.
	req := marta.bringing("ajeno.quipu", file)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if q := marta.do(req); q.status != http.StatusForbidden {
		t.Errorf("from another site: %d", q.status)
	}
}

// TestHostileUploads: too large, too slow, two at once, cut off, no file.
func TestHostileUploads(t *testing.T) {
	p := newPair(t)
	p.somebody(t, "Hermelinda")
	_, file := p.node.as("marta").takeOut(t, "/sincronizacion", "do", "export")
	b := p.hub.as("ada")

	// Ten gigabytes: refused by what is said of it, and before it is read.
	sent := &noise{most: 10 << 30}
	req := b.bringing("x.quipu", nil)
	req.Body, req.ContentLength = io.NopCloser(sent), 10<<30
	if q, err := b.c.Do(req); err == nil {
		text, _ := io.ReadAll(q.Body)
		q.Body.Close()
		if q.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(string(text), "pasa de 2 GB") {
			t.Errorf("ten gigabytes give %d", q.StatusCode)
		}
	} else {
		t.Logf("the client sent on and saw %v", err)
	}
	if sent.n > 64<<20 {
		t.Errorf("%d bytes of ten gigabytes were sent", sent.n)
	}
	b.do(b.bringing("", nil)).has(t, "Elige el archivo")
	waits, err := os.ReadDir(filepath.Join(p.hub.app.Dir(), "uploads"))
	if err != nil || len(waits) != 0 {
		t.Errorf("%v lie about, %v", waits, err)
	}

	// While one is on its way the same officer brings no other, and what is cut off leaves nothing.
	whole, err := io.ReadAll(b.bringing("x.quipu", append(bytes.Clone(file), make([]byte, 1<<20)...)).Body)
	if err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	slow := b.bringing("x.quipu", nil)
	slow.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary(whole))
	slow.Body, slow.ContentLength = r, int64(len(whole))
	over := make(chan error)
	go func() {
		q, err := b.c.Do(slow)
		if err == nil {
			q.Body.Close()
		}
		over <- err
	}()
	if _, err := w.Write(whole[:len(whole)/2]); err != nil {
		t.Fatal(err)
	}
	var q page
	for range 100 { // until the first has begun to come
		if q = b.do(b.bringing("segundo.quipu", nil)); is(q, "Ya tienes un archivo en camino") {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	q.has(t, "Ya tienes un archivo en camino")
	w.CloseWithError(io.ErrClosedPipe)
	<-over
	for range 100 {
		if q = b.bring("segundo.quipu", file); !is(q, "Ya tienes un archivo en camino") {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	q.has(t, "Se tomó el archivo de ESMAD-N1")
	if waits, err := os.ReadDir(filepath.Join(p.hub.app.Dir(), "uploads")); err != nil || len(waits) != 0 {
		t.Errorf("%v lie about, %v", waits, err)
	}
}

// TestTwoBringOneFile: two officers bring the same file at once, and it is taken once.
func TestTwoBringOneFile(t *testing.T) {
	p := newPair(t)
	p.somebody(t, "Hermelinda")
	_, file := p.node.as("marta").takeOut(t, "/sincronizacion", "do", "export")
	said := make(chan string, 2)
	for _, login := range []string{"ada", "marta"} {
		b := p.hub.as(login)
		go func() { said <- b.bring("mismo.quipu", file).text }()
	}
	all := <-said + <-said
	if strings.Count(all, "Se tomó el archivo de ESMAD-N1") != 1 || strings.Count(all, "ya se tomó") != 1 {
		t.Errorf("they read %s", tags.ReplaceAllString(all, " "))
	}
}

// TestStickUnderWay: while a file is being taken its page says how far that is and asks itself again,
// without a script; what waited when the program ended is dropped.
func TestStickUnderWay(t *testing.T) {
	p := newPair(t)
	p.somebody(t, "Hermelinda")
	_, file := p.node.as("marta").takeOut(t, "/sincronizacion", "do", "export")
	pages := p.hub.srv.Config.Handler
	p.hub.srv.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.UserAgent(), "Chrome") {
			w = still{w} // else it would change while it is looked at
		}
		pages.ServeHTTP(w, r)
	})
	b, held, free := p.hub.as("marta"), make(chan struct{}), make(chan struct{})
	look := p.hub.newTab(t, webtest.Browser(t), "marta")
	over := make(chan error)
	go func() { // somebody else writes, and the file waits
		over <- p.hub.app.DB.Update(t.Context(), func(*store.Tx) error { close(held); <-free; return nil })
	}()
	<-held
	q := b.do(b.bringing("bueno.quipu", file))
	q.has(t, "El archivo está entero y se está tomando", "La página se renueva sola")
	if q.header.Get("Refresh") != "2" {
		t.Error("the page does not ask itself again")
	}
	look.open(q.path)
	look.reads("se está tomando")
	look.sound("memoria-en-camino", i18n.Spanish)
	close(free)
	if err := <-over; err != nil {
		t.Fatal(err)
	}
	for range 300 {
		if q = b.get(q.path); q.header.Get("Refresh") == "" {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	q.has(t, "Se tomó el archivo de ESMAD-N1")
	old := filepath.Join(p.hub.app.Dir(), "uploads", "VIEJO.stick")
	if err := os.WriteFile(old, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	served(t, p.hub.app)
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("an old file is still there: %v", err)
	}
}

// still leaves out that a page asks itself again.
type still struct{ http.ResponseWriter }

func (s still) WriteHeader(status int) {
	s.Header().Del("Refresh")
	s.ResponseWriter.WriteHeader(status)
}

func (s still) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func boundary(body []byte) string {
	line, _, _ := bytes.Cut(body, []byte("\r\n"))
	return string(line[2:])
}

// noise is a body without an end; it counts what is asked of it.
type noise struct{ n, most int64 }

func (e *noise) Read(b []byte) (int, error) {
	if e.n >= e.most {
		return 0, io.EOF
	}
	e.n += int64(len(b))
	return len(b), nil
}
