package synth

import (
	"bufio"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"

	"quipu/internal/civil"
	"quipu/internal/fault"
)

// MessyOptions say how bad an office's old list is. The list is of one office: the first
// of Posts, or Buenos Aires.
type MessyOptions struct {
	Rows     int
	Seed     uint64
	Bad      float64 // share of rows that an import must refuse, 0..1
	Dirty    float64 // share of rows with something to clean; 0 for one in two
	Today    civil.Date
	Posts    []Post
	NoTitles bool // leave out the lines above the header
}

// Line is a row of the list that an import must refuse, by its line in the file, from 1.
type Line struct {
	Line   int
	Reason string // no_name, impossible_date, bad_document
}

// MessyTruth is what is wrong with the list. Bad and Dirty count by reason; one row can
// be dirty in several ways, bad in one only. HeaderLine counts from 1.
type MessyTruth struct {
	Rows, HeaderLine int
	BadRows          int
	Bad, Dirty       map[string]int
	Lines            []Line
}

// MessyHeader is the header of the list.
var MessyHeader = []string{"N°", "Apellido Paterno", "Ap. Materno", "Nombres", "Sexo", "Fec. Nacimiento", "DNI",
	"Pasaporte", "Dirección", "Ciudad", "Teléfono", "Correo electrónico", "Estado Civil", "Fec. Inscripción"}

// The list's columns that are spoilt.
const (
	mNumber = iota
	mPaternal
	mMaternal
	mGiven
	mSex
	mBirth
	mDNI
	mPassport
	mAddress
	mCity
	mPhone
	mMail
	mCivil
	mRegistered
	mColumns
)

var badReasons = []string{"no_name", "impossible_date", "bad_document"}

// Messy writes an office's list as it comes out of an old spreadsheet: Windows-1252,
// semicolons, lines ended by CR LF, a title above the header, dates in every form.
// Exactly the rounded share Bad of the rows cannot be imported; every other row can.
func Messy(out io.Writer, o MessyOptions) (MessyTruth, error) {
	if !(o.Bad >= 0 && o.Bad <= 1) || !(o.Dirty >= 0 && o.Dirty <= 1) {
		return MessyTruth{}, fault.New(fault.Invalid, "synth.share", "bad", o.Bad, "dirty", o.Dirty)
	}
	if o.Dirty == 0 {
		o.Dirty = 0.5
	}
	if len(o.Posts) == 0 {
		o.Posts = []Post{{"ARBUE", "Buenos Aires", "AR", 1}}
	}
	w, err := Options{Persons: o.Rows, Seed: o.Seed, Families: true, Today: o.Today, Posts: o.Posts[:1]}.check()
	if err != nil {
		return MessyTruth{}, err
	}
	m := &mess{w: newWorld(w), o: o, out: bufio.NewWriter(out),
		truth: MessyTruth{Rows: o.Rows, BadRows: int(o.Bad*float64(o.Rows) + 0.5), Bad: map[string]int{}, Dirty: map[string]int{}}}
	m.r = m.w.stream(whole, 4)
	m.titles()
	m.rows()
	return m.truth, m.out.Flush()
}

// mess is one list being written.
type mess struct {
	w     *world
	o     MessyOptions
	r     *rand.Rand
	out   *bufio.Writer
	truth MessyTruth
	line  int
}

func (m *mess) titles() {
	if !m.o.NoTitles {
		m.write([]string{"RELACIÓN DE CONNACIONALES INSCRITOS - " + strings.ToUpper(m.o.Posts[0].City)})
		m.write([]string{"Actualizado al " + slashed(m.w.today), "", "uso interno"})
		m.write([]string{""})
	}
	m.write(MessyHeader)
	m.truth.HeaderLine = m.line
}

// rows picks exactly BadRows of the rows, each set of rows as likely as any other.
func (m *mess) rows() {
	left, bad := m.o.Rows, m.truth.BadRows
	for c := range m.w.chunks {
		for _, p := range m.w.chunk(c) {
			f := m.fields(p)
			if m.r.IntN(left) < bad {
				bad--
				m.spoil(f)
			} else if chance(m.r, m.o.Dirty) {
				m.dirty(p, f)
			}
			left--
			m.write(f)
		}
	}
}

func (m *mess) fields(p *Person) []string {
	f := make([]string, mColumns)
	f[mNumber] = strconv.FormatInt(p.ID, 10)
	f[mPaternal], f[mMaternal], f[mGiven] = p.Paternal, p.Maternal, p.Given
	f[mSex], f[mBirth], f[mDNI], f[mPassport] = p.Sex, slashed(p.Birth), p.DNI, p.Passport
	f[mAddress], f[mCity], f[mPhone], f[mMail] = p.Address, p.Post.City, p.Phone, p.Email
	f[mCivil] = civilWords[p.CivilStatus][sexIndex(p.Sex)]
	f[mRegistered] = slashed(p.Registered)
	return f
}

// spoil makes the row one that cannot be imported.
func (m *mess) spoil(f []string) {
	reason := pick(m.r, badReasons)
	switch reason {
	case "no_name":
		f[mPaternal], f[mMaternal], f[mGiven] = "", "", pick(m.r, []string{"", "", "-", " "})
	case "impossible_date":
		f[mBirth] = pick(m.r, []string{"31/02/1980", "30/02/1975", "31/04/1991", "45/10/1968", "12/17/1983/2", "31/11/1959", "29/02/2001"})
	case "bad_document":
		f[mDNI] = pick(m.r, []string{"4", "12A4567", "EN TRAMITE 2", "4455667788990", "O7654321X", "1234"})
	}
	m.truth.Bad[reason]++
	m.truth.Lines = append(m.truth.Lines, Line{m.line + 1, reason})
}

func (m *mess) write(f []string) {
	m.line++
	m.out.Write(windows1252(appendCSV(nil, f, ';')))
	m.out.WriteString("\r\n")
}

// windows1252 encodes what is used here: all of Latin-1 is the same there. Anything else
// becomes a question mark, as it does in such files.
func windows1252(utf8 []byte) []byte {
	out := make([]byte, 0, len(utf8))
	for _, c := range string(utf8) {
		if c > 0xFF {
			c = '?'
		}
		out = append(out, byte(c))
	}
	return out
}
