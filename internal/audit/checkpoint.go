package audit

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"quipu/internal/fault"
)

// Checkpoint is what a log says of itself at one moment, under signature.
type Checkpoint struct {
	Origin  string // name of the log, and of the key that signs it
	Size    int64
	Root    tlog.Hash
	Extra   []string // extension lines
	Signers []string // names of the keys whose signatures were checked; set by Verify
}

// text is the body of the note: origin, size, root, extension lines.
func (c *Checkpoint) text() string {
	lines := []string{c.Origin, strconv.FormatInt(c.Size, 10), base64.StdEncoding.EncodeToString(c.Root[:])}
	return strings.Join(append(lines, c.Extra...), "\n") + "\n"
}

// parse reads the body of a note. Writing it again must give the same text, so there is
// one way only to state a size or a root.
func parse(text string) (Checkpoint, bool) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 3 {
		return Checkpoint{}, false
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	root, err2 := tlog.ParseHash(lines[2])
	if err != nil || err2 != nil || size < 0 || lines[0] == "" {
		return Checkpoint{}, false
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: root}
	if len(lines) > 3 {
		c.Extra = lines[3:]
	}
	return c, c.text() == text && !slices.Contains(c.Extra, "")
}

// Sign signs a checkpoint of this signer's log. extra are extension lines, such as the
// time; none may be empty or hold a line break.
func (s *Signer) Sign(size int64, root tlog.Hash, extra ...string) ([]byte, error) {
	c := Checkpoint{Origin: s.Name(), Size: size, Root: root, Extra: extra}
	if _, ok := parse(c.text()); !ok {
		return nil, fault.New(fault.Invalid, "audit.checkpoint")
	}
	return note.Sign(&note.Note{Text: c.text()}, s.note)
}

// Countersign adds this signer's signature to another log's checkpoint, once it has been
// verified with that log's keys: two offices must then lie together.
func (s *Signer) Countersign(signed []byte, keys ...string) ([]byte, error) {
	if _, err := Verify(signed, keys...); err != nil {
		return nil, err
	}
	list, err := verifiers(keys)
	if err != nil {
		return nil, err
	}
	n, err := note.Open(signed, list)
	if err != nil {
		return nil, fault.New(fault.Invalid, "audit.signature").Because(err)
	}
	return note.Sign(n, s.note)
}

// Verify checks a signed checkpoint. keys are verifier keys as PublicKey gives them, old
// ones of the same log included; one of them must bear the name of the log and have
// signed.
func Verify(signed []byte, keys ...string) (Checkpoint, error) {
	list, err := verifiers(keys)
	if err != nil {
		return Checkpoint{}, err
	}
	n, err := note.Open(signed, list)
	if err != nil {
		return Checkpoint{}, fault.New(fault.Invalid, "audit.signature").Because(err)
	}
	c, ok := parse(n.Text)
	if !ok {
		return Checkpoint{}, fault.New(fault.Invalid, "audit.checkpoint")
	}
	for _, sig := range n.Sigs {
		c.Signers = append(c.Signers, sig.Name)
	}
	if !slices.Contains(c.Signers, c.Origin) {
		return Checkpoint{}, fault.New(fault.Invalid, "audit.signer", "origin", c.Origin)
	}
	return c, nil
}

func verifiers(keys []string) (note.Verifiers, error) {
	var list []note.Verifier
	for _, k := range slices.Compact(slices.Sorted(slices.Values(keys))) {
		v, err := note.NewVerifier(k)
		if err != nil {
			return nil, fault.New(fault.Invalid, "audit.public_key", "key", k).Because(err)
		}
		list = append(list, v)
	}
	return note.VerifierList(list...), nil
}
