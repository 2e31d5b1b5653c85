package courier_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/courier"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/sync/synchttp"
)

var (
	operator = node.Operator("ana", "")
	// Who has no right over nodes, and who has it over those of another office.
	window = authz.Actor{Login: "eva", Role: authz.Window, Office: "ESMAD", Purpose: "registry"}
	head   = authz.Actor{Login: "luis", Role: authz.Head, Office: "ESBCN", Purpose: "registry"}
)

// sticks are a hub and a node that has something for it, which travels by hand.
type sticks struct {
	t         testing.TB
	hub, node *app.App
	file      []byte // for the hub, whole
}

func newHub(t testing.TB, name string) (*app.App, string) {
	t.Helper()
	hub, err := app.Open(t.Context(), filepath.Join(t.TempDir(), name), app.Options{Create: true, Node: name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hub.Close() }) //nolint:errcheck // the test is over
	if err := hub.BecomeHub(t.Context(), operator); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(synchttp.NewServer(t.Context(), hub.Courier, slog.New(slog.DiscardHandler), time.Now).Handler())
	t.Cleanup(srv.Close)
	return hub, srv.URL
}

// joined is a node of the hub that is level with it.
func joined(t testing.TB, hub *app.App, url string) *app.App {
	t.Helper()
	code, err := hub.Courier.MakeCode(t.Context(), operator, courier.Ask{Office: "ESMAD"})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "node")
	if _, err := courier.Join(t.Context(), courier.Joining{Dir: dir, Hubs: []string{url}, Code: code.Text, Program: "test"}); err != nil {
		t.Fatal(err)
	}
	n, err := app.Open(t.Context(), dir, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() }) //nolint:errcheck // the test is over
	link, err := n.Courier.Link(t.Context(), "test", nil)
	if err == nil {
		_, err = link.Round(t.Context(), 0, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func newSticks(t testing.TB) *sticks {
	t.Helper()
	hub, url := newHub(t, "LIMA")
	s := &sticks{t: t, hub: hub, node: joined(t, hub, url)}
	in := func(field, text string) registry.Input { return registry.Input{Field: field, Value: change.Text(text)} }
	_, err := s.node.Register(t.Context(), window, registry.RegisterCmd{Office: "ESMAD",
		Prov: change.Provenance{Source: "declared"}, Inputs: []registry.Input{in("surname_paternal", "Quispe"), in("given_names", "Rosa")}}, true)
	if err != nil {
		t.Fatal(err)
	}
	s.file = s.write(s.node, "")
	return s
}

func (s *sticks) write(a *app.App, to string) []byte {
	s.t.Helper()
	var file bytes.Buffer
	if _, err := a.Courier.WriteStick(s.t.Context(), operator, &file, to, "test"); err != nil {
		s.t.Fatal(err)
	}
	return file.Bytes()
}

// state is what a file could have changed at the hub.
func (s *sticks) state(t testing.TB) (out [2]string) {
	t.Helper()
	err := s.hub.DB.View(t.Context(), func(tx *store.Tx) error {
		h, err := tx.Head(t.Context())
		if err != nil {
			return err
		}
		out[0] = h.Note
		out[1], err = tx.Setting(t.Context(), "asked/ESMAD-N1")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const magic = len("QUIPUSTK\x01")

// parts cuts a file into its envelopes with their lengths.
func parts(file []byte) (out [][]byte) {
	for rest := file[magic:]; len(rest) > 4; {
		n := 4 + int(binary.BigEndian.Uint32(rest))
		out, rest = append(out, rest[:n]), rest[n:]
	}
	return out
}

func joinParts(file []byte, ps ...[]byte) []byte {
	return slices.Concat(append([][]byte{file[:magic]}, ps...)...)
}

// TestStickThatIsNotAsItWasWritten: nothing of it is taken, and what is wrong is said. The
// whole file is taken after all of these, once.
func TestStickThatIsNotAsItWasWritten(t *testing.T) {
	s := newSticks(t)
	ps := parts(s.file)
	if len(ps) != 3 {
		t.Fatalf("the file has %d parts", len(ps))
	}
	huge := slices.Clone(s.file)
	binary.BigEndian.PutUint32(huge[magic:], 1<<32-1) // with 10 GB to follow nobody could say more
	other, url := newHub(t, "OTRA")
	foreign := joined(t, other, url)
	second := s.write(s.node, "")
	was := s.state(t)
	for name, c := range map[string]struct {
		file []byte
		key  string
	}{
		"empty":                                 {nil, "courier.stick_empty"},
		"of another kind":                       {[]byte("PK\x03\x04 a list"), "courier.stick_form"},
		"of a later version":                    {append([]byte("QUIPUSTK\x02"), s.file[magic:]...), "courier.stick_version"},
		"with messages of a later one":          {s.forged(s.node, `{"v":99,"node":"ESMAD-N1","first":1}`), "courier.stick_version"},
		"cut within the first bytes":            {s.file[:magic-2], "courier.stick_truncated"},
		"of a computer that is not enrolled":    {s.forged(foreign, `{"v":1,"node":"ESMAD-N1","first":1}`), "courier.stick_unknown"},
		"that would unpack to more than may be": {s.forged(s.node, strings.Repeat(" ", 40<<20)), "seal.envelope_large"},
		"made here":                             {s.forged(s.hub, ""), "courier.stick_own"},
		"cut within a length":                   {s.file[:magic+2], "courier.stick_truncated"},
		"cut within a part":                     {s.file[:len(s.file)-7], "courier.stick_truncated"},
		"cut after a part":                      {joinParts(s.file, ps[0], ps[1]), "courier.stick_truncated"},
		"four gigabytes long":                   {huge, "courier.stick_altered"},
		"parts in another order":                {joinParts(s.file, ps[1], ps[0], ps[2]), "courier.stick_altered"},
		"a part twice":                          {joinParts(s.file, ps[0], ps[0], ps[1], ps[2]), "courier.stick_altered"},
		"a part left out":                       {joinParts(s.file, ps[0], ps[2]), "courier.stick_altered"},
		"a part of another file":                {joinParts(s.file, ps[0], parts(second)[1], ps[2]), "courier.stick_altered"},
		"something after the end":               {append(slices.Clone(s.file), 'x'), "courier.stick_altered"},
		"of a node of another hub":              {s.write(foreign, ""), "seal.envelope_not_for_us"},
		"of this hub to another's":              {joinParts(s.file, parts(s.write(foreign, ""))[0], ps[1], ps[2]), "seal.envelope_not_for_us"},
		"a byte of a part altered":              {flip(s.file, magic+4+len(ps[0])/2), ""},
		"a byte of the end altered":             {flip(s.file, len(s.file)-1), ""},
		"a length that is one smaller":          {flip(s.file, magic+3), ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, who := range []authz.Actor{window, head} {
				if _, err := s.hub.Courier.ReadStick(t.Context(), who, bytes.NewReader(c.file)); err == nil {
					t.Errorf("%s may", who.Login)
				}
			}
			_, peeked := s.hub.Courier.PeekStick(t.Context(), operator, c.file[:min(len(c.file), courier.PeekBytes)])
			_, err := s.hub.Courier.ReadStick(t.Context(), operator, bytes.NewReader(c.file))
			if p := fault.As(peeked); peeked != nil && (p == nil || c.key != "" && p.Key != c.key) {
				t.Errorf("from the outside: %v, want %s", peeked, c.key)
			}
			if f := fault.As(err); f == nil || c.key != "" && f.Key != c.key {
				t.Errorf("%v, want %s", err, c.key)
			}
			if is := s.state(t); is != was {
				t.Errorf("something of it was taken:\n%v\n%v", was, is)
			}
		})
	}
	s.takenOnce(was, foreign)
}

// takenOnce: the file is taken once, and so is the hub's answer.
func (s *sticks) takenOnce(was [2]string, foreign *app.App) {
	t := s.t
	t.Helper()
	got, err := s.hub.Courier.ReadStick(t.Context(), operator, bytes.NewReader(s.file))
	if err != nil || got.Taken == 0 || got.Taken != got.Changes {
		t.Fatalf("%+v, %v", got, err)
	}
	after := s.state(t)
	if after[0] == was[0] || after[1] == was[1] {
		t.Errorf("the whole file changed nothing: %v", after)
	}
	if _, err := s.hub.Courier.ReadStick(t.Context(), operator, bytes.NewReader(s.file)); !fault.Is(err, "courier.stick_again") {
		t.Errorf("the file for the second time: %v", err)
	}
	if s.state(t) != after {
		t.Error("the second time something was taken")
	}
	back := s.write(s.hub, "ESMAD-N1")
	if _, err := foreign.Courier.ReadStick(t.Context(), operator, bytes.NewReader(back)); !fault.Is(err, "seal.envelope_not_for_us") {
		t.Errorf("the hub's answer at another's node: %v", err)
	}
	if _, err := s.node.Courier.ReadStick(t.Context(), operator, bytes.NewReader(back)); err != nil {
		t.Errorf("the hub's answer: %v", err)
	}
	if st, err := s.node.Exchange.Status(t.Context()); err != nil || st.Pending != 0 {
		t.Errorf("%d changes still wait, %v", st.Pending, err)
	}
}

// TestWhoMayTakeAStick: who has no right over nodes, or over those of another office, may not even
// look.
func TestWhoMayTakeAStick(t *testing.T) {
	s := newSticks(t)
	was := s.state(t)
	for _, who := range []authz.Actor{window, head} {
		if _, err := s.hub.Courier.ReadStick(t.Context(), who, bytes.NewReader(s.file)); fault.KindOf(err) != fault.Forbidden || s.state(t) != was {
			t.Errorf("%s: %v", who.Login, err)
		}
		if _, err := s.hub.Courier.PeekStick(t.Context(), who, s.file); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s may look: %v", who.Login, err)
		}
	}
	if from, err := s.hub.Courier.PeekStick(t.Context(), operator, s.file[:courier.PeekBytes]); err != nil || from != "ESMAD-N1" {
		t.Errorf("from the outside it is of %q, %v", from, err)
	}
}

// TestStickOfARevokedNode: nothing is taken from it, and nothing is given to it.
func TestStickOfARevokedNode(t *testing.T) {
	s := newSticks(t)
	if _, err := s.hub.Courier.Revoke(t.Context(), operator, "ESMAD-N1", "robado", true); err != nil {
		t.Fatal(err)
	}
	was := s.state(t)
	_, peeked := s.hub.Courier.PeekStick(t.Context(), operator, s.file[:courier.PeekBytes])
	_, read := s.hub.Courier.ReadStick(t.Context(), operator, bytes.NewReader(s.file))
	_, wrote := s.hub.Courier.WriteStick(t.Context(), operator, io.Discard, "ESMAD-N1", "test")
	for _, err := range []error{peeked, read, wrote} {
		if !fault.Is(err, "courier.stick_revoked") {
			t.Errorf("%v", err)
		}
	}
	if s.state(t) != was {
		t.Error("something was taken")
	}
}

// forged is a file of one batch that somebody sealed for the hub.
func (s *sticks) forged(by *app.App, batch string) []byte {
	s.t.Helper()
	me, err := by.Courier.Identity()
	if err != nil {
		s.t.Fatal(err)
	}
	hub, err := s.hub.Courier.Identity()
	if err != nil {
		s.t.Fatal(err)
	}
	to := hub.Public()
	if by == s.hub {
		node, err := s.node.Courier.Identity()
		if err != nil {
			s.t.Fatal(err)
		}
		to = node.Public()
	}
	file := []byte("QUIPUSTK\x01")
	for i, what := range []string{"batch", "end"} {
		if what == "end" {
			batch = ""
		}
		envelope, err := me.EnvelopeTo(to, "stick", fmt.Appendf(nil, "{\"stick\":\"forged\",\"part\":%d,\"what\":%q}\n%s", i+1, what, batch))
		if err != nil {
			s.t.Fatal(err)
		}
		file = append(binary.BigEndian.AppendUint32(file, uint32(len(envelope))), envelope...)
	}
	return file
}

func flip(file []byte, at int) []byte {
	out := slices.Clone(file)
	out[at] ^= 1
	return out
}

// endless is a file that claims more than anybody has; it counts what is read of it.
type endless struct {
	head []byte
	at   int64
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.head[min(int64(len(e.head)), e.at):])
	if n == 0 {
		n = len(p)
	}
	e.at += int64(n)
	return n, nil
}

func (e *endless) Seek(int64, int) (int64, error) { e.at = 0; return 0, nil }

// TestStickOfTenGigabytes: a file that goes on for ever is refused before much of it is read.
func TestStickOfTenGigabytes(t *testing.T) {
	s := newSticks(t)
	was := s.state(t)
	long := binary.BigEndian.AppendUint32(slices.Clone(s.file[:magic]), 30<<20) // a length that may be
	for name, head := range map[string][]byte{"noise of a length that may be": long, "noise after a good part": joinParts(s.file, parts(s.file)[0])} {
		e := &endless{head: head}
		_, err := s.hub.Courier.ReadStick(t.Context(), operator, e)
		if err == nil || e.at > 64<<20 {
			t.Errorf("%s: %v after %d bytes", name, err, e.at)
		}
	}
	if s.state(t) != was {
		t.Error("something was taken")
	}
}

var _ io.ReadSeeker = (*endless)(nil)

// FuzzStick gives the hub files that somebody worked on: whole parts moved, cut or doubled,
// bytes written over. Nothing but the file as it was written changes anything.
func FuzzStick(f *testing.F) {
	s := newSticks(f)
	ps := parts(s.file)
	f.Add([]byte{0, 1, 2}, uint32(0), []byte(nil))
	f.Add([]byte{1, 0, 2}, uint32(0), []byte(nil))
	f.Add([]byte{0, 1, 1, 2}, uint32(9), []byte{255, 255, 255, 255})
	f.Add([]byte{0, 1, 2}, uint32(200), []byte("x"))
	was := s.state(f)
	f.Fuzz(func(t *testing.T, order []byte, at uint32, over []byte) {
		file := slices.Clone(s.file[:magic])
		for _, o := range order[:min(len(order), 8)] {
			if int(o) < len(ps) {
				file = append(file, ps[o]...)
			} else { // a part cut short
				p := ps[int(o)%len(ps)]
				file = append(file, p[:int(o)*len(p)/256]...)
			}
		}
		if i := int(at) % len(file); len(over) > 0 {
			copy(file[i:], over)
		}
		if bytes.Equal(file, s.file) {
			return
		}
		if _, err := s.hub.Courier.ReadStick(t.Context(), operator, bytes.NewReader(file)); fault.As(err) == nil {
			t.Errorf("%v", err)
		}
		if is := s.state(t); is != was {
			t.Fatalf("something was taken:\n%v\n%v", was, is)
		}
	})
}

// TestStickKeptApart: of what a file brings that its node may not write, it is said how much.
func TestStickKeptApart(t *testing.T) {
	s := newSticks(t)
	in := func(field, text string) registry.Input { return registry.Input{Field: field, Value: change.Text(text)} }
	for _, office := range []string{"USPAT", "ESMAD", "USPAT"} {
		_, err := s.node.Register(t.Context(), node.Operator("ana", office), registry.RegisterCmd{Office: office, Prov: change.Provenance{Source: "declared"},
			Inputs: []registry.Input{in("surname_paternal", "Mamani"), in("given_names", "Luz")}}, true)
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.hub.Courier.ReadStick(t.Context(), operator, bytes.NewReader(s.write(s.node, "")))
	if err != nil || got.Apart != 2 || got.Taken < 4 {
		t.Errorf("%+v, %v", got, err)
	}
}

// stopping is a file in which the reading ends something when it comes there for the second time.
type stopping struct {
	*bytes.Reader
	at    int // bytes from the end
	again bool
	stop  func()
}

func (s *stopping) Seek(offset int64, whence int) (int64, error) {
	s.again = true
	return s.Reader.Seek(offset, whence)
}

func (s *stopping) Read(p []byte) (int, error) {
	if s.again && s.Len() <= s.at {
		s.stop()
	}
	return s.Reader.Read(p[:min(len(p), 512)]) // not more at once than it is asked for
}

// TestStickStoppedHalfway: what was taken before the program was stopped stays, whole batches of it;
// the same file brought again goes on from there.
func TestStickStoppedHalfway(t *testing.T) {
	s := newSticks(t)
	in := func(field, text string) registry.Input { return registry.Input{Field: field, Value: change.Text(text)} }
	const people = 600
	for range people { // more than fit a batch
		_, err := s.node.Register(t.Context(), window, registry.RegisterCmd{Office: "ESMAD", Prov: change.Provenance{Source: "declared"},
			Inputs: []registry.Input{in("surname_paternal", "Mamani"), in("given_names", "Luz")}}, true)
		if err != nil {
			t.Fatal(err)
		}
	}
	file := s.write(s.node, "")
	ctx, stop := context.WithCancel(t.Context())
	ps := parts(file)
	first, err := s.hub.Courier.ReadStick(ctx, operator, &stopping{Reader: bytes.NewReader(file), at: len(file) - magic - len(ps[0]), stop: stop})
	if err == nil || first.Taken == 0 || first.Taken >= people {
		t.Fatalf("of %d parts %+v was taken before it was stopped, %v", len(ps), first, err)
	}
	rest, err := s.hub.Courier.ReadStick(t.Context(), operator, bytes.NewReader(file))
	if err != nil || rest.Changes != people+1 || first.Taken+rest.Taken != people+1 {
		t.Errorf("after %d changes %d were taken of %d, %v", first.Taken, rest.Taken, rest.Changes, err)
	}
}
