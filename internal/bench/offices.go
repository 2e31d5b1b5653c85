package bench

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"quipu/internal/place"
	"quipu/internal/synth"
)

// importedByOffice imports the list as a ministry would: every office brings its own people.
func (r *run) importedByOffice(ctx context.Context) error {
	lists, err := r.split()
	if err != nil {
		return err
	}
	r.rep.Import = &Import{}
	for i, code := range slices.Sorted(maps.Keys(lists)) {
		if err := r.importOf(ctx, code, lists[code], r.rep.Import); err != nil {
			return err
		}
		r.Progress(int64(i+1), int64(len(lists)))
	}
	return nil
}

func (r *run) importOf(ctx context.Context, code, list string, sum *Import) error {
	var one Import
	use, err := r.child(ctx, "import", &one, "import", list, "--office", code, "--json", "--dir", r.register(), "--refused", list+".refused")
	if err != nil {
		return err
	}
	sum.Rows, sum.New, sum.Same = sum.Rows+one.Rows, sum.New+one.New, sum.Same+one.Same
	sum.Changed, sum.Refused = sum.Changed+one.Changed, sum.Refused+one.Refused
	sum.CPUSeconds, sum.ServerCPUSeconds = sum.CPUSeconds+use.CPUSeconds, sum.ServerCPUSeconds+use.ServerCPUSeconds
	sum.WallSeconds, sum.PeakBytes = sum.WallSeconds+use.WallSeconds, max(sum.PeakBytes, use.PeakBytes)
	sum.PerCPUSecond, sum.PerSecond = rate(sum.Rows, sum.CPUSeconds), rate(sum.Rows, sum.WallSeconds)
	return os.RemoveAll(list) // the long list holds it as well
}

// split writes a list for every office that keeps records and returns their paths.
func (r *run) split() (lists map[string]string, err error) {
	in, err := os.Open(r.list())
	if err != nil {
		return nil, err
	}
	defer in.Close()
	rows := csv.NewReader(bufio.NewReaderSize(in, 1<<20))
	rows.ReuseRecord = true
	header, err := rows.Read()
	if err != nil {
		return nil, err
	}
	header = slices.Clone(header)
	at := slices.Index(header, "oficina")
	if at < 0 || len(header) != len(synth.Header) {
		return nil, fmt.Errorf("bench: %s is no list of this program", r.list())
	}
	out := parts{dir: r.Dir, header: header, files: map[string]*part{}}
	defer func() { err = errors.Join(err, out.close()) }()
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return out.paths(), nil
		}
		if err == nil {
			err = out.put(keeper(row[at]), row)
		}
		if err != nil {
			return nil, err
		}
	}
}

// keeper is the office that keeps the records of another.
func keeper(code string) string {
	if o, ok := place.Network().Keeper(code); ok {
		return o.Code
	}
	return office
}

// parts are lists being written.
type parts struct {
	dir    string
	header []string
	files  map[string]*part
}

type part struct {
	*csv.Writer
	file *os.File
}

func (p *parts) put(code string, row []string) error {
	to, ok := p.files[code]
	if !ok {
		f, err := os.Create(p.path(code))
		if err != nil {
			return err
		}
		to = &part{csv.NewWriter(f), f}
		p.files[code] = to
		if err := to.Write(p.header); err != nil {
			return err
		}
	}
	return to.Write(row)
}

func (p *parts) path(code string) string { return filepath.Join(p.dir, "lista-"+code+".csv") }

func (p *parts) paths() map[string]string {
	out := map[string]string{}
	for code := range p.files {
		out[code] = p.path(code)
	}
	return out
}

func (p *parts) close() error {
	var errs []error
	for _, f := range p.files {
		f.Flush()
		errs = append(errs, f.Error(), f.file.Close())
	}
	return errors.Join(errs...)
}
