package sqlite

import (
	"errors"
	"io"
	"sync"

	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
	_ "github.com/ncruces/go-sqlite3/vfs/adiantum" // the encrypting file system
)

// The cipher works on blocks of 4 KiB, and the write-ahead log is written in pieces that lie
// across them, a head of 24 bytes and a page after each other: each piece by itself is a block or
// two read, opened, changed, sealed and written again. So what is written to the log is gathered
// until it must be on the disk, and each block is sealed once. The file gets the same bytes.
const (
	encrypting = "quipu-adiantum"
	block      = 4096
	mostWaits  = 64 * block
)

var registerVFS = sync.OnceFunc(func() { vfs.Register(encrypting, gathering{vfs.Find("adiantum")}) })

// gathering is a file system whose write-ahead logs gather what is written to them.
type gathering struct{ vfs.VFS }

func (g gathering) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := vfsutil.WrapOpenFilename(g.VFS, name, flags)
	if err == nil && flags&vfs.OPEN_WAL != 0 {
		f = &wal{File: f}
	}
	return f, flags, err
}

// wal is a write-ahead log. Nobody else has it open: the database is locked.
type wal struct {
	vfs.File
	at      int64  // where in the file waiting begins, the start of a block
	waiting []byte // what the file has from there on, as far as it is known
	from    int    // where in waiting the bytes begin that the file does not have yet
}

func (w *wal) WriteAt(p []byte, off int64) (int, error) {
	if off < w.at || off > w.at+int64(len(w.waiting)) || len(w.waiting)+len(p) > mostWaits {
		if err := w.begin(off); err != nil {
			return 0, err
		}
	}
	i := int(off - w.at)
	w.from = min(w.from, i)
	n := copy(w.waiting[i:], p)
	w.waiting = append(w.waiting, p[n:]...)
	return len(p), nil
}

// begin writes what waits, and is ready to go on at a place: with the block in which that lies.
func (w *wal) begin(off int64) error {
	if err := w.flush(); err != nil {
		return err
	}
	if off == w.at+int64(len(w.waiting)) {
		return nil
	}
	w.forget()
	head := make([]byte, off%block, mostWaits)
	if n, err := w.File.ReadAt(head, off-off%block); n < len(head) && err != io.EOF {
		return err
	}
	w.at, w.waiting, w.from = off-off%block, head, len(head)
	return nil
}

// flush writes what waits and keeps the block that the end lies in. After an error nothing is
// known of the file.
func (w *wal) flush() error {
	if w.from == len(w.waiting) {
		return nil
	}
	first := w.from - w.from%block
	if _, err := w.File.WriteAt(w.waiting[first:], w.at+int64(first)); err != nil {
		w.forget()
		return err
	}
	last := len(w.waiting) - len(w.waiting)%block
	w.at += int64(last)
	w.waiting = w.waiting[:copy(w.waiting, w.waiting[last:])]
	w.from = len(w.waiting)
	return nil
}

func (w *wal) forget() { w.at, w.waiting, w.from = 0, nil, 0 }

func (w *wal) ReadAt(p []byte, off int64) (int, error) {
	if off < w.at+int64(len(w.waiting)) && off+int64(len(p)) > w.at+int64(w.from) {
		if err := w.flush(); err != nil {
			return 0, err
		}
	}
	return w.File.ReadAt(p, off)
}

func (w *wal) Size() (int64, error) {
	if err := w.flush(); err != nil {
		return 0, err
	}
	return w.File.Size()
}

func (w *wal) Truncate(size int64) error {
	if err := w.flush(); err != nil {
		return err
	}
	w.forget()
	return w.File.Truncate(size)
}

func (w *wal) Sync(flags vfs.SyncFlag) error {
	if err := w.flush(); err != nil {
		return err
	}
	return w.File.Sync(flags)
}

func (w *wal) Close() error { return errors.Join(w.flush(), w.File.Close()) }
