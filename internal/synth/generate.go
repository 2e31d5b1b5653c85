package synth

import (
	"bufio"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Counts says what Generate made.
type Counts struct {
	Persons, Rows, Again int
}

// shuffled is how many rows wait to be written in a random order: rows of one person or
// family come to lie that far apart, at a fixed price in memory (about 40 MB).
const shuffled = 1 << 16

// encoded is a row ready to be written.
type encoded struct{ row, truth []byte }

// batch is the rows of one chunk.
type batch struct {
	rows  []encoded
	again int
}

// Generate writes the register (UTF-8, commas, Header first) and the truth about it.
func Generate(o Options, register, truth io.Writer) (Counts, error) {
	o, err := o.check()
	if err != nil {
		return Counts{}, err
	}
	w := newWorld(o)
	out := newOutput(w, register, truth)
	counts := Counts{Persons: o.Persons}
	for b := range w.batches() {
		counts.Rows += len(b.rows)
		counts.Again += b.again
		for _, e := range b.rows {
			out.add(e)
		}
	}
	return counts, out.close()
}

// batches encodes the chunks on several threads and hands them over in their order.
func (w *world) batches() <-chan batch {
	waiting := make(chan chan batch, 2*w.o.Threads)
	slots := make(chan struct{}, w.o.Threads)
	go func() {
		defer close(waiting)
		for c := range w.chunks {
			done := make(chan batch, 1)
			slots <- struct{}{}
			waiting <- done
			go func() { done <- w.encode(c); <-slots }()
		}
	}()
	out := make(chan batch)
	go func() {
		defer close(out)
		for done := range waiting {
			out <- <-done
		}
	}()
	return out
}

func (w *world) encode(c int) batch {
	entries := w.entries(c)
	b := batch{rows: make([]encoded, len(entries))}
	for i := range entries {
		e := &entries[i]
		if e.kind == "again" {
			b.again++
		}
		line := make([]byte, 0, 384)
		line = appendCSV(line, e.row[:], ',')
		if w.o.Inline {
			line = appendInt(append(line, ','), e.person.ID)
		}
		line = append(line, '\n')
		all := e.appendTruth(line)
		b.rows[i] = encoded{all[:len(line):len(line)], all[len(line):]}
	}
	return b
}

// output shuffles rows in a buffer of fixed size and numbers them as they leave.
type output struct {
	register, truth *bufio.Writer
	r               *rand.Rand
	buffer          []encoded
	row             int64
	number          []byte
}

func newOutput(w *world, register, truth io.Writer) *output {
	out := &output{register: bufio.NewWriterSize(register, 1<<16), truth: bufio.NewWriterSize(truth, 1<<16),
		r: w.stream(whole, 3), buffer: make([]encoded, 0, min(shuffled, 2*w.o.Persons))}
	head := Header[:]
	if w.o.Inline {
		head = append(append([]string(nil), head...), "truth")
	}
	out.register.WriteString(strings.Join(head, ",") + "\n")
	out.truth.WriteString(strings.Join(TruthHeader, ",") + "\n")
	return out
}

// add takes a row in and, when the buffer is full, lets a random one out.
func (o *output) add(e encoded) {
	if len(o.buffer) < shuffled {
		o.buffer = append(o.buffer, e)
		return
	}
	i := o.r.IntN(len(o.buffer))
	e, o.buffer[i] = o.buffer[i], e
	o.write(e)
}

// write does not look at errors: bufio keeps the first and close returns it.
func (o *output) write(e encoded) {
	o.row++
	o.register.Write(e.row)
	o.number = append(strconv.AppendInt(o.number[:0], o.row, 10), ',')
	o.truth.Write(o.number)
	o.truth.Write(e.truth)
}

func (o *output) close() error {
	o.r.Shuffle(len(o.buffer), func(i, j int) { o.buffer[i], o.buffer[j] = o.buffer[j], o.buffer[i] })
	for _, e := range o.buffer {
		o.write(e)
	}
	if err := o.register.Flush(); err != nil {
		return err
	}
	return o.truth.Flush()
}

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

// appendCSV writes fields as RFC 4180 has them, without the line's end.
func appendCSV(b []byte, fields []string, comma byte) []byte {
	for i, f := range fields {
		if i > 0 {
			b = append(b, comma)
		}
		if !strings.ContainsAny(f, "\"\n\r") && strings.IndexByte(f, comma) < 0 {
			b = append(b, f...)
			continue
		}
		b = append(b, '"')
		b = append(b, strings.ReplaceAll(f, `"`, `""`)...)
		b = append(b, '"')
	}
	return b
}
