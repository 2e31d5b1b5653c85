package survey

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"quipu/internal/app/node"
)

// keepSealed saves a text in a file sealed under the node's key, whole or not at all.
func (m *Surveys) keepSealed(path, name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return node.ExplainDir(m.Dir(), err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "new-*")
	if err != nil {
		return node.ExplainDir(m.Dir(), err)
	}
	salt := rand.Text() // a file is sealed under its name, and no name may be used twice
	if _, err = io.WriteString(f, salt); err == nil {
		w := m.Master.SealFile(f, name+salt)
		_, err = w.Write(text)
		err = errors.Join(err, w.Close())
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(node.ExplainDir(m.Dir(), err), os.Remove(f.Name()))
	}
	return nil
}

// openSealed reads such a file; fs.ErrNotExist where there is none.
func (m *Surveys) openSealed(path, name string) ([]byte, error) {
	sealed, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, node.ExplainDir(m.Dir(), err)
	}
	n := min(len(rand.Text()), len(sealed))
	r, err := m.Master.OpenSealed(bytes.NewReader(sealed[n:]), int64(len(sealed)-n), name+string(sealed[:n]))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
}
