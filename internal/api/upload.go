package api

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"quipu/internal/fault"
	"quipu/internal/name"
)

// list is a list of persons that was sent, in memory: on the disk it would lie in clear
// beside a register that may be encrypted.
type list struct {
	name string
	data []byte
}

// listArrives takes a list off its line and then a place in memory, which left gives back.
func (c *call) listArrives() (left func(), err error) {
	media, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" || params["boundary"] == "" || c.Header.Get("Content-Encoding") != "" {
		return nil, refuse(http.StatusUnsupportedMediaType, "api.media", "wanted", "multipart/form-data").with("Accept", "multipart/form-data")
	}
	const most = maxList + maxBody + 64<<10 // and the headers of the parts
	if c.ContentLength > most {
		return nil, tooLarge(maxList)
	}
	leave, done, err := c.arrive(most)
	if err != nil {
		return nil, err
	}
	defer leave()
	select {
	case c.server.uploads <- struct{}{}:
		return func() { <-c.server.uploads; done() }, nil
	case <-c.Context().Done():
		done()
		return nil, c.Context().Err()
	}
}

// receiveList reads the parts "options" (JSON) and "list" of a form, in any order.
func (c *call) receiveList() error {
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

// A list arrives as fast as its line is, and holds none of the few places in memory meanwhile.
// Each flowBytes of it have flowTime, so that who sends nothing is not waited for; all of it has
// mostFlow.
const (
	flowBytes = 16 << 10
	flowTime  = 30 * time.Second
	mostFlow  = 30 * time.Minute
	arriving  = 16 // lists that arrive at once, one of each officer
	// arrivingEnd ends the names of their files.
	arrivingEnd = ".arriving"
)

// flowing reads the body of a request and gives the line more time as long as it brings something.
type flowing struct {
	from io.Reader
	line *http.ResponseController
	end  time.Time
	got  int
}

func (f *flowing) Read(p []byte) (int, error) {
	n, err := f.from.Read(p)
	if f.got += n; f.got >= flowBytes {
		f.more(flowTime)
	}
	return n, err
}

// more lets the next bytes take so long. A line without deadlines needs none.
func (f *flowing) more(d time.Duration) {
	f.got = 0
	next := time.Now().Add(d)
	if next.After(f.end) {
		next = f.end
	}
	_ = f.line.SetReadDeadline(next)
}

// arrive takes the body off the line into a sealed file and gives it back as the body. Several
// lists of one officer arrive one after another. left must be called when the body was read; leave,
// before it, as soon as the list has its place in memory.
func (c *call) arrive(most int64) (leave, left func(), err error) {
	free, err := c.server.arrivals.enter(c.Context(), c.actor.Login)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			free()
		}
	}()
	select {
	case c.server.arriving <- struct{}{}:
		defer func() { <-c.server.arriving }()
	case <-c.Context().Done():
		return nil, nil, c.Context().Err()
	}
	name := rand.Text() + arrivingEnd
	file, err := c.app().NewScratch(name)
	if err != nil {
		return nil, nil, err
	}
	line := &flowing{from: http.MaxBytesReader(c.w, c.Body, most), line: http.NewResponseController(c.w), end: time.Now().Add(mostFlow)}
	line.more(flowTime)
	_, read := io.Copy(file, reading{line})
	line.end = time.Now().Add(mostFlow)
	_ = line.line.SetWriteDeadline(line.end) // the answer comes after the list was let in
	var cut *cutError
	switch err = errors.Join(read, file.Close()); {
	case errors.As(read, &cut):
		err = errors.Join(c.unread(cut.err, maxList), c.app().DropScratch(name))
	case err != nil: // the disk
		err = errors.Join(err, c.app().DropScratch(name))
	}
	if err != nil {
		return nil, nil, err
	}
	in, err := c.app().OpenScratch(name)
	if err != nil {
		return nil, nil, errors.Join(err, c.app().DropScratch(name))
	}
	c.Body = io.NopCloser(io.NewSectionReader(in, 0, in.Size()))
	return free, func() {
		if err := errors.Join(in.Close(), c.app().DropScratch(name)); err != nil {
			c.server.log.ErrorContext(c.Context(), "a list that arrived", "err", err)
		}
	}, nil
}

// reading tells faults of the line from those of the disk.
type reading struct{ from io.Reader }

type cutError struct{ err error }

func (e *cutError) Error() string { return e.err.Error() }

func (r reading) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &cutError{err}
	}
	return n, err
}
