package cli

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"

	"quipu/internal/fault"
)

// outFiles are results that appear all at once: each is written beside its place, and they
// move there when all are whole. Interrupted before, nothing of them is to be seen.
type outFiles struct{ all []*outFile }

type outFile struct {
	path string
	tmp  *os.File
	w    *bufio.Writer
}

// create begins a result; "" is one that nobody wants, for which it returns nil.
func (o *outFiles) create(path string) (*bufio.Writer, error) {
	if path == "" {
		return nil, nil
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".quipu-*.part")
	if err != nil {
		return nil, fault.New(fault.Unavailable, "cli.cannot_write", "file", path).Because(err)
	}
	f := &outFile{path, tmp, bufio.NewWriterSize(tmp, 1<<18)}
	o.all = append(o.all, f)
	return f.w, nil
}

// writeWhole writes one result that is in memory.
func writeWhole(path string, content []byte) error {
	var o outFiles
	defer o.drop()
	w, err := o.create(path)
	if err != nil {
		return err
	}
	w.Write(content) //nolint:errcheck // commit tells
	return o.commit()
}

// commit moves every result to its place.
func (o *outFiles) commit() error {
	for _, f := range o.all {
		if err := errors.Join(f.w.Flush(), f.tmp.Chmod(0o600), f.tmp.Close()); err != nil {
			return fault.New(fault.Unavailable, "cli.cannot_write", "file", f.path).Because(err)
		}
	}
	for _, f := range o.all {
		if err := os.Rename(f.tmp.Name(), f.path); err != nil {
			return fault.New(fault.Unavailable, "cli.cannot_write", "file", f.path).Because(err)
		}
	}
	o.all = nil
	return nil
}

// drop removes what has not moved to its place.
func (o *outFiles) drop() {
	for _, f := range o.all {
		f.tmp.Close()           //nolint:errcheck // it goes
		os.Remove(f.tmp.Name()) //nolint:errcheck // what matters has been said
	}
}
