// Package officer holds the screens of the people who work at an office: one file and
// one template a screen. A screen reads the request, calls one use case of app, and puts
// the answer into words; it decides nothing.
//
// No address holds a person's data, only opaque ids: addresses end up in histories,
// bookmarks and the logs of proxies. So a search is sent as a form.
package officer

import (
	"embed"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/alexedwards/scs/v2"

	"quipu/internal/app"
	"quipu/internal/authn"
	"quipu/internal/authz"
	"quipu/internal/web/ui"
)

//go:embed *.html
var screens embed.FS

// DemoLogin is an account that the log-in page of a demonstration offers.
type DemoLogin struct{ Login, Name, Password string }

// Config is what the screens need. Allow says whether an address may try a password now;
// without Passkeys none are offered.
type Config struct {
	App        *app.App
	Sessions   *scs.SessionManager
	Log        *slog.Logger
	Demo       bool
	DemoLogins []DemoLogin
	Allow      func(addr string) bool
	Passkeys   *authn.Passkeys
	Origin     string // where the program is reached; for what is handed on paper
}

// Site is the officers' screens.
type Site struct {
	Config
	set   *ui.Set
	once  *onceTokens
	files uploads
}

// New reads the screens and makes the folder that uploads wait in.
func New(c Config) (*Site, error) {
	set, err := ui.Parse(screens)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(c.App.Dir(), "uploads")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return &Site{Config: c, set: set, once: newOnceTokens(), files: uploads{app: c.App, dir: dir, now: c.App.Now}}, nil
}

// What a request may cost when its route does not say otherwise.
const (
	maxForm   = 1 << 20
	maxUpload = 64 << 20
	// A photograph is at most 4 MB; what is more the use case refuses with better words.
	maxPortrait = 6 << 20
	patience    = 30 * time.Second
	longWork    = 10 * time.Minute
)

// Route is one address of the site. Public ones need no log-in.
type Route struct {
	Pattern string
	Public  bool
	Bytes   int64         // most bytes of a request's body; 0 for maxForm
	Time    time.Duration // most time; 0 for patience
	do      handler
}

// Table lists every route.
func (s *Site) Table() []Route { return append(s.doors(), s.rooms()...) }

// doors are the ways in, and what is about accounts.
func (s *Site) doors() []Route {
	return []Route{
		{Pattern: "GET /entrar", Public: true, do: s.loginPage},
		{Pattern: "POST /entrar", Public: true, do: s.login},
		{Pattern: "GET /entrar/codigo", Public: true, do: s.secondPage},
		{Pattern: "POST /entrar/codigo", Public: true, do: s.second},
		{Pattern: "POST /entrar/llave", Public: true, do: s.secondKey},
		{Pattern: "GET /entrar/inscribir", Public: true, do: s.enrolPage},
		{Pattern: "POST /entrar/inscribir", Public: true, do: s.enrol},
		{Pattern: "POST /entrar/inscribir/llave", Public: true, do: s.enrolKey},
		{Pattern: "GET /alta", Public: true, do: s.setupPage},
		{Pattern: "POST /alta", Public: true, do: s.setup},
		{Pattern: "POST /salir", Public: true, do: s.logout},
		{Pattern: "GET /atajos", Public: true, do: s.keys},
		{Pattern: "/", do: s.nowhere},

		{Pattern: "GET /confirmar-clave", do: s.provePage},
		{Pattern: "POST /confirmar-clave", do: s.prove},
		{Pattern: "GET /mi-cuenta", do: s.myPage},
		{Pattern: "POST /mi-cuenta/clave", do: s.myPassword},
		{Pattern: "POST /mi-cuenta/sesiones", do: s.mySessions},
		{Pattern: "POST /mi-cuenta/factor", do: s.myFactor},
		{Pattern: "POST /mi-cuenta/codigos", do: s.myCodes},

		{Pattern: "GET /cuentas", do: s.guard(authz.Sessions, s.usersPage)},
		{Pattern: "GET /cuentas/{login}", do: s.guard(authz.Sessions, s.userPage)},
		{Pattern: "POST /cuentas/{login}/sesiones", do: s.guard(authz.Sessions, s.endSessions)},
		{Pattern: "GET /cuenta-nueva", do: s.guard(authz.Accounts, s.newUserPage)},
		{Pattern: "POST /cuenta-nueva", do: s.guard(authz.Accounts, s.newUser)},
		{Pattern: "POST /cuentas/{login}", do: s.guard(authz.Accounts, s.editUser)},
		{Pattern: "POST /cuentas/{login}/restablecer", do: s.guard(authz.Accounts, s.resetUser)},
	}
}

// rooms are the screens of the register.
func (s *Site) rooms() []Route {
	return []Route{
		{Pattern: "GET /{$}", do: s.searchPage},
		{Pattern: "GET /buscar", do: s.searchPage},
		{Pattern: "POST /buscar", do: s.search},

		{Pattern: "GET /persona/{id}", do: s.personPage(tabSummary)},
		{Pattern: "GET /persona/{id}/documentos", do: s.personPage(tabDocuments)},
		{Pattern: "GET /persona/{id}/familia", do: s.personPage(tabFamily)},
		{Pattern: "GET /persona/{id}/historia", do: s.historyPage},
		{Pattern: "GET /persona/{id}/historia/{field...}", do: s.fieldHistoryPage},
		{Pattern: "GET /persona/{id}/accesos", do: s.accessesPage},
		{Pattern: "GET /persona/{id}/inscrita", do: s.registeredPage},
		{Pattern: "POST /persona/{id}/duda/{doubt}", do: s.resolveDoubt},
		{Pattern: "GET /persona/{id}/editar/{section}", do: s.editPage},
		{Pattern: "POST /persona/{id}/editar/{section}", do: s.edit},
		{Pattern: "GET /persona/{id}/confirmar", do: s.actPage(actConfirm)},
		{Pattern: "POST /persona/{id}/confirmar", do: s.act(actConfirm)},
		{Pattern: "GET /persona/{id}/cerrar", do: s.actPage(actClose)},
		{Pattern: "POST /persona/{id}/cerrar", do: s.act(actClose)},
		{Pattern: "GET /persona/{id}/trasladar", do: s.actPage(actTransfer)},
		{Pattern: "POST /persona/{id}/trasladar", do: s.act(actTransfer)},
		{Pattern: "GET /persona/{id}/fallecimiento", do: s.actPage(actDecease)},
		{Pattern: "POST /persona/{id}/fallecimiento", do: s.act(actDecease)},

		{Pattern: "GET /persona/{id}/reinscribir", do: s.actPage(actReopen)},
		{Pattern: "POST /persona/{id}/reinscribir", do: s.act(actReopen)},
		{Pattern: "GET /persona/{id}/vida", do: s.actPage(actVital)},
		{Pattern: "POST /persona/{id}/vida", do: s.act(actVital)},
		{Pattern: "GET /persona/{id}/completar", do: s.completePage},
		{Pattern: "POST /persona/{id}/completar", do: s.complete},
		{Pattern: "GET /persona/{id}/consentimientos", do: s.consentsPage},
		{Pattern: "POST /persona/{id}/consentimientos/{purpose}", do: s.consent},
		{Pattern: "GET /persona/{id}/familia/vincular", do: s.relatePage},
		{Pattern: "POST /persona/{id}/familia/vincular", do: s.relate},
		{Pattern: "GET /persona/{id}/retrato", do: s.portraitPage},
		{Pattern: "POST /persona/{id}/retrato", Bytes: maxPortrait, do: s.portrait},
		{Pattern: "GET /persona/{id}/foto", do: s.photo},

		{Pattern: "GET /vencen", do: s.expiringPage},
		{Pattern: "GET /dudas", do: s.doubtfulPage},

		{Pattern: "GET /registrar", do: s.registerPage},
		{Pattern: "POST /registrar", do: s.register},

		{Pattern: "GET /importar", do: s.importPage},
		{Pattern: "POST /importar", Bytes: maxUpload, Time: longWork, do: s.upload},
		{Pattern: "GET /importar/{token}", Time: longWork, do: s.previewPage},
		{Pattern: "POST /importar/{token}", Time: longWork, do: s.runImport},
		{Pattern: "GET /importacion/{batch}", do: s.importedPage},
		{Pattern: "GET /importacion/{batch}/rechazadas", do: s.refusedRows},
		{Pattern: "POST /importacion/{batch}/deshacer", Time: longWork, do: s.undoImport},

		{Pattern: "GET /oficinas", do: s.officesPage},
		{Pattern: "GET /oficinas/{code}", do: s.officePage},
		{Pattern: "GET /codigos", do: s.codesPage},
		{Pattern: "GET /codigos/{list}", do: s.codePage},
		{Pattern: "GET /auditoria", do: s.auditPage},
		{Pattern: "POST /auditoria", Time: longWork, do: s.verify},
		{Pattern: "GET /accesos", do: s.readsPage},
	}
}

// Routes mounts every route.
func (s *Site) Routes(mux *http.ServeMux) {
	for _, r := range s.Table() {
		mux.HandleFunc(r.Pattern, s.serve(r))
	}
}
