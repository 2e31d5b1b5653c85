package exchange

import (
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"strconv"

	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// sticks is the address to which files are brought that travelled by hand.
const sticks = desk.LinkPath + "/archivo"

type stickScreen struct {
	ui.Page
	Lead    string
	Bring   bool // another file can be brought
	Running bool
	Percent int
	Refused string // why the file was not taken, or not whole
	Facts   []ui.Row
	Next    []ui.Link
	Then    string
}

// stickHint says what can be brought, and how much.
func stickHint(w words, hub bool) string {
	if hub {
		return w.T("exchange.stick.hint.hub", "limit", MaxStick>>30)
	}
	return w.T("exchange.stick.hint.node", "limit", MaxStick>>30)
}

// mayNodes lets in who has the right over nodes. A page that asks itself again does not ask for
// the password.
func (s *Room) mayNodes(do desk.Handler) desk.Handler {
	return func(v *desk.Visit) error {
		if _, ok := authz.ScopeOf(v.Actor, authz.Nodes); !ok {
			return authz.Check(v.Actor, authz.Nodes, v.Actor.Office)
		}
		return do(v)
	}
}

func (s *Room) bringScreen(v *desk.Visit) *stickScreen {
	w := words{v.Words}
	page := &stickScreen{Page: s.Frame(v, w.T("exchange.stick.title"), desk.LinkPath)}
	page.Back.Href, page.Narrow = nodes, true
	if s.App.Joined() {
		page.Back.Href = desk.LinkPath
	}
	return page
}

// bringPage asks for a file.
func (s *Room) bringPage(v *desk.Visit) error { return s.showBring(v, nil) }

func (s *Room) showBring(v *desk.Visit, problem error) error {
	page, status := s.bringScreen(v), http.StatusOK
	page.Bring, page.Lead = true, stickHint(words{v.Words}, !s.App.Joined())
	if f := fault.As(problem); f != nil {
		page.Fail(f.On("file"))
		status = ui.StatusOf(problem)
		s.Log.Warn("a file was not taken", "err", problem)
	}
	return s.Show(v, status, "stick.html", page)
}

// stickPage says how far a file is, and what came of it.
func (s *Room) stickPage(v *desk.Visit) error {
	k := s.taken.of(v.Actor.Login, v.PathValue("stick"))
	if k == nil {
		return fault.New(fault.NotFound, "exchange.stick_gone")
	}
	page, w := s.bringScreen(v), words{v.Words}
	page.Facts = []ui.Row{{Key: w.T("exchange.stick.file"), Value: k.name, Note: w.T("exchange.stick.bytes", "kb", w.Number(int((k.size+1023)/1024)))},
		{Key: w.T("exchange.stick.from"), Value: k.from}}
	if !k.over(0) {
		page.Running, page.Percent = true, k.percent()
		page.Lead = w.T("exchange.stick.looked", "percent", page.Percent)
		if k.again.Load() {
			page.Lead = w.T("exchange.stick.taken.running", "percent", page.Percent)
		}
		v.W.Header().Set("Refresh", "2")
		return s.Show(v, http.StatusOK, "stick.html", page)
	}
	page.Bring = true
	s.result(v, w, page, k)
	return s.Show(v, http.StatusOK, "stick.html", page)
}

// result says what came of a file.
func (s *Room) result(v *desk.Visit, w words, page *stickScreen, k *taking) {
	d := &k.stick
	some := d.Taken+d.Forgot > 0
	switch {
	case k.err == nil:
		page.Lead = w.TN("exchange.stick.done", d.Taken, "name", k.from)
	case some:
		page.Lead = w.TN("exchange.stick.partly", d.Taken)
	default:
		page.Lead = w.T("exchange.stick.nothing")
	}
	if k.err != nil {
		f := fault.As(k.err)
		if f == nil {
			f = fault.New(fault.Internal, "exchange.stick_failed")
		}
		page.Refused = i18n.Fault(w.Lang, f)
	}
	add := func(key string, n int, note string) {
		page.Facts = append(page.Facts, ui.Row{Key: w.T(key), Value: w.Number(n), Note: note})
	}
	if k.err == nil || some {
		add("exchange.stick.changes", d.Changes, "")
		note := ""
		if d.Taken < d.Changes {
			note = w.T("exchange.stick.new.note")
		}
		add("exchange.stick.new", d.Taken, note)
		if d.Apart > 0 {
			add("exchange.stick.apart", d.Apart, w.T("exchange.stick.apart.note"))
		}
		if s.App.Joined() {
			add("exchange.stick.forgot", d.Forgot, w.T("exchange.stick.forgot.note"))
		}
		add("exchange.stick.files", d.Files, "")
	}
	s.next(v, w, page, k)
}

// next says what to do after a file.
func (s *Room) next(v *desk.Visit, w words, page *stickScreen, k *taking) {
	if _, ok := authz.ScopeOf(v.Actor, authz.Edit); ok && k.stick.Apart > 0 {
		page.Next = append(page.Next, ui.Link{Text: w.T("exchange.stick.see.apart"), Href: conflicts})
	}
	switch {
	case !s.App.Joined() && (k.err == nil || k.stick.Asks()):
		page.Then = w.T("exchange.stick.then.hub", "name", k.from)
		page.Next = append(page.Next, ui.Link{Text: w.T("exchange.stick.then.hub.link", "name", k.from), Href: nodes + "/" + k.from + "#stick"})
	case k.err != nil:
	default:
		st, err := s.App.Exchange.Status(v.Context())
		if err == nil && st.Unsent > 0 {
			page.Then = w.TN("exchange.stick.then.more", int(st.Unsent))
		} else {
			page.Then = w.T("exchange.stick.then.none")
		}
		page.Next = append(page.Next, ui.Link{Text: w.T("exchange.title"), Href: desk.LinkPath})
	}
}

// give gives a sealed file for another register as a download: at a node for its hub, at the hub
// for the node of that name. It is whole on the disk before anything of it leaves.
func (s *Room) give(v *desk.Visit, node string) error {
	token := rand.Text()
	out, err := s.App.NewScratch(token + stickEnd)
	if err != nil {
		return err
	}
	defer func() {
		if err := s.dropStick(token); err != nil {
			s.Log.Error("a file that was given is not gone", "err", err)
		}
	}()
	_, err = s.App.Courier.WriteStick(v.Context(), v.Actor, out, node, s.Program)
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	f, err := s.App.OpenScratch(token + stickEnd)
	if err != nil {
		return err
	}
	defer f.Close()
	name := string(s.App.Name())
	if node != "" {
		name += "-" + node
	}
	ui.Headers(v.W.Header())
	head := v.W.Header()
	head.Set("Content-Type", "application/octet-stream")
	head.Set("Content-Length", strconv.FormatInt(f.Size(), 10))
	head.Set("Content-Disposition", `attachment; filename="`+name+"-"+s.App.Now().UTC().Format("20060102-1504")+`.quipu"`)
	if _, err := io.Copy(v.W, io.NewSectionReader(f, 0, f.Size())); err != nil {
		s.Log.Warn("a file for another computer was cut short", "err", err) // the answer has begun
	}
	return nil
}

// giveNode gives the way back for a node.
func (s *Room) giveNode(v *desk.Visit) error {
	err := s.give(v, v.PathValue("node"))
	if f := fault.As(err); f == nil || !desk.Mendable(err) && f.Key != "courier.stick_revoked" {
		return err
	}
	page, failed := s.node(v)
	if failed != nil {
		return failed
	}
	page.Fail(err)
	return s.Show(v, ui.StatusOf(err), "node.html", page)
}
