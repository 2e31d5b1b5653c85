package frame

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"slices"
	"strconv"

	"quipu/internal/fault"
)

// Options of ReadCSV.
type Options struct {
	Levels map[string][]string // order of the levels of a column; levels that are not named follow
	Text   map[string]bool     // columns that are factors even when every value is a number
	Keep   func(string) bool   // which columns are kept; nil keeps all
	Comma  byte                // between cells; 0 is what the header has: a comma, a semicolon or a tab
	Tick   func(rows int)      // called now and then, for a progress bar
}

// ReadCSV reads a table with a header. A field that is empty or NA is missing. A column in
// which every value is a number holds numbers, one with TRUE and FALSE only conditions, any
// other a factor. The file is read as a stream; what is kept is 8 bytes a number and 4 a code.
func ReadCSV(r io.Reader, o Options) (*Frame, error) {
	in := bufio.NewReaderSize(r, 1<<20)
	if mark, _ := in.Peek(len(byteOrderMark)); bytes.Equal(mark, byteOrderMark) {
		_, _ = in.Discard(len(mark))
	}
	if o.Comma == 0 {
		head, _ := in.Peek(1 << 16)
		o.Comma = Separator(head)
	}
	s := &scanner{r: in, comma: o.Comma}
	head, err := s.record()
	if err == io.EOF {
		return nil, fault.New(fault.Invalid, "estimate.csv_empty")
	} else if err != nil {
		return nil, err
	}
	cols := make([]*building, len(head))
	seen := map[string]bool{}
	for i, h := range head {
		name := string(h)
		if seen[name] {
			return nil, fault.New(fault.Invalid, "estimate.csv_twice", "column", name)
		}
		seen[name] = true
		cols[i] = &building{name: name, skip: o.Keep != nil && !o.Keep(name), numeric: !o.Text[name], order: o.Levels[name]}
	}
	n := 0
	for {
		rec, err := s.record()
		if err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		if len(rec) == 1 && len(rec[0]) == 0 && len(cols) > 1 {
			continue // an empty line
		}
		if len(rec) != len(cols) {
			return nil, fault.New(fault.Invalid, "estimate.csv_ragged", "line", s.line, "fields", len(rec), "columns", len(cols))
		}
		for i, cell := range rec {
			cols[i].add(cell)
		}
		if n++; o.Tick != nil && n%(1<<16) == 0 {
			o.Tick(n)
		}
	}
	f := New(n)
	for _, b := range cols {
		if b.skip {
			continue
		}
		if err := f.Add(b.column()); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// building is a column while it is read: numbers as long as every value is one, then codes.
type building struct {
	name    string
	skip    bool
	numeric bool
	order   []string
	num     []float64
	odd     spellings // of numbers that are not written as we would write them: 007, 1.50
	code    []int32
	index   map[string]int32
	texts   []string
}

var byteOrderMark = []byte("\ufeff")

// Separator is what stands between the cells of a table that begins so: a comma where its first
// line has one outside quotation marks, else a semicolon or a tab, whichever is more frequent.
func Separator(head []byte) byte {
	count, quoted := map[byte]int{}, false
	for _, c := range head {
		if c == '\n' && !quoted {
			break
		}
		if c == '"' {
			quoted = !quoted
		} else if !quoted {
			count[c]++
		}
	}
	switch {
	case count[','] > 0 || count[';'] == 0 && count['\t'] == 0:
		return ','
	case count[';'] >= count['\t']:
		return ';'
	}
	return '\t'
}

var missingText = []byte("NA")

func (b *building) add(cell []byte) {
	if b.skip {
		return
	}
	missing := len(cell) == 0 || bytes.Equal(cell, missingText)
	if b.numeric {
		x := math.NaN()
		if !missing {
			var ok bool
			if x, ok = parseNumber(cell); !ok {
				b.turn()
				b.add(cell)
				return
			}
		}
		if !missing && !plain(cell) {
			b.odd.add(len(b.num), cell)
		}
		b.num = append(b.num, x)
		return
	}
	if missing {
		b.code = append(b.code, Missing)
		return
	}
	if b.index == nil {
		b.index = map[string]int32{}
	}
	k, ok := b.index[string(cell)]
	if !ok {
		k = int32(len(b.texts))
		b.texts = append(b.texts, string(cell))
		b.index[string(cell)] = k
	}
	b.code = append(b.code, k)
}

// tens are the powers of ten that a float64 holds exactly.
var tens = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// parseNumber reads a decimal number. Up to 15 digits are read without making a string: the
// quotient of two exact numbers is the nearest to what is written.
func parseNumber(cell []byte) (float64, bool) {
	rest, negative := cell, cell[0] == '-'
	if negative {
		rest = rest[1:]
	}
	whole, digits, after := int64(0), 0, -1
	for _, c := range rest {
		switch {
		case c >= '0' && c <= '9':
			whole = whole*10 + int64(c-'0')
			digits++
			if after >= 0 {
				after++
			}
		case c == '.' && after < 0:
			after = 0
		default:
			return slowNumber(cell)
		}
		if digits > 15 {
			return slowNumber(cell)
		}
	}
	if digits == 0 {
		return slowNumber(cell)
	}
	x := float64(whole) / tens[max(after, 0)]
	if negative {
		x = -x
	}
	return x, true
}

// slowNumber leaves out what strconv takes for a number and people do not: 0x1p-2, 1_000, nan.
func slowNumber(cell []byte) (float64, bool) {
	for _, c := range cell {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			if !bytes.EqualFold(cell, []byte("inf")) && !bytes.EqualFold(cell, []byte("-inf")) {
				return 0, false
			}
			break
		}
	}
	x, err := strconv.ParseFloat(string(cell), 64)
	return x, err == nil
}

// plain reports whether a number is written in the one way in which turn would write it.
func plain(cell []byte) bool {
	if cell[0] == '-' {
		cell = cell[1:]
	}
	if len(cell) == 0 || len(cell) > 16 || len(cell) > 1 && cell[0] == '0' && cell[1] != '.' || cell[0] == '.' || cell[0] == '+' {
		return false
	}
	dot := false
	for _, c := range cell {
		dot = dot || c == '.'
		if c != '.' && (c < '0' || c > '9') {
			return false
		}
	}
	last := cell[len(cell)-1]
	return !dot || last != '0' && last != '.'
}

// spellings are texts by row, in the order of the rows: a tenth of all prices and measures end
// in a nought, so that a map of them would take as much memory as the numbers.
type spellings struct {
	row  []int32
	end  []int // of each in text
	text []byte
	read int
}

func (s *spellings) add(row int, cell []byte) {
	s.text = append(s.text, cell...)
	s.row, s.end = append(s.row, int32(row)), append(s.end, len(s.text))
}

// next is the text of a row, where it has one; it is asked for row after row.
func (s *spellings) next(row int) ([]byte, bool) {
	if s.read == len(s.row) || int(s.row[s.read]) != row {
		return nil, false
	}
	from := 0
	if s.read > 0 {
		from = s.end[s.read-1]
	}
	s.read++
	return s.text[from:s.end[s.read-1]], true
}

// turn makes texts of the numbers that were read before the first value that is none.
func (b *building) turn() {
	b.numeric = false
	num, odd := b.num, b.odd
	b.num, b.odd = nil, spellings{}
	for i, x := range num {
		if cell, ok := odd.next(i); ok {
			b.add(cell)
		} else if math.IsNaN(x) {
			b.add(nil)
		} else {
			b.add([]byte(strconv.FormatFloat(x, 'f', -1, 64)))
		}
	}
}

func (b *building) column() Column {
	if b.numeric {
		return Numbers(b.name, b.num)
	}
	levels := slices.Clone(b.texts)
	Order(levels)
	if isLogical(levels) {
		levels = []string{"FALSE", "TRUE"}
	}
	if b.order != nil {
		rest := slices.DeleteFunc(levels, func(l string) bool { return slices.Contains(b.order, l) })
		levels = append(slices.Clone(b.order), rest...)
	}
	to := make([]int32, len(b.texts))
	for i, l := range levels {
		if k, ok := b.index[l]; ok {
			to[k] = int32(i)
		}
	}
	for i, k := range b.code {
		if k >= 0 {
			b.code[i] = to[k]
		}
	}
	return Column{Name: b.name, Kind: Factor, Code: b.code, Levels: levels}
}

func isLogical(levels []string) bool {
	if len(levels) == 0 {
		return false
	}
	for _, l := range levels {
		if l != "TRUE" && l != "FALSE" {
			return false
		}
	}
	return true
}
