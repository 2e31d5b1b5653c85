package tabular

import (
	"bytes"
	"io"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	sampleBytes = 256 << 10
	sampleRows  = 100
	headerRows  = 20 // rows with content among which the header is looked for
)

// sampled is the first rows with content of a list.
type sampled struct {
	rows  [][]string
	lines []int
}

// sample takes up to n rows with content, skipping bad ones.
func sample(next feed, n int) (sampled, error) {
	var s sampled
	var rec record
	for len(s.rows) < n {
		err := next(&rec)
		if err == io.EOF {
			break
		}
		if err != nil {
			return s, err
		}
		cells := rec.cells(nil)
		if rec.key == "" && !blank(cells) {
			s.rows = append(s.rows, cells)
			s.lines = append(s.lines, rec.line)
		}
	}
	return s, nil
}

// header finds the header row among the first rows: the first one whose filled cells are
// all words and that fills most of the width. Titles above it fill a cell or two. The
// result is an index into s.rows, or -1 when there are none.
func (s sampled) header() int {
	rows := s.rows[:min(len(s.rows), headerRows)]
	widest := 0
	for _, r := range rows {
		widest = max(widest, filled(r))
	}
	best, bestFilled := -1, 1
	for i, r := range rows {
		n := filled(r)
		if n < 2 || !allWords(r) {
			continue
		}
		if n*10 >= widest*7 {
			return i
		}
		if n > bestFilled {
			best, bestFilled = i, n
		}
	}
	if best < 0 && len(rows) > 0 {
		return 0
	}
	return best
}

// width is how many of the header's cells count: an unnamed column at the end does when
// it holds something.
func (s sampled) width(header []string, at int) int {
	n := lastFilled(header)
	for i := at + 1; i < len(s.rows); i++ {
		n = max(n, min(len(header), lastFilled(s.rows[i])))
	}
	return n
}

// delimiters in order of preference when nothing tells them apart.
const delimiters = ",;\t|%^~"

// findDelimiter reads the head of the text with each delimiter and takes the one that
// gives the most even and widest table under a plausible header.
func findDelimiter(head []byte, complete bool) byte {
	if !complete { // the last line may be cut
		if i := bytes.LastIndexAny(head, "\r\n"); i > 0 {
			head = head[:i]
		}
	}
	best, score := byte(0), 0.0
	single := byte('\t')
	for i := range len(delimiters) {
		d := delimiters[i]
		if d > '|' || d == '%' || d == '^' { // rare ones: not worth a look where they stand nowhere
			if bytes.IndexByte(head, d) < 0 {
				continue
			}
		}
		f := &csvFeed{in: newLines(bytes.NewReader(head)), comma: d}
		s, _ := sample(f.next, sampleRows)
		if len(s.rows) == 0 {
			return d // nothing but delimiters
		}
		if v := s.evenness(); v > score && !(s.header() > 0 && inProse(head, d)) {
			best, score = d, v
		}
		if !s.anyWide() {
			single = d
		}
	}
	if best == 0 {
		// One column: a delimiter that does not occur, so that no cell is cut.
		return single
	}
	return best
}

// inProse reports whether a space follows wherever d occurs, as in one column of
// "Quispe, Juan". Under a line without d that is more likely than a title and a table.
func inProse(head []byte, d byte) bool {
	n := bytes.Count(head, []byte{d})
	return n > 0 && n == bytes.Count(head, []byte{d, ' '})
}

func (s sampled) anyWide() bool {
	for _, r := range s.rows {
		if len(r) > 1 {
			return true
		}
	}
	return false
}

// evenness scores a reading: the share of rows as wide as the header, squared, times the
// logarithm of the width.
func (s sampled) evenness() float64 {
	at := s.header()
	if at < 0 || len(s.rows[at]) < 2 {
		return 0
	}
	width, good := len(s.rows[at]), 0.0
	for _, r := range s.rows[at:] {
		switch {
		case len(r) == width:
			good++
		case len(r) > 1 && len(r) < width:
			good += 0.3 // a program that leaves out empty cells at the end
		}
	}
	share := good / float64(len(s.rows)-at)
	v := share * share * math.Log(float64(width))
	if !allWords(s.rows[at]) {
		v /= 4
	}
	return v
}

// sepLine reads the "sep=;" with which a spreadsheet marks the delimiter.
func sepLine(head []byte) (byte, bool) {
	line := head
	if i := bytes.IndexAny(line, "\r\n"); i >= 0 {
		line = line[:i]
	}
	line = bytes.Trim(line, `"`)
	if len(line) == 5 && strings.EqualFold(string(line[:4]), "sep=") && goodDelimiter(rune(line[4])) {
		return line[4], true
	}
	return 0, false
}

// goodDelimiter reports whether r can divide cells: one byte, and nothing that cells or
// quotes are made of.
func goodDelimiter(r rune) bool {
	if r == '\t' {
		return true
	}
	return r > ' ' && r < 0x7F && r != '"' && r != '\'' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// empty reports whether a cell has nothing to see; 0x1A is how DOS ended its files.
func empty(cell string) bool {
	for _, r := range cell {
		if !unicode.IsSpace(r) && r != 0x1A && r != '\u200B' && r != '\uFEFF' {
			return false
		}
	}
	return true
}

func blank(cells []string) bool { return lastFilled(cells) == 0 }

func lastFilled(cells []string) int {
	for i := len(cells); i > 0; i-- {
		if !empty(cells[i-1]) {
			return i
		}
	}
	return 0
}

func filled(cells []string) int {
	n := 0
	for _, c := range cells {
		if !empty(c) {
			n++
		}
	}
	return n
}

// allWords reports whether every filled cell reads like a column's name: not more
// digits than letters.
func allWords(cells []string) bool {
	for _, c := range cells {
		letters, digits := 0, 0
		for _, r := range c {
			switch {
			case unicode.IsDigit(r):
				digits++
			case unicode.IsLetter(r) || r == utf8.RuneError:
				letters++
			}
		}
		if digits > letters {
			return false
		}
	}
	return true
}
