package tabular

import (
	"testing"

	"quipu/internal/fault"
)

func TestCheckName(t *testing.T) {
	for name, fits := range map[string]Format{"lista.csv": CSV, "LISTA.CSV ": CSV, "a.b.txt": CSV, "x.tsv": CSV, "libro.xlsx": XLSX, "Libro.XLSM": XLSX} {
		if err := CheckName(name, fits); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		other := map[Format]Format{CSV: XLSX, XLSX: CSV}[fits]
		if err := CheckName(name, other); !fault.Is(err, "tabular.name") {
			t.Errorf("%s as %s: %v", name, other, err)
		}
	}
	for _, name := range []string{"lista", "lista 2.5", "lista.", ".", "", "lista 3.12 final"} {
		if err := CheckName(name, CSV); err != nil {
			t.Errorf("%q says nothing: %v", name, err)
		}
	}
	for _, name := range []string{"lista.exe", "lista.csv.html", "lista.xls", "lista.pdf", "lista.csv.js"} {
		if err := CheckName(name, CSV); !fault.Is(err, "tabular.name") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
