package courier

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"quipu/internal/app/exchange"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/seal"
	"quipu/internal/store"
	"quipu/internal/sync"
	"quipu/internal/sync/synchttp"
)

// A file that travels by hand is "QUIPUSTK", a version, and parts: the length of an envelope
// as four bytes, big endian, and the envelope, sealed to the receiver with the context
// "stick". Each part holds one line of JSON and then what it brings. The last says that it is
// the last: a file that was cut short is known by it before anything of it is taken.
const (
	stickMagic   = "QUIPUSTK\x01"
	stickContext = "stick"
	mostPart     = synchttp.MostReply + 64<<10 // bytes of the contents of a part
)

// The kinds of part.
const (
	partBatch   = "batch"
	partAsk     = "ask"
	partReceipt = "receipt"
	partAnswer  = "answer"
	partFile    = "file"
	partEnd     = "end"
)

// partHead is the line of JSON.
type partHead struct {
	Stick string `json:"stick"` // the same in all parts of a file
	Part  int    `json:"part"`  // from 1
	What  string `json:"what"`
	Hash  string `json:"hash,omitempty"`
	Media string `json:"media,omitempty"`
}

// Stick is what a file holds and what was taken of it.
type Stick struct {
	From, To string // who wrote it and for whom
	Parts    int
	Changes  int // that it holds
	Taken    int // that were new here
	Apart    int // of those taken: that the hub keeps apart until somebody has decided
	Forgot   int
	Files    int

	waits *sync.Refusal // why a batch was not taken that will be later
	kept  []json.RawMessage
}

// Asks reports that nothing was taken for now, and that what the file asks was kept all the same:
// the way back says what the node is to do.
func (s *Stick) Asks() bool { return s.waits != nil }

// stickWriter writes parts.
type stickWriter struct {
	w    io.Writer
	me   *seal.Identity
	to   seal.Public
	head partHead
	done Stick
	sent map[string]bool // files
}

func (s *stickWriter) put(what string, contents []byte) error {
	s.head.Part++
	s.head.What = what
	head, err := json.Marshal(s.head)
	if err != nil {
		return err
	}
	envelope, err := s.me.EnvelopeTo(s.to, stickContext, append(append(head, '\n'), contents...))
	if err != nil {
		return err
	}
	if _, err := s.w.Write(binary.BigEndian.AppendUint32(nil, uint32(len(envelope)))); err != nil {
		return err
	}
	_, err = s.w.Write(envelope)
	s.done.Parts = s.head.Part
	return err
}

// tell writes a message as a part.
func (s *stickWriter) tell(what string, message interface{ Encode() ([]byte, error) }) error {
	contents, err := message.Encode()
	if err != nil {
		return err
	}
	return s.put(what, contents)
}

// WriteStick writes what this register has for another into w: at a node, for its hub; at the
// hub, for the node of that name. The actor needs the right over nodes.
func (c *Courier) WriteStick(ctx context.Context, actor authz.Actor, w io.Writer, node, program string) (Stick, error) {
	if err := authz.Check(actor, authz.Nodes, actor.Office); err != nil {
		return Stick{}, err
	}
	me, err := c.Identity()
	if err != nil {
		return Stick{}, err
	}
	s := &stickWriter{w: w, me: me, sent: map[string]bool{}}
	s.head.Stick = hex.EncodeToString(randomBytes(16))
	s.done.From = string(c.Name())
	if _, err := io.WriteString(w, stickMagic); err != nil {
		return Stick{}, err
	}
	if c.Joined() {
		err = c.batchesTo(ctx, s, program)
	} else {
		err = c.answersTo(ctx, actor, s, node)
	}
	if err == nil {
		s.head.Hash, s.head.Media = "", ""
		err = s.put(partEnd, nil)
	}
	if err == nil {
		err = c.LogReads(ctx, actor, store.Read{Action: "stick_out", Detail: fmt.Sprintf("%s %s %d", s.done.To, s.head.Stick, s.done.Changes)})
	}
	return s.done, err
}

func (c *Courier) batchesTo(ctx context.Context, s *stickWriter, program string) error {
	st, err := c.state(ctx)
	if err != nil {
		return err
	}
	s.done.To = st.Hub
	if s.to, err = seal.ParsePublic(st.Verify); err != nil {
		return err
	}
	err = c.exchange.Batches(ctx, program, func(b sync.Batch) error {
		s.done.Changes += len(b.Bodies)
		if err := s.tell(partBatch, &b); err != nil {
			return err
		}
		return c.filesTo(ctx, s, slices.Concat(b.Bodies, b.Found))
	})
	if err != nil {
		return err
	}
	ask, err := c.exchange.NextAsk(ctx)
	if err != nil {
		return err
	}
	return s.tell(partAsk, &ask)
}

func (c *Courier) answersTo(ctx context.Context, actor authz.Actor, s *stickWriter, node string) error {
	s.done.To = node
	var asked, kept string
	err := c.DB.View(ctx, func(tx *store.Tx) error {
		row, ok, err := tx.Peer(ctx, node)
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "courier.no_node", "name", node)
		}
		if err == nil {
			err = authz.Check(actor, authz.Nodes, row.Office)
		}
		if err == nil && row.State != store.PeerActive {
			err = revoked(&row)
		}
		if err == nil {
			s.to, err = seal.ParsePublic(row.Verify)
		}
		if err == nil {
			asked, err = tx.Setting(ctx, askedBy(node))
		}
		if err == nil {
			kept, err = tx.Setting(ctx, keptOf(node))
		}
		if err == nil && asked == "" {
			err = fault.New(fault.Conflict, "courier.stick_unasked", "name", node)
		}
		return err
	})
	if err != nil {
		return err
	}
	ask, err := sync.DecodeAsk([]byte(asked))
	if err != nil {
		return err
	}
	if err := s.receipts(kept); err != nil {
		return err
	}
	return c.exchange.Answers(ctx, id.Node(node), ask, func(r sync.Receipt) error {
		return s.tell(partReceipt, &r)
	}, func(a sync.Answer) error {
		s.done.Changes += len(a.Entries)
		if err := s.tell(partAnswer, &a); err != nil {
			return err
		}
		var bodies [][]byte
		for _, e := range a.Entries {
			bodies = append(bodies, e.Body)
		}
		return c.filesTo(ctx, s, bodies)
	})
}

// askedBy names the setting that keeps what a node asked by hand last.
func askedBy(node string) string { return "asked/" + node }

// filesTo adds the files that changes name and that are here.
func (c *Courier) filesTo(ctx context.Context, s *stickWriter, bodies [][]byte) error {
	for _, body := range bodies {
		for _, hash := range exchange.FilesOf(body) {
			if s.sent[hash] {
				continue
			}
			media, data, ok, err := c.attachment(ctx, hash)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			s.sent[hash] = true
			s.done.Files++
			s.head.Hash, s.head.Media = hash, media
			if err := s.put(partFile, data); err != nil {
				return err
			}
			s.head.Hash, s.head.Media = "", ""
		}
	}
	return nil
}

// check looks at a part before anything of the file is taken.
func (c *Courier) check(h partHead, contents []byte) (err error) {
	toHub := !c.Joined()
	version := 0
	switch {
	case h.What == partBatch && toHub:
		var b sync.Batch
		b, err = sync.DecodeBatch(contents)
		version = b.Version
	case h.What == partAsk && toHub:
		var a sync.Ask
		a, err = sync.DecodeAsk(contents)
		version = a.Version
	case h.What == partReceipt && !toHub:
		_, err = sync.DecodeReceipt(contents)
	case h.What == partAnswer && !toHub:
		_, err = sync.DecodeAnswer(contents)
	case h.What == partFile:
		if sum := sha256.Sum256(contents); hex.EncodeToString(sum[:]) != h.Hash {
			return fault.New(fault.Invalid, "courier.stick_altered")
		}
	default:
		return fault.New(fault.Invalid, "courier.stick_altered")
	}
	if err != nil {
		return fault.New(fault.Invalid, "sync.message").Because(err)
	}
	if version > sync.Version {
		return fault.New(fault.Invalid, "courier.stick_version", "has", version, "knows", sync.Version)
	}
	return nil
}

// ReadStick takes a file in that another register wrote for this one. It is read to its end
// before anything of it is taken; memory holds one part. At the hub the actor needs the right
// over nodes of the office whose node wrote it. Faults: those of envelopes, courier.stick_empty,
// _form, _version, _truncated, _altered, _own, _unknown, _revoked, _again and _stale, and what
// the protocol refuses with. What was taken before a failure of this register stays taken, and
// out says how much; the file can be taken in again, and goes on from there.
func (c *Courier) ReadStick(ctx context.Context, actor authz.Actor, f io.ReadSeeker) (out Stick, err error) {
	if err := authz.Check(actor, authz.Nodes, actor.Office); err != nil {
		return out, err
	}
	r := &stickReader{c: c}
	if r.me, err = c.Identity(); err != nil {
		return out, err
	}
	if err := r.all(ctx, f, c.check); err != nil {
		return out, err
	}
	key := r.from.ID() + " " + r.stick
	if err := c.DB.View(ctx, func(tx *store.Tx) error {
		at, ok, err := tx.Carried(ctx, key)
		if err == nil && ok {
			err = fault.New(fault.Conflict, "courier.stick_again", "day", stampOf(at).Format(time.DateOnly))
		}
		return err
	}); err != nil {
		return out, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return out, err
	}
	out = Stick{From: r.name, To: string(c.Name()), Parts: r.parts}
	if err := c.mayTake(ctx, actor, r.name); err != nil {
		return out, err
	}
	take := c.takeFromHub
	if !c.Joined() {
		take = c.takeFromNode
	}
	stale := 0
	err = r.all(ctx, f, func(h partHead, contents []byte) error {
		err := take(ctx, r.name, h, contents, &out)
		if errors.Is(err, sync.ErrStale) {
			stale++
			return nil
		}
		return err
	})
	if err == nil && out.waits != nil {
		err = refusalFault(out.waits)
	}
	if err == nil && stale > 0 && out.Taken+out.Forgot == 0 {
		err = fault.New(fault.Conflict, "courier.stick_stale")
	}
	if err != nil {
		return out, err
	}
	if err := c.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.NoteCarried(ctx, key, r.name, "stick", micros(c.Now()))
		return err
	}); err != nil {
		return out, err
	}
	return out, c.LogReads(ctx, actor, store.Read{Action: "stick_in", Detail: fmt.Sprintf("%s %s %d", r.name, r.stick, out.Taken)})
}

// stickReader reads parts.
type stickReader struct {
	c     *Courier
	me    *seal.Identity
	from  seal.Public
	name  string
	stick string
	parts int
}

// all reads the whole file and calls f, when not nil, with each part but the end.
func (r *stickReader) all(ctx context.Context, f io.Reader, each func(partHead, []byte) error) error {
	in := bufio.NewReaderSize(f, 1<<16)
	magic := make([]byte, len(stickMagic))
	n, err := io.ReadFull(in, magic)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if err := checkMagic(magic[:n]); err != nil {
		return err
	}
	r.stick, r.parts = "", 0
	for {
		envelope, err := readPart(in)
		if err != nil {
			return err
		}
		h, contents, err := r.open(ctx, envelope)
		if err != nil {
			return err
		}
		if r.stick == "" {
			r.stick = h.Stick
		}
		if r.parts++; h.Part != r.parts || h.Stick != r.stick {
			return fault.New(fault.Invalid, "courier.stick_altered")
		}
		if h.What == partEnd {
			if _, err := in.ReadByte(); err != io.EOF {
				return fault.New(fault.Invalid, "courier.stick_altered")
			}
			return nil
		}
		if each != nil {
			if err := each(h, contents); err != nil {
				return err
			}
		}
	}
}

func readPart(in *bufio.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(in, size[:]); err != nil {
		return nil, fault.New(fault.Invalid, "courier.stick_truncated").Because(err)
	}
	n := binary.BigEndian.Uint32(size[:])
	if int64(n) > int64(seal.MaxEnvelope(mostPart)) {
		return nil, fault.New(fault.Invalid, "courier.stick_altered")
	}
	var envelope []byte
	for len(envelope) < int(n) { // grows with what there is, not with what was promised
		chunk := make([]byte, min(int(n)-len(envelope), 1<<20))
		if _, err := io.ReadFull(in, chunk); err != nil {
			return nil, fault.New(fault.Invalid, "courier.stick_truncated").Because(err)
		}
		envelope = append(envelope, chunk...)
	}
	return envelope, nil
}

// open opens an envelope of somebody who may send.
func (r *stickReader) open(ctx context.Context, envelope []byte) (h partHead, contents []byte, err error) {
	outside, err := seal.PeekEnvelope(envelope)
	if err == nil {
		err = r.c.forUs(ctx, r.me, outside)
	}
	if err != nil {
		return h, nil, err
	}
	if r.from.ID() != outside.From || r.name == "" {
		if r.name != "" {
			return h, nil, fault.New(fault.Invalid, "courier.stick_altered")
		}
		if r.name, r.from, err = r.c.sender(ctx, outside.From); err != nil {
			return h, nil, err
		}
	}
	all, err := r.me.OpenEnvelope(envelope, stickContext, r.from, mostPart)
	if err != nil {
		return h, nil, err
	}
	for i, b := range all {
		if b == '\n' {
			return h, all[i+1:], strict(all[:i], &h)
		}
	}
	return h, nil, fault.New(fault.Invalid, "courier.stick_altered")
}
