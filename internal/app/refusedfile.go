package app

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"quipu/internal/app/node"
	"quipu/internal/fault"
	"quipu/internal/host"
	"quipu/internal/i18n"
	"quipu/internal/intake"
	"quipu/internal/seal"
	"quipu/internal/tabular"
)

// RefusedFile is the file that refused rows go back in, each with its line, column and
// reason, to be corrected and imported again. It is made when the first row is refused: a
// list without bad rows leaves none. Columns that the register must not keep are not in it.
type RefusedFile struct {
	create    func() (io.WriteCloser, error)
	header    []string
	delimiter rune
	lang      i18n.Lang
	f         io.WriteCloser
	w         *tabular.CSVWriter
}

// PlainFile creates a file that only its owner reads.
func PlainFile(path string) func() (io.WriteCloser, error) {
	return func() (io.WriteCloser, error) {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return nil, fault.New(fault.Unavailable, "app.refused_file", "file", path).Because(err)
		}
		return f, nil
	}
}

// NewRefusedFile makes ready for the refused rows of a list; a nil create takes none.
func NewRefusedFile(create func() (io.WriteCloser, error), info tabular.Info, m *intake.Mapping, lang i18n.Lang) *RefusedFile {
	r := &RefusedFile{create: create, header: m.Strip(info.Header), delimiter: info.Delimiter, lang: lang}
	if r.delimiter == 0 {
		r.delimiter = ';' // a workbook has none
	}
	return r
}

// Add writes one refused row.
func (r *RefusedFile) Add(cells []string, why *intake.Refusal) error {
	if r.create == nil {
		return nil
	}
	if r.f == nil {
		if err := r.start(); err != nil {
			return err
		}
	}
	return r.w.WriteRefused(cells, why.Line, why.ColumnName, i18n.Fault(r.lang, why.Reason))
}

func (r *RefusedFile) start() (err error) {
	if r.f, err = r.create(); err != nil {
		return err
	}
	if r.w, err = tabular.NewCSVWriter(r.f, r.delimiter, true); err != nil {
		return err
	}
	return r.w.WriteRefusedHeader(r.header, string(r.lang))
}

// Made reports whether any row was refused.
func (r *RefusedFile) Made() bool { return r.f != nil }

// Close finishes the file.
func (r *RefusedFile) Close() error {
	if r.f == nil {
		return nil
	}
	return errors.Join(r.w.Flush(), r.f.Close())
}

// Lists that were brought through a browser wait in DIR/uploads, and refused rows until
// they are fetched. They are full of people's data, so they lie there sealed under the
// node's key, on an encrypted laptop as anywhere.

// scratch is a sealed file being written.
type scratch struct {
	f *os.File
	*seal.FileWriter
}

func (s *scratch) Write(p []byte) (int, error) {
	n, err := s.FileWriter.Write(p)
	return n, explainFull(err)
}

func (s *scratch) Close() error { return explainFull(errors.Join(s.FileWriter.Close(), s.f.Close())) }

// explainFull says of a full disk that it is full.
func explainFull(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fault.New(fault.Unavailable, "store.full").Because(err)
	}
	return err
}

// spare is what a file that waits leaves free for the register, in bytes.
const spare = 256 << 20

// RoomFor reports whether a file of that many bytes can wait in DIR/uploads; fewer than none are
// not known. The fault app.no_room says how much is missing.
func (a *App) RoomFor(bytes int64) error {
	space, err := host.SpaceAt(a.Dir())
	if err != nil || bytes < 0 || space.Free >= uint64(bytes)+spare { // where the system does not tell, writing will
		return nil
	}
	return fault.New(fault.Unavailable, "app.no_room", "needs", (bytes+spare)>>20, "free", space.Free>>20)
}

// NewScratch creates a sealed file in DIR/uploads. A name is used once.
func (a *App) NewScratch(name string) (io.WriteCloser, error) {
	path := filepath.Join(a.Dir(), "uploads", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, node.ExplainDir(a.Dir(), err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, node.ExplainDir(a.Dir(), err)
	}
	return &scratch{f, a.Master.SealFile(f, name)}, nil
}

// DropScratch drops a sealed file of DIR/uploads.
func (a *App) DropScratch(name string) error {
	return os.Remove(filepath.Join(a.Dir(), "uploads", name))
}

// SweepScratch drops the files of one ending that waited when the program ended: nobody asks for
// them any more.
func (a *App) SweepScratch(end string) error {
	old, err := filepath.Glob(filepath.Join(a.Dir(), "uploads", "*"+end))
	for _, path := range old {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// Scratch is a sealed file being read.
type Scratch struct {
	*seal.FileReader
	f *os.File
}

// Close closes the file.
func (s *Scratch) Close() error { return s.f.Close() }

// OpenScratch opens a sealed file of DIR/uploads.
func (a *App) OpenScratch(name string) (*Scratch, error) {
	f, err := os.Open(filepath.Join(a.Dir(), "uploads", name))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r, err := a.Master.OpenSealed(f, info.Size(), name)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Scratch{r, f}, nil
}
