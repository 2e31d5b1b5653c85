package synchttp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"quipu/internal/fault"
)

// refusal is a fault on its way to the other side.
type refusal struct {
	Kind fault.Kind  `json:"kind"`
	Key  string      `json:"key"`
	Args [][2]string `json:"args,omitempty"`
}

// spoken reports what may be said to the other side: what belongs to the carrying. Anything else
// stays here, in the log.
func spoken(key string) bool {
	return strings.HasPrefix(key, "sync.") || strings.HasPrefix(key, "seal.envelope_") || strings.HasPrefix(key, "seal.public_")
}

var statuses = map[fault.Kind]int{fault.Invalid: http.StatusBadRequest, fault.Conflict: http.StatusConflict, fault.NotFound: http.StatusNotFound,
	fault.Forbidden: http.StatusForbidden, fault.Unavailable: http.StatusServiceUnavailable}

// refuse answers with a fault in words. What is ours to mend is not shown.
func refuse(w http.ResponseWriter, err error) {
	f := fault.As(err)
	if f == nil || !spoken(f.Key) {
		f = fault.New(fault.Unavailable, "sync.hub_failed")
	}
	status := statuses[f.Kind]
	switch {
	case f.Key == "sync.too_large":
		status = http.StatusRequestEntityTooLarge
	case f.Key == "sync.too_often":
		status = http.StatusTooManyRequests
	case status == 0:
		status = http.StatusInternalServerError
	}
	out := refusal{Kind: f.Kind, Key: f.Key}
	for _, a := range f.Args {
		out.Args = append(out.Args, [2]string{a.Name, fmt.Sprint(a.Value)})
		if a.Name == "seconds" {
			w.Header().Set("Retry-After", fmt.Sprint(a.Value))
		}
	}
	body, _ := json.Marshal(out) //nolint:errcheck // texts always are JSON
	w.Header().Set("Content-Type", refusalType)
	w.Header().Set("Connection", "close") // what is left of a body that was refused is not read
	w.WriteHeader(status)
	w.Write(body) //nolint:errcheck // whoever left does not hear it
}

// heard reads a refusal of the other side. It is nil when the body is none: then a stranger
// answered, such as a proxy.
func heard(body []byte) *fault.Error {
	var r refusal
	if json.Unmarshal(body, &r) != nil || !spoken(r.Key) || len(r.Args) > 8 {
		return nil
	}
	if _, ok := statuses[r.Kind]; !ok {
		r.Kind = fault.Unavailable
	}
	f := fault.New(r.Kind, r.Key)
	for _, a := range r.Args {
		var v any = clip(a[1])
		if n, err := strconv.ParseInt(a[1], 10, 64); err == nil {
			v = n
		}
		f.Args = append(f.Args, fault.Arg{Name: clip(a[0]), Value: v})
	}
	return f
}

// clip bounds what a stranger can put on a screen.
func clip(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}
