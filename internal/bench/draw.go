package bench

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strings"

	"quipu/internal/synth"
)

// question is one row of the list as somebody at a window would ask for it.
type question struct{ document, full, short string }

// draw takes n rows of the list at random places, those that name a document. A long row
// is a little likelier than a short one, which does not matter here.
func draw(path string, n int, seed uint64) ([]question, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(seed, 0xbe9c4))
	out := make([]question, 0, n)
	for tries := 0; len(out) < n && tries < 20*n; tries++ {
		q, err := rowAfter(io.NewSectionReader(f, r.Int64N(st.Size()), 8<<10))
		if err != nil {
			return nil, err
		}
		if q.document != "" && q.short != "" {
			out = append(out, q)
		}
	}
	return out, nil
}

// rowAfter reads the first whole row of a piece of the list; none is no error.
func rowAfter(piece io.Reader) (q question, err error) {
	in := bufio.NewReader(piece)
	if _, err := in.ReadString('\n'); err != nil {
		return q, ignoreEnd(err)
	}
	c := csv.NewReader(in)
	c.FieldsPerRecord = len(synth.Header)
	row, err := c.Read()
	if err != nil {
		return q, ignoreEnd(err)
	}
	cell := func(header string) string {
		for i, h := range synth.Header {
			if h == header {
				return row[i]
			}
		}
		return ""
	}
	surnames := strings.TrimSpace(cell("apellido_paterno") + " " + cell("apellido_materno"))
	given, _, _ := strings.Cut(cell("nombres"), " ")
	q.document = cell("numero_documento")
	q.full = strings.TrimSpace(surnames + " " + cell("nombres"))
	q.short = strings.TrimSpace(given + " " + cell("apellido_paterno"))
	return q, nil
}

// ignoreEnd passes over the end of the list and a row that the piece cut off.
func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.As(err, new(*csv.ParseError)) {
		return nil
	}
	return err
}
