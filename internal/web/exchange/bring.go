package exchange

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"quipu/internal/app/courier"
	"quipu/internal/fault"
	"quipu/internal/web/desk"
)

// At what pace a file must come, so that nobody holds a place by sending nothing: so many bytes in
// each while. A line of 64 kbit/s brings eight times as much.
const (
	paceBytes = 30 << 10
	paceWhile = 30 * time.Second
)

// overhead is more than the fields and borders of a form around a file.
const overhead = 64 << 10

// bring takes a file that travelled by hand from the browser: onto the disk, then into the
// register, while its page says how far that is.
func (s *Room) bring(v *desk.Visit) error {
	k, err := s.receive(v)
	if err != nil {
		if f := fault.As(err); f == nil || f.Kind == fault.Forbidden && !aboutFile(f) {
			return err
		}
		return s.showBring(v, err)
	}
	k.over(time.Second) // most are taken by then
	return s.Done(v, sticks+"/"+k.token, "")
}

// aboutFile: the file is refused, and not the officer.
func aboutFile(f *fault.Error) bool {
	area, _, _ := strings.Cut(f.Key, ".")
	return area == "courier" || area == "seal" || area == "sync" || area == "exchange"
}

// receive puts the file on the disk and begins to take it.
func (s *Room) receive(v *desk.Visit) (*taking, error) {
	if v.ContentLength > MaxStick+overhead {
		return nil, tooBig()
	}
	if err := s.App.RoomFor(v.ContentLength); err != nil {
		return nil, err
	}
	leave, err := s.taken.enter(v.Actor.Login)
	if err != nil {
		return nil, err
	}
	here := false
	defer func() {
		if !here {
			leave()
		}
	}()
	k, err := s.fetch(v)
	if err != nil {
		return nil, err
	}
	here = true
	s.taken.remember(k)
	go s.take(v.Actor, k, leave)
	return k, nil
}

// fetch reads the form as far as its file, and that to its end unless its beginning is wrong.
func (s *Room) fetch(v *desk.Visit) (*taking, error) {
	p := &paced{in: v.Body, line: http.NewResponseController(v.W), while: paceWhile}
	v.Body = p
	parts, err := v.MultipartReader()
	if err != nil {
		return nil, fault.New(fault.Invalid, "officer.bad_form").Because(err)
	}
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil, fault.New(fault.Invalid, "exchange.stick_none").On("file")
		case err != nil:
			return nil, p.fault(err)
		case part.FormName() != "file" || part.FileName() == "":
			continue
		}
		in := bufio.NewReaderSize(part, 1<<16)
		begin, err := in.Peek(courier.PeekBytes)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, p.fault(err)
		}
		from, err := s.App.Courier.PeekStick(v.Context(), v.Actor, begin)
		if err != nil {
			return nil, err
		}
		token, size, err := keepStick(s.App, in)
		if err != nil {
			return nil, errors.Join(p.fault(err), s.dropStick(token))
		}
		return &taking{token: token, login: v.Actor.Login, name: nameOf(part.FileName()), from: from, size: size, done: make(chan struct{})}, nil
	}
}

// nameOf is what a file is called on the computer that it comes from, without its folders.
func nameOf(name string) string {
	name = strings.ToValidUTF8(filepath.Base(strings.ReplaceAll(name, `\`, "/")), "?")
	if r := []rune(name); len(r) > 60 {
		name = string(r[:60]) + "…"
	}
	return name
}

func tooBig() error {
	return fault.New(fault.Invalid, "exchange.stick_big", "limit", MaxStick>>30).On("file")
}

// paced reads a body that must come at some pace.
type paced struct {
	in    io.ReadCloser
	line  *http.ResponseController
	while time.Duration // in which paceBytes have to come
	got   int
	upto  time.Time
	slow  bool
}

func (p *paced) Read(b []byte) (int, error) {
	if now := time.Now(); now.After(p.upto) {
		if !p.upto.IsZero() && p.got < paceBytes {
			p.slow = true
			return 0, os.ErrDeadlineExceeded
		}
		p.got, p.upto = 0, now.Add(p.while)
		_ = p.line.SetReadDeadline(p.upto.Add(time.Second)) // a server without deadlines needs none
	}
	n, err := p.in.Read(b)
	p.got += n
	p.slow = p.slow || errors.Is(err, os.ErrDeadlineExceeded)
	return n, err
}

func (p *paced) Close() error { return p.in.Close() }

// fault says in words why no more came.
func (p *paced) fault(err error) error {
	var big *http.MaxBytesError
	switch {
	case fault.As(err) != nil:
		return err
	case errors.As(err, &big):
		return tooBig()
	case p.slow:
		return fault.New(fault.Unavailable, "exchange.stick_slow").Because(err).On("file")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return fault.New(fault.Invalid, "exchange.stick_broken").Because(err).On("file")
	}
	return desk.PartFault(err)
}
