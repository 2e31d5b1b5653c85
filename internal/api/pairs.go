package api

import (
	"math"
	"net/http"
	"slices"
	"time"

	"quipu/internal/app/review"
	"quipu/internal/change"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/registry/same"
)

// faceBody is one person of a pair: ordinary values only.
type faceBody struct {
	Person     string `json:"person"`
	Number     string `json:"number"`
	Name       string `json:"name"`
	Birth      string `json:"birth"`
	Sex        string `json:"sex"`
	City       string `json:"city"`
	Office     string `json:"office"`
	Entry      string `json:"entry"`
	Registered bool   `json:"registered"`
}

func faceOf(f review.Face) faceBody {
	return faceBody{f.Person, f.Number, f.Name, f.Birth, f.Sex, f.City, f.Office, f.Entry, f.Registered}
}

// weighed is a reason in words, with what it weighs in bits.
type weighed struct {
	Key    string  `json:"key"`
	Text   string  `json:"text"`
	Weight float64 `json:"weight"`
}

func (c *call) reasons(all []review.Reason) []weighed {
	out := []weighed{}
	for _, r := range all {
		out = append(out, weighed{r.Key, i18n.T(c.lang, r.Key, i18n.Pairs(r.Args)...), hundredth(r.Weight)})
	}
	return out
}

func hundredth(x float64) float64 { return math.Round(x*100) / 100 }

// pairLine is a pair in the queue.
type pairLine struct {
	Pair    string    `json:"pair"`
	State   string    `json:"state"`
	SaidBy  string    `json:"said_by"`
	Source  string    `json:"source"`
	Since   string    `json:"since"`
	Weight  float64   `json:"weight"`
	Yield   float64   `json:"yield"`
	Reasons []weighed `json:"reasons"`
	A       faceBody  `json:"a"`
	B       faceBody  `json:"b"`
}

func (c *call) pairLine(it *review.QueueItem) pairLine {
	return pairLine{it.ID, stateOf(it.State), it.SaidBy, string(it.Source), instant(it.Seen), hundredth(it.Weight), math.Round(it.Yield*1e4) / 1e4,
		c.reasons(it.Reasons), faceOf(it.A), faceOf(it.B)}
}

func (c *call) pairLines(all []review.QueueItem) []pairLine {
	out := []pairLine{}
	for i := range all {
		out = append(out, c.pairLine(&all[i]))
	}
	return out
}

// stateOf is what was said of a pair; "open" while nobody said anything.
func stateOf(v same.Verdict) string { return or(string(v), string(review.Open)) }

// queueStates are those that can be asked for. A second look is for the screens, where what
// the first said is not shown.
var queueStates = slices.DeleteFunc(slices.Clone(review.States), func(s review.State) bool { return s == review.Second })

// pairs is a page of the queue. It asks for no pair more than it shows, since every person
// is logged as shown: a full page may be followed by an empty one.
func pairs(c *call) (*reply, error) {
	s, err := c.span("pairs", 100, 25)
	if err != nil {
		return nil, err
	}
	f := review.Filter{Office: c.URL.Query().Get("office"), State: review.State(c.URL.Query().Get("state")), Limit: s.limit, After: s.from}
	if c.URL.Query().Has("state") && !slices.Contains(queueStates, f.State) {
		return nil, refuse(http.StatusBadRequest, "review.state", "state", clip(string(f.State)))
	}
	found, err := c.app().Queue(c.Context(), c.actor, f)
	if err != nil {
		return nil, err
	}
	all, err := c.app().Count(c.Context(), c.actor, f)
	if err != nil {
		return nil, err
	}
	next := ""
	if len(found) == s.limit {
		next = found[len(found)-1].Place
	}
	return c.paged(s, map[string]any{"pairs": c.pairLines(found), "all": all}, next)
}

// pairsOf lists the pairs that a person is in, decided or not.
func pairsOf(c *call) (*reply, error) {
	person, err := c.person()
	if err != nil {
		return nil, err
	}
	all, err := c.app().PairsOf(c.Context(), c.actor, person)
	if err != nil {
		return nil, err
	}
	return ok(map[string]any{"person": person, "pairs": c.pairLines(all)})
}

// pairID is the pair of the path.
func (c *call) pairID() (string, error) {
	pair := c.PathValue("pair")
	a, b, ok := same.Sides(pair)
	if !ok || !id.Entity(a).Valid() || !id.Entity(b).Valid() {
		return "", missing("pair", pair)
	}
	return pair, nil
}

// lineBody is one field of both, as far as the officer may see it.
type lineBody struct {
	Field   string `json:"field"`
	A       *value `json:"a"`
	B       *value `json:"b"`
	Differs bool   `json:"differs"`
	Needs   bool   `json:"needs"`
	Takes   string `json:"takes"`
}

func lineOf(l same.Line) lineBody {
	side := func(h change.Held) *value {
		if h.Value.Empty() {
			return nil
		}
		v := valueOf(l.Field, h)
		return &v
	}
	return lineBody{l.Field, side(l.A), side(l.B), l.Differs, l.Needs, string(l.Takes)}
}

// sideBody is what hangs on one entry.
type sideBody struct {
	Hidden       int        `json:"hidden"`
	Changes      int        `json:"changes"`
	Made         string     `json:"made"`
	Written      string     `json:"written"`
	Certificates int        `json:"certificates"`
	Requests     int        `json:"requests"`
	MergedFrom   []faceBody `json:"merged_from"`
	Others       []pairLine `json:"others"`
}

func (c *call) sideOf(e *review.Entry) sideBody {
	out := sideBody{e.Hidden, e.Changes, stampText(e.Made), stampText(e.LastWritten), len(e.Certificates), e.Requests, []faceBody{}, c.pairLines(e.Others)}
	for _, f := range e.MergedFrom {
		out.MergedFrom = append(out.MergedFrom, faceOf(f))
	}
	return out
}

// saidBody is one decision of a pair's past.
type saidBody struct {
	Action  string  `json:"action"`
	Verdict string  `json:"verdict"`
	Author  string  `json:"author"`
	Office  string  `json:"office"`
	At      string  `json:"at"`
	Reason  string  `json:"reason"`
	Note    string  `json:"note"`
	Weight  float64 `json:"weight"`
	Model   string  `json:"model"`
}

type pairMay struct {
	Decide  bool `json:"decide"`
	Merge   bool `json:"merge"`
	Confirm bool `json:"confirm"`
	Reopen  bool `json:"reopen"`
	Undo    bool `json:"undo"`
}

// pairBody is a pair as who decides sees it.
type pairBody struct {
	pairLine
	Seen      string              `json:"seen"`
	Suggested string              `json:"suggested"`
	Conflict  bool                `json:"conflict"`
	Merge     string              `json:"merge"`
	Apart     []string            `json:"apart"`
	Waits     []weighed           `json:"waits"`
	May       pairMay             `json:"may"`
	Lines     []lineBody          `json:"lines"`
	Sides     map[string]sideBody `json:"sides"`
	History   []saidBody          `json:"history"`
}

func getPair(c *call) (*reply, error) {
	pair, err := c.pairID()
	if err != nil {
		return nil, err
	}
	p, err := c.app().Pair(c.Context(), c.actor, pair)
	if err != nil {
		return nil, err
	}
	b := pairBody{pairLine: c.pairLine(&p.QueueItem), Seen: versionText(p.Seen), Suggested: string(p.Suggested), Conflict: p.Conflict, Apart: append([]string{}, p.Apart...),
		Waits: c.reasons(p.Waits), May: pairMay{p.May.Decide, p.May.Merge, p.May.Confirm, p.May.Reopen, p.May.Undo}, Lines: []lineBody{}, History: []saidBody{},
		Sides: map[string]sideBody{string(same.A): c.sideOf(&p.Sides[0]), string(same.B): c.sideOf(&p.Sides[1])}}
	if p.Merge != nil {
		b.Merge = p.Merge.ID
	}
	for _, l := range p.Lines {
		b.Lines = append(b.Lines, lineOf(l))
	}
	for _, s := range p.History {
		b.History = append(b.History, saidBody{s.Action, stateOf(s.Verdict), s.Author, s.Office, stampText(s.At), s.Reason, s.Note, hundredth(float64(s.Weight) / 100), s.Model})
	}
	return ok(b)
}

// reviewStatistics are the figures of the work with pairs, over days of this node.
func reviewStatistics(c *call) (*reply, error) {
	from, err := c.day("from")
	if err != nil {
		return nil, err
	}
	until, err := c.day("until")
	if err != nil {
		return nil, err
	}
	p := review.Period{Until: c.endOf(until), Office: c.URL.Query().Get("office")}
	if from.Known() {
		p.From = time.Date(from.Year, time.Month(from.Month), from.Day, 0, 0, 0, 0, c.app().Now().Location())
	}
	s, err := c.app().Review.Statistics(c.Context(), c.actor, p)
	if err != nil {
		return nil, err
	}
	bands := []map[string]any{}
	for _, b := range s.Bands {
		bands = append(bands, map[string]any{"from": b.From, "to": b.To, "waiting": b.Waiting, "decisions": b.Decisions, "same": b.Same, "different": b.Different,
			"other": b.Other, "per_duplicate": hundredth(b.PerDuplicate), "seconds": b.Seconds})
	}
	return ok(map[string]any{"waiting": s.Waiting, "decisions": s.Decisions, "same": s.Same, "proposed": s.Proposed, "different": s.Different, "unsure": s.Unsure,
		"per_duplicate": hundredth(s.PerDuplicate), "undone": s.Undone, "reopened": s.Reopened, "seconds": s.Seconds, "bands": bands,
		"second": map[string]any{"looks": s.Second.Looks, "agree": s.Second.Agree, "share": hundredth(s.Second.Share), "kappa": hundredth(s.Second.Kappa)}})
}

// fairness sets groups of people side by side. Where a group is small its rates are left out.
func fairness(c *call) (*reply, error) {
	type row struct {
		Dimension  string  `json:"dimension"`
		Group      string  `json:"group"`
		People     int64   `json:"people"`
		Sides      int64   `json:"sides"`
		Waiting    int64   `json:"waiting"`
		Same       int64   `json:"same"`
		Different  int64   `json:"different"`
		Undone     int64   `json:"undone"`
		Reopened   int64   `json:"reopened"`
		Disagreed  int64   `json:"disagreed"`
		ReviewRate float64 `json:"review_rate"`
		ErrorRate  float64 `json:"error_rate"`
		Small      bool    `json:"small"`
	}
	all, err := c.app().Fairness(c.Context(), c.actor)
	if err != nil {
		return nil, err
	}
	out := []row{}
	for _, f := range all {
		out = append(out, row{f.Dimension, f.Group, f.People, f.Sides, f.Waiting, f.Same, f.Different, f.Undone, f.Reopened, f.Disagreed,
			math.Round(f.ReviewRate*1e4) / 1e4, math.Round(f.ErrorRate*1e4) / 1e4, f.Small})
	}
	return ok(map[string]any{"groups": out})
}
