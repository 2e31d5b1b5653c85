package synchttp

import (
	"context"
	"strings"

	"quipu/internal/fault"
)

// Fetch brings a file of the hub, piece by piece. What came before a call failed is kept for
// the next call for the same file.
func (c *Client) Fetch(ctx context.Context, hash string) (media string, data []byte, err error) {
	c.mu.Lock()
	p := c.half
	c.mu.Unlock()
	if p.Hash != hash {
		p = piece{Hash: hash}
	}
	data = p.data
	anew := 0
	for first := true; first || len(data) < p.Size; first = false {
		next, err := c.piece(ctx, "blob-get", piece{Hash: hash, Offset: len(data)})
		if err != nil {
			return "", nil, err
		}
		if next.Offset != len(data) || len(next.data) == 0 && next.Size > len(data) {
			data = nil // the file there is another than before
			if anew++; anew > 3 {
				return "", nil, fault.New(fault.Invalid, "sync.blob_altered", "hash", hash[:12])
			}
		} else {
			data = append(data, next.data...)
		}
		p = piece{Hash: hash, Media: next.Media, Size: next.Size, data: data}
		c.mu.Lock()
		c.half = p
		c.mu.Unlock()
	}
	c.mu.Lock()
	c.half = piece{}
	c.mu.Unlock()
	if hashOf(data) != hash {
		return "", nil, fault.New(fault.Invalid, "sync.blob_altered", "hash", hash[:12])
	}
	return p.Media, data, nil
}

// Send takes a file to the hub, from where the hub says that it has it.
func (c *Client) Send(ctx context.Context, hash, media string, data []byte) error {
	p := piece{Hash: hash, Media: media, Size: len(data)}
	stuck := 0
	for {
		got, err := c.piece(ctx, "blob-put", p)
		if err != nil || got.Offset >= len(data) {
			return err
		}
		if got.Offset <= p.Offset && len(p.data) > 0 {
			if stuck++; stuck > 3 {
				return fault.New(fault.Unavailable, "sync.busy", "seconds", 60)
			}
		}
		p.Offset = got.Offset
		p.data = data[p.Offset:min(p.Offset+PieceSize, len(data))]
	}
}

// Wanted asks which files the hub lacks that this node may have.
func (c *Client) Wanted(ctx context.Context) ([]string, error) {
	answer, err := c.call(ctx, "blob-want", "/blob", "wanted", "", nil, mostSmall)
	return strings.Fields(string(answer)), err
}

func (c *Client) piece(ctx context.Context, kind string, p piece) (piece, error) {
	answer, err := c.call(ctx, kind, "/blob", "piece", "", p.encode(), PieceSize+mostSmall)
	if err != nil {
		return piece{}, err
	}
	got, err := decodePiece(answer)
	if err == nil && got.Hash != p.Hash {
		err = fault.New(fault.Invalid, "sync.blob_form")
	}
	return got, err
}
