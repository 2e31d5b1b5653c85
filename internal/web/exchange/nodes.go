package exchange

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"quipu/internal/app/courier"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/sync"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// nodes is the address of the list of enrolled computers.
const nodes = "/nodos"

// noCampaign is the choice of a computer that travels with none.
const noCampaign = "-"

type nodesScreen struct {
	ui.Page
	Lead      string
	Table     ui.Table
	Bring     string        // what can be brought in, in words; "" at a register without computers
	Others    ui.Table      // what the hub lost of whoever is no computer of its
	Made      *desk.NewCode // a code that was just made
	Office    string
	Label     string
	Laptop    bool
	Campaigns []ui.Option // with which a laptop can travel
}

// nodesPage lists the computers of the offices over whose nodes the officer has a right.
func (s *Room) nodesPage(v *desk.Visit) error {
	page, err := s.nodes(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "nodes.html", page)
}

func (s *Room) nodes(v *desk.Visit) (*nodesScreen, error) {
	peers, err := s.App.Courier.Peers(v.Context(), v.Actor)
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, err
	}
	w := words{v.Words}
	campaigns, err := s.App.Campaigns.Standing(v.Context(), v.Actor)
	if err != nil {
		return nil, err
	}
	page := &nodesScreen{Page: s.Frame(v, w.T("nodes.title"), nodes), Lead: w.TN("nodes.count", len(peers)), Office: v.Actor.Office}
	page.Back.Href = desk.LinkPath
	if page.Others, err = s.strangers(v, peers); err != nil {
		return nil, err
	}
	page.Table = ui.Table{Caption: w.T("nodes.title"), Empty: w.T("nodes.none"), Head: w.Heads("nodes.col.name", "nodes.col.office", "nodes.col.state",
		"nodes.col.seen", "nodes.col.drift", "nodes.col.behind", "nodes.col.holds", "nodes.col.version")}
	for i := range peers {
		p := &peers[i]
		kind, refused := w.Or("nodes.kind."+p.Kind, p.Kind), ""
		if p.Label != p.Name {
			kind = p.Name + " · " + kind
		}
		if p.Refused.Key != "" && p.State == "active" {
			refused = w.T("nodes.refused.short")
		}
		if p.Missing.Changes > 0 {
			refused = strings.TrimSpace(refused + " " + w.T("missing.fact") + ": " + w.TN("missing.count", int(p.Missing.Changes)))
		}
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: p.Label, Href: nodes + "/" + p.Name, Note: kind},
			{Text: w.Office(p.Office)}, {Tag: w.nodeState(p.State), Note: refused}, {Text: w.when(p.Seen)}, {Text: w.drift(p.Drift, p.Seen)}, {Text: w.toRead(p), Note: w.backlog(p)},
			{Text: w.TN("nodes.holds", int(p.People))}, {Text: p.Version, Note: w.later(p)}})
	}
	if len(peers) > 0 && !s.App.Joined() {
		page.Bring = stickHint(w, true)
	}
	if len(campaigns) > 0 {
		page.Campaigns = []ui.Option{{Value: noCampaign, Label: w.T("nodes.code.campaign.none"), Checked: true}}
	}
	for _, c := range campaigns {
		page.Campaigns = append(page.Campaigns, ui.Option{Value: c.ID, Label: c.City + ", " + c.Venue + " · " + w.Office(c.Office), Checked: c.ID == v.PostFormValue("campaign")})
	}
	return page, nil
}

func (w words) nodeState(state string) ui.Tag {
	colour := map[string]string{"active": "green", "lost": "red"}[state]
	if colour == "" {
		colour = "grey"
	}
	return ui.Tag{Text: w.Or("nodes.state."+state, state), Colour: colour}
}

// when is a moment, or that it never was.
func (w words) when(at time.Time) string {
	if at.IsZero() {
		return w.T("exchange.never")
	}
	return w.Moment(at.UnixMicro())
}

// toRead is what a computer has yet to receive.
func (w words) toRead(p *courier.Peer) string {
	changes := w.TN("nodes.behind", int(p.Behind))
	if p.Filling {
		return w.T("nodes.filling", "changes", changes)
	}
	return changes
}

// backlog is what a computer had yet to send when it last asked.
func (w words) backlog(p *courier.Peer) string {
	switch {
	case p.State != "active" || p.Seen.IsZero():
		return ""
	case p.Oldest.IsZero():
		return w.TN("nodes.unsent", int(p.Unsent))
	}
	return w.TN("nodes.unsent", int(p.Unsent)) + " " + w.T("nodes.unsent.oldest", "when", w.Moment(p.Oldest.UnixMicro()))
}

// drift says how far a clock is from the hub's. What is below two seconds is on the way.
func (w words) drift(d time.Duration, seen time.Time) string {
	switch {
	case seen.IsZero():
		return ""
	case d.Abs() < 2*time.Second:
		return w.T("exchange.drift.same")
	case d > 0:
		return w.T("exchange.drift.ahead", "time", d.Round(time.Second).String())
	}
	return w.T("exchange.drift.behind", "time", d.Abs().Round(time.Second).String())
}

// makeCode makes a code with which one computer enrols. It is shown in the answer to the
// form, and nowhere after.
func (s *Room) makeCode(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	get := v.PostFormValue
	ask := courier.Ask{Office: strings.ToUpper(strings.TrimSpace(get("office"))), Label: strings.TrimSpace(get("label")), Laptop: get("laptop") != ""}
	var made courier.Code
	var err error
	if campaign := get("campaign"); campaign != "" && campaign != noCampaign {
		made, err = s.App.TravelCode(v.Context(), v.Actor, campaign, ask.Label)
	} else {
		made, err = s.App.Courier.MakeCode(v.Context(), v.Actor, ask)
	}
	if fault.Is(err, "app.not_found") {
		err = fault.New(fault.Invalid, "nodes.office").On("office")
	}
	if err != nil && !desk.Mendable(err) {
		return err
	}
	page, failed := s.nodes(v)
	if failed != nil {
		return failed
	}
	if err != nil {
		page.Fail(err)
		page.Office, page.Label, page.Laptop = ask.Office, ask.Label, ask.Laptop
		return s.Show(v, ui.StatusOf(err), "nodes.html", page)
	}
	if page.Made, err = v.Words.NewCode(&made); err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "nodes.html", page)
}

type nodeScreen struct {
	ui.Page
	Name      string
	State     ui.Tag
	Facts     []ui.Row
	Refusal   string
	Ended     string
	Missing   string   // the address of what the hub lost of it
	Lacking   bool     // only the hub waits: the computer has to send again what was lost
	Awaited   []string // who waits for what the computer has to offer, or may hold, and what going on means
	Why       string
	MayRevoke bool
	Reason    string
	Lost      bool
}

func (s *Room) nodePage(v *desk.Visit) error {
	page, err := s.node(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "node.html", page)
}

func (s *Room) node(v *desk.Visit) (*nodeScreen, error) {
	p, err := s.peer(v)
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, fault.New(fault.NotFound, "courier.no_node", "name", v.PathValue("node"))
	}
	return s.nodeOf(v, p), nil
}

// peer is the computer of the address, nil when there is none over which the officer has a right.
func (s *Room) peer(v *desk.Visit) (*courier.Peer, error) {
	peers, err := s.App.Courier.Peers(v.Context(), v.Actor)
	for i := range peers {
		if peers[i].Name == v.PathValue("node") {
			return &peers[i], err
		}
	}
	return nil, err
}

func (s *Room) nodeOf(v *desk.Visit, p *courier.Peer) *nodeScreen {
	w := words{v.Words}
	page := &nodeScreen{Page: s.Frame(v, p.Label, nodes), Name: p.Name, State: w.nodeState(p.State), MayRevoke: p.State == "active"}
	page.Back.Href = nodes
	add := func(key, value, note string) {
		if value != "" {
			page.Facts = append(page.Facts, ui.Row{Key: w.T(key), Value: value, Note: note})
		}
	}
	add("nodes.col.name", p.Name, w.Or("nodes.kind."+p.Kind, p.Kind)+" · "+p.Key)
	add("nodes.col.office", w.Office(p.Office), "")
	add("nodes.col.holds", w.TN("nodes.holds", int(p.People)), w.T("nodes.scopes", "scopes", w.scopes(p.Scopes)))
	add("nodes.col.seen", w.when(p.Seen), w.T("nodes.enrolled", "when", w.when(p.Enrolled), "who", w.Who(p.EnrolledBy)))
	add("nodes.col.drift", w.drift(p.Drift, p.Seen), w.T("exchange.drift.note"))
	add("nodes.col.behind", w.toRead(p), w.TN("nodes.received", int(p.Received)))
	add("nodes.col.unsent", w.backlog(p), w.T("nodes.unsent.note"))
	add("nodes.col.version", p.Version, "")
	add("nodes.col.later", w.later(p), w.T("nodes.later.note"))
	if p.Missing.Changes > 0 {
		page.Missing = nodes + "/" + p.Name + lost
		page.Facts = append(page.Facts, w.missing(&p.Missing))
	}
	switch {
	case !p.Unawaited.IsZero():
		add("nodes.awaited.since", w.T("ui.yes"), w.T("nodes.awaited.since.note", "when", w.when(p.Unawaited)))
	case len(p.WaitedFor) > 0 && p.State == "active":
		page.Awaited = w.awaited(p)
	case p.Missing.Changes > 0 && p.State == "active":
		page.Awaited, page.Lacking = []string{w.T("nodes.awaited.missing"), w.T("nodes.awaited.missing.what")}, true
	}
	if p.Refused.Key != "" {
		page.Refusal = i18n.Fault(w.Lang, courier.Fault(p.Refused))
	}
	if !p.Ended.IsZero() {
		page.Ended = w.T("nodes.ended", "when", w.when(p.Ended), "who", w.Who(p.EndedBy), "note", p.Note)
	}
	return page
}

// awaited says who waits for a computer, and what it means to go on without it.
func (w words) awaited(p *courier.Peer) (out []string) {
	early := slices.DeleteFunc(slices.Clone(p.WaitedFor), func(n string) bool { return slices.Contains(p.AskedFor, n) })
	if len(early) > 0 {
		out = append(out, w.T("nodes.awaited.text", "nodes", strings.Join(early, ", ")), w.T("nodes.awaited.what"))
	}
	if len(p.AskedFor) > 0 {
		out = append(out, w.T("nodes.asked.text", "nodes", strings.Join(p.AskedFor, ", ")), w.T("nodes.asked.what"))
	}
	return out
}

// later says how many changes of a computer this program does not understand in full, "" for none.
func (w words) later(p *courier.Peer) string {
	if p.Later == 0 {
		return ""
	}
	return w.TN("nodes.later", int(p.Later))
}

// scopes are what a computer carries, in words.
func (w words) scopes(list []string) string {
	var out []string
	for _, s := range list {
		switch {
		case s == string(sync.Everybody):
			out = append(out, w.T("nodes.scope.all"))
		case strings.Contains(s, "/"):
			out = append(out, s)
		default:
			out = append(out, w.Office(s))
		}
	}
	return strings.Join(out, ", ")
}

// change ends a computer, or lets the others go on without it; both with a reason.
func (s *Room) change(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	do := s.revoke
	if v.PostFormValue("do") == "go_on" {
		do = s.goOn
	}
	done, err := do(v)
	if err == nil {
		return s.Done(v, nodes+"/"+v.PathValue("node"), done)
	}
	if !desk.Mendable(err) {
		return err
	}
	page, failed := s.node(v)
	if failed != nil {
		return failed
	}
	page.Fail(err)
	page.Reason, page.Lost, page.Why = v.PostFormValue("reason"), v.PostFormValue("lost") != "", v.PostFormValue("why")
	return s.Show(v, ui.StatusOf(err), "node.html", page)
}

func (s *Room) goOn(v *desk.Visit) (done string, err error) {
	page, err := s.node(v)
	if err != nil {
		return "", err
	}
	return v.Words.T("nodes.awaited.done", "name", page.Title), s.App.Courier.GoOn(v.Context(), v.Actor, page.Name, v.PostFormValue("why"))
}

func (s *Room) revoke(v *desk.Visit) (text string, err error) {
	name, lost := v.PathValue("node"), v.PostFormValue("lost") != ""
	var held int64 // people of whom it has data, counted while it is one of ours
	if lost {
		p, err := s.peer(v)
		if err != nil {
			return "", err
		}
		if p != nil {
			held = p.People
		}
	}
	done, err := s.App.Courier.Revoke(v.Context(), v.Actor, name, v.PostFormValue("reason"), lost)
	if lost {
		return v.Words.T("nodes.revoked.lost", "name", done.Label, "people", held), err
	}
	return v.Words.T("nodes.revoked", "name", done.Label), err
}
