package bench

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
)

// cutter passes on some columns of the CSV that is written to it.
type cutter struct {
	to   *io.PipeWriter
	done chan error
}

func newCutter(out io.Writer, columns []string) *cutter {
	from, to := io.Pipe()
	c := &cutter{to: to, done: make(chan error, 1)}
	go func() {
		err := cut(from, out, columns)
		from.CloseWithError(err)
		c.done <- err
	}()
	return c
}

func (c *cutter) Write(b []byte) (int, error) { return c.to.Write(b) }

// close ends the input and waits until everything is passed on.
func (c *cutter) close() error {
	c.to.Close()
	return <-c.done
}

func cut(in io.Reader, out io.Writer, columns []string) error {
	r, w := csv.NewReader(in), csv.NewWriter(out)
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil {
		return err
	}
	at, row := make([]int, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		if at[i] = slices.Index(header, c); at[i] < 0 {
			return fmt.Errorf("bench: the list has no column %s", c)
		}
	}
	for record := header; err == nil; record, err = r.Read() {
		for i, a := range at {
			row[i] = record[a]
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	if err == io.EOF {
		err = w.Error()
	}
	return err
}
