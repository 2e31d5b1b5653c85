package api

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// span is the page of a list that is asked for: from where, and how many.
type span struct {
	list  string // which list: the cursor of one opens no other
	from  string // "" for the first page
	limit int
}

// span reads the parameters cursor and limit.
func (c *call) span(list string, most, usual int64) (span, error) {
	limit, err := c.number("limit", 1, most, usual)
	if err != nil || !c.URL.Query().Has("cursor") {
		return span{list, "", int(limit)}, err
	}
	text, err := base64.RawURLEncoding.DecodeString(c.URL.Query().Get("cursor"))
	from, ours := strings.CutPrefix(string(text), list+" ")
	if err != nil || !ours || from == "" {
		return span{}, refuse(http.StatusBadRequest, "api.cursor")
	}
	return span{list, from, int(limit)}, nil
}

// place is the number that the cursor holds, first on the first page.
func (s span) place(first int64) (int64, error) {
	if s.from == "" {
		return first, nil
	}
	n, err := strconv.ParseInt(s.from, 10, 64)
	if err != nil || n < 1 {
		return 0, refuse(http.StatusBadRequest, "api.cursor")
	}
	return n, nil
}

// paged answers with a page; next says where the following one begins, "" after the last.
// It stands in the body as a cursor, and in the field Link as an address (RFC 8288).
func (c *call) paged(s span, body map[string]any, next string) (*reply, error) {
	rep := &reply{status: http.StatusOK, body: body, headers: map[string]string{}}
	q := url.Values{"limit": {strconv.Itoa(s.limit)}}
	links := []string{fmt.Sprintf(`<%s?%s>; rel="first"`, c.URL.Path, q.Encode())}
	if next != "" {
		next = base64.RawURLEncoding.EncodeToString([]byte(s.list + " " + next))
		q.Set("cursor", next)
		links = append(links, fmt.Sprintf(`<%s?%s>; rel="next"`, c.URL.Path, q.Encode()))
	}
	body["next"], rep.headers["Link"] = next, strings.Join(links, ", ")
	return rep, nil
}
