// Package tabular reads the lists that offices really have, CSV in any of the usual
// encodings and XLSX, into rows with numbers that a person can find again, and writes
// the list of refused rows that goes back to them.
//
// Memory does not grow with the number of rows. A bad row is an error of that row only;
// reading goes on after it.
package tabular

import (
	"strconv"

	"quipu/internal/fault"
)

// Format is the kind of file.
type Format string

// The two formats that are read.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Encoding is how the characters of a CSV file are stored.
type Encoding string

// The encodings that are recognised by themselves, and CP850 (old DOS lists), which
// only an explicit option selects because nothing in the bytes tells it apart.
const (
	UTF8        Encoding = "utf-8"
	UTF8BOM     Encoding = "utf-8-bom"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
	Windows1252 Encoding = "windows-1252"
	Latin1      Encoding = "latin-1"
	CP850       Encoding = "cp850"
)

// Options overrules what is found by itself, and sets the limits. A zero value means
// "find it" or the safe default.
type Options struct {
	Delimiter rune                    // ',' ';' '\t' '|' or another ASCII sign
	Encoding  Encoding                // of a CSV file
	Sheet     string                  // name of the XLSX sheet
	HeaderRow int                     // line (CSV) or sheet row (XLSX) of the header, from 1
	Limits    Limits                  // zero fields take the default
	Progress  func(done, total int64) // bytes of the first pass over the file
}

// Limits bounds what a file may cost.
type Limits struct {
	Bytes    int64 // of the file; 512 MiB
	Unzipped int64 // of all parts of an XLSX together; 1 GiB
	Parts    int   // entries in an XLSX; 1000
	Rows     int   // after the header; 2,000,000
	Columns  int   // 300
	Cell     int   // bytes of UTF-8 in one cell; 64 KiB
}

func (l Limits) filled() Limits {
	def := Limits{Bytes: 512 << 20, Unzipped: 1 << 30, Parts: 1000, Rows: 2_000_000, Columns: 300, Cell: 64 << 10}
	orInt := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	if l.Bytes <= 0 {
		l.Bytes = def.Bytes
	}
	if l.Unzipped <= 0 {
		l.Unzipped = def.Unzipped
	}
	orInt(&l.Parts, def.Parts)
	orInt(&l.Rows, def.Rows)
	orInt(&l.Columns, def.Columns)
	orInt(&l.Cell, def.Cell)
	return l
}

// Info says what the file turned out to be.
type Info struct {
	Format     Format
	Encoding   Encoding // empty for XLSX
	Delimiter  rune     // 0 for XLSX
	Sheet      string   // the sheet that is read; empty for CSV
	Sheets     []string // all sheets in order, hidden ones too
	Header     []string // trimmed; without the columns of a refused-rows file
	HeaderLine int      // line or sheet row of the header, from 1
	SHA256     string   // of the whole file, hex
	Size       int64    // bytes
	Refused    bool     // the file is one that WriteRefused made
}

// Doubt is a set of things about a row that a person may want to look at although the
// row could be read.
type Doubt uint8

// The doubts.
const (
	DoubtShort  Doubt = 1 << iota // fewer cells than the header; padded with empty ones
	DoubtQuotes                   // quotes inside a quoted cell were not doubled; taken as written
	DoubtLost                     // holds U+FFFD: a letter was lost before the file came here
	DoubtDigits                   // a number of more than 15 digits: the spreadsheet kept only 15
	DoubtCell                     // a cell without a usable value (#N/A, a formula never computed); left empty
)

// Has reports whether all of o are in d.
func (d Doubt) Has(o Doubt) bool { return d&o == o }

// Row is one row of the list. Cells has as many elements as Info.Header and is reused by
// the next call of Next; its strings may be kept.
type Row struct {
	Number int // from 1 after the header; rows without any content are not numbered
	Line   int // line of the file (CSV) or row of the sheet (XLSX), from 1
	Cells  []string
	Doubts Doubt
}

// RowError is a row that could not be read. Next may be called again after it.
type RowError struct {
	Number int      // as in Row: a bad row has a number too
	Line   int      // as in Row
	Column int      // cell from 1; 0 when it is the whole row
	Cells  []string // what could be made of it, any length; belongs to the caller
	Fault  *fault.Error
}

func (e *RowError) Error() string {
	return "line " + strconv.Itoa(e.Line) + ": " + e.Fault.Error()
}

func (e *RowError) Unwrap() error { return e.Fault }
