package render_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/app/rights"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/render"
)

// ownData is what a register of one invented person, looked at often, hands out.
func ownData(t *testing.T, lang i18n.Lang) *rights.OwnData {
	t.Helper()
	ctx := context.Background()
	now := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	a, err := app.Open(ctx, filepath.Join(t.TempDir(), "reg"), app.Options{Create: true, Node: "TEST", Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	text := func(field, value string) registry.Input {
		return registry.Input{Field: field, Value: change.Text(value)}
	}
	who := authz.Actor{Login: "rosa", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	made, err := a.Register(ctx, who, registry.RegisterCmd{Office: "ESMAD", Kind: "resident", Channel: "window", Prov: change.Provenance{Source: "document_seen"}, Inputs: []registry.Input{
		text("surname_paternal", "Quispe"), text("surname_maternal", "Ñahui"), text("given_names", "Rosa Tʼika"), text("birth_date", "1990-05-02"),
		text("sex", "F"), text("nationality_basis", "birth_in_country"), text("residence_country", "ES"), text("safe_hours", "solo de 10 a 12"),
		{Field: "address/", Value: change.Group("lines", "Calle Inventada 5\npiso 2", "city", "Madrid", "country", "ES")},
		{Field: "consent/", Value: change.Group("purpose", "alerts", "version", "2026-1", "language", "spa", "granted", "2026-11-23")},
	}}, false)
	if err != nil {
		t.Fatal(err)
	}
	for range 60 {
		now = now.Add(time.Hour)
		if _, err := a.Person(ctx, who, made.Person, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	own, err := a.HandOut(ctx, node.Operator("test", "ESMAD"), made.Person, rights.FormatPDF, "", lang)
	if err != nil {
		t.Fatal(err)
	}
	return own
}

var space = regexp.MustCompile(`\s+`)

func squeeze(s string) string { return space.ReplaceAllString(s, "") }

// TestOwnDataPaper: the paper says what the data says, in its order, on numbered pages.
func TestOwnDataPaper(t *testing.T) {
	prog := tool(t, "pdftotext")
	for _, lang := range i18n.Langs {
		own := ownData(t, lang)
		file, err := render.OwnData(own)
		if err != nil {
			t.Fatal(err)
		}
		again, err := render.OwnData(own)
		if err != nil || string(again) != string(file) {
			t.Errorf("the same data gives other bytes: %v", err)
		}
		pdf := filepath.Join(t.TempDir(), "own.pdf")
		if err := os.WriteFile(pdf, file, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(prog, "-raw", pdf, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		pages := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
		text := squeeze(string(out))
		for i := range pages {
			if want := squeeze(i18n.T(lang, "rights.pdf.page", "page", i+1, "total", len(pages))); !strings.Contains(squeeze(pages[i]), want) {
				t.Errorf("page %d does not say %s", i+1, want)
			}
		}
		if len(pages) < 3 {
			t.Errorf("it has %d pages", len(pages))
		}
		at := 0
		for _, s := range own.Sections {
			i := strings.Index(text[at:], squeeze(s.Title))
			if i < 0 {
				t.Fatalf("%s: the part %q does not follow", lang, s.Title)
			}
			at += i
			for _, v := range s.Values {
				if !strings.Contains(text, squeeze(v.Words)) {
					t.Errorf("%s: %s does not say %q", lang, v.Field, v.Words)
				}
			}
		}
		if n := strings.Count(text, squeeze(own.Reads[0].Did.Name)); n < len(own.Reads) {
			t.Errorf("%s: %d reads of %d", lang, n, len(own.Reads))
		}
	}
}
