// Package desk is what every screen of an officer stands on: the way in and out of a
// request, who asks, the frame around a page, the words in the reader's language, the head
// of a person's page. The screens are in the rooms beside it: one file and one template a
// screen. A screen reads the request, calls one use case of app, and puts the answer into
// words; it decides nothing.
//
// No address holds a person's data, only opaque ids: addresses end up in histories,
// bookmarks and the logs of proxies. So a search is sent as a form.
package desk

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"quipu/internal/app"
	"quipu/internal/authn"
	"quipu/internal/web/ui"
)

// DemoLogin is an account that the log-in page of a demonstration offers.
type DemoLogin struct{ Login, Name, Password string }

// Provider is the OpenID provider that officers may sign in with; Name is what it is called,
// by language.
type Provider struct {
	*authn.OIDC
	Name map[string]string
}

// Config is what the screens need. Allow says whether an address may try a password now,
// Pace whether an officer may open a page now (nil for always);
// without Passkeys, and without a Provider, none are offered.
type Config struct {
	App        *app.App
	Sessions   *scs.SessionManager
	Log        *slog.Logger
	Demo       bool
	DemoLogins []DemoLogin
	Allow      func(addr string) bool
	Pace       func(login string) bool
	Passkeys   *authn.Passkeys
	Provider   *Provider
	Origin     string // where the program is reached; for what is handed on paper
	// Program is the version of the program, as a node says it to its hub; Hubs are the hub's
	// addresses, none for those of the enrolment.
	Program string
	Hubs    []string
	// Invent sends invented interviews to a survey of a demonstration, and says how many; nil elsewhere.
	Invent func(ctx context.Context, survey string, n int, progress func(done int)) (sent int, err error)
}

// Desk is what the rooms share. Once makes a form that is sent twice act once.
type Desk struct {
	Config
	Once *OnceTokens
	sent sentForms
	set  *ui.Set
	mux  *http.ServeMux
	// routes are all that were put under their addresses, for the page of help.
	routes []Route
	heavy  *heavies
}

// Screens are the desk's own.
//
//go:embed *.html
var Screens embed.FS

// New reads the screens of the rooms.
func New(c Config, screens ...fs.FS) (*Desk, error) {
	set, err := ui.Parse(screens...)
	if err != nil {
		return nil, err
	}
	return &Desk{Config: c, set: set, mux: http.NewServeMux(), Once: newOnceTokens(), sent: sentForms{made: map[string]*sentForm{}}, heavy: newHeavies()}, nil
}

// What a request may cost when its route does not say otherwise.
const (
	maxForm   = 1 << 20
	MaxUpload = 64 << 20
	// A photograph is at most 4 MB; what is more the use case refuses with better words.
	MaxPortrait = 6 << 20
	patience    = 30 * time.Second
	LongWork    = 10 * time.Minute
)

// Route is one address of the site. Public ones need no log-in; heavy ones are long work, of
// which little goes on at once. What is sent to an Unkept one does not wait for its officer
// when it cannot be taken: it has a password in it, or is soon chosen again.
type Route struct {
	Pattern string
	Public  bool
	Heavy   bool
	Unkept  bool
	Bytes   int64         // most bytes of a request's body; 0 for maxForm
	Time    time.Duration // most time; 0 for patience
	Do      Handler
}

// Pages puts routes under their addresses.
func (d *Desk) Pages(routes []Route) http.Handler {
	for _, r := range routes {
		d.mux.HandleFunc(r.Pattern, d.serve(r))
	}
	d.routes = routes
	d.mux.HandleFunc("GET "+ui.LangPath, ui.SwitchLang(d.Sessions.Cookie.Secure))
	return d.mux
}

// Common are the routes that belong to no room.
func (d *Desk) Common() []Route {
	return []Route{
		{Pattern: "GET /atajos", Public: true, Do: d.keys},
		{Pattern: "POST /atajos", Public: true, Do: d.switchKeys},
		{Pattern: "GET " + HelpPath, Public: true, Do: d.helpPage},
		{Pattern: "POST " + AsidePath, Unkept: true, Do: d.putAside},
		{Pattern: "POST /finalidad", Unkept: true, Do: d.choosePurpose},
		{Pattern: "GET " + ResumePath, Do: d.waitingPage},
		{Pattern: "GET " + ResumePath + "/{token}", Do: d.resume},
		{Pattern: "POST " + ResumePath + "/{token}", Do: d.discard},
		{Pattern: "GET " + StayPath, Do: d.stay},
		{Pattern: "/", Do: d.Nowhere},
	}
}

// switchKeys turns the keys of one character off, or on again.
func (d *Desk) switchKeys(v *Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	ui.SetPlain(v.W, d.Sessions.Cookie.Secure, v.PostFormValue("teclas") == "no")
	return d.Done(v, "/atajos", "")
}

// keys is the page of the keyboard's shortcuts.
func (d *Desk) keys(v *Visit) error {
	page := d.Frame(v, v.Words.T("ui.keys.title"), "")
	page.Back.Href = "/"
	return d.Show(v, http.StatusOK, "keys.html", &page)
}
