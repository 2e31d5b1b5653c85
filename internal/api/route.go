package api

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"quipu/internal/authz"
	"quipu/internal/civil"
)

// A body is at most so large; a list has a limit of its own.
const (
	maxBody = 1 << 20
	maxList = 64 << 20
)

// carries says what a request brings.
type carries int

const (
	nothing  carries = iota
	aBody            // a JSON object
	maybe            // a JSON object, or nothing
	aList            // options and a list, as multipart/form-data
	aPhoto           // a picture
	anything         // of no interest
)

// route is one operation. scope is the action that the token must allow, "" when any token
// may; query are the parameters that it knows.
type route struct {
	method, path string
	scope        authz.Action
	carries      carries
	query        []string
	do           func(*call) (*reply, error)
}

// run takes a request through the checks that all routes share.
func (s *server) run(r *http.Request, rt route) {
	c := callOf(r)
	if err := c.permitted(rt.scope); err != nil {
		c.fail(err)
		return
	}
	if err := c.known(rt.query); err != nil {
		c.fail(err)
		return
	}
	if rt.carries == aList {
		left, err := c.listArrives()
		if err != nil {
			c.fail(err)
			return
		}
		defer left()
	}
	if err := c.receive(rt.carries); err != nil {
		c.fail(err)
		return
	}
	a, err := c.once(func() (*reply, error) { return rt.do(c) })
	if err != nil {
		c.fail(err)
		return
	}
	c.send(a)
}

// permitted refuses early what the token or the role allows nowhere; for which office it is
// allowed is asked for by the use case.
func (c *call) permitted(scope authz.Action) error {
	if scope == "" || authz.ReachOf(c.actor, scope) != authz.None {
		return nil
	}
	if !slices.Contains(c.actor.Scopes, scope) {
		return refuse(http.StatusForbidden, "api.scope", "scope", string(scope))
	}
	return authz.Check(c.actor, scope, c.actor.Office)
}

// known refuses parameters of the query that the route does not have: one that is misspelt
// would otherwise be left out of account in silence.
func (c *call) known(names []string) error {
	q := c.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(q)) {
		switch {
		case !slices.Contains(names, name):
			return refuse(http.StatusBadRequest, "api.query_unknown", "name", clip(name))
		case len(q[name]) > 1:
			return refuse(http.StatusBadRequest, "api.query_twice", "name", name)
		}
	}
	return nil
}

// receive reads the body, checked for kind and size.
func (c *call) receive(what carries) error {
	switch what {
	case anything:
		return nil
	case aList:
		return c.receiveList()
	case aPhoto:
		return c.receivePhoto()
	}
	body, err := c.readBody(maxBody)
	if err != nil {
		return err
	}
	if c.body = body; len(body) == 0 && what == maybe {
		return nil
	}
	media, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	charset, stated := params["charset"]
	if err != nil || media != "application/json" || stated && !strings.EqualFold(charset, "utf-8") || c.Header.Get("Content-Encoding") != "" {
		return refuse(http.StatusUnsupportedMediaType, "api.media", "wanted", "application/json").with("Accept", "application/json")
	}
	if len(body) == 0 {
		return refuse(http.StatusBadRequest, "api.json_syntax", "line", 1, "column", 1)
	}
	return nil
}

// readBody reads at most so many bytes. What is declared larger is refused before any of it is
// read, as nobody should have to send it, or hold a place while he does.
func (c *call) readBody(most int64) ([]byte, error) {
	if c.ContentLength > most {
		return nil, tooLarge(most)
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.Body, most))
	return body, c.unread(err, most)
}

// unread explains a body that could not be read to its end.
func (c *call) unread(err error, most int64) error {
	if err == nil {
		return nil
	}
	if _, large := asTooLarge(err); large {
		return tooLarge(most)
	}
	return refuse(http.StatusBadRequest, "api.cut").because(fmt.Errorf("reading the body: %w", err))
}

func tooLarge(most int64) error {
	return refuse(http.StatusRequestEntityTooLarge, "api.too_large", "mebibytes", most>>20)
}

// day reads a parameter of the query that is a day.
func (c *call) day(name string) (civil.Date, error) {
	text := c.URL.Query().Get(name)
	if !c.URL.Query().Has(name) {
		return civil.Date{}, nil
	}
	d, err := fullDay(text, civil.Date{})
	if err != nil || text == "" {
		return d, refuse(http.StatusBadRequest, "api.query_day", "name", name)
	}
	return d, nil
}

// number reads a parameter of the query that is a whole number.
func (c *call) number(name string, least, most, usual int64) (int64, error) {
	if !c.URL.Query().Has(name) {
		return usual, nil
	}
	n, err := strconv.ParseInt(c.URL.Query().Get(name), 10, 64)
	if err != nil || n < least || n > most {
		return 0, refuse(http.StatusBadRequest, "api.query_number", "name", name, "least", least, "most", most)
	}
	return n, nil
}

// dayIn is the day that a member of a body says, today when it says none.
func (c *call) dayIn(text, member string) (civil.Date, error) {
	d, err := fullDay(text, c.app().Today())
	if err != nil {
		return d, refuse(http.StatusBadRequest, "api.day").at(member)
	}
	return d, nil
}

// fullDay reads a text that is one day, usual when it is "".
func fullDay(text string, usual civil.Date) (civil.Date, error) {
	if text == "" {
		return usual, nil
	}
	d, err := civil.Parse(text)
	if err != nil || d.String() != text || !d.Full() || d.Approx || d.Uncertain {
		return d, errDay
	}
	return d, nil
}

var errDay = errors.New("api: not a day")

// yes reads a parameter of the query that is true or false.
func (c *call) yes(name string) (bool, error) {
	switch text := c.URL.Query().Get(name); {
	case !c.URL.Query().Has(name) || text == "false":
		return false, nil
	case text == "true":
		return true, nil
	}
	return false, refuse(http.StatusBadRequest, "api.query_yes", "name", name)
}

// endOf is the last moment of a day at this node.
func (c *call) endOf(d civil.Date) time.Time {
	if !d.Known() {
		return time.Time{}
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day, 23, 59, 59, 999_999_999, c.app().Now().Location())
}
