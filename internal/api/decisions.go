package api

import (
	"net/http"
	"strings"

	"quipu/internal/api/strict"
	"quipu/internal/app/review"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/registry/same"
)

// decidePair writes what the officer says of a pair. Where the entries say what cannot both be
// true, the refusal names the fields of which somebody must choose.
func decidePair(c *call) (*reply, error) {
	var in struct {
		Verdict  string            `json:"verdict" must:"yes" most:"20"`
		Reason   string            `json:"reason" most:"2000"`
		Note     string            `json:"note" most:"2000"`
		Survivor string            `json:"survivor" most:"1"`
		Keep     map[string]string `json:"keep" most:"500"`
		Seen     string            `json:"seen" most:"60"`
	}
	pair, seen, err := c.said(&in, &in.Seen)
	if err != nil {
		return nil, err
	}
	c.point = func(field string) string {
		if _, chosen := in.Keep[field]; chosen {
			return "/keep/" + strict.Escape(field)
		}
		return members(&in)(field)
	}
	cmd := review.DecideCmd{Verdict: same.Verdict(in.Verdict), Reason: in.Reason, Note: in.Note, Survivor: same.Side(in.Survivor), Seen: seen}
	for field, side := range in.Keep {
		if cmd.Keep == nil {
			cmd.Keep = map[string]same.Side{}
		}
		cmd.Keep[field] = same.Side(side)
	}
	out, err := c.app().Decide(c.Context(), c.actor, pair, cmd)
	if fault.Is(err, "review.choose") {
		return nil, choices(err)
	}
	if err != nil {
		return nil, err
	}
	return ok(map[string]any{"pair": pair, "state": stateOf(out.State), "merge": out.Merge, "survivor": out.Survivor, "number": out.Number, "waits": c.reasons(out.Waits)})
}

// choices is the refusal of a merge for which somebody must say which value stands: what was
// sent is well formed, and what the register holds does not allow it as it is.
func choices(err error) error {
	f := fault.As(err)
	fields := []string{}
	for _, a := range f.Args {
		if text, is := a.Value.(string); is && a.Name == "fields" {
			fields = strings.Split(text, ", ")
		}
	}
	return &refusal{status: http.StatusConflict, err: f.On(""), more: map[string]any{"choices": fields}}
}

// said reads the body of what is said of the pair that the path names, and what was seen of it.
func (c *call) said(in any, seen *string) (pair string, head id.Change, err error) {
	if err = c.decode(in); err != nil {
		return "", head, err
	}
	c.point = members(in)
	if head, err = id.ParseChange(*seen); err != nil {
		return "", head, refuse(http.StatusBadRequest, "api.base").at("/seen")
	}
	pair, err = c.pairID()
	return pair, head, err
}

func reopenPair(c *call) (*reply, error) {
	var in struct {
		Reason string `json:"reason" must:"yes" most:"2000"`
		Seen   string `json:"seen" most:"60"`
	}
	pair, seen, err := c.said(&in, &in.Seen)
	if err != nil {
		return nil, err
	}
	return done(c.app().ReopenPair(c.Context(), c.actor, pair, in.Reason, seen))
}

// sinceBody is a value that was written to the survivor since the merge, and whose it is
// when the merge is undone and nobody moves it.
type sinceBody struct {
	Key   string `json:"key"`
	Goes  string `json:"goes"`
	Value value  `json:"value"`
}

func sinceOf(w same.Write) sinceBody {
	c, s := &w.Change, w.Change.Sets[0]
	v := value{Field: w.Field, Parts: s.Value.Parts, Version: c.ID.String(), At: c.At.String(), Author: c.Author, Office: c.Office, Action: c.Action, Provenance: provenance(s.Prov)}
	if len(s.Value.Parts) == 0 {
		v.Text = &s.Value.Text
	}
	return sinceBody{w.Key, w.Default, v}
}

// mergeBody is a merge, with what undoing it would do.
type mergeBody struct {
	Merge    string      `json:"merge"`
	Pair     string      `json:"pair"`
	State    string      `json:"state"`
	Author   string      `json:"author"`
	Office   string      `json:"office"`
	At       string      `json:"at"`
	Ended    string      `json:"ended"`
	Survivor faceBody    `json:"survivor"`
	Other    faceBody    `json:"other"`
	Since    []sinceBody `json:"since"`
	Hidden   int         `json:"hidden"`
	May      bool        `json:"may_undo"`
	Hinders  string      `json:"hinders"`
}

func (c *call) mergeOf(m *review.MergeView) mergeBody {
	b := mergeBody{Merge: m.ID, Pair: m.Pair, State: m.State, Author: m.Author, Office: m.Office, At: micros(m.At), Survivor: faceOf(m.SurvivorFace),
		Other: faceOf(m.OtherFace), Since: []sinceBody{}, Hidden: m.Hidden, May: m.May && m.Hinders == nil}
	if m.Ended != 0 {
		b.Ended = micros(m.Ended)
	}
	if m.Hinders != nil {
		b.Hinders = i18n.Fault(c.lang, m.Hinders)
	}
	for _, w := range m.Since {
		b.Since = append(b.Since, sinceOf(w))
	}
	return b
}

// mergesOf lists the merges that a person is or was in, the newest first.
func mergesOf(c *call) (*reply, error) {
	person, err := c.person()
	if err != nil {
		return nil, err
	}
	all, err := c.app().Merges(c.Context(), c.actor, person)
	if err != nil {
		return nil, err
	}
	out := []mergeBody{}
	for i := range all {
		out = append(out, c.mergeOf(&all[i]))
	}
	return ok(map[string]any{"person": person, "merges": out})
}

func getMerge(c *call) (*reply, error) {
	merge, err := c.entity("merge", "merge")
	if err != nil {
		return nil, err
	}
	m, err := c.app().Merge(c.Context(), c.actor, merge)
	if err != nil {
		return nil, err
	}
	return ok(c.mergeOf(m))
}

// undoMerge parts two entries again.
func undoMerge(c *call) (*reply, error) {
	var in struct {
		Reason string            `json:"reason" must:"yes" most:"2000"`
		Then   string            `json:"then" must:"yes" most:"20"`
		To     map[string]string `json:"to" most:"1000"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.point = func(field string) string {
		if _, moved := in.To[field]; moved {
			return "/to/" + strict.Escape(field)
		}
		return members(&in)(field)
	}
	merge, err := c.entity("merge", "merge")
	if err != nil {
		return nil, err
	}
	then := same.Verdict(in.Then)
	switch in.Then {
	case string(review.Open):
		then = same.Open
	case "": // it would read as open
		then = same.Same // which no pair is after an undoing: refused as such
	}
	out, err := c.app().UndoMerge(c.Context(), c.actor, merge, review.UndoCmd{Reason: in.Reason, To: in.To, Then: then})
	if err != nil {
		return nil, err
	}
	return ok(map[string]any{"merge": out.Merge, "survivor": out.Survivor, "other": out.Other, "values": out.Values, "moved": out.Moved, "stayed": out.Stayed})
}
