package desk

import (
	"io"
	"net/http"
	"net/url"

	"quipu/internal/web/ui"
)

// AsidePath is where the script puts what is typed before the page is left for another
// language or another purpose.
const AsidePath = "/apartar"

// putAside keeps a form that was not sent yet and answers where it is taken up again; nothing
// when it is not one to be kept.
func (d *Desk) putAside(v *Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	at, action := "", ui.Local(v.URL.Query().Get("accion"))
	if r, ok := d.sentTo(action); ok && !r.Unkept && !r.Public {
		v.URL.Path = action
		at = d.keep(v, v.Actor.Login, false)
	}
	ui.Headers(v.W.Header())
	v.W.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(v.W, at) // to a reader who may be gone
	return nil
}

// sentTo is the route that takes the forms sent to a path.
func (d *Desk) sentTo(path string) (Route, bool) {
	_, pattern := d.mux.Handler(&http.Request{Method: http.MethodPost, URL: &url.URL{Path: path}})
	for _, r := range d.routes {
		if r.Pattern == pattern && r.Pattern != "/" {
			return r, true
		}
	}
	return Route{}, false
}
