package linkage_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quipu/internal/linkage"
	"quipu/internal/linkage/cluster"
	"quipu/internal/linkage/evaluate"
)

// reference are lists with a truth and what their columns hold.
var reference = []struct {
	name, files, kinds string
	comma              rune
	best               float64 // F1 of pairs that the best threshold must reach
}{
	{"febrl1", "febrl1.csv", febrl, ',', 0.999},
	{"febrl2", "febrl2.csv", febrl, ',', 0.996},
	{"febrl4", "febrl4a.csv febrl4b.csv", febrl, ',', 0.999},
	{"rldata500", "rldata500.csv", "fname_c1=given_names fname_c2=given_names lname_c1=surname lname_c2=surname by=year bm=month bd=day", ',', 0.98},
	{"fake_1000", "fake_1000.csv", fake, ',', 0.7},
	{"fake_20000", "fake_20000.csv", fake, ',', 0.77},
	{"opencr_uganda", "opencr_uganda.csv", "sex=sex date_of_birth=date given_name=given_names surname=surname phone_number=phone uganda_nin=document art_number=document", ',', 0.99},
	{"pseudopeople", "pseudopeople_census.csv", "first_name=given_names middle_initial=given_names last_name=surname dob=date sex=sex street_number=number street_name=street unit_number=number city=place state=place zipcode=place race_ethnicity=category", ',', 0.95},
	{"dblp_acm", "dblp_acm/dblp.csv dblp_acm/acm.csv", "title=text authors=text venue=category year=number", '%', 0.93},
}

const (
	febrl = "given_name=given_names surname=surname street_number=number address_1=street address_2=place suburb=place postcode=place state=category date_of_birth=date soc_sec_id=document"
	fake  = "first_name=given_names surname=surname dob=date city=place email=email"
	perus = "apellido_paterno=surname apellido_materno=second_surname nombres=given_names apellido_casada=married_name sexo=sex fecha_nacimiento=date ubigeo_nacimiento=place pais_nacimiento=category numero_documento=document pasaporte=document direccion=street codigo_postal=place telefono=phone correo=email instruccion=category ocupacion=category idioma=category"
)

// load reads lists into one, with the truth of each row and the source of each, nil for one.
func load(t testing.TB, paths []string, comma rune, kinds string) (*linkage.List, []string, []uint8) {
	kindOf := map[string]linkage.Kind{}
	for _, k := range strings.Fields(kinds) {
		column, kind, _ := strings.Cut(k, "=")
		v, ok := linkage.ParseKind(kind)
		if !ok {
			t.Fatalf("no kind %q", kind)
		}
		kindOf[column] = v
	}
	var l *linkage.List
	var truth []string
	var sources []uint8
	for at, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r := csv.NewReader(f)
		r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = comma, comma == '%', -1, true
		head, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		head = slices.Clone(head)
		fields := make([]linkage.Field, len(head))
		for i, h := range head {
			fields[i] = linkage.Field{Name: h, Kind: kindOf[h]}
		}
		if l == nil {
			l = linkage.NewList(fields)
		}
		who := slices.Index(head, "truth")
		id := slices.Index(head, "id")
		for {
			row, err := r.Read()
			if err != nil {
				break
			}
			l.Append(row)
			if who >= 0 {
				truth = append(truth, strings.Clone(row[who]))
			} else {
				truth = append(truth, fmt.Sprint(at, "-", row[id]))
			}
			sources = append(sources, uint8(at))
		}
	}
	if len(paths) == 1 {
		sources = nil
	}
	return l, truth, sources
}

func folder(t testing.TB) string {
	dir := os.Getenv("QUIPU_REFERENCE")
	if dir == "" {
		t.Skip("QUIPU_REFERENCE is not set: the folder of reference lists")
	}
	return filepath.Join(dir, "linkage")
}

// TestReferenceLists links every list and holds the best threshold against what it should reach.
func TestReferenceLists(t *testing.T) {
	dir := folder(t)
	for _, c := range reference {
		t.Run(c.name, func(t *testing.T) {
			var paths []string
			for _, f := range strings.Fields(c.files) {
				paths = append(paths, filepath.Join(dir, f))
			}
			l, truth, sources := load(t, paths, c.comma, c.kinds)
			if c.name == "dblp_acm" {
				sameWork(t, filepath.Join(dir, "dblp_acm", "gt.csv"), truth)
			}
			if got := measure(t, l, truth, sources); got < c.best {
				t.Errorf("best F1 of pairs is %.4f, want %.4f", got, c.best)
			}
		})
	}
}

// sameWork gives the second row of each true pair the label of the first.
func sameWork(t *testing.T, path string, truth []string) {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first := map[string]string{}
	for _, line := range strings.Split(string(b), "\n")[1:] {
		if a, b, ok := strings.Cut(strings.TrimSpace(line), "%"); ok {
			first["1-"+b] = "0-" + a
			first["1 - "+b] = "0 - " + a
		}
	}
	for i, w := range truth {
		if f, ok := first[strings.ReplaceAll(w, " ", "")]; ok {
			truth[i] = f
		} else {
			truth[i] = strings.ReplaceAll(w, " ", "")
		}
	}
}

func measure(t testing.TB, l *linkage.List, truth []string, sources []uint8) float64 {
	start := time.Now()
	threads := 2
	r, err := linkage.Link(l, linkage.Options{Threads: threads, Sources: sources, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	who := evaluate.TruthOf(truth, sources)
	edges := make([]cluster.Edge, len(r.Pairs))
	kept := make([][2]int32, len(r.Pairs))
	for i, p := range r.Pairs {
		edges[i] = cluster.Edge{A: p.A, B: p.B, Weight: p.Weight}
		kept[i] = [2]int32{p.A, p.B}
	}
	zero, sweep := who.Edges(edges, 0), who.Sweep(edges)
	t.Logf("%d records, %d true pairs, %.1fs, %.0f pairs/record, kept %d with recall %.4f; at 0 P %.4f R %.4f F1 %.4f; best F1 %.4f at %.1f; clusters at %.1f F1 %.4f; prior %.1f",
		l.Len(), who.Pairs(), took.Seconds(), float64(r.PairsScored)/float64(l.Len()), len(kept), who.BlockingRecall(kept), zero.Precision, zero.Recall, zero.F1,
		sweep.BestPairs.Pairs.F1, sweep.BestPairs.Threshold, r.Threshold, who.Clusters(r.Clusters).Pairs.F1, r.Model.Prior)
	if os.Getenv("QUIPU_TALK") != "" {
		talkOfRules(t, l, truth, sources, r)
		for _, c := range r.Model.Comparisons {
			var b strings.Builder
			for _, v := range c.Levels[1:] {
				fmt.Fprintf(&b, " %s %.4f/%.2g=%.1f", v.Key, v.M, v.U, v.Weight)
			}
			t.Logf("  %-20s %s", c.Name, b.String())
		}
	}
	return sweep.BestPairs.Pairs.F1
}

// TestGenerated measures a list of the generator: QUIPU_GENERATED is its file.
func TestGenerated(t *testing.T) {
	path := os.Getenv("QUIPU_GENERATED")
	if path == "" {
		t.Skip("QUIPU_GENERATED is not set: a list with inline truth")
	}
	l, truth, _ := load(t, []string{path}, ',', perus)
	measure(t, l, truth, nil)
}

// talkOfRules logs how many true pairs each rule brings together, and how many no other one does.
func talkOfRules(t testing.TB, l *linkage.List, truth []string, sources []uint8, r *linkage.Result) {
	rows := map[string][]int32{}
	for i, w := range truth {
		rows[w] = append(rows[w], int32(i))
	}
	var pairs [][2]int32
	for _, rs := range rows {
		for i, a := range rs {
			for _, b := range rs[:i] {
				if sources == nil || sources[a] != sources[b] {
					pairs = append(pairs, [2]int32{a, b})
				}
			}
		}
	}
	masks, err := linkage.Bringing(r.Model, l, pairs)
	if err != nil {
		t.Fatal(err)
	}
	brought := 0
	all, alone := make([]int, 64), make([]int, 64)
	for _, m := range masks {
		if m != 0 {
			brought++
		}
		for i := range 64 {
			if m>>i&1 != 0 {
				all[i]++
				if m == 1<<i {
					alone[i]++
				}
			}
		}
	}
	t.Logf("  blocking recall %.4f of %d", float64(brought)/float64(len(pairs)), len(pairs))
	for i, rule := range r.Rules {
		t.Logf("  %-60s %9d pairs, true %d, alone %d, %d refined, %d dropped, %d lost", rule.Name, rule.Pairs, all[i], alone[i], rule.Refined, rule.Dropped, rule.Lost)
	}
}
