package render_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/mod/sumdb/note"

	"quipu/internal/civil"
	"quipu/internal/constancy"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/render"
)

func day(t testing.TB, s string) civil.Date {
	t.Helper()
	d, err := civil.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func statement(t testing.TB, kind constancy.Kind) constancy.Statement {
	s := constancy.Statement{Kind: kind, Country: "PE", Serial: "7QK3-WZ0A-9TMP", Number: id.Number(12345),
		Surnames: "Ñahui de la Cruz Mamani", Given: "Rosa Tʼika Wiraqucha", Birth: day(t, "1968-04-07"), Document: "dni 678", Office: "ESMAD",
		Since: day(t, "2019-05"), Issued: day(t, "2026-11-23"), Until: day(t, "2028-11-22")}
	if kind == constancy.Removal {
		s.Closed, s.Until = day(t, "2026-10-01"), civil.Date{}
	}
	return s
}

// paper signs a statement with a key of its own; the ring is what checks it.
func paper(t testing.TB, s constancy.Statement) (render.Paper, *constancy.Ring) {
	t.Helper()
	const name = "quipu/TEST/constancy"
	seed := bytes.Repeat([]byte{7}, ed25519.SeedSize) // the same codes every time
	public, err := note.NewEd25519VerifierKey(name, ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	hash := strings.Split(public, "+")[1]
	signer, err := note.NewSigner("PRIVATE+KEY+" + name + "+" + hash + "+" + base64.StdEncoding.EncodeToString(append([]byte{1}, seed...)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := constancy.Sign(s, signer)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := constancy.NewRing("PE", s.Issued, []constancy.Key{{Public: public}})
	if err != nil {
		t.Fatal(err)
	}
	s.Key = signer.KeyHash()
	return render.Paper{Statement: s, Text: text}, ring
}

// scan reads a code in a picture; pure says that there is nothing else in it.
func scan(img image.Image, pure bool) (string, error) {
	bmp, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", err
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	if pure {
		hints[gozxing.DecodeHintType_PURE_BARCODE] = true
	}
	res, err := qrcode.NewQRCodeReader().Decode(bmp, hints)
	if err != nil {
		return "", err
	}
	return res.GetText(), nil
}

// picture is the code of a text as a page shows it, scanned.
func picture(t *testing.T, text string) (scanned string, modules int) {
	t.Helper()
	file, err := render.QR(text, 4)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if scanned, err = scan(img, true); err != nil {
		t.Fatalf("the code cannot be scanned: %v", err)
	}
	return scanned, img.Bounds().Dx()/4 - 8
}

func TestScanBack(t *testing.T) {
	for _, kind := range constancy.Kinds {
		p, ring := paper(t, statement(t, kind))
		text, n := picture(t, p.Text)
		if n > 17+4*12 {
			t.Errorf("%s: a code of %d modules is above version 12", kind, n)
		}
		r := constancy.Verify(text, ring, nil, p.Statement.Issued)
		if r.Verdict != constancy.Valid || r.Statement.Given != p.Statement.Given {
			t.Errorf("%s: %+v", kind, r)
		}
	}
}

// tool finds a program of poppler-utils or skips, or fails when QUIPU_REQUIRE_POPPLER is 1.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("QUIPU_REQUIRE_POPPLER") == "1" {
			t.Fatal(err)
		}
		t.Skipf("%s is not installed (Debian: poppler-utils)", name)
	}
	return path
}

func pdfFile(t *testing.T, p render.Paper) string {
	t.Helper()
	b, err := render.PDF(p)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "paper.pdf")
	if dir := os.Getenv("QUIPU_KEEP_PDF"); dir != "" { // to look at them
		file = filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+"-"+string(p.Statement.Kind)+".pdf")
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestPaperSaysWhatIsSigned(t *testing.T) {
	prog := tool(t, "pdftotext")
	for _, kind := range constancy.Kinds {
		p, _ := paper(t, statement(t, kind))
		out, err := exec.Command(prog, "-layout", pdfFile(t, p), "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		text := string(out)
		want := []string{"Ñahui de la Cruz Mamani", "Rosa Tʼika Wiraqucha", p.Statement.Number, p.Statement.Serial, "Madrid"}
		if kind != constancy.Card {
			want = append(want, "termina en 678", "7 de abril de 1968", "mayo de 2019", "May 2019")
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not say %q:\n%s", kind, w, text)
			}
		}
		if strings.Contains(text, "⟦") {
			t.Errorf("%s has words missing:\n%s", kind, text)
		}
	}
}

// A scanner that misses once is held a little nearer.
func TestPrintedCodeScans(t *testing.T) {
	prog := tool(t, "pdftoppm")
	for _, kind := range []constancy.Kind{constancy.Registration, constancy.Card} {
		p, ring := paper(t, statement(t, kind))
		file := pdfFile(t, p)
		var got []constancy.Verdict
		for _, dpi := range []string{"200", "250", "300"} {
			text, err := scan(printed(t, prog, file, dpi), false)
			if err == nil {
				got = append(got, constancy.Verify(text, ring, nil, p.Statement.Issued).Verdict)
			}
		}
		if len(got) == 0 || slices.Contains(got, constancy.Altered) || got[0] != constancy.Valid {
			t.Errorf("%s: the printed code scans as %v", kind, got)
		}
	}
}

// printed is a page of a PDF as dots.
func printed(t *testing.T, prog, file, dpi string) image.Image {
	t.Helper()
	stem := strings.TrimSuffix(file, ".pdf")
	if out, err := exec.Command(prog, "-png", "-singlefile", "-r", dpi, file, stem).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(stem + ".png")
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestSameStatementSameBytes(t *testing.T) {
	for _, kind := range constancy.Kinds {
		p, _ := paper(t, statement(t, kind))
		p.Photo = photo(t)
		first, err := render.PDF(p)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if again, _ := render.PDF(p); !bytes.Equal(first, again) {
				t.Fatalf("%s differs from one time to the next", kind)
			}
		}
		info := regexp.MustCompile(`(?s)/(Title|Author|Subject|Keywords|Creator|CreationDate|ModDate) ?\(.*?\)`).FindAllString(string(first), -1)
		for _, s := range info {
			if strings.Contains(strings.ReplaceAll(s, "\x00", ""), "Mamani") || strings.HasPrefix(s, "/Author") {
				t.Errorf("%s: the metadata names the person: %q", kind, s)
			}
		}
		if !bytes.Contains(first, []byte("20261123000000")) {
			t.Errorf("%s: the file is not dated by the statement: %q", kind, info)
		}
	}
}

func photo(t testing.TB) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 350, 450))
	for y := range 450 {
		for x := range 350 {
			c := color.RGBA{198, 210, 222, 255}
			if dx, dy := x-175, y-190; dx*dx*10+dy*dy*7 < 90000 || y > 340 && dx*dx < 22000 {
				c = color.RGBA{112, 120, 132, 255}
			}
			img.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCardWithPhoto(t *testing.T) {
	p, _ := paper(t, statement(t, constancy.Card))
	without, err := render.PDF(p)
	if err != nil {
		t.Fatal(err)
	}
	p.Photo = photo(t)
	if with, err := render.PDF(p); err != nil || len(with) < len(without)+len(p.Photo)/2 {
		t.Errorf("the photograph is not in the card: %d and %d bytes, %v", len(without), len(with), err)
	}
	pdfFile(t, p)
	p.Photo = []byte("not a picture")
	if _, err := render.PDF(p); err == nil {
		t.Error("a broken photograph was drawn")
	}
}

func TestNamesThatNoFontDraws(t *testing.T) {
	prog := tool(t, "pdftotext")
	for _, c := range []struct{ surnames, given, latin, want string }{
		{"陳", "美麗", "Chen Meili", "Chen Meili"}, {"Иванова", "Анна", "Anna Ivanova", "Anna Ivanova"},
		{"Иванова", "Анна", "", "IVANOVA"}, {"Nguyễn", "Thị Hồng", "", "Nguyễn"}, {"Ꞌuma", "Rosa", "", "UMA"},
	} {
		for _, kind := range constancy.Kinds {
			s := statement(t, kind)
			s.Surnames, s.Given, s.Latin = c.surnames, c.given, c.latin
			p, _ := paper(t, s)
			out, err := exec.Command(prog, "-layout", pdfFile(t, p), "-").Output()
			if err != nil || !strings.Contains(string(out), c.want) {
				t.Errorf("%s %s: %v\n%s", kind, c.surnames, err, out)
			}
		}
	}
}

// A registration whose first day nobody knows is not one that never expires.
func TestUnknownDays(t *testing.T) {
	s := statement(t, constancy.Registration)
	s.Since = civil.Date{}
	for _, p := range render.Particulars(i18n.English, &s) {
		if p.Label == "constancy.label.since" || p.Value == i18n.T(i18n.English, "constancy.no_expiry") {
			t.Errorf("says %+v", p)
		}
	}
	s = statement(t, constancy.Removal)
	if last := render.Particulars(i18n.English, &s); last[len(last)-1].Value != "Does not expire" {
		t.Errorf("a removal: %+v", last)
	}
}

// A name of two hundred letters must stay on the paper and on the card.
func TestLongNames(t *testing.T) {
	prog := tool(t, "pdftotext")
	for _, kind := range constancy.Kinds {
		s := statement(t, kind)
		s.Surnames = strings.TrimSpace(strings.Repeat("Wiracochapampa ", 7))
		s.Given = strings.TrimSpace(strings.Repeat("Maximiliana ", 8))
		p, ring := paper(t, s)
		said, err := exec.Command(prog, "-layout", pdfFile(t, p), "-").Output()
		if n := strings.Count(string(said), "Wiracochapampa"); err != nil || n != 7 || strings.Contains(string(said), "…") {
			t.Errorf("%s: %d of 7 surnames are printed, %v\n%s", kind, n, err, said)
		}
		text, _ := picture(t, p.Text)
		if r := constancy.Verify(text, ring, nil, s.Issued); r.Verdict != constancy.Valid {
			t.Errorf("%s: %s", kind, r.Verdict)
		}
	}
}
