package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"

	"quipu/internal/fault"
	"quipu/internal/name"
)

// list is a list of persons that was sent, in memory: on the disk it would lie in clear
// beside a register that may be encrypted.
type list struct {
	name string
	data []byte
}

// receiveList reads the parts "options" (JSON) and "list" of a form, in any order.
func (c *call) receiveList() error {
	media, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" || params["boundary"] == "" || c.Header.Get("Content-Encoding") != "" {
		return refuse(http.StatusUnsupportedMediaType, "api.media", "wanted", "multipart/form-data").with("Accept", "multipart/form-data")
	}
	const most = maxList + maxBody + 64<<10 // and the headers of the parts
	if c.ContentLength > most {
		return tooLarge(maxList)
	}
	c.Body = http.MaxBytesReader(c.w, c.Body, most)
	form, err := c.MultipartReader()
	if err != nil {
		return refuse(http.StatusBadRequest, "api.cut").because(err)
	}
	options := false
	for {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return c.unread(err, maxList)
		}
		switch field := part.FormName(); {
		case field == "options" && !options:
			options = true
			c.body, err = c.readPart(part, maxBody)
		case field == "list" && c.list == nil:
			c.list = &list{name: fileName(part.FileName())}
			c.list.data, err = c.readPart(part, maxList)
		default:
			err = refuse(http.StatusBadRequest, "api.upload_part", "part", clip(field))
		}
		if err != nil {
			return err
		}
	}
	if c.list == nil || len(c.list.data) == 0 {
		return refuse(http.StatusBadRequest, "api.upload_missing")
	}
	return nil
}

func (c *call) readPart(part io.Reader, most int64) ([]byte, error) {
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(part, most+1))
	if err == nil && n > most {
		return nil, refuse(http.StatusRequestEntityTooLarge, "api.too_large", "mebibytes", most>>20)
	}
	return b.Bytes(), c.unread(err, most)
}

// fileName is the name of a file as people know it, without folders.
func fileName(s string) string {
	s = name.Clean(strings.ToValidUTF8(path.Base(strings.ReplaceAll(s, `\`, "/")), ""))
	if r := []rune(s); len(r) > 120 {
		s = string(r[len(r)-120:]) // the ending tells more than the beginning
	}
	if s == "" || s == "." || s == "/" {
		return "list"
	}
	return s
}

func asTooLarge(err error) (*http.MaxBytesError, bool) {
	var large *http.MaxBytesError
	return large, errors.As(err, &large)
}

// because keeps what lies beneath, for the log.
func (r *refusal) because(err error) *refusal {
	r.err = fault.As(r.err).Because(err)
	return r
}
