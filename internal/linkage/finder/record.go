package finder

import "encoding/binary"

// role is where a word of a person's name stands.
type role uint8

const (
	given role = iota
	paternal
	maternal
	other
	place
	extra
)

// Bounds of a record; what is beyond is not searched for.
const (
	mostTokens = 40
	mostKeys   = 40
)

// token is a word of the dictionary in its role.
type token struct {
	id   uint32
	role role
}

// record is a person as the index keeps it: words in the order given, paternal, maternal,
// other, place; the birth date; keys of documents, telephones and addresses.
type record struct {
	tokens []token
	birth  day
	keys   []key
}

// arena keeps records end to end in large pieces: a record is addressed in units of four
// bytes, so 32 bits reach 16 GiB. What replaced records leave behind is cleared away when it
// is more than half.
type arena struct {
	at     []uint32 // by row; 0 is nobody
	pieces [][]byte
	end    uint32 // first free unit
	dead   uint32 // units nobody needs any more
}

const (
	unit      = 4
	pieceBits = 18 // units a piece: 1 MiB
	pieceSize = unit << pieceBits
)

func newArena() arena { return arena{end: 1} }

// bytes is the text of a record from its first byte on; it may be longer than the record.
func (a *arena) bytes(at uint32) []byte {
	return a.pieces[at>>pieceBits][(at&(1<<pieceBits-1))*unit:]
}

func (a *arena) put(row uint32, r *record) {
	var buf [16 + mostTokens*binary.MaxVarintLen32 + mostKeys*keyBytes]byte
	b := r.encode(buf[:0])
	for uint64(len(a.at)) <= uint64(row) {
		a.at = append(a.at, 0)
	}
	if a.dead > 1<<pieceBits && a.dead > a.end/2 {
		a.tidy()
	}
	a.at[row] = a.write(b)
}

func (a *arena) write(b []byte) uint32 {
	units := uint32((len(b) + unit - 1) / unit)
	if whole := uint32(len(a.pieces)) << pieceBits; a.end+units > whole {
		a.end = max(whole, 1)
		a.pieces = append(a.pieces, make([]byte, pieceSize))
	}
	at := a.end
	copy(a.bytes(at), b)
	a.end += units
	return at
}

// get decodes the record of a row; false when there is none.
func (a *arena) get(row uint32, r *record) bool {
	if uint64(row) >= uint64(len(a.at)) || a.at[row] == 0 {
		return false
	}
	r.decode(a.bytes(a.at[row]))
	return true
}

// holds reports whether the record of a row has a key; false when there is none. It passes over
// the words: a number that is searched for with all that are a slip away comes here some hundred
// times, nearly always in vain.
func (a *arena) holds(row uint32, k key) bool {
	if uint64(row) >= uint64(len(a.at)) || a.at[row] == 0 {
		return false
	}
	b := a.bytes(a.at[row])
	at := 5
	for words := b[0]; words > 0; at++ {
		if b[at] < 0x80 { // the last byte of one
			words--
		}
	}
	for range b[1] {
		if keyAt(b[at:]) == k {
			return true
		}
		at += keyBytes
	}
	return false
}

func (a *arena) drop(row uint32) {
	var r record
	b := a.bytes(a.at[row])
	a.dead += uint32((r.decode(b) + unit - 1) / unit)
	a.at[row] = 0
}

// tidy writes the living records anew, in the order of their rows.
func (a *arena) tidy() {
	fresh := newArena()
	fresh.at = a.at
	for row, at := range a.at {
		if at != 0 {
			var r record
			b := a.bytes(at)
			fresh.at[row] = fresh.write(b[:r.decode(b)])
		}
	}
	*a = fresh
}

// encode appends: numbers of tokens and keys, the birth date in three bytes, each token as
// varint of id and role, each key in six bytes.
func (r *record) encode(b []byte) []byte {
	b = append(b, byte(len(r.tokens)), byte(len(r.keys)), byte(r.birth), byte(r.birth>>8), byte(r.birth>>16))
	for _, t := range r.tokens {
		b = binary.AppendUvarint(b, uint64(t.id)<<3|uint64(t.role))
	}
	for _, k := range r.keys {
		b = k.append(b)
	}
	return b
}

// decode reads what encode wrote into the slices that r has, and says how many bytes it was.
func (r *record) decode(b []byte) int {
	r.tokens, r.keys = r.tokens[:0], r.keys[:0]
	nt, nk := int(b[0]), int(b[1])
	r.birth = day(b[2]) | day(b[3])<<8 | day(b[4])<<16
	at := 5
	for range nt {
		v, n := uint32(0), 0
		for shift := 0; ; shift += 7 {
			c := b[at+n]
			n++
			v |= uint32(c&0x7f) << shift
			if c < 0x80 {
				break
			}
		}
		at += n
		r.tokens = append(r.tokens, token{v >> 3, role(v & 7)})
	}
	for range nk {
		r.keys = append(r.keys, keyAt(b[at:]))
		at += keyBytes
	}
	return at
}
