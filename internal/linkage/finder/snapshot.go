package finder

import (
	"bufio"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// A snapshot is the words in the order of their numbers and the records in the order of
// their rows; lists of rows and keys are made anew from them, so that a newer program may
// hear names differently. Numbers are varints. The last four bytes are the CRC-32C of all
// before them.
const (
	magic        = "quipu finder\n"
	version      = 1
	mostPosition = 4096 // bytes
	mostRecord   = 5 + mostTokens*binary.MaxVarintLen32 + mostKeys*keyBytes
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Save writes the index with position, which says how far it has followed its source.
func (x *Index) Save(w io.Writer, position string) error {
	x.mu.RLock()
	defer x.mu.RUnlock()
	sum := crc32.New(castagnoli)
	b := bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<18)
	var buf []byte
	put := func(v int) { buf = binary.AppendUvarint(buf, uint64(v)) }
	text := func(s string) { put(len(s)); buf = append(buf, s...) }
	flush := func() error {
		_, err := b.Write(buf)
		buf = buf[:0]
		return err
	}
	buf = append(buf, magic...)
	put(version)
	text(position[:min(len(position), mostPosition)])
	put(len(x.words.text))
	for _, t := range x.words.text {
		text(t)
		if err := flush(); err != nil {
			return err
		}
	}
	put(x.live)
	last := -1
	for row, at := range x.records.at {
		if at == 0 {
			continue
		}
		var r record
		rec := x.records.bytes(at)
		n := r.decode(rec)
		put(row - last)
		put(n)
		buf = append(buf, rec[:n]...)
		last = row
		if err := flush(); err != nil {
			return err
		}
	}
	if err := flush(); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	_, err := w.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32()))
	return err
}
