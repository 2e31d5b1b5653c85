package openrosa

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"time"

	"quipu/internal/app/survey"
	"quipu/internal/fault"
	"quipu/internal/i18n"
)

const (
	// mostBody bounds one message, in bytes; a client sends the files of a large submission
	// in several, each with the answers.
	mostBody = 100 << 20
	// mostAnswers bounds the answers themselves.
	mostAnswers = 5 << 20
	mostFiles   = 100
	// instancePart is the name of the part with the answers.
	instancePart = "xml_submission_file"
)

// room bounds how many bytes of messages are in memory at once, in pieces of a megabyte.
type room struct {
	pieces chan struct{}
	door   chan struct{} // who gathers pieces: several who each held some would wait for one another
}

const roomAll = 256

func newRoom() room { return room{make(chan struct{}, roomAll), make(chan struct{}, 1)} }

// enter waits for the room that a message needs, and returns how it is left.
func (m room) enter(c *call) (leave func(), err error) {
	need := int64(mostBody)
	if n := c.ContentLength; n >= 0 && n < need {
		need = n
	}
	pieces, got := int(need>>20)+1, 0
	leave = func() {
		for range got {
			<-m.pieces
		}
	}
	select {
	case m.door <- struct{}{}:
		defer func() { <-m.door }()
	case <-c.Context().Done():
		return nil, c.Context().Err()
	}
	for range pieces {
		select {
		case m.pieces <- struct{}{}:
			got++
		case <-c.Context().Done():
			leave()
			return nil, c.Context().Err()
		}
	}
	return leave, nil
}

// invite says where answers are sent, and how large a message may be.
func (s *server) invite(c *call) error {
	c.status = http.StatusNoContent
	c.w.Header().Set("Location", c.address("submission"))
	c.w.Header().Set("X-OpenRosa-Accept-Content-Length", "104857600")
	c.w.WriteHeader(c.status)
	return nil
}

// submit takes answers in. It is answered when they are on the disk.
func (s *server) submit(c *call) error {
	leave, err := s.room.enter(c)
	if err != nil {
		return fault.New(fault.Unavailable, "openrosa.busy").Because(err)
	}
	defer leave()
	in, err := read(http.MaxBytesReader(c.w, c.Request.Body, mostBody), c.Request.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	var got survey.Receipt
	if c.former != nil {
		got, err = s.app.Surveys.SubmitFormer(c.Context(), *c.former, in)
	} else {
		got, err = s.app.Surveys.Submit(c.Context(), c.actor, in)
	}
	if err != nil {
		return err
	}
	c.w.Header().Set("Location", c.address("submission"))
	c.w.Header().Set("X-OpenRosa-Accept-Content-Length", "104857600")
	text := i18n.T(c.lang, "openrosa.received")
	switch {
	case len(got.Awaited) > 0:
		text = i18n.T(c.lang, "openrosa.awaited", "count", len(got.Awaited))
	case !got.New && len(in.Files) == 0:
		text = i18n.T(c.lang, "openrosa.again")
	}
	switch {
	case got.Held && c.former != nil:
		text = i18n.T(c.lang, "openrosa.held", "day", i18n.Date(c.lang, c.former.Ended.Format(time.DateOnly)))
	case len(got.Reasons) > 0:
		text += " " + i18n.T(c.lang, "openrosa.doubtful")
	}
	c.say(http.StatusCreated, "submit_success", text)
	return nil
}

// read takes a message apart. One that was cut short is refused whole: the client has it still.
func read(body io.Reader, contentType string) (in survey.Incoming, err error) {
	broken := func(err error) error {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return err
		}
		return fault.New(fault.Invalid, "openrosa.broken").Because(err)
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return in, fault.New(fault.Invalid, "openrosa.no_form").Because(err)
	}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return in, broken(err)
		}
		name := p.FormName()
		if name == "Date" || name == "*isIncomplete*" { // said by old clients, and not needed
			continue
		}
		most := int64(survey.MostFile)
		if name == instancePart {
			most = mostAnswers
		}
		data, err := io.ReadAll(io.LimitReader(p, most+1))
		if err != nil {
			return in, broken(err)
		}
		switch {
		case int64(len(data)) > most && name == instancePart:
			return in, fault.New(fault.Invalid, "openrosa.answers_large", "megabytes", mostAnswers>>20)
		case name == instancePart && in.Instance != nil:
			return in, fault.New(fault.Invalid, "openrosa.two")
		case name == instancePart:
			in.Instance = data
		case len(in.Files) == mostFiles:
			return in, fault.New(fault.Invalid, "openrosa.files", "most", mostFiles)
		default:
			in.Files = append(in.Files, survey.Upload{Name: fileName(p), Type: mediaType(p), Data: data})
		}
	}
	if in.Instance == nil {
		return in, fault.New(fault.Invalid, "openrosa.no_answers", "part", instancePart)
	}
	return in, nil
}

// fileName is the name of a file without any folder.
func fileName(p *multipart.Part) string {
	name := p.FileName()
	if name == "" {
		name = p.FormName()
	}
	return path.Base(name)
}

func mediaType(p *multipart.Part) string {
	t, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
	if err != nil {
		return "application/octet-stream"
	}
	return t
}
