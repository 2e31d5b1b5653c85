package synchttp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"quipu/internal/fault"
	"quipu/internal/seal"
)

// Peer is a node that the hub knows and lets in.
type Peer struct {
	Name   string
	Public seal.Public
	Scopes []string
}

// Hub is what the server asks of the register. Faults whose key begins with "sync." are said
// to the node; of others it hears only that the hub failed.
type Hub interface {
	Identity() (*seal.Identity, error)
	// Peer finds the node of a key's id; the faults are sync.refused.unknown and, with the
	// reason, sync.refused.revoked.
	Peer(ctx context.Context, key string) (Peer, error)
	Push(ctx context.Context, p Peer, batch []byte) (receipt []byte, err error)
	// Pull answers with at most about most bytes; news is false when there is nothing in it
	// that the node has to know.
	Pull(ctx context.Context, p Peer, request []byte, most int) (answer []byte, news bool, err error)
	Enrol(ctx context.Context, who seal.Public, request []byte) (answer []byte, err error)
	// Blob gives a file that the node may have; the fault is sync.blob_none.
	Blob(ctx context.Context, p Peer, hash string) (media string, data []byte, err error)
	HasBlob(ctx context.Context, p Peer, hash string) (bool, error)
	PutBlob(ctx context.Context, p Peer, hash, media string, data []byte) error
	// Wanted are some of the files that the hub lacks and that the node may have.
	Wanted(ctx context.Context, p Peer) (hashes []string, err error)
	// Search answers what an officer at the node asks about people of every office.
	Search(ctx context.Context, p Peer, question []byte) (answer []byte, err error)
	// Bring moves a person's registration to the office of an officer at the node.
	Bring(ctx context.Context, p Peer, order []byte) (answer []byte, err error)
	// Moved is the length of the log, and the scopes under which changes were filed after the
	// length that it had before; below zero, only the length is asked.
	Moved(ctx context.Context, after int64) (size int64, scopes []string, err error)
	// Refused writes down for the hub's screen that a node was refused.
	Refused(ctx context.Context, node string, err error)
}

// Server is the hub's side.
type Server struct {
	hub    Hub
	log    *slog.Logger
	waits  *waits
	rates  *rates
	pieces pieces
	slots  chan struct{} // large bodies in memory at once
	begin  time.Duration // how long the first bytes of a body may take
	ends   <-chan struct{}
}

const mostLarge = 16

// NewServer serves a hub until ctx ends: then nodes that wait are answered at once.
func NewServer(ctx context.Context, hub Hub, log *slog.Logger, now func() time.Time) *Server {
	s := &Server{hub: hub, log: log, waits: newWaits(), rates: newRates(now), slots: make(chan struct{}, mostLarge), begin: 30 * time.Second, ends: ctx.Done()}
	s.pieces.now = now
	go s.waits.watch(ctx, hub, log)
	return s
}

// Routes are the patterns that Handler serves.
func Routes() []string {
	return []string{"GET " + Prefix + "/hub", "POST " + Prefix + "/enrol", "POST " + Prefix + "/push", "POST " + Prefix + "/pull", "POST " + Prefix + "/blob", "POST " + Prefix + "/search", "POST " + Prefix + "/bring"}
}

// Handler serves all of Prefix.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for i, h := range []http.HandlerFunc{s.hubKey, s.enrol, s.push, s.pull, s.blob, s.search, s.bring} {
		mux.HandleFunc(Routes()[i], h)
	}
	return mux
}

func (s *Server) hubKey(w http.ResponseWriter, r *http.Request) {
	me, err := s.hub.Identity()
	if err == nil {
		err = s.rates.stranger(r.RemoteAddr)
	}
	if err != nil {
		s.fail(w, r, "", err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, me.Public().String()+"\n") //nolint:errcheck // whoever left does not hear it
}

// patience is how long a body may take on a bad link: a batch of 256 KiB at 1 KiB a second.
// Its first bytes, which say who sends it, come at once.
const patience = 10 * time.Minute

// body reads at most the bytes of an envelope of so much contents. What is declared larger is
// refused before any of it is read, and so is what comes from nobody that is known.
func (s *Server) body(w http.ResponseWriter, r *http.Request, contents int, look func(h []byte) error) ([]byte, error) {
	most := int64(seal.MaxEnvelope(contents))
	large := fault.New(fault.Invalid, "sync.too_large", "most", most)
	if r.ContentLength > most {
		return nil, large
	}
	rc := http.NewResponseController(w)
	rc.SetReadDeadline(time.Now().Add(s.begin))                 //nolint:errcheck // then the server's own limit holds
	rc.SetWriteDeadline(time.Now().Add(patience + LongestWait)) //nolint:errcheck // the same
	in := http.MaxBytesReader(w, r.Body, most)
	head := make([]byte, 512)
	n, err := io.ReadFull(in, head)
	if err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
		if err := look(head[:n]); err != nil {
			return nil, err
		}
	}
	var all bytes.Buffer
	all.Write(head[:n])
	if err == nil {
		rc.SetReadDeadline(time.Now().Add(patience)) //nolint:errcheck // the same
		_, err = all.ReadFrom(in)
	}
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, large
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fault.New(fault.Invalid, "seal.envelope_truncated").Because(err)
	case r.ContentLength >= 0 && int64(all.Len()) != r.ContentLength:
		return nil, fault.New(fault.Invalid, "seal.envelope_truncated")
	}
	return all.Bytes(), nil
}

// letter is a request that was opened.
type letter struct {
	me       *seal.Identity
	peer     Peer
	envelope []byte
	context  string
	contents []byte
	leave    func() // gives the place among large bodies back
}

// receive opens what a known node sent for one of the contexts. Whoever calls it calls leave
// in the end.
func (s *Server) receive(w http.ResponseWriter, r *http.Request, contents int, contexts ...string) (l letter, err error) {
	l.leave = func() {}
	if l.me, err = s.hub.Identity(); err != nil {
		return l, err
	}
	look := func(begin []byte) error {
		h, err := seal.PeekHead(begin)
		if err != nil {
			return err
		}
		if l.peer, err = s.hub.Peer(r.Context(), h.From); err != nil {
			if err2 := s.rates.stranger(r.RemoteAddr); err2 != nil {
				return err2
			}
			return err
		}
		l.context = contexts[0]
		for _, c := range contexts {
			if c == h.Context {
				l.context = c
			}
		}
		if err = s.rates.node(l.peer.Name); err == nil && contents == MostContents {
			l.leave, err = s.place(r.Context())
		}
		return err
	}
	if l.envelope, err = s.body(w, r, contents, look); err != nil {
		return l, err
	}
	l.contents, err = l.me.OpenEnvelope(l.envelope, l.context, l.peer.Public, contents)
	return l, err
}

func (s *Server) reply(w http.ResponseWriter, r *http.Request, l letter, kind string, contents []byte) {
	out, err := l.me.EnvelopeTo(l.peer.Public, answering(kind, l.envelope), contents)
	if err != nil {
		s.fail(w, r, l.peer.Name, err)
		return
	}
	w.Header().Set("Content-Type", envelopeType)
	w.Header().Set("Content-Length", strconv.Itoa(len(out)))
	w.Write(out) //nolint:errcheck // whoever left asks again
}

// fail refuses in words, and writes it down where the hub's people see it.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, node string, err error) {
	if r.Context().Err() == nil {
		s.log.Warn("sync", "path", r.URL.Path, "node", node, "err", err)
		if node != "" && fault.As(err) != nil && spoken(fault.As(err).Key) {
			s.hub.Refused(context.WithoutCancel(r.Context()), node, err)
		}
	}
	refuse(w, err)
}

// place waits for a place among the large bodies. Only who says that he is a node comes this far:
// strangers who send nothing keep nobody waiting.
func (s *Server) place(ctx context.Context) (leave func(), err error) {
	select {
	case s.slots <- struct{}{}:
		return func() { <-s.slots }, nil
	case <-time.After(LongestWait):
		return func() {}, fault.New(fault.Unavailable, "sync.busy", "seconds", 30)
	case <-ctx.Done():
		return func() {}, ctx.Err()
	}
}

func (s *Server) push(w http.ResponseWriter, r *http.Request) {
	s.ask(w, r, MostContents, "push", "receipt", s.hub.Push)
}

func (s *Server) pull(w http.ResponseWriter, r *http.Request) {
	l, err := s.receive(w, r, mostSmall, "pull")
	defer l.leave()
	if err != nil {
		s.fail(w, r, l.peer.Name, err)
		return
	}
	wait := min(time.Duration(number(r, "wait", 0))*time.Second, LongestWait)
	most := min(max(number(r, "most", MostAnswer), leastAnswer), MostAnswer)
	answer, err := s.answer(r.Context(), l, most, wait)
	if err != nil {
		s.fail(w, r, l.peer.Name, err)
		return
	}
	s.reply(w, r, l, "answer", answer)
}

// search carries a question and its answer. A node that asks without end is held up as one
// that pushes without end is.
func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	s.ask(w, r, mostSmall, "search", "found", s.hub.Search)
}

func (s *Server) bring(w http.ResponseWriter, r *http.Request) {
	s.ask(w, r, mostSmall, "bring", "brought", s.hub.Bring)
}

// ask opens a request of at most so many bytes of contents and replies with what do answers.
func (s *Server) ask(w http.ResponseWriter, r *http.Request, contents int, kind, answers string, do func(context.Context, Peer, []byte) ([]byte, error)) {
	l, err := s.receive(w, r, contents, kind)
	defer l.leave()
	if err == nil {
		var answer []byte
		if answer, err = do(r.Context(), l.peer, l.contents); err == nil {
			s.reply(w, r, l, answers, answer)
			return
		}
	}
	s.fail(w, r, l.peer.Name, err)
}

// answer waits for news. It listens before it looks, so nothing slips between.
func (s *Server) answer(ctx context.Context, l letter, most int, wait time.Duration) ([]byte, error) {
	end := time.Now().Add(wait)
	for {
		woken, leave := s.waits.listen(l.peer.Scopes)
		answer, news, err := s.hub.Pull(ctx, l.peer, l.contents, most)
		left := time.Until(end)
		if err != nil || news || left <= 0 {
			leave()
			return answer, err
		}
		select {
		case <-woken:
		case <-time.After(left):
		case <-s.ends:
			leave()
			return answer, nil
		case <-ctx.Done():
		}
		leave()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

func number(r *http.Request, name string, otherwise int) int {
	if n, err := strconv.Atoi(r.URL.Query().Get(name)); err == nil && n >= 0 && n <= 1<<30 {
		return n
	}
	return otherwise
}

func (s *Server) enrol(w http.ResponseWriter, r *http.Request) {
	err := s.rates.stranger(r.RemoteAddr)
	if err == nil {
		err = s.enrolling(w, r)
	}
	if err != nil {
		s.fail(w, r, "", err)
	}
}

// enrolling lets a stranger say who he is; the code inside says whether he may.
func (s *Server) enrolling(w http.ResponseWriter, r *http.Request) (err error) {
	var l letter
	if l.me, err = s.hub.Identity(); err != nil {
		return err
	}
	all, err := s.body(w, r, mostSmall, func([]byte) error { return nil })
	if err != nil {
		return err
	}
	text, envelope, _ := bytes.Cut(all, []byte("\n"))
	if l.peer.Public, err = seal.ParsePublic(string(text)); err != nil {
		return err
	}
	l.envelope = envelope
	if l.contents, err = l.me.OpenEnvelope(envelope, "enrol", l.peer.Public, mostSmall); err != nil {
		return err
	}
	answer, err := s.hub.Enrol(r.Context(), l.peer.Public, l.contents)
	if err != nil {
		return err
	}
	s.reply(w, r, l, "enrolled", answer)
	return nil
}
