package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/store/bare"
)

// ServeBare serves the peer of a window on a free port of this computer, which it tells on
// w, until the context ends: the same questions over HTTP, answered by the driver alone.
func ServeBare(ctx context.Context, w io.Writer, dir, registerURL, peerURL string) error {
	register := bare.Target{Path: filepath.Join(dir, "register", "quipu.db"), URL: registerURL}
	win, err := bare.OpenWindow(ctx, register, bare.Target{Path: filepath.Join(dir, "barewindow.db"), URL: peerURL})
	if err != nil {
		return err
	}
	defer win.Close() //nolint:errcheck // what was saved was saved as it came
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "http://%s/\n", l.Addr())
	srv := &http.Server{Handler: bareHandler(win), ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { srv.Close() }) //nolint:errcheck // it ends
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func bareHandler(win *bare.Window) http.Handler {
	var row atomic.Int64
	mux := http.NewServeMux()
	answer := func(pattern string, do func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			v, err := do(r)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			json.NewEncoder(w).Encode(v) //nolint:errcheck // the asker went away
		})
	}
	answer("POST /buscar", func(r *http.Request) (any, error) {
		q := r.PostFormValue("q")
		if strings.ContainsAny(q, "0123456789") {
			return win.ByKey(r.Context(), "doc:"+q+":")
		}
		return win.ByName(r.Context(), q)
	})
	answer("GET /persona/{id}", func(r *http.Request) (any, error) { return win.Record(r.Context(), r.PathValue("id")) })
	answer("POST /registrar", func(r *http.Request) (any, error) {
		n := row.Add(1)
		f := bare.Found{ID: fmt.Sprint("P", n), Number: fmt.Sprint(n), Paternal: r.PostFormValue("surname_paternal"), Maternal: r.PostFormValue("surname_maternal"),
			Given: r.PostFormValue("given_names"), Birth: r.PostFormValue("birth_date-year"), Office: office}
		return f, win.Insert(r.Context(), n, f, []string{"doc:" + r.PostFormValue("document.number"), "tel:" + r.PostFormValue("phone.number")})
	})
	return mux
}

// besideBare lets the same officers ask the peer for a minute at the most, and sets the
// figures beside those of the register.
func (r *run) besideBare(ctx context.Context) (err error) {
	if r.Engine == node.Encrypted {
		return nil // one connection for everything: there is nothing to set beside it
	}
	if r.Engine == node.Postgres {
		if r.registerURL, err = bare.Address(r.URL, r.database()); err == nil {
			r.peerURL, err = bare.MakeDatabase(ctx, r.URL, r.database()+"_bare")
		}
		if err != nil {
			return err
		}
		defer func() {
			err = errors.Join(err, bare.DropDatabase(context.WithoutCancel(ctx), r.URL, r.database()+"_bare"))
		}()
	}
	srv, err := r.start(ctx, "", "_barewindow", "--dir", r.Dir, "--register-url", r.registerURL, "--peer-url", r.peerURL)
	if err != nil {
		return err
	}
	m := &room{run: r, staff: r.staff, server: srv}
	m.now.Store(newTally())
	w := r.rep.Window
	who, err := m.enter(r.Window.Officers)
	if err == nil {
		err = m.during(ctx, w, "peer", min(r.Window.For, time.Minute), who, func(ctx context.Context, o *officer) { o.askBare(ctx) })
	}
	for _, o := range m.officers {
		o.leave()
	}
	_, err2 := srv.stop()
	steady, peer := w.phase("steady"), w.phase("peer")
	w.Ratios = map[string]float64{"cpu_a_request": ratio(steady.CPUPerRequest, peer.CPUPerRequest)}
	for _, act := range []string{actSearch, actPage, actRegister} {
		w.Ratios[act+".p50"] = ratio(steady.Acts[act].P50, peer.Acts[act].P50)
	}
	return errors.Join(err, err2, r.clearBare())
}

// askBare is work with the peer: the same shares of searches, pages and entries.
func (o *officer) askBare(ctx context.Context) {
	for o.pause(ctx, 1) == nil {
		q := o.asked[o.r.IntN(len(o.asked))]
		var err error
		switch n := o.r.IntN(90); {
		case n < 55:
			// By name, or by a document as it stands: the peer mends nothing that was mistyped.
			text, must := [...]string{q.full, q.short}[o.r.IntN(2)], "\n"
			if number, _, _ := strings.Cut(q.document, "-"); len(number) == 8 && o.r.IntN(2) == 0 {
				text, must = number, q.number
			}
			_, err = o.post(ctx, actSearch, "/buscar", url.Values{"q": {text}}, must)
		case n < 80:
			_, err = o.get(ctx, actPage, "/persona/"+q.id, q.number)
		default:
			if who, ok := o.next(); ok {
				form := url.Values{}
				for k, v := range answers(who) {
					form.Set(k, v)
				}
				_, err = o.post(ctx, actRegister, "/registrar", form, who.Paternal)
			}
		}
		if errors.Is(err, errEnded) {
			return
		}
	}
}
