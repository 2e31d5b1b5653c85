package tabular

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/fault"
)

const (
	maxShared = 256 << 20 // bytes of all shared strings, which stay in memory
	maxRatio  = 300       // unzipped to zipped, above ratioFrom
	ratioFrom = 64 << 20
)

// workbook is an open XLSX file.
type workbook struct {
	parts     map[string]*zip.File
	sheets    []sheet
	styles    []style
	shared    sharedStrings
	since1904 bool
}

type sheet struct {
	name, rel, part string
	hidden          bool
}

// sharedStrings keeps the texts of a workbook back to back.
type sharedStrings struct {
	text []byte
	ends []uint32
}

func (s *sharedStrings) at(i int) ([]byte, bool) {
	if i < 0 || i >= len(s.ends) {
		return nil, false
	}
	from := uint32(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	return s.text[from:s.ends[i]], true
}

func broken(err error) error {
	if fault.As(err) != nil {
		return err
	}
	return fault.New(fault.Invalid, "tabular.broken").Because(err)
}

func bomb(unzipped uint64, limit int64) error {
	return fault.New(fault.Invalid, "tabular.bomb", "size", mebi(int64(min(unzipped, 1<<50))), "limit", mebi(limit))
}

func (r *Reader) openXLSX(src io.ReaderAt, size int64, opts Options) error {
	z, err := zip.NewReader(src, size)
	if err != nil {
		return broken(err)
	}
	if err := checkParts(z, opts.Limits); err != nil {
		return err
	}
	book, err := readWorkbook(z)
	if err != nil {
		return broken(err)
	}
	r.info.Format = XLSX
	for _, s := range book.sheets {
		r.info.Sheets = append(r.info.Sheets, s.name)
	}
	for _, s := range book.candidates(opts.Sheet) {
		err := r.openSheet(book, s, opts)
		if fault.Is(err, "tabular.empty") && opts.Sheet == "" {
			continue
		}
		return err
	}
	if opts.Sheet != "" {
		return fault.New(fault.NotFound, "tabular.sheet", "sheet", opts.Sheet, "sheets", strings.Join(r.info.Sheets, ", "))
	}
	return fault.New(fault.Invalid, "tabular.empty")
}

func (r *Reader) openSheet(book *workbook, s sheet, opts Options) error {
	r.info.Sheet = s.name
	_, err := r.start(func() (feed, error) {
		if err := r.Close(); err != nil {
			return nil, broken(err)
		}
		in, err := book.open(s.part)
		if err != nil {
			return nil, broken(err)
		}
		r.closers = append(r.closers, in)
		f := &sheetFeed{book: book, xml: newXMLScanner(in), columns: r.limits.Columns + 3}
		return f.next, nil
	}, opts)
	return err
}

// checkParts refuses what is no workbook and what would unzip to too much, before
// anything is unzipped.
func checkParts(z *zip.Reader, l Limits) error {
	if len(z.File) > l.Parts {
		return fault.New(fault.Invalid, "tabular.parts", "parts", len(z.File), "limit", l.Parts)
	}
	var unzipped, zipped uint64
	known := ""
	for _, f := range z.File {
		if f.UncompressedSize64 > 1<<50 {
			return bomb(f.UncompressedSize64, l.Unzipped)
		}
		unzipped += f.UncompressedSize64
		zipped += f.CompressedSize64
		switch name := strings.ToLower(f.Name); {
		case name == "xl/workbook.bin":
			known = "tabular.xls"
		case name == "mimetype" || name == "content.xml":
			known = "tabular.ods"
		case name == "[content_types].xml" && known == "":
			known = "xlsx"
		}
	}
	switch {
	case unzipped > uint64(l.Unzipped), unzipped > ratioFrom && unzipped > maxRatio*zipped:
		return bomb(unzipped, l.Unzipped)
	case known == "":
		return fault.New(fault.Invalid, "tabular.zip")
	case known != "xlsx":
		return fault.New(fault.Invalid, known)
	}
	return nil
}

// open unzips a part, never beyond the size that its entry declares: that is what
// checkParts added up.
func (b *workbook) open(name string) (io.ReadCloser, error) {
	f := b.parts[strings.ToLower(name)]
	if f == nil {
		return nil, fault.New(fault.Invalid, "tabular.broken").Because(io.ErrUnexpectedEOF)
	}
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{&capped{in, f.UncompressedSize64}, in}, nil
}

type capped struct {
	in   io.Reader
	left uint64
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	if uint64(n) > c.left {
		return 0, errXML
	}
	c.left -= uint64(n)
	return n, err
}

func readWorkbook(z *zip.Reader) (*workbook, error) {
	b := &workbook{parts: map[string]*zip.File{}}
	for _, f := range z.File {
		b.parts[strings.ToLower(strings.TrimPrefix(f.Name, "/"))] = f
	}
	main := "xl/workbook.xml"
	if rels, err := b.relations("_rels/.rels", ""); err == nil {
		for _, r := range rels {
			if r.kind == "officeDocument" {
				main = r.target
			}
		}
	}
	if b.parts[strings.ToLower(main)] == nil || path.Base(main) == "document.xml" {
		return nil, fault.New(fault.Invalid, "tabular.zip")
	}
	if err := b.each(main, b.workbookElement); err != nil {
		return nil, err
	}
	dir := path.Dir(main)
	rels, err := b.relations(dir+"/_rels/"+path.Base(main)+".rels", dir)
	if err != nil {
		return nil, err
	}
	for _, r := range rels {
		for i := range b.sheets {
			if b.sheets[i].rel == r.id && r.kind == "worksheet" {
				b.sheets[i].part = r.target
			}
		}
		switch r.kind {
		case "sharedStrings":
			err = b.readShared(r.target)
		case "styles":
			err = b.readStyles(r.target)
		}
		if err != nil {
			return nil, err
		}
	}
	// Chart sheets have no rows.
	b.sheets = slices.DeleteFunc(b.sheets, func(s sheet) bool { return s.part == "" })
	return b, nil
}

func (b *workbook) workbookElement(s *xmlScanner) error {
	switch {
	case s.is(xmlStart, "workbookPr"):
		v := string(s.value("date1904"))
		b.since1904 = v == "1" || v == "true"
	case s.is(xmlStart, "sheet"):
		state := string(s.value("state"))
		b.sheets = append(b.sheets, sheet{
			name: s.str("name"), rel: s.str("id"), hidden: state != "" && state != "visible",
		})
	}
	return nil
}

type relation struct{ id, kind, target string }

// relations reads a .rels part; targets come out as names of parts.
func (b *workbook) relations(name, dir string) ([]relation, error) {
	var out []relation
	err := b.each(name, func(s *xmlScanner) error {
		if !s.is(xmlStart, "Relationship") {
			return nil
		}
		kind, target := s.str("Type"), s.str("Target")
		if strings.HasPrefix(target, "/") {
			target = target[1:]
		} else {
			target = path.Join(dir, target)
		}
		out = append(out, relation{s.str("Id"), kind[strings.LastIndexByte(kind, '/')+1:], target})
		return nil
	})
	return out, err
}

// each calls do at every element and text of a part.
func (b *workbook) each(name string, do func(*xmlScanner) error) error {
	in, err := b.open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	s := newXMLScanner(in)
	for {
		switch err := s.next(); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if err := do(s); err != nil {
			return err
		}
	}
}

func (b *workbook) readStyles(name string) error {
	in, err := b.open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	b.styles, err = readStyles(in)
	return err
}

// readShared takes the texts, runs of rich text joined, phonetic guides left out.
func (b *workbook) readShared(name string) error {
	var inText, phonetic bool
	t := &b.shared
	return b.each(name, func(s *xmlScanner) error {
		switch {
		case s.kind == xmlText:
			if inText && !phonetic {
				t.text = s.appendText(t.text)
			}
		case string(s.name) == "t":
			inText = s.kind == xmlStart
		case string(s.name) == "rPh":
			phonetic = s.kind == xmlStart
		case s.is(xmlEnd, "si"):
			t.ends = append(t.ends, uint32(len(t.text)))
		}
		if len(t.text)+4*len(t.ends) > maxShared {
			return bomb(uint64(len(t.text)), maxShared)
		}
		return nil
	})
}

// candidates gives the named sheet, or all in order, hidden ones last.
func (b *workbook) candidates(name string) []sheet {
	out := slices.Clone(b.sheets)
	if name != "" {
		return slices.DeleteFunc(out, func(s sheet) bool { return !strings.EqualFold(s.name, name) })
	}
	slices.SortStableFunc(out, func(a, c sheet) int {
		return strings.Compare(strconv.FormatBool(a.hidden), strconv.FormatBool(c.hidden))
	})
	return out
}

// unescapeControl replaces the _xHHHH_ with which a workbook writes control characters.
func unescapeControl(cell []byte) []byte {
	if !bytes.Contains(cell, []byte("_x")) {
		return cell
	}
	var out []byte
	for i := 0; i < len(cell); i++ {
		if i+7 <= len(cell) && cell[i] == '_' && cell[i+1] == 'x' && cell[i+6] == '_' {
			if n, err := strconv.ParseUint(string(cell[i+2:i+6]), 16, 16); err == nil {
				out = append(out, string(rune(n))...)
				i += 6
				continue
			}
		}
		out = append(out, cell[i])
	}
	return out
}
