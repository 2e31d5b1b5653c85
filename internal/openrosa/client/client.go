// Package client is a client of the OpenRosa standard: it lists the questionnaires of a server,
// fetches them and sends what was answered, as a telephone does. With it invented interviews are
// sent to a register, for demonstrations, tests and measurements.
package client

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"

	"quipu/internal/fault"
)

// Client speaks to one server as one interviewer.
type Client struct {
	URL          string // of the register: https://example.org
	Login, Token string
	Lang         string // of what the server says
	HTTP         http.Client
}

// Form is a questionnaire that may be filled in.
type Form struct {
	ID       string `xml:"formID"`
	Name     string `xml:"name"`
	Version  string `xml:"version"`
	Download string `xml:"downloadUrl"`
}

// Case is one that waits for its interview.
type Case struct{ ID, Label, Stratum string }

// most bounds what a server may answer, in bytes.
const most = 50 << 20

func (c *Client) ask(ctx context.Context, method, url, kind string, body io.Reader) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return nil, fault.New(fault.Invalid, "openrosaclient.address", "url", url).Because(err)
	}
	req.SetBasicAuth(c.Login, c.Token)
	req.Header.Set("X-OpenRosa-Version", "1.0")
	if c.Lang != "" {
		req.Header.Set("Accept-Language", c.Lang)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "openrosaclient.away", "url", c.URL).Because(err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(io.LimitReader(resp.Body, most))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "openrosaclient.away", "url", c.URL).Because(err)
	}
	if resp.StatusCode/100 == 2 {
		return text, nil
	}
	return nil, fault.New(refusals[resp.StatusCode], "openrosaclient.refused", "status", strconv.Itoa(resp.StatusCode), "said", said(text))
}

var refusals = map[int]fault.Kind{http.StatusUnauthorized: fault.Forbidden, http.StatusForbidden: fault.Forbidden, http.StatusNotFound: fault.NotFound,
	http.StatusConflict: fault.Conflict, http.StatusServiceUnavailable: fault.Unavailable}

// said is the message of an answer, or the begin of one that is none of the standard's.
func said(body []byte) string {
	var r struct {
		Message string `xml:"message"`
	}
	if xml.Unmarshal(body, &r) == nil && r.Message != "" {
		return r.Message
	}
	return strings.ToValidUTF8(string(body[:min(len(body), 200)]), "")
}

// Forms lists the questionnaires.
func (c *Client) Forms(ctx context.Context) ([]Form, error) {
	text, err := c.ask(ctx, http.MethodGet, strings.TrimSuffix(c.URL, "/")+"/openrosa/formList", "", nil)
	if err != nil {
		return nil, err
	}
	var list struct {
		Forms []Form `xml:"xform"`
	}
	if err := xml.Unmarshal(text, &list); err != nil {
		return nil, fault.New(fault.Invalid, "openrosaclient.no_server", "url", c.URL).Because(err)
	}
	return list.Forms, nil
}

// Fetch gives the XForm of a questionnaire.
func (c *Client) Fetch(ctx context.Context, f Form) ([]byte, error) {
	return c.ask(ctx, http.MethodGet, f.Download, "", nil)
}

// Cases lists the interviewer's own that wait for their interview.
func (c *Client) Cases(ctx context.Context, f Form) ([]Case, error) {
	text, err := c.ask(ctx, http.MethodGet, strings.TrimSuffix(f.Download, "form.xml")+"cases.csv", "", nil)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 || len(rows[0]) < 3 {
		return nil, fault.New(fault.Invalid, "openrosaclient.no_server", "url", c.URL).Because(errors.Join(err, errors.New("cases.csv")))
	}
	var out []Case
	for _, r := range rows[1:] {
		out = append(out, Case{r[0], r[1], r[2]})
	}
	return out, nil
}

// File is one that goes with an instance.
type File struct {
	Name, Type string
	Data       []byte
}

// Send sends an instance with some of its files, and gives what the server said when it had them
// on its disk.
func (c *Client) Send(ctx context.Context, instance []byte, files ...File) (string, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("xml_submission_file", "submission.xml")
	if err != nil {
		return "", err
	}
	part.Write(instance) //nolint:errcheck // a buffer takes everything
	for _, f := range files {
		h := textproto.MIMEHeader{"Content-Disposition": {multipart.FileContentDisposition(f.Name, f.Name)}, "Content-Type": {f.Type}}
		if part, err = w.CreatePart(h); err != nil {
			return "", err
		}
		part.Write(f.Data) //nolint:errcheck
	}
	w.Close() //nolint:errcheck
	text, err := c.ask(ctx, http.MethodPost, strings.TrimSuffix(c.URL, "/")+"/openrosa/submission", w.FormDataContentType(), &b)
	return said(text), err
}
