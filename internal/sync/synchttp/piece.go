package synchttp

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"quipu/internal/fault"
)

// piece is a part of a file: one line of JSON, then the bytes.
type piece struct {
	Hash   string `json:"hash"` // SHA-256 of the whole file, hexadecimal
	Media  string `json:"media,omitempty"`
	Size   int    `json:"size,omitempty"`   // of the whole file
	Offset int    `json:"offset,omitempty"` // where the bytes begin
	data   []byte
}

func (p piece) encode() []byte {
	head, _ := json.Marshal(p) //nolint:errcheck // texts and numbers always are JSON
	return append(append(head, '\n'), p.data...)
}

// decodePiece reads a piece; the fault is sync.blob_form.
func decodePiece(b []byte) (p piece, err error) {
	head, data, ok := bytes.Cut(b, []byte("\n"))
	bad := fault.New(fault.Invalid, "sync.blob_form")
	if !ok {
		return p, bad
	}
	if err := json.Unmarshal(head, &p); err != nil {
		return p, bad.Because(err)
	}
	h, err := hex.DecodeString(p.Hash)
	if err != nil || len(h) != sha256.Size || p.Size < 0 || p.Size > MostBlob || p.Offset < 0 || p.Offset+len(data) > p.Size && len(data) > 0 ||
		len(data) > PieceSize || len(p.Media) > 100 {
		return piece{}, bad.Because(err)
	}
	p.data = data
	return p, nil
}

// hashOf is the name of a file.
func hashOf(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

// pieces are files that come in: one for each node, in memory, for a while. When the hub
// starts again, or another process of it is asked, the node begins the file anew.
type pieces struct {
	mu   sync.Mutex
	now  func() time.Time
	them map[string]partial
	size int
}

type partial struct {
	hash string
	data []byte
	at   time.Time
}

const (
	mostWanted  = 500
	mostPartial = 128 << 20 // bytes of files that are not whole
	partialLife = 10 * time.Minute
)

// add puts a piece where it belongs and returns how much there is from the start; all of the
// file when it is whole.
func (ps *pieces) add(node string, p piece) (have int, whole []byte) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.them == nil {
		ps.them = map[string]partial{}
	}
	now := ps.now()
	for k, o := range ps.them {
		if now.Sub(o.at) > partialLife || k == node && o.hash != p.Hash {
			ps.drop(k)
		}
	}
	cur := ps.them[node]
	if p.Offset != len(cur.data) || len(p.data) == 0 || ps.size+len(p.data) > mostPartial {
		return len(cur.data), nil
	}
	cur = partial{p.Hash, append(cur.data, p.data...), now}
	ps.size += len(p.data)
	ps.them[node] = cur
	if len(cur.data) < p.Size {
		return len(cur.data), nil
	}
	ps.drop(node)
	return len(cur.data), cur.data
}

func (ps *pieces) drop(node string) {
	ps.size -= len(ps.them[node].data)
	delete(ps.them, node)
}

func (s *Server) blob(w http.ResponseWriter, r *http.Request) {
	l, err := s.receive(w, r, PieceSize+mostSmall, "blob-get", "blob-put", "blob-want")
	defer l.leave()
	if err == nil && l.context == "blob-want" {
		var hashes []string
		if hashes, err = s.hub.Wanted(r.Context(), l.peer); err == nil {
			s.reply(w, r, l, "wanted", []byte(strings.Join(hashes[:min(len(hashes), mostWanted)], "\n")))
			return
		}
	}
	if err != nil {
		s.fail(w, r, l.peer.Name, err)
		return
	}
	p, err := decodePiece(l.contents)
	if err == nil {
		if l.context == "blob-put" {
			p, err = s.putPiece(r.Context(), l.peer, p)
		} else {
			p, err = s.getPiece(r.Context(), l.peer, p)
		}
	}
	if err != nil {
		s.fail(w, r, l.peer.Name, err)
		return
	}
	s.reply(w, r, l, "piece", p.encode())
}

func (s *Server) getPiece(ctx context.Context, peer Peer, p piece) (piece, error) {
	media, data, err := s.hub.Blob(ctx, peer, p.Hash)
	if err != nil {
		return p, err
	}
	p.Media, p.Size = media, len(data)
	p.Offset = min(p.Offset, len(data))
	p.data = data[p.Offset:min(p.Offset+PieceSize, len(data))]
	return p, nil
}

// putPiece answers with the offset from which the hub wants more; Size when it has all.
func (s *Server) putPiece(ctx context.Context, peer Peer, p piece) (piece, error) {
	out := piece{Hash: p.Hash, Size: p.Size}
	there, err := s.hub.HasBlob(ctx, peer, p.Hash)
	if err != nil || there {
		out.Offset = p.Size
		return out, err
	}
	have, whole := s.pieces.add(peer.Name, p)
	if out.Offset = have; whole == nil {
		return out, nil
	}
	if hashOf(whole) != p.Hash {
		return out, fault.New(fault.Invalid, "sync.blob_altered", "hash", p.Hash[:12])
	}
	return out, s.hub.PutBlob(ctx, peer, p.Hash, p.Media, whole)
}
