package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/store"
)

// madeName is the setting with the newest backup that ended well.
const madeName = "backup.made"

// Made is what a register remembers of its newest backup.
type Made struct {
	At     int64  `json:"at"` // microseconds: the moment that it shows
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	Sound  bool   `json:"sound"` // its log was the one that was signed
}

// Remember remembers a backup that is kept.
func Remember(ctx context.Context, n *node.Node, r Report) error {
	path, err := filepath.Abs(r.Path)
	if err != nil {
		return err
	}
	text, err := json.Marshal(Made{r.Manifest.At, path, r.Bytes, r.SHA256, r.Sound})
	if err != nil {
		return err
	}
	return n.DB.Update(ctx, func(tx *store.Tx) error { return tx.PutSetting(ctx, madeName, string(text)) })
}

// logTaken notes in the log of reads who took all of the register along.
func logTaken(ctx context.Context, n *node.Node, actor authz.Actor, r Report) error {
	return n.LogReads(ctx, actor, store.Read{Action: "backup", Detail: r.SHA256})
}

// Newest is the newest backup that the register knows of; ok is false when there was none.
func Newest(ctx context.Context, n *node.Node) (m Made, ok bool, err error) {
	var text string
	err = n.DB.View(ctx, func(tx *store.Tx) (err error) {
		text, err = tx.Setting(ctx, madeName)
		return err
	})
	if err != nil || text == "" {
		return m, false, err
	}
	return m, true, json.Unmarshal([]byte(text), &m)
}

// Verdict is what became of the file of a backup.
type Verdict string

// The verdicts. A file that is not there was carried away, which is what should become of it,
// or it was lost; which of the two a register cannot tell.
const (
	AsWritten Verdict = "as_written"
	Altered   Verdict = "altered"
	Away      Verdict = "away"
)

// Still reads the file again and says whether it is the one that was written.
func (m Made) Still(ctx context.Context) (Verdict, error) {
	f, err := os.Open(m.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return Away, nil
	}
	if err != nil {
		return "", cannot(m.Path, err)
	}
	defer f.Close()
	got := sha256.New()
	if _, err := io.Copy(got, reading{ctx, f}); err != nil {
		return "", err
	}
	if hex.EncodeToString(got.Sum(nil)) != m.SHA256 {
		return Altered, nil
	}
	return AsWritten, nil
}

// reading stops when ctx ends.
type reading struct {
	ctx context.Context
	r   io.Reader
}

func (r reading) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// When is the moment that the backup shows.
func (m Made) When() time.Time { return time.UnixMicro(m.At) }
