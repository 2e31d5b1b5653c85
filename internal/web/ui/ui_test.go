package ui_test

import (
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/jba/templatecheck"

	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/web/static"
	"quipu/internal/web/ui"
	"quipu/internal/web/uitest"
	"quipu/internal/web/webtest"
)

// sink is the data of a screen with every component.
type sink struct {
	ui.Page
	Who      ui.Identity
	Box      ui.SearchBox
	Tabs     []ui.Link
	Rows     []ui.Row
	Table    ui.Table
	Paging   ui.Paging
	Compare  ui.Comparison
	Figures  []ui.Figure
	Events   []ui.Event
	Birth    ui.DateParts
	Consents []ui.Option
}

func screens() fs.FS {
	return os.DirFS("testdata")
}

func parse(t *testing.T, screens ...fs.FS) *ui.Set {
	t.Helper()
	set, err := ui.Parse(screens...)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func demo(lang i18n.Lang) *sink {
	s := &sink{
		Page: ui.Page{
			Lang: lang, Title: "Quispe Mamani, Rosa", Path: "/persona/1?vista=todo",
			Office: "Consulado General en Madrid", User: "María Salas", SignOut: "/salir",
			Nav: ui.OfficerNav(lang, "/registrar"), Strip: ui.DemoStrip(lang),
			Status: ui.Status{State: "offline", Text: "Sin enlace desde 08:12 · 14 cambios guardados aquí, 0 en riesgo", Href: "/sincronizacion"},
			Back:   ui.Link{Href: "/"},
		},
		Who: ui.Identity{Name: "Quispe Mamani, Rosa", Number: "PE-0042-7183-K",
			Facts:   []string{"7 de abril de 1968 (58 años)", "DNI 40718293-4", "Madrid"},
			Tags:    []ui.Tag{{Text: "Domicilio sin confirmar", Colour: "yellow"}, {Text: "Reservado", Colour: "red"}},
			Actions: []ui.Button{{Text: "Nuevo acto", Href: "/acto", Key: "1"}, {Text: "Corregir", Href: "/c", Kind: "secondary", Key: "2"}}},
		Box:  ui.SearchBox{Action: "/buscar", Name: "q", Label: "Nombre, DNI o número", Hint: "Por ejemplo, Quispe Mamani 1968"},
		Tabs: []ui.Link{{Text: "Resumen", Href: "/p/1", Current: true}, {Text: "Documentos", Href: "/p/1/doc"}, {Text: "Familia", Href: "/p/1/fam"}, {Text: "Accesos", Href: "/p/1/acc"}},
		Rows: []ui.Row{
			{Key: "Nombre", Value: "Rosa Elvira Quispe Mamani", Note: "DNI, visto por M. Salas en Madrid, 3 de marzo de 2026", Href: "/p/1/nombre"},
			{Key: "Teléfono", Value: "+34 600 000 000", Note: "Lo dijo la persona, 3 de marzo de 2026", Href: "/p/1/tel", Conflict: true, Tag: ui.Tag{Text: "Hay dos valores", Colour: "orange"}},
			{Key: "Ocupación", Value: "Cuidadora"}},
		Table: ui.Table{Caption: "Documentos", Head: []ui.Column{{Text: "Tipo"}, {Text: "Número"}, {Text: "Actos", Numeric: true}},
			Rows: [][]ui.Cell{{{Text: "DNI", Href: "/d/1", Tag: ui.Tag{Text: "Vigente", Colour: "green"}}, {Text: "40718293-4"}, {Text: "3", Numeric: true}},
				{{Text: "Pasaporte", Note: "emitido en Lima"}, {Text: "AB123456"}, {Text: "1234", Numeric: true}}}},
		Paging: ui.Paging{Prev: "/?p=1", Next: "/?p=3", From: 21, To: 40, Total: 12345},
		Compare: ui.Comparison{Caption: "¿Es la misma persona?", Left: "Lo escrito", Right: "Ya inscrita",
			Rows: []ui.Compared{{Label: "Nombres", Left: "Yesenia", Right: "Jesenia", Words: "a una letra"}, {Label: "Nacimiento", Left: "1968-04-07", Right: "1968-04-07"}, {Label: "Documento", Left: "40718293", Right: "40718239"}}},
		Figures: []ui.Figure{{Value: "12.345", Label: "Inscritos", Note: "al 31 de octubre de 2026"}, {Value: "318", Label: "Actos hoy"}},
		Events: []ui.Event{{Title: "Cambio de teléfono", By: "M. Salas", When: "3 de marzo de 2026, 09:41", Time: "2026-03-03T09:41:07-05:00", Text: "De +34 699 999 999 a +34 600 000 000.", Href: "/h/2", LinkText: "Ver el cambio", Receipt: "guardado aquí 09:41:07 · recibido en Lima 09:43:55 (nº 184.233)"},
			{Title: "Inscripción", By: "J. Ruiz", When: "7 de abril de 2019"}},
		Birth:    ui.DateParts{Day: "31", Month: "2", Year: "1968"},
		Consents: []ui.Option{{Value: "register", Label: "Inscribirse en el registro", Checked: true}, {Value: "crisis", Label: "Recibir mensajes en una emergencia", Hint: "Solo si hay un peligro donde vive"}},
	}
	s.Tell("success", "Los datos quedaron guardados.")
	s.Tell("warning", "El pasaporte vence en menos de seis meses.")
	s.Tell("info", "Hoy se atiende hasta las 13:00.")
	s.Errors = []ui.Problem{{Field: "birth", Text: "Febrero no tiene 31 días. Revisa la fecha."}, {Field: "country", Text: "Elige el país."}, {Text: "Falta el consentimiento."}}
	return s
}

func TestEveryComponentFits(t *testing.T) {
	set := parse(t, screens())
	uitest.Check(t, set, map[string]ui.Framed{
		"sink.html": &sink{}, "keys.html": &ui.Page{}, "error.html": &ui.ErrorPage{},
	})
	for _, lang := range i18n.Langs {
		html := uitest.Page(t, set, "sink.html", demo(lang))
		for _, want := range []string{
			`<html lang="` + string(lang) + `"`, "<title>Error: ", `href="#birth"`, `aria-describedby="birth-hint birth-error"`,
			`<mark class="q-diff">Y</mark>esenia`, `volver=%2Fpersona%2F1%3Fvista%3Dtodo`, `data-q-enter`,
		} {
			if !strings.Contains(html, want) {
				t.Errorf("%s: no %s", lang, want)
			}
		}
	}
}

func TestCheckFindsAWrongName(t *testing.T) {
	for text, want := range map[string]string{
		`{{template "page-top" .}}{{.Nme}}{{template "page-bottom" .}}`: "",
		`{{template "input" (field "Nmae" "x")}}`:                       "Nmae",
		`{{template "input" (field "Optional" "yes")}}`:                 "does not fit",
	} {
		set := parse(t, fstest.MapFS{"x.html": {Data: []byte(text)}})
		_, err := set.HTML("x.html", &sink{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", text, err)
		}
	}
}

// TestCheckIsStrict proves that templatecheck sees into components and promoted fields.
func TestCheckIsStrict(t *testing.T) {
	for text, ok := range map[string]bool{
		`{{template "page-top" .}}{{.Title}}{{template "table" .Table}}{{template "page-bottom" .}}`: true,
		`{{template "page-top" .}}{{.Who.Nme}}{{template "page-bottom" .}}`:                          false,
		`{{template "page-top" .}}{{if .Narrow}}{{template "tag" .Table}}{{end}}`:                    false,
	} {
		set := parse(t, fstest.MapFS{"x.html": {Data: []byte(text)}})
		if err := templatecheck.CheckHTMLStrict(set.Template(i18n.Spanish, "x.html"), &sink{}); (err == nil) != ok {
			t.Errorf("%s: error %v", text, err)
		}
	}
}

func TestRender(t *testing.T) {
	set := parse(t, screens(), fstest.MapFS{"broken.html": {Data: []byte(`{{template "page-top" .}}half{{index .Tabs 99}}{{template "page-bottom" .}}`)}})
	r := httptest.NewRequest(http.MethodGet, "/persona/1", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("Accept-Language", "en")
	w := httptest.NewRecorder()
	if err := set.Render(w, r, http.StatusOK, "keys.html", &ui.Page{Title: "Keys"}); err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil || !strings.Contains(string(text), "Keyboard shortcuts") {
		t.Errorf("page: %.80q %v", text, err)
	}
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'self'", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "no-referrer", "Permissions-Policy": "camera=()", "Cache-Control": "no-store",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if !strings.Contains(w.Header().Get(name), want) {
			t.Errorf("%s: %q", name, w.Header().Get(name))
		}
	}
	w = httptest.NewRecorder()
	r = httptest.NewRequest(http.MethodGet, "/", nil)
	err = set.Render(w, r, http.StatusOK, "broken.html", &sink{})
	if err == nil || w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "half") {
		t.Errorf("a broken screen: status %d, error %v", w.Code, err)
	}
	if !strings.Contains(w.Body.String(), i18n.T(i18n.Spanish, "fault.internal")) {
		t.Error("a broken screen does not say so")
	}
}

func TestFail(t *testing.T) {
	set := parse(t)
	for _, c := range []struct {
		err    error
		status int
		says   string
	}{
		{fault.New(fault.Forbidden, "forbidden"), 403, "permiso"},
		{fault.New(fault.NotFound, "not_found"), 404, "No encontramos"},
		{errors.New("secret"), 500, "K7Q"},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if err := set.Fail(w, r, &ui.Page{}, c.err, "K7Q"); err != nil {
			t.Fatal(err)
		}
		if body := w.Body.String(); w.Code != c.status || !strings.Contains(body, c.says) || strings.Contains(body, "secret") {
			t.Errorf("%v: status %d", c.err, w.Code)
		}
	}
	p := &ui.Page{Lang: i18n.English}
	p.Fail(fault.New(fault.Forbidden, "forbidden").On("office"))
	if p.Err("office") != i18n.T(i18n.English, "fault.forbidden") || p.Err("other") != "" {
		t.Errorf("errors %v", p.Errors)
	}
}

func TestSwitchLang(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+ui.LangPath, ui.SwitchLang(false))
	for back, want := range map[string]string{
		"/persona/1?x=2": "/persona/1?x=2", "https://bad.example/": "/", "//bad.example": "/",
		"/\\bad.example": "/", "": "/", "javascript:x": "/",
	} {
		q, _ := http.NewRequest(http.MethodGet, "/idioma/en", nil)
		q.URL.RawQuery = "volver=" + strings.NewReplacer("/", "%2F", "?", "%3F", "\\", "%5C", ":", "%3A").Replace(back)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, q)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
			t.Errorf("%q: %d to %q", back, w.Code, w.Header().Get("Location"))
		}
		again := httptest.NewRequest(http.MethodGet, "/", nil)
		again.Header.Set("Cookie", w.Header().Get("Set-Cookie"))
		if got := ui.LangOf(again); got != i18n.English {
			t.Errorf("the choice is forgotten: %s", got)
		}
	}
	w := httptest.NewRecorder()
	q := httptest.NewRequest(http.MethodGet, "/idioma/en", nil)
	q.SetPathValue("lang", "en")
	ui.SwitchLang(true)(w, q)
	c := w.Header().Get("Set-Cookie")
	for _, want := range []string{"__Host-quipu-lang=en", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(c, want) {
			t.Errorf("by HTTPS the cookie %q has no %s", c, want)
		}
	}
	again := httptest.NewRequest(http.MethodGet, "/", nil)
	again.Header.Set("Cookie", c)
	if got := ui.LangOf(again); got != i18n.English {
		t.Errorf("the choice by HTTPS is forgotten: %s", got)
	}
}

func TestDateParts(t *testing.T) {
	for edtf, want := range map[string]ui.DateParts{
		"1968-04-07": {Day: "7", Month: "4", Year: "1968"}, "1968-04-XX": {Month: "4", Year: "1968"},
		"1968~": {Year: "1968", Approx: true}, "XXXX": {}, "": {},
	} {
		if diff := cmp.Diff(want, ui.PartsOf(edtf)); diff != "" {
			t.Errorf("%s: %s", edtf, diff)
		}
	}
	for want, d := range map[string]ui.DateParts{
		"27/3/1968": {Day: "27", Month: "3", Year: "1968"}, "hacia 1968": {Year: "1968", Approx: true},
		"27//1968": {Day: "27", Year: "1968"}, "3/1968": {Month: "3", Year: "1968"}, "": {Approx: true},
	} {
		if d.Text() != want {
			t.Errorf("%+v: %q, want %q", d, d.Text(), want)
		}
	}
}

// TestAxe looks at every component in the browser; with QUIPU_SCREENSHOTS it leaves
// pictures in that folder.
func TestAxe(t *testing.T) {
	set := parse(t, screens())
	mux := http.NewServeMux()
	mux.Handle("GET "+static.Prefix, static.Handler())
	for _, name := range []string{"sink", "keys", "error"} {
		for _, lang := range i18n.Langs {
			mux.HandleFunc("GET /"+name+"/"+string(lang), func(w http.ResponseWriter, r *http.Request) {
				page := map[string]ui.Framed{"sink": demo(lang),
					"keys":  &ui.Page{Lang: lang, Title: "x"},
					"error": &ui.ErrorPage{Page: ui.Page{Lang: lang, Title: "x"}, Message: "x"}}[name]
				if err := set.Render(w, r, http.StatusOK, name+".html", page); err != nil {
					t.Error(err)
				}
			})
		}
	}
	srv := httptest.NewServer(mux)
	defer srv.Close()
	ctx := webtest.Browser(t)
	for _, name := range []string{"sink", "keys", "error"} {
		for _, lang := range i18n.Langs {
			webtest.NoViolations(t, ctx, srv.URL+"/"+name+"/"+string(lang))
		}
	}
	if dir := os.Getenv("QUIPU_SCREENSHOTS"); dir != "" {
		for name, width := range map[string]int64{"/ui-1280.png": 1280, "/ui-390.png": 390} {
			webtest.Open(t, ctx, srv.URL+"/sink/es", width, 900)
			webtest.Screenshot(t, ctx, dir+name)
		}
	}
}

// TestDiff: letters are marked in a misspelt word, another word as a whole, and nothing where
// one side says nothing.
func TestDiff(t *testing.T) {
	for _, c := range []struct {
		a, b        string
		left, right []ui.Piece
	}{
		{"Yesenia", "Jesenia", []ui.Piece{{Text: "Y", Other: true}, {Text: "esenia"}}, []ui.Piece{{Text: "J", Other: true}, {Text: "esenia"}}},
		{"España", "Estados Unidos", []ui.Piece{{Text: "España", Other: true}}, []ui.Piece{{Text: "Estados Unidos", Other: true}}},
		{"", "Paterson", nil, []ui.Piece{{Text: "Paterson"}}},
		{"Lima", "Lima", []ui.Piece{{Text: "Lima"}}, []ui.Piece{{Text: "Lima"}}},
	} {
		left, right := ui.Diff(c.a, c.b)
		if !slices.Equal(left, c.left) || !slices.Equal(right, c.right) {
			t.Errorf("%q and %q are cut into %v and %v", c.a, c.b, left, right)
		}
	}
}
