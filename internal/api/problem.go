package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"quipu/internal/app"
	"quipu/internal/fault"
	"quipu/internal/i18n"
)

// refusal is an error with the status that says it, headers that go with it, and members
// that the problem has beside the common ones.
type refusal struct {
	status  int
	err     error
	headers map[string]string
	more    map[string]any
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

// refuse makes the refusal of a request whose form is wrong.
func refuse(status int, key string, args ...any) *refusal {
	return &refusal{status: status, err: fault.New(fault.Invalid, key, args...)}
}

// at says which member of the body it is about, as a JSON pointer.
func (r *refusal) at(pointer string) *refusal {
	r.err = fault.As(r.err).On(pointer)
	return r
}

func (r *refusal) with(header, value string) *refusal {
	if r.headers == nil {
		r.headers = map[string]string{}
	}
	r.headers[header] = value
	return r
}

// problem is a refusal as RFC 9457 writes it: the title is the same for a status, the
// detail says what is wrong here and what to do, the instance names the request.
type problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail"`
	Instance  string         `json:"instance"`
	Errors    []fieldProblem `json:"errors,omitempty"`
	Reference string         `json:"reference,omitempty"`
}

// fieldProblem says where in the request it is.
type fieldProblem struct {
	Pointer string `json:"pointer,omitempty"`
	Field   string `json:"field,omitempty"`
	Detail  string `json:"detail"`
}

// problemType is what the types of problems begin with; the key of the fault follows.
const problemType = "urn:quipu:fault:"

// statuses is the status of a fault of a use case.
var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.Conflict: http.StatusConflict, fault.NotFound: http.StatusNotFound,
	fault.Forbidden: http.StatusForbidden, fault.Unavailable: http.StatusServiceUnavailable, fault.Internal: http.StatusInternalServerError,
}

func statusOf(err error) int {
	var r *refusal
	switch {
	case errors.As(err, &r) && r.status != 0:
		return r.status
	case fault.Is(err, "api.head_moved"), fault.Is(err, "rights.moved"), fault.Is(err, "campaign.moved"):
		return http.StatusPreconditionFailed
	}
	return statuses[fault.KindOf(err)]
}

// fail answers with a problem. What is ours to mend goes to the log under a reference, and
// the asker gets only the reference.
func (c *call) fail(err error) {
	if c.status != 0 {
		return // too late to say anything
	}
	status, f := statusOf(err), fault.As(err)
	p := problem{Status: status, Title: i18n.T(c.lang, "api.title."+strconv.Itoa(status)), Instance: "urn:quipu:request:" + c.id}
	var r *refusal
	errors.As(err, &r)
	headers := map[string]string{"Content-Type": "application/problem+json", "Content-Language": string(c.lang)}
	if status == http.StatusInternalServerError {
		p.Reference = c.id
		c.server.log.Error("api", "ref", p.Reference, "route", c.Pattern, "err", err)
		p.Type, p.Detail = problemType+"internal", i18n.Internal(c.lang, p.Reference)
	} else {
		p.Type, p.Detail, p.Errors = problemType+f.Key, i18n.Fault(c.lang, err), c.where(f)
	}
	if status == http.StatusForbidden {
		if err := c.app().NoteRefusal(c.Context(), c.actor, f.Key+" "+c.Pattern, c.PathValue("id")); err != nil {
			c.server.log.Error("a refusal was not written down", "route", c.Pattern, "err", err)
		}
	}
	if status == http.StatusServiceUnavailable {
		headers["Retry-After"] = "5"
	}
	body := any(p)
	if r != nil {
		for k, v := range r.headers {
			headers[k] = v
		}
		body = p.with(r.more)
	}
	text, err := json.Marshal(body)
	if err != nil {
		c.server.log.Error("api", "err", err)
	}
	c.send(&app.Answer{Status: status, Headers: headers, Body: append(text, '\n')})
}

// with adds members to the problem.
func (p problem) with(more map[string]any) any {
	if len(more) == 0 {
		return p
	}
	out := map[string]any{"type": p.Type, "title": p.Title, "status": p.Status, "detail": p.Detail, "instance": p.Instance}
	if len(p.Errors) > 0 {
		out["errors"] = p.Errors
	}
	for k, v := range more {
		out[k] = v
	}
	return out
}

// where is the member of the request that the fault is about.
func (c *call) where(f *fault.Error) []fieldProblem {
	if f.Field == "" {
		return nil
	}
	fp := fieldProblem{Field: f.Field, Detail: i18n.Fault(c.lang, f)}
	switch {
	case f.Field[0] == '/': // a pointer already
		fp.Field, fp.Pointer = "", "#"+f.Field
	case c.point != nil:
		if p := c.point(f.Field); p != "" {
			fp.Pointer = "#" + p
		}
	}
	return []fieldProblem{fp}
}
