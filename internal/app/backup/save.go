package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/fault"
)

// Ending is what the names of backups end with.
const Ending = ".quipu"

// Name is what a backup of a node at a moment is called in a folder.
func Name(of string, at time.Time) string { return of + "-" + at.UTC().Format(stampForm) + Ending }

const stampForm = "20060102T150405Z"

// PathIn is the path of a backup that a node makes now in a folder.
func PathIn(folder string, n *node.Node) string {
	return filepath.Join(folder, Name(string(n.Name()), n.Now()))
}

// Save writes a backup into a new file, or into a folder under a name of its own. The file
// has its name only when it is whole, on the disk, and was read back as it was written.
func Save(ctx context.Context, n *node.Node, actor authz.Actor, path string, job Job) (r Report, err error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = PathIn(path, n)
	}
	r, err = Keep(path, func(w io.Writer) (Report, error) { return Write(ctx, n, actor, w, job) })
	if err != nil {
		return r, err
	}
	return r, errors.Join(logTaken(ctx, n, actor, r), Remember(ctx, n, r))
}

// Send writes a backup to w, behind which somebody else keeps it as the file path, as Keep
// does. Whoever keeps it says so: see Remember.
func Send(ctx context.Context, n *node.Node, actor authz.Actor, w io.Writer, path string, job Job) (r Report, err error) {
	sent, size := sha256.New(), counter(0)
	if r, err = Write(ctx, n, actor, io.MultiWriter(w, sent, &size), job); err != nil {
		return r, err
	}
	r.Path, r.Bytes, r.SHA256 = path, int64(size), hex.EncodeToString(sent.Sum(nil))
	return r, logTaken(context.WithoutCancel(ctx), n, actor, r)
}

// counter counts the bytes that are written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

// Keep keeps what write writes as a new file, which has its name only when it is whole, on the
// disk, and was read back as it was written.
func Keep(path string, write func(io.Writer) (Report, error)) (r Report, err error) {
	if _, err := os.Stat(path); err == nil {
		return r, fault.New(fault.Conflict, "backup.exists", "file", path)
	}
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return r, fault.New(fault.Conflict, "backup.under_way", "file", part)
	}
	if err != nil {
		return r, cannot(path, err)
	}
	defer os.Remove(part) //nolint:errcheck // it is gone once renamed
	written := sha256.New()
	r, err = write(io.MultiWriter(f, written))
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		r.SHA256 = hex.EncodeToString(written.Sum(nil))
		r.Bytes, err = readBack(f, r.SHA256)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return r, cannot(path, err)
	}
	if err := os.Rename(part, path); err != nil {
		return r, cannot(path, err)
	}
	r.Path = path
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return r, cannot(path, err)
	}
	return r, nil
}

// readBack reads the file again: a disk that lost something is found now, and not when the
// copy is needed.
func readBack(f *os.File, want string) (int64, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	got := sha256.New()
	n, err := io.Copy(got, f)
	if err == nil && hex.EncodeToString(got.Sum(nil)) != want {
		err = fault.New(fault.Unavailable, "backup.read_back", "file", f.Name())
	}
	return n, err
}

// syncFolder puts a new name on the disk; Windows knows no such thing.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}

// cannot says why a file could not be written.
func cannot(path string, err error) error {
	switch {
	case fault.As(err) != nil || errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, syscall.ENOSPC):
		return fault.New(fault.Unavailable, "backup.disk_full", "file", path).Because(err)
	}
	return fault.New(fault.Unavailable, "backup.cannot_write", "file", path).Because(err)
}
