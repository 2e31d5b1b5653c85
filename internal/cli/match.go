package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"runtime"
	"strconv"
	"time"

	"quipu/internal/bench"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/linkage/match"
	"quipu/internal/linkage/personlist"
)

const matchUsage = "INDEX.csv QUERIES.csv --out FILE [--map FILE] [--top N] [--threads N] [--dry-run] [--json]"

// saidMatch is the answer in JSON.
type saidMatch struct {
	Index      int          `json:"index"`   // rows
	Queries    int          `json:"queries"` // rows
	Answered   int          `json:"answered"`
	Candidates int          `json:"candidates"`
	CPUSeconds float64      `json:"cpu_seconds"`
	PeakBytes  int64        `json:"peak_bytes"`
	Wall       float64      `json:"wall_seconds"`
	Out        string       `json:"out"`
	SetAside   int          `json:"set_aside"`
	Columns    []saidColumn `json:"columns"`
}

func matchLists(e *env, args []string) error {
	c := personColumns{either: true}
	out := e.flags.String("out", "", "where query_row,rank,index_row,score goes")
	e.flags.StringVar(&c.mapFile, "map", "", "JSON file: column, of either list, to kind")
	o := match.Options{Stop: e.ctx.Err}
	e.flags.IntVar(&o.Top, "top", 10, "most candidates for a query")
	e.flags.IntVar(&o.Threads, "threads", runtime.GOMAXPROCS(0), "threads; the result does not depend on it")
	e.flags.Uint64Var(&o.Seed, "seed", 1, "decides what chance decides")
	dryRun := e.flags.Bool("dry-run", false, "only say what each column was taken for")
	encoding := e.flags.String("encoding", "", "encoding of the files, when it is not found by itself")
	delimiter := e.flags.String("delimiter", "", "character between cells")
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	paths, err := e.parse(args, 2, 2)
	if err != nil {
		return err
	}
	if *out == "" && !*dryRun || o.Top < 1 {
		return errUsage
	}
	c.table.Encoding, c.table.Delimiter = tableOptions(*encoding, *delimiter)
	began := time.Now()
	index, queries, err := e.openBoth(paths, c)
	if err != nil {
		return err
	}
	defer index.close()
	defer queries.close()
	if *dryRun {
		return e.sayMatchPlan(index, queries)
	}
	var files outFiles
	defer files.drop()
	w, err := files.create(*out)
	if err != nil {
		return err
	}
	found, err := e.match(index, queries, o)
	if err != nil {
		return err
	}
	said := saidMatch{Index: index.list.Len(), Queries: queries.list.Len(), Out: *out, SetAside: len(index.aside) + len(queries.aside),
		Columns: append(e.columns(index), e.columns(queries)...)}
	said.Answered, said.Candidates = count(found)
	if err := writeMatches(w, found); err != nil {
		return err
	}
	if err := files.commit(); err != nil {
		return err
	}
	said.CPUSeconds, _ = bench.CPUSeconds() // 0 where the system does not say
	said.PeakBytes, said.Wall = bench.PeakBytes(), time.Since(began).Seconds()
	return e.sayMatch(&said, index, queries)
}

// openBoth opens the two lists. Their columns may differ; those of one heading are taken
// for the same. A list of queries with one column is free text.
func (e *env) openBoth(paths []string, c personColumns) (index, queries *persons, err error) {
	if index, err = e.openAll(paths[:1], c); err != nil {
		return nil, nil, err
	}
	c.like, c.lone = index.files[0], "text"
	if queries, err = e.openAll(paths[1:], c); err != nil {
		index.close() //nolint:errcheck // what matters has been said
		return nil, nil, err
	}
	if err := knownColumns(c.mapFile, index, queries); err != nil {
		index.close()   //nolint:errcheck // what matters has been said
		queries.close() //nolint:errcheck // what matters has been said
		return nil, nil, err
	}
	return index, queries, nil
}

// knownColumns refuses a map that names a column that neither list has.
func knownColumns(path string, lists ...*persons) error {
	if path == "" {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fault.New(fault.NotFound, "cli.no_file", "file", path).Because(err)
	}
	var all []string
	for _, p := range lists {
		data = without(p.files[0].header, data)
		all = append(all, p.files[0].header...)
	}
	_, err = personlist.ReadMap(data, all)
	return err
}

// onlyOf is a map of columns with those that a header has alone, without is the rest. What
// is no map is left for ReadMap to refuse.
func onlyOf(header []string, data []byte) []byte {
	return sift(data, func(column string) bool { return personlist.Find(column, header) > 0 })
}

func without(header []string, data []byte) []byte {
	return sift(data, func(column string) bool { return personlist.Find(column, header) == 0 })
}

func sift(data []byte, keep func(column string) bool) []byte {
	var in map[string]string
	if json.Unmarshal(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), &in) != nil {
		return data
	}
	maps.DeleteFunc(in, func(column, _ string) bool { return !keep(column) })
	out, err := json.Marshal(in)
	if err != nil {
		return data
	}
	return out
}

// match reads both lists and matches them, with progress.
func (e *env) match(index, queries *persons, o match.Options) ([][]match.Candidate, error) {
	for _, p := range []*persons{index, queries} {
		if err := e.read(p); err != nil {
			return nil, err
		}
	}
	b := e.bar("")
	defer func() { b.done() }()
	o.Progress = func(phase string, done, total int64) {
		if label := i18n.T(e.lang, "cli.match.phase."+phase); label != b.label {
			b.done()
			b = e.bar(label)
		}
		b.at(done, total)
	}
	return match.Match(index.list, queries.list, o)
}

// writeMatches writes query_row,rank,index_row,score; rows are numbered from 1.
func writeMatches(w *bufio.Writer, found [][]match.Candidate) error {
	line := []byte("query_row,rank,index_row,score\n")
	for q, cs := range found {
		for i, c := range cs {
			if _, err := w.Write(line); err != nil {
				return err
			}
			line = line[:0]
			for _, n := range []int{q + 1, i + 1, int(c.Row) + 1} {
				line = append(strconv.AppendInt(line, int64(n), 10), ',')
			}
			line = append(strconv.AppendFloat(line, c.Score, 'f', 6, 64), '\n')
		}
	}
	_, err := w.Write(line)
	return err
}

func count(found [][]match.Candidate) (answered, candidates int) {
	for _, cs := range found {
		candidates += len(cs)
		if len(cs) > 0 {
			answered++
		}
	}
	return answered, candidates
}

func (e *env) sayMatchPlan(index, queries *persons) error {
	if e.asJSON {
		return e.json(map[string]any{"columns": append(e.columns(index), e.columns(queries)...), "dry_run": true})
	}
	for _, p := range []*persons{index, queries} {
		fmt.Fprintln(e.out, p.files[0].path)
		e.sayColumns(e.out, p)
	}
	return nil
}

func (e *env) sayMatch(said *saidMatch, lists ...*persons) error {
	for _, p := range lists {
		e.sayAside(p)
	}
	if e.asJSON {
		return e.json(said)
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "cli.match.done", "answered", said.Answered, "queries", said.Queries, "index", said.Index, "file", said.Out))
	return nil
}
