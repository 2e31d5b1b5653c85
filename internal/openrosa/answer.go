package openrosa

import (
	"encoding/xml"
	"errors"
	"net/http"

	"quipu/internal/fault"
	"quipu/internal/i18n"
)

var statuses = map[fault.Kind]int{fault.Invalid: http.StatusBadRequest, fault.Conflict: http.StatusConflict, fault.NotFound: http.StatusNotFound,
	fault.Forbidden: http.StatusForbidden, fault.Unavailable: http.StatusServiceUnavailable, fault.Internal: http.StatusInternalServerError}

// response is what the standard has for words to the person who holds the client.
type response struct {
	XMLName xml.Name `xml:"http://openrosa.org/http/response OpenRosaResponse"`
	Message message  `xml:"message"`
}

type message struct {
	Nature string `xml:"nature,attr"`
	Text   string `xml:",chardata"`
}

// refuse says in words what is wrong and what to do.
func (c *call) refuse(err error) {
	status, ok := statuses[fault.KindOf(err)]
	if !ok {
		status = http.StatusInternalServerError
	}
	var u unknown
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &u):
		status = http.StatusUnauthorized
		c.w.Header().Set("WWW-Authenticate", `Basic realm="quipu", charset="UTF-8"`)
	case errors.As(err, &large):
		status = http.StatusRequestEntityTooLarge
		err = fault.New(fault.Invalid, "openrosa.large", "megabytes", mostBody>>20)
	case status == http.StatusServiceUnavailable:
		c.w.Header().Set("Retry-After", "30")
	}
	c.say(status, "error", i18n.Fault(c.lang, err))
}

func (c *call) say(status int, nature, text string) {
	c.write(status, response{Message: message{Nature: nature, Text: text}})
}

// write answers with a document.
func (c *call) write(status int, doc any) {
	body, err := xml.Marshal(doc)
	if err != nil {
		panic(err) // our own types, which marshal
	}
	c.status = status
	c.w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	c.w.WriteHeader(status)
	if c.Method != http.MethodHead {
		c.w.Write([]byte(xml.Header)) //nolint:errcheck // the client has left
		c.w.Write(body)               //nolint:errcheck
	}
}
