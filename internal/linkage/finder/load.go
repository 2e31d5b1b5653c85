package finder

import (
	"bufio"
	"encoding/binary"
	"hash/crc32"
	"io"

	"quipu/internal/fault"
)

// Load reads what Save wrote and the position that was saved with it. Bytes that are cut
// off, altered or of another version are refused with a fault of kind Invalid; nothing of
// them is used. An error of r itself is handed on.
func Load(r io.Reader) (*Index, string, error) {
	l := &loader{r: bufio.NewReaderSize(r, 1<<18)}
	if l.text(len(magic)) != magic {
		return nil, "", l.refuse("finder.no_snapshot")
	}
	if v := l.number(1 << 30); v != version {
		return nil, "", l.refuse("finder.other_version")
	}
	position := l.text(l.number(mostPosition))
	x := New()
	l.words(x)
	l.persons(x)
	want := l.sum
	var tail [4]byte
	if _, err := io.ReadFull(l.r, tail[:]); err != nil && l.err == nil {
		l.err = err
	}
	if _, err := l.r.ReadByte(); l.err != nil || l.bad || err == nil || binary.LittleEndian.Uint32(tail[:]) != want {
		return nil, "", l.refuse("finder.damaged")
	}
	x.index(l)
	return x, position, nil
}

// loader reads a snapshot and sums up what it has read.
type loader struct {
	r        *bufio.Reader
	sum      uint32
	err      error
	bad      bool
	buf      []byte
	one      [1]byte
	rows, at []uint32
}

func (l *loader) ok() bool { return l.err == nil && !l.bad }

// refuse is an error of the reader, or that the bytes are no snapshot.
func (l *loader) refuse(key string) error {
	if l.err != nil && l.err != io.EOF && l.err != io.ErrUnexpectedEOF {
		return l.err
	}
	return fault.New(fault.Invalid, key)
}

func (l *loader) number(most int) int {
	v := uint64(0)
	for shift := 0; l.ok(); shift += 7 {
		c, err := l.r.ReadByte()
		if err != nil {
			l.err = err
			return 0
		}
		l.one[0] = c
		l.sum = crc32.Update(l.sum, castagnoli, l.one[:])
		if shift > 28 {
			l.bad = true
		}
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			break
		}
	}
	if v > uint64(most) {
		l.bad = true
	}
	if !l.ok() {
		return 0
	}
	return int(v)
}

// bytes reads n bytes into a buffer that the next call uses again.
func (l *loader) bytes(n int) []byte {
	if !l.ok() {
		return nil
	}
	if cap(l.buf) < n {
		l.buf = make([]byte, n)
	}
	b := l.buf[:n]
	if _, err := io.ReadFull(l.r, b); err != nil {
		l.err = err
		return nil
	}
	l.sum = crc32.Update(l.sum, castagnoli, b)
	return b
}

func (l *loader) text(n int) string { return string(l.bytes(n)) }

const longestWord = 1 << 16

func (l *loader) words(x *Index) {
	n := l.number(1<<29 - 1)
	for i := 0; i < n && l.ok(); i++ {
		t := l.text(l.number(longestWord))
		if !l.ok() || t == "" || int(x.words.id(t)) != i { // a word that stands twice keeps its first number
			l.bad = true
		}
	}
}

// persons reads the records; the rows are put in their places only when the whole is known
// to be good, since one bit more would ask for gigabytes.
func (l *loader) persons(x *Index) {
	n, row := l.number(mostRow), -1
	for i := 0; i < n && l.ok(); i++ {
		gap := l.number(mostRow)
		rec := l.bytes(l.number(mostRecord))
		if row += gap; !l.ok() || gap == 0 || row > mostRow || !valid(rec, len(x.words.text)) {
			l.bad = true
			return
		}
		l.rows = append(l.rows, uint32(row))
		l.at = append(l.at, x.records.write(rec))
	}
}

// valid reports whether rec is a whole record of words below words and nothing else.
func valid(rec []byte, words int) bool {
	if len(rec) < 5 || int(rec[0]) > mostTokens || int(rec[1]) > mostKeys {
		return false
	}
	at := 5
	for range rec[0] {
		v, n := binary.Uvarint(rec[at:])
		if n <= 0 || n > binary.MaxVarintLen32 || v>>3 >= uint64(words) || role(v&7) > extra {
			return false
		}
		at += n
	}
	return at+int(rec[1])*keyBytes == len(rec)
}

// index makes the lists of rows, each in one piece of the right size, and the table of keys.
func (x *Index) index(l *loader) {
	if n := len(l.rows); n > 0 {
		x.records.at = make([]uint32, l.rows[n-1]+1)
	}
	counts := make([]int, len(x.words.text))
	dates := map[day]int{}
	keys := 0
	var r record
	for i, row := range l.rows {
		x.records.at[row] = l.at[i]
		x.records.get(row, &r)
		for k, t := range r.tokens {
			if !repeated(r.tokens[:k], t.id) {
				counts[t.id]++
			}
		}
		dates[r.birth]++
		keys += len(r.keys)
	}
	for id, n := range counts {
		x.words.rows[id] = make([]uint32, 0, n)
	}
	for d, n := range dates {
		if d != 0 {
			x.births.rows[d] = make([]uint32, 0, n)
			x.births.years[d.year()] = append(x.births.years[d.year()], d)
		}
	}
	x.keys = keyTable{slots: make([]uint32, max(leastSlots, keys*3/2))}
	x.live = 0
	for _, row := range l.rows {
		x.records.get(row, &r)
		x.enter(row, &r)
	}
}
