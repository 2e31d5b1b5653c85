package node

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"quipu/internal/fault"
	"quipu/internal/store"
)

// Purge takes a closed register off this computer: first its keys, written over, so that what
// a disk keeps of the rest of an encrypted register opens no more; then everything else. It
// touches nothing that is none of a register's. The fault is app.purge_busy while another program
// has the register open: it would go on answering from files that are gone.
func Purge(ctx context.Context, dir string) error {
	cfg, err := readSettings(dir)
	if err != nil {
		return ExplainDir(dir, err)
	}
	if cfg.Engine == SQLite { // an encrypted one opens for one program only
		switch err := store.Alone(ctx, filepath.Join(dir, "quipu.db")); {
		case fault.Is(err, "store.busy"):
			return fault.New(fault.Conflict, "app.purge_busy").Because(err)
		case err != nil:
			return ExplainDir(dir, err)
		}
	}
	keys, err := filepath.Glob(filepath.Join(dir, "keys", "*"))
	if err != nil {
		return err
	}
	for _, k := range keys {
		if err := overwrite(k); err != nil {
			return ExplainDir(dir, err)
		}
	}
	for _, name := range []string{"keys", "quipu.db", "quipu.db-wal", "quipu.db-shm", "quipu.db-journal", "people.index", "uploads", InterviewFolder, "quipu.toml"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return ExplainDir(dir, err)
		}
	}
	return nil
}

// overwrite fills a file with zeros. On disks that write elsewhere each time, as those of
// laptops do, old blocks may stay until the disk reuses them.
func overwrite(path string) error {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.Write(slices.Repeat([]byte{0}, int(info.Size())))
	return errors.Join(err, f.Sync(), f.Close())
}
