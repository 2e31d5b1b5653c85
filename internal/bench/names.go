package bench

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"quipu/internal/fault"
	"quipu/internal/linkage/finder"
	"quipu/internal/name"
	"quipu/internal/store/bare"
)

// Forgiving are questions with errors in them, answered by the index in memory on one core.
// Peer is pg_trgm, asked some of the same questions in each of its ways.
type Forgiving struct {
	Usage
	Persons        int                   `json:"persons"`
	BuildSeconds   float64               `json:"build_seconds"`
	BytesPerPerson float64               `json:"bytes_per_person"`
	Kinds          []NameKind            `json:"kinds"`
	Built          map[string]bare.Built `json:"peer_built,omitempty"`
	Peer           map[string][]NameKind `json:"peer,omitempty"`
}

// NameKind is one way of getting a name wrong. InTen is the share of questions with the
// person, or somebody of the very same names, among the first ten; nobody is looked for by
// a common name, where it is 0.
type NameKind struct {
	Kind string `json:"kind"`
	Latency
	// CPU is the same in processor time of this process, which other work on the machine
	// does not lengthen; nothing of a peer, whose server is another process.
	CPU   Latency `json:"cpu"`
	InTen float64 `json:"in_ten"`
}

// pg_trgm takes a second for a question among millions: it is asked manyPeers over the number
// of people of each kind, and fewPeers at least.
const (
	manyPeers = 4_000_000
	fewPeers  = 10
)

// common is the kind of questions that many people answer.
const common = "common"

// folk is a list in memory, each word kept once.
type folk struct {
	words map[string]uint32
	texts []string
	rows  [][4]uint32 // given, paternal, maternal, birth
}

func (f *folk) code(s string) uint32 {
	n, ok := f.words[s]
	if !ok {
		n = uint32(len(f.texts))
		s = strings.Clone(s)
		f.words[s], f.texts = n, append(f.texts, s)
	}
	return n
}

func (f *folk) at(row int) finder.Entry {
	r := f.rows[row]
	return finder.Entry{Given: f.texts[r[0]], Paternal: f.texts[r[1]], Maternal: f.texts[r[2]], Birth: f.texts[r[3]]}
}

// readFolk reads the names and dates of a list of `quipu generate`.
func readFolk(path string) (*folk, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	c := csv.NewReader(in)
	c.ReuseRecord = true
	header, err := c.Read()
	if err != nil {
		return nil, err
	}
	var at [4]int
	for i, h := range []string{"nombres", "apellido_paterno", "apellido_materno", "fecha_nacimiento"} {
		if at[i] = slices.Index(header, h); at[i] < 0 {
			return nil, fmt.Errorf("bench: %s has no column %s", path, h)
		}
	}
	f := &folk{words: map[string]uint32{}}
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return f, nil
		} else if err != nil {
			return nil, err
		}
		f.rows = append(f.rows, [4]uint32{f.code(row[at[0]]), f.code(row[at[1]]), f.code(row[at[2]]), f.code(row[at[3]])})
	}
}

// same reports whether two rows have the same names.
func (f *folk) same(a, b int) bool { return [3]uint32(f.rows[a][:3]) == [3]uint32(f.rows[b][:3]) }

// questions draws n questions of a kind.
func (f *folk) questions(kind string, n int, seed uint64) []finder.Trial {
	if kind != common {
		return finder.Trials(kind, n, seed, len(f.rows), f.at)
	}
	top := func(column int) []string {
		count := map[uint32]int{}
		for _, r := range f.rows {
			count[r[column]]++
		}
		delete(count, f.code(""))
		codes := make([]uint32, 0, len(count))
		for c := range count {
			codes = append(codes, c)
		}
		slices.SortFunc(codes, func(a, b uint32) int {
			if d := count[b] - count[a]; d != 0 {
				return d
			}
			return strings.Compare(f.texts[a], f.texts[b])
		})
		var out []string
		for _, c := range codes[:min(8, len(codes))] {
			out = append(out, f.texts[c])
		}
		return out
	}
	var out []finder.Trial
	given, paternal, maternal := top(0), top(1), top(2)
	for i := 0; len(out) < n && i < len(given)*len(paternal)*len(maternal); i++ {
		g, p, m := given[i%len(given)], paternal[i/len(given)%len(paternal)], maternal[i/len(given)/len(paternal)]
		word, _, _ := strings.Cut(g, " ")
		out = append(out, finder.Trial{Fault: common, Text: word + " " + p + " " + m})
	}
	return out
}

// FindNames indexes the list and asks n questions of each kind; with the address of an empty
// database of PostgreSQL, pg_trgm instead.
func FindNames(ctx context.Context, list string, n int, seed uint64, url string) (out Forgiving, err error) {
	f, err := readFolk(list)
	if err != nil {
		return out, err
	}
	out.Persons = len(f.rows)
	kinds := append(slices.Clone(finder.Faults), common)
	if url != "" {
		out.Built, out.Peer, err = f.besideTrigrams(ctx, url, kinds, min(n, max(fewPeers, manyPeers/max(len(f.rows), 1))), seed)
		return out, err
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	x := finder.New()
	for row := range f.rows {
		x.Put(uint32(row), f.at(row))
	}
	out.BuildSeconds = round(time.Since(start).Seconds())
	runtime.GC()
	runtime.ReadMemStats(&after)
	out.BytesPerPerson = ratio(float64(after.HeapAlloc-before.HeapAlloc), float64(len(f.rows)))
	for _, kind := range kinds {
		k, err := f.ask(kind, f.questions(kind, n, seed), func(text string) (rows []int, err error) {
			for _, h := range x.Search(finder.Query{Text: text, Whole: true}, 10) {
				rows = append(rows, int(h.Row))
			}
			return rows, ctx.Err()
		})
		if err != nil {
			return out, err
		}
		out.Kinds = append(out.Kinds, k)
	}
	return out, nil
}

func (f *folk) ask(kind string, qs []finder.Trial, search func(text string) ([]int, error)) (NameKind, error) {
	took, cpu, found := make([]time.Duration, 0, len(qs)), make([]time.Duration, 0, len(qs)), 0
	for _, q := range qs {
		start, used := time.Now(), processorTime()
		rows, err := search(q.Text)
		took, cpu = append(took, time.Since(start)), append(cpu, processorTime()-used)
		if err != nil {
			return NameKind{}, err
		}
		if kind != common && slices.ContainsFunc(rows, func(r int) bool { return f.same(r, int(q.Row)) }) {
			found++
		}
	}
	return NameKind{kind, LatencyOf(took), LatencyOf(cpu), ratio(float64(found), float64(len(qs)))}, nil
}

// processorTime is that of this process; 0 where the system does not say.
func processorTime() time.Duration {
	s, _ := CPUSeconds()
	return time.Duration(s * 1e9)
}

// plain is how both sides of pg_trgm are written: capitals without accents.
func plain(text string) string { return strings.Join(name.Tokens(text), " ") }

func (f *folk) besideTrigrams(ctx context.Context, url string, kinds []string, n int, seed uint64) (map[string]bare.Built, map[string][]NameKind, error) {
	t, err := bare.OpenTrigram(ctx, url)
	if err != nil {
		return nil, nil, err
	}
	defer t.Close() //nolint:errcheck // it was only read
	built, err := t.Fill(ctx, func(yield func(string) bool) {
		for row := range f.rows {
			if e := f.at(row); !yield(plain(e.Given + " " + e.Paternal + " " + e.Maternal)) {
				return
			}
		}
	})
	if err != nil {
		return nil, nil, err
	}
	out := map[string][]NameKind{}
	for _, way := range bare.Trigrams {
		for _, kind := range kinds {
			if kind == "date" {
				continue // pg_trgm has the names only
			}
			k, err := f.ask(kind, f.questions(kind, n, seed), func(text string) (rows []int, err error) {
				ids, err := t.Search(ctx, way, plain(text), 10)
				for _, id := range ids {
					rows = append(rows, int(id))
				}
				return rows, err
			})
			if err != nil {
				return nil, nil, err
			}
			out[way] = append(out[way], k)
		}
	}
	return built, out, nil
}

// names measures the search that forgives, on one core, and pg_trgm beside it when there is
// a server of PostgreSQL to ask.
func (r *run) names(ctx context.Context) error {
	out := &Forgiving{}
	args := []string{"_names", "--list", r.list(), "--queries", fmt.Sprint(r.Queries), "--seed", fmt.Sprint(r.Seed)}
	env := r.env
	r.env = append(slices.Clone(env), "GOMAXPROCS=1")
	use, err := r.child(ctx, "names", out, args...)
	r.env = env
	if err != nil {
		return err
	}
	out.Usage = use
	r.rep.Names = out
	if r.URL == "" {
		return nil // the report says how to get it
	}
	url, err := bare.MakeDatabase(ctx, r.URL, "quipu_names")
	if err != nil {
		return err
	}
	defer func() { _ = bare.DropDatabase(context.WithoutCancel(ctx), r.URL, "quipu_names") }()
	peer := &Forgiving{}
	if _, err = r.child(ctx, "trigrams", peer, append(args, "--peer-url", url)...); err != nil {
		return fault.New(fault.Unavailable, "bench.trigrams").Because(err)
	}
	out.Built, out.Peer = peer.Built, peer.Peer
	return nil
}

// lines are the report for people: keys of words, and figures. None of nothing.
func (n *Forgiving) lines() (out [][2]string) {
	if n == nil {
		return nil
	}
	out = append(out, [2]string{"names.index", fmt.Sprintf("%d, %.1f s, %.0f bytes, %d MiB", n.Persons, n.BuildSeconds, n.BytesPerPerson, n.PeakBytes>>20)})
	all := func(who string, kinds []NameKind) {
		for _, k := range kinds {
			out = append(out, [2]string{"names." + k.Kind, fmt.Sprintf("%-8s %s  %.3f", who, k.Latency, k.InTen)})
			if who == "quipu" {
				out = append(out, [2]string{"names.cpu", fmt.Sprintf("%-8s %s", who, k.CPU)})
			}
		}
	}
	all("quipu", n.Kinds)
	for _, way := range bare.Trigrams {
		if b, ok := n.Built[way]; ok {
			out = append(out, [2]string{"names.peer", fmt.Sprintf("%s: %.1f s, %d MiB", way, b.Seconds, b.Bytes>>20)})
			all(way, n.Peer[way])
		}
	}
	if n.Peer == nil {
		out = append(out, [2]string{"names.peer", "-"}, [2]string{"names.no_peer", ""})
	}
	return out
}
