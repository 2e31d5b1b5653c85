package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"quipu/internal/app/node"
)

// Copies is what a backup of a register takes, proving it, and putting it back, beside what
// sqlite3 takes to copy the same file with .backup, which neither seals nor proves anything.
type Copies struct {
	Save    Usage `json:"save"`
	Bytes   int64 `json:"bytes"`
	Verify  Usage `json:"verify"`
	Restore Usage `json:"restore"` // with the proof of log and lists, and of who is in them
	// Peer is .backup, and PeerBytes the size of its file; nil and 0 where the engine is no plain
	// SQLite, or there is no sqlite3.
	Peer      *Usage `json:"sqlite3_backup,omitempty"`
	PeerBytes int64  `json:"sqlite3_bytes,omitempty"`
}

// copied saves the register that was imported, proves the copy and puts it back.
func (r *run) copied(ctx context.Context) error {
	c, key, file := &Copies{}, filepath.Join(r.Dir, "copies.key"), filepath.Join(r.Dir, "copy.quipu")
	if _, err := r.child(ctx, "key", nil, "backup", "key", "--out", key); err != nil {
		return err
	}
	var saved struct {
		Bytes int64 `json:"bytes"`
	}
	var err error
	if c.Save, err = r.child(ctx, "save", &saved, "backup", file, "--to", key+".pub", "--json", "--dir", r.register()); err != nil {
		return err
	}
	c.Bytes = saved.Bytes
	if c.Verify, err = r.child(ctx, "verify", nil, "backup", "verify", file, "--identity", key, "--json"); err != nil {
		return err
	}
	if c.Restore, err = r.restored(ctx, file, key); err != nil {
		return err
	}
	r.rep.Copies = c
	return r.sqliteBackup(ctx, c)
}

// restored puts the copy back beside the register; on a server that takes a database of its own,
// which is the one for the peer.
func (r *run) restored(ctx context.Context, file, key string) (Usage, error) {
	env := r.env
	defer func() { r.env = env }()
	if r.Engine == node.Postgres {
		r.env = append(r.env[:len(r.env):len(r.env)], "QUIPU_URL="+r.peerURL)
	}
	return r.child(ctx, "restore", nil, "restore", file, "--identity", key, "--keys", filepath.Join(r.register(), "keys"), "--json", "--dir", filepath.Join(r.Dir, "back"))
}

// sqliteBackup copies the same file with the program of SQLite.
func (r *run) sqliteBackup(ctx context.Context, c *Copies) error {
	program, err := exec.LookPath("sqlite3")
	if errors.Is(err, exec.ErrNotFound) || r.Engine != node.SQLite {
		return nil
	}
	if err != nil {
		return err
	}
	r.Say("sqlite3")
	out := filepath.Join(r.Dir, "copy.db")
	cmd := exec.CommandContext(ctx, program, filepath.Join(r.register(), "quipu.db"), ".backup '"+out+"'")
	start := time.Now()
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("bench: sqlite3 said %q: %w", text, err)
	}
	used := cmd.ProcessState
	c.Peer = &Usage{CPUSeconds: round((used.UserTime() + used.SystemTime()).Seconds()), WallSeconds: round(time.Since(start).Seconds()), PeakBytes: mostResident(used.SysUsage())}
	info, err := os.Stat(out)
	if err == nil {
		c.PeerBytes = info.Size()
	}
	return err
}

func (c *Copies) lines(use func(Usage) string) (out [][2]string) {
	if c == nil {
		return nil
	}
	out = [][2]string{{"copies_save", use(c.Save)}, {"copies_bytes", fmt.Sprint(c.Bytes)}, {"copies_verify", use(c.Verify)}, {"copies_restore", use(c.Restore)}}
	if c.Peer != nil {
		out = append(out, [2]string{"copies_sqlite3", use(*c.Peer)}, [2]string{"copies_sqlite3_bytes", fmt.Sprint(c.PeerBytes)})
	}
	return out
}
