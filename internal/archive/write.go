package archive

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"

	"filippo.io/age"
)

// Writer writes a backup. Close it with End: what has no end is not a backup.
type Writer struct {
	sealed io.WriteCloser
	packed *gzip.Writer
	sum    hash.Hash // of everything before the end
	width  int       // columns of the table that is being written, 0 for none
	block  []byte
	table  hash.Hash
	counts []Count
}

// NewWriter begins a backup that only the recipients open, with its manifest.
func NewWriter(w io.Writer, to []age.Recipient, m Manifest) (*Writer, error) {
	sealed, err := age.Encrypt(w, to...)
	if err != nil {
		return nil, err
	}
	packed, err := gzip.NewWriterLevel(sealed, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	out := &Writer{sealed: sealed, packed: packed, sum: sha256.New()}
	if err := out.write([]byte(Magic)); err != nil {
		return nil, err
	}
	return out, out.object(frameManifest, m)
}

func (w *Writer) write(b []byte) error {
	w.sum.Write(b) //nolint:errcheck // a hash takes everything
	_, err := w.packed.Write(b)
	return err
}

func (w *Writer) frame(kind byte, payload []byte) error {
	head := binary.AppendUvarint([]byte{kind}, uint64(len(payload)))
	if err := w.write(head); err != nil {
		return err
	}
	return w.write(payload)
}

func (w *Writer) object(kind byte, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return w.frame(kind, text)
}

// Table begins a table; the one before is closed by it.
func (w *Writer) Table(t Table) error {
	if err := w.closeTable(); err != nil {
		return err
	}
	w.width, w.table = len(t.Columns), sha256.New()
	w.counts = append(w.counts, Count{Name: t.Name})
	return w.object(frameTable, t)
}

// Row adds a row to the table: nil, int64, string, []byte or float64 for each column. It
// keeps nothing of it.
func (w *Writer) Row(values []any) (err error) {
	if len(values) != w.width || w.width == 0 {
		return errors.New("archive: a row that does not fit its table")
	}
	for _, v := range values {
		if w.block, err = appendValue(w.block, v); err != nil {
			return err
		}
	}
	w.counts[len(w.counts)-1].Rows++
	if len(w.block) < rowsFrame {
		return nil
	}
	return w.flush()
}

func (w *Writer) flush() error {
	if len(w.block) == 0 {
		return nil
	}
	if len(w.block) > mostFrame {
		return errors.New("archive: a row that is larger than a frame may be")
	}
	w.table.Write(w.block) //nolint:errcheck // a hash takes everything
	err := w.frame(frameRows, w.block)
	w.block = w.block[:0]
	return err
}

func (w *Writer) closeTable() error {
	if w.width == 0 {
		return nil
	}
	if err := w.flush(); err != nil {
		return err
	}
	w.counts[len(w.counts)-1].SHA256 = hex.EncodeToString(w.table.Sum(nil))
	w.width = 0
	return nil
}

// File adds a small file by a name such as "keys/audit.key".
func (w *Writer) File(name string, content []byte) error {
	if err := w.closeTable(); err != nil {
		return err
	}
	payload := append(binary.AppendUvarint(nil, uint64(len(name))), name...)
	return w.frame(frameFile, append(payload, content...))
}

// End writes the end with the mark that mark gives to the sum of what was written, and
// closes the seal. The writer beneath is the caller's to close.
func (w *Writer) End(mark func(sum string) string) (End, error) {
	if err := w.closeTable(); err != nil {
		return End{}, err
	}
	end := End{Tables: w.counts, Sum: hex.EncodeToString(w.sum.Sum(nil))}
	end.Mark = mark(end.Sum)
	if err := w.object(frameEnd, end); err != nil {
		return end, err
	}
	return end, errors.Join(w.packed.Close(), w.sealed.Close())
}
