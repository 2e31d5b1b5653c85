package tabular

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"

	"quipu/internal/fault"
)

// Open reads the file at path: its kind, encoding and header. Close the Reader.
func Open(path string, opts Options) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		kind := fault.Invalid
		if errors.Is(err, fs.ErrNotExist) {
			kind = fault.NotFound
		}
		return nil, fault.New(kind, "tabular.open", "file", path).Because(err)
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = fs.ErrInvalid
	}
	if err != nil {
		f.Close()
		return nil, fault.New(fault.Invalid, "tabular.open", "file", path).Because(err)
	}
	r, err := NewReader(f, st.Size(), opts)
	if err != nil {
		f.Close()
		return nil, err
	}
	return r.Owns(f), nil
}

// NewReader reads a list of size bytes from src, which is read more than once: a first
// pass takes the hash and judges the encoding on the whole file, so that one strange
// letter after a million plain ones does not come too late.
func NewReader(src io.ReaderAt, size int64, opts Options) (*Reader, error) {
	opts.Limits = opts.Limits.filled()
	if size == 0 {
		return nil, fault.New(fault.Invalid, "tabular.empty")
	}
	if size > opts.Limits.Bytes {
		return nil, fault.New(fault.Invalid, "tabular.size", "size", mebi(size), "limit", mebi(opts.Limits.Bytes))
	}
	head := make([]byte, min(size, 4096))
	if _, err := src.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, ioFault(err)
	}
	if err := refuseByMagic(src, head); err != nil {
		return nil, err
	}
	sum := sha256.New()
	var s survey
	isZip := bytes.HasPrefix(head, []byte("PK\x03\x04"))
	into := io.Writer(sum)
	if !isZip {
		into = io.MultiWriter(sum, &s)
	}
	if err := pass(src, size, into, opts.Progress); err != nil {
		return nil, err
	}
	r := &Reader{limits: opts.Limits}
	r.info.Size, r.info.SHA256 = size, hex.EncodeToString(sum.Sum(nil))
	var err error
	if isZip {
		err = r.openXLSX(src, size, opts)
	} else {
		err = r.openCSV(src, size, head, &s, opts)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// pass copies the whole file into w, telling progress every MiB.
func pass(src io.ReaderAt, size int64, w io.Writer, progress func(done, total int64)) error {
	in := io.NewSectionReader(src, 0, size)
	buf := make([]byte, 128<<10)
	var done, told int64
	for {
		n, err := in.Read(buf)
		if n > 0 {
			w.Write(buf[:n])
			done += int64(n)
		}
		if progress != nil && n > 0 && (done-told >= 1<<20 || done == size) {
			progress(done, size)
			told = done
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return ioFault(err)
		}
	}
}

func ioFault(err error) error {
	return fault.New(fault.Unavailable, "tabular.read").Because(err)
}

func mebi(n int64) int64 { return (n + 1<<20 - 1) >> 20 }
