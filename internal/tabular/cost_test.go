package tabular

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// bigList writes n rows of 15 cells.
func bigList(t testing.TB, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "grande.csv")
	f := must[*os.File](t)(os.Create(path))
	fmt.Fprintln(f, "DNI;Paterno;Materno;Nombres;Sexo;Nacimiento;Lugar;Correo;Teléfono;Calle;Número;Ciudad;Provincia;País;Nota")
	for i := range n {
		fmt.Fprintf(f, "%08d;Quispe;Ñaupari;Juan Carlos;M;07/04/1968;Puno;a%d@ejemplo.pe;+34600%06d;\"Calle de la Luna; 2º\";%d;Madrid;Madrid;ES;\n", i, i, i, i%90)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMemoryStaysFlat(t *testing.T) {
	r := must[*Reader](t)(Open(bigList(t, 200_000), Options{}))
	defer r.Close()
	var m runtime.MemStats
	var most uint64
	rows := 0
	for {
		row, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil || len(row.Cells) != 15 {
			t.Fatal(row, err)
		}
		if rows++; rows%20_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
	}
	if rows != 200_000 || most > 16<<20 {
		t.Errorf("%d rows, %d MiB of heap", rows, most>>20)
	}
}

func TestProgressAndHashCoverTheFile(t *testing.T) {
	path := bigList(t, 20_000)
	var done, total int64
	calls := 0
	r := must[*Reader](t)(Open(path, Options{Progress: func(d, n int64) { calls++; done, total = d, n }}))
	defer r.Close()
	if info := r.Info(); done != total || total != info.Size || calls < 2 || len(info.SHA256) != 64 {
		t.Errorf("%d of %d in %d calls, %+v", done, total, calls, info)
	}
}

func BenchmarkCSVRow(b *testing.B) {
	path := bigList(b, 100_000)
	b.ReportAllocs()
	b.ResetTimer()
	for rows := 0; rows < b.N; {
		r := must[*Reader](b)(Open(path, Options{}))
		for rows < b.N {
			if _, err := r.Next(); err != nil {
				break
			}
			rows++
		}
		r.Close()
	}
}

func BenchmarkXLSXRow(b *testing.B) {
	var rows strings.Builder
	for range 20_000 {
		rows.WriteString("<x:row>" + strings.Repeat(`<x:c s="1" t="str"><x:v>Quispe</x:v></x:c>`, 15) + "</x:row>")
	}
	data := pack(b, parts(rows.String())...)
	b.ResetTimer()
	for n := 0; n < b.N; {
		r := must[*Reader](b)(NewReader(strings.NewReader(data), int64(len(data)), Options{}))
		for n < b.N {
			if _, err := r.Next(); err != nil {
				break
			}
			n++
		}
		r.Close()
	}
}
