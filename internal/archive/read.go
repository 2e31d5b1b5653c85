package archive

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"slices"
	"strings"

	"filippo.io/age"

	"quipu/internal/fault"
)

// Reader reads a backup: Manifest is there at once, All gives the rest.
type Reader struct {
	Manifest Manifest
	r        *bufio.Reader
	sum      hash.Hash
	counts   []Count
	table    Table
	hash     hash.Hash
}

// Contents takes what a backup holds, in the order in which it was written.
type Contents struct {
	Table func(Table) error
	Row   func(Table, []any) error // the values are the caller's to keep
	File  func(name string, content []byte) error
}

// NewReader opens the seal and reads the manifest. Its faults say whether the file is no
// backup, was damaged, is opened by another key, or was written by a newer program.
func NewReader(r io.Reader, with ...age.Identity) (*Reader, error) {
	plain, err := age.Decrypt(r, with...)
	if err != nil {
		return nil, explain(err)
	}
	unpacked, err := gzip.NewReader(bufio.NewReaderSize(plain, 64<<10))
	if err != nil {
		return nil, damaged("start").Because(err)
	}
	out := &Reader{r: bufio.NewReaderSize(unpacked, 64<<10), sum: sha256.New()}
	if err := out.magic(); err != nil {
		return nil, err
	}
	kind, payload, err := out.frame()
	if err != nil {
		return nil, err
	}
	if kind != frameManifest {
		return nil, damaged("manifest")
	}
	return out, object(payload, "manifest", &out.Manifest)
}

// explain says why age did not open a file.
func explain(err error) error {
	var none *age.NoIdentityMatchError
	switch {
	case errors.As(err, &none), strings.Contains(err.Error(), "incorrect passphrase"):
		return fault.New(fault.Forbidden, "archive.other_key").In("archive").Because(err)
	case strings.Contains(err.Error(), "failed to read header"):
		return fault.New(fault.Invalid, "archive.no_backup").In("archive").Because(err)
	}
	return damaged("seal").Because(err)
}

func (r *Reader) magic() error {
	line := make([]byte, len(Magic))
	if _, err := io.ReadFull(r.r, line); err != nil {
		return damaged("start").Because(err)
	}
	if string(line) == Magic {
		r.sum.Write(line) //nolint:errcheck // a hash takes everything
		return nil
	}
	if strings.HasPrefix(string(line), magicStem) {
		return fault.New(fault.Unavailable, "archive.newer").In("archive")
	}
	return fault.New(fault.Invalid, "archive.no_backup").In("archive")
}

// frame reads one frame. All but the end goes into the sum.
func (r *Reader) frame() (kind byte, payload []byte, err error) {
	if kind, err = r.r.ReadByte(); err != nil {
		return 0, nil, damaged("end").Because(err)
	}
	n, err := binary.ReadUvarint(r.r)
	if err != nil || n > mostFrame {
		return 0, nil, damaged("frame").Because(err)
	}
	// The length is not believed before the bytes are there.
	payload, err = io.ReadAll(io.LimitReader(r.r, int64(n)))
	if err != nil || uint64(len(payload)) != n {
		return 0, nil, damaged("frame").Because(err)
	}
	if kind != frameEnd {
		r.sum.Write(binary.AppendUvarint([]byte{kind}, n)) //nolint:errcheck // a hash takes everything
		r.sum.Write(payload)                               //nolint:errcheck // the same
	}
	return kind, payload, nil
}

func object(text []byte, what string, v any) error {
	if err := json.Unmarshal(text, v); err != nil {
		return damaged(what).Because(err)
	}
	return nil
}

// All reads to the end and checks every count and hash on the way. An error of c stops it.
// What was given before an error is not to be used.
func (r *Reader) All(c Contents) (End, error) {
	for {
		kind, payload, err := r.frame()
		if err != nil {
			return End{}, err
		}
		switch kind {
		case frameTable:
			err = r.begin(payload, c)
		case frameRows:
			err = r.rows(payload, c)
		case frameFile:
			err = r.file(payload, c)
		case frameEnd:
			return r.end(payload)
		default:
			err = damaged("frame")
		}
		if err != nil {
			return End{}, err
		}
	}
}

func (r *Reader) begin(payload []byte, c Contents) error {
	r.close()
	r.table = Table{}
	if err := object(payload, "table", &r.table); err != nil {
		return err
	}
	if len(r.table.Columns) == 0 || len(r.table.Columns) > 1000 {
		return damaged("table")
	}
	r.hash = sha256.New()
	r.counts = append(r.counts, Count{Name: r.table.Name})
	return c.Table(r.table)
}

func (r *Reader) close() {
	if r.hash != nil {
		r.counts[len(r.counts)-1].SHA256 = hex.EncodeToString(r.hash.Sum(nil))
		r.hash = nil
	}
}

func (r *Reader) rows(payload []byte, c Contents) (err error) {
	if r.hash == nil {
		return damaged("row")
	}
	r.hash.Write(payload) //nolint:errcheck // a hash takes everything
	for len(payload) > 0 {
		values := make([]any, len(r.table.Columns))
		for i := range values {
			if values[i], payload, err = nextValue(payload); err != nil {
				return err
			}
		}
		r.counts[len(r.counts)-1].Rows++
		if err := c.Row(r.table, values); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reader) file(payload []byte, c Contents) error {
	r.close()
	n, k := binary.Uvarint(payload)
	if k <= 0 || n > uint64(len(payload)-k) || n > 200 {
		return damaged("file")
	}
	return c.File(string(payload[k:k+int(n)]), payload[k+int(n):])
}

// end holds what was read against what the end says, and sees that nothing follows: the seal
// itself tells a file that was cut.
func (r *Reader) end(payload []byte) (end End, err error) {
	r.close()
	if err := object(payload, "end", &end); err != nil {
		return end, err
	}
	if end.Sum != hex.EncodeToString(r.sum.Sum(nil)) || !slices.Equal(end.Tables, r.counts) {
		return end, damaged("end")
	}
	if _, err := r.r.ReadByte(); err != io.EOF {
		return end, damaged("end").Because(err)
	}
	return end, nil
}
