package operation

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"quipu/internal/fault"
)

// logFile is a file that makes room for itself: when it has grown to most bytes it becomes
// NAME.1, what was that becomes NAME.2, and beyond keep they are deleted.
type logFile struct {
	path string
	most int64
	keep int

	mu   sync.Mutex
	f    *os.File
	size int64
}

func openLogFile(path string, most int64, keep int) (*logFile, error) {
	l := &logFile{path: path, most: most, keep: keep}
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = l.open()
	}
	if err != nil {
		return nil, fault.New(fault.Unavailable, "operation.log_file", "file", path).Because(err)
	}
	return l, nil
}

func (l *logFile) open() error {
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	l.f, l.size = f, info.Size()
	return nil
}

// Write appends one line; a line is never divided between two files.
func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil || l.size > 0 && l.size+int64(len(p)) > l.most {
		if err := l.turn(); err != nil {
			return 0, err
		}
	}
	n, err := l.f.Write(p)
	l.size += int64(n)
	return n, err
}

// turn starts a new file. One that somebody holds open (Windows) is gone on with.
func (l *logFile) turn() error {
	if l.f != nil {
		if err := l.f.Close(); err != nil {
			return err
		}
		l.f = nil
		if err := os.Remove(l.aged(l.keep)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(err, l.open())
		}
		for i := l.keep - 1; i >= 0; i-- {
			if err := os.Rename(l.aged(i), l.aged(i+1)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return l.open()
			}
		}
	}
	return l.open()
}

func (l *logFile) aged(i int) string {
	if i == 0 {
		return l.path
	}
	return fmt.Sprintf("%s.%d", l.path, i)
}

// Close closes the file.
func (l *logFile) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil {
		return nil
	}
	err := l.f.Close()
	l.f = nil
	return err
}
