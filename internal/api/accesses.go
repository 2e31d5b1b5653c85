package api

import (
	"net/http"
	"slices"
	"strconv"

	"quipu/internal/access"
	"quipu/internal/app/oversight"
	"quipu/internal/i18n"
)

// accessBody is a read with why somebody should look at it, and what came of that.
type accessBody struct {
	readLine
	Number string   `json:"number"`
	Why    []reason `json:"why"`
	SeenBy string   `json:"seen_by"`
	SeenAt string   `json:"seen_at"`
	Note   string   `json:"note"`
}

// accessFilter is what the query asks for. A day is one of this node's clock.
func (c *call) accessFilter() (f oversight.AccessFilter, err error) {
	q := c.URL.Query()
	f.Author, f.Office, f.Person, f.Purpose, f.Action = q.Get("author"), q.Get("office"), q.Get("person"), q.Get("purpose"), q.Get("action")
	f.Reason = access.Reason(q.Get("reason"))
	if f.Reason != "" && !slices.Contains(access.Reasons, f.Reason) {
		return f, refuse(http.StatusBadRequest, "api.query_one_of", "name", "reason")
	}
	switch view := q.Get("view"); {
	case view == "open":
		f.Marks = oversight.OpenMarks
	case view == "seen":
		f.Marks = oversight.SeenMarks
	case view != "all" && q.Has("view"):
		return f, refuse(http.StatusBadRequest, "api.query_one_of", "name", "view")
	}
	day, err := c.day("day")
	if err == nil && day.Known() {
		f.From, f.Until = c.endOf(day.AddDays(-1)).UnixMicro()+1, c.endOf(day).UnixMicro()+1
	}
	return f, err
}

// reads is a page of the log of reads, newest first. Those that nobody judged yet are judged
// before.
func reads(c *call) (*reply, error) {
	s, err := c.span("reads", 500, 100)
	if err != nil {
		return nil, err
	}
	f, err := c.accessFilter()
	if err != nil {
		return nil, err
	}
	if f.Before, err = s.place(0); err != nil {
		return nil, err
	}
	if _, err := c.app().JudgeReads(c.Context(), c.actor); err != nil {
		return nil, err
	}
	lines, last, err := c.app().Accesses(c.Context(), c.actor, f, s.limit)
	if err != nil {
		return nil, err
	}
	next := ""
	if last > 0 {
		next = strconv.FormatInt(last, 10)
	}
	out := []accessBody{}
	for i := range lines {
		out = append(out, c.accessOf(&lines[i]))
	}
	return c.paged(s, map[string]any{"reads": out}, next)
}

func (c *call) accessOf(x *oversight.Access) accessBody {
	b := accessBody{readLine: readLine{x.Seq, micros(x.At), x.Author, x.Office, x.Purpose, x.Action, x.Person, x.Detail, x.Home},
		Number: x.Number, Why: []reason{}, SeenBy: x.SeenBy, Note: x.Note}
	if x.SeenAt > 0 {
		b.SeenAt = micros(x.SeenAt)
	}
	for _, why := range x.Why {
		b.Why = append(b.Why, reason{string(why), i18n.T(c.lang, "access.short."+string(why))})
	}
	return b
}

// seeReads notes that somebody looked at reads that were marked, and what came of it.
func seeReads(c *call) (*reply, error) {
	var in struct {
		Reads []int  `json:"reads" must:"yes" most:"500"`
		Note  string `json:"note" must:"yes" most:"2000" field:"nota"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.point = members(&in)
	places := make([]int64, len(in.Reads))
	for i, seq := range in.Reads {
		places[i] = int64(seq)
	}
	own, err := c.app().SeeAccesses(c.Context(), c.actor, places, in.Note)
	if err != nil {
		return nil, err
	}
	return ok(map[string]any{"own": own})
}
