package courier

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/seal"
	"quipu/internal/store"
	"quipu/internal/sync/synchttp"
)

var operator = node.Operator("ana", "")

// hubAt is a hub on loopback whose clock can be moved.
func hubAt(t *testing.T, now func() time.Time) (*Courier, string) {
	t.Helper()
	n, err := node.Open(t.Context(), filepath.Join(t.TempDir(), "hub"), node.Options{Create: true, Node: "LIMA", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	c := New(n, over(n))
	srv := httptest.NewServer(synchttp.NewServer(t.Context(), c, slog.New(slog.DiscardHandler), time.Now).Handler())
	t.Cleanup(srv.Close)
	return c, srv.URL
}

func TestEnrolment(t *testing.T) {
	at := time.Now()
	hub, url := hubAt(t, func() time.Time { return at })
	code, err := hub.MakeCode(t.Context(), operator, Ask{Office: "ESMAD"})
	if err != nil || code.Node != "ESMAD-N1" || code.Expires.Sub(at) != CodeLife {
		t.Fatalf("%+v, %v", code, err)
	}
	dir := filepath.Join(t.TempDir(), "node")
	join := Joining{Dir: dir, Hubs: []string{url}, Code: code.Text, Program: "test"}
	w, err := Join(t.Context(), join)
	if err != nil || w.Node != "ESMAD-N1" || w.Hub != "LIMA" || len(w.Scopes) != 2 {
		t.Fatalf("%+v, %v", w, err)
	}
	n, err := node.Open(t.Context(), dir, node.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n.Name() != "ESMAD-N1" || !n.Joined() {
		t.Errorf("the node is %s", n.Name())
	}
	if err := n.DB.View(t.Context(), func(tx *store.Tx) error {
		if size, err := tx.Size(t.Context()); err != nil || size != 0 {
			t.Errorf("the register is not empty: %d, %v", size, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	s, err := New(n, nil).state(t.Context())
	if me, _ := hub.Identity(); err != nil || s.Verify != me.Public().String() || s.HeadKey != hub.Signer.PublicKey() {
		t.Errorf("%+v, %v", s, err)
	}
	n.Close()
	peers, err := hub.Peers(t.Context(), operator)
	if err != nil || len(peers) != 1 || peers[0].Name != "ESMAD-N1" || peers[0].State != store.PeerActive || strings.Join(peers[0].Scopes, " ") != "* ESMAD" {
		t.Errorf("%+v, %v", peers, err)
	}

	other := join
	other.Dir = filepath.Join(t.TempDir(), "other")
	if _, err := Join(t.Context(), other); !fault.Is(err, "sync.refused.code_used") {
		t.Errorf("the code on another computer: %v", err)
	}
	if _, err := Join(t.Context(), join); !fault.Is(err, "app.already_register") {
		t.Errorf("again in the same folder: %v", err)
	}
	// the answer was lost: the register is not there yet, the keys are
	for _, f := range []string{"quipu.toml", "quipu.db", "quipu.db-wal", "quipu.db-shm"} {
		os.Remove(filepath.Join(dir, f))
	}
	os.Remove(filepath.Join(dir, "keys", "audit.key"))
	if w, err := Join(t.Context(), join); err != nil || w.Node != "ESMAD-N1" {
		t.Errorf("it goes on where it was cut: %v", err)
	}

}

func TestEnrolmentIsRefused(t *testing.T) {
	at := time.Now()
	hub, url := hubAt(t, func() time.Time { return at })
	other := Joining{Dir: filepath.Join(t.TempDir(), "other"), Hubs: []string{url}}
	late, err := hub.MakeCode(t.Context(), operator, Ask{Office: "ESMAD", Laptop: true})
	if err != nil || late.Node != "ESMAD-L1" {
		t.Fatalf("%+v, %v", late, err)
	}
	at = at.Add(CodeLife + time.Second)
	other.Code = late.Text
	if _, err := Join(t.Context(), other); !fault.Is(err, "sync.refused.code_expired") {
		t.Errorf("after 48 hours: %v", err)
	}
	strange := seal.NewEnrolCode(seal.NewIdentity().Public())
	other.Code = strange.String()
	if _, err := Join(t.Context(), other); !fault.Is(err, "courier.other_hub") {
		t.Errorf("another hub's code: %v", err)
	}
	me, _ := hub.Identity()
	other.Code = seal.NewEnrolCode(me.Public()).String()
	if _, err := Join(t.Context(), other); !fault.Is(err, "sync.refused.code") {
		t.Errorf("a code that nobody made: %v", err)
	}
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "fotos.zip"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	other.Dir = full
	if _, err := Join(t.Context(), other); !fault.Is(err, "courier.not_empty") {
		t.Errorf("a folder with other things: %v", err)
	}
}

func TestRightsOverNodes(t *testing.T) {
	hub, url := hubAt(t, nil)
	head := authz.Actor{Login: "head", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	window := authz.Actor{Login: "window", Role: authz.Window, Office: "ESMAD", Purpose: "registry"}
	if _, err := hub.MakeCode(t.Context(), window, Ask{Office: "ESMAD"}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a window makes a code: %v", err)
	}
	if _, err := hub.MakeCode(t.Context(), head, Ask{Office: "FRPAR"}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a head makes a code for another office: %v", err)
	}
	if _, err := hub.MakeCode(t.Context(), operator, Ask{Office: "XXXXX"}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an office that is not there: %v", err)
	}
	for _, office := range []string{"ESMAD", "FRPAR"} {
		code, err := hub.MakeCode(t.Context(), operator, Ask{Office: office})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Join(t.Context(), Joining{Dir: filepath.Join(t.TempDir(), "n"), Hubs: []string{url}, Code: code.Text}); err != nil {
			t.Fatal(err)
		}
	}
	if peers, err := hub.Peers(t.Context(), head); err != nil || len(peers) != 1 || peers[0].Office != "ESMAD" {
		t.Errorf("a head sees %+v, %v", peers, err)
	}
	if _, err := hub.Peers(t.Context(), window); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a window sees nodes: %v", err)
	}
	if _, err := hub.Revoke(t.Context(), head, "FRPAR-N1", "lost", true); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a head revokes a node of another office: %v", err)
	}
	if _, err := hub.Revoke(t.Context(), head, "ESMAD-N1", " ", true); !fault.Is(err, "courier.reason") {
		t.Errorf("without a reason: %v", err)
	}
	if p, err := hub.Revoke(t.Context(), head, "ESMAD-N1", "stolen in Vigo", true); err != nil || p.State != store.PeerLost || p.Note != "stolen in Vigo" {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := hub.Revoke(t.Context(), head, "ESMAD-N1", "again", false); !fault.Is(err, "courier.ended") {
		t.Errorf("twice: %v", err)
	}
	if _, err := hub.Revoke(t.Context(), operator, "NOBODY", "x", false); !fault.Is(err, "courier.no_node") {
		t.Errorf("nobody: %v", err)
	}
	peers, err := hub.Peers(t.Context(), operator)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range peers {
		_, err := hub.Peer(t.Context(), p.Key)
		if revoked := fault.Is(err, "sync.refused.revoked"); revoked != (p.Name == "ESMAD-N1") {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
	if _, err := hub.Peer(t.Context(), "0123456789abcdef"); !fault.Is(err, "sync.refused.unknown") {
		t.Errorf("a key of nobody: %v", err)
	}
}
