package verifier_test

import (
	"bytes"
	"encoding/base32"
	"encoding/binary"
	"hash/crc32"
	mrand "math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"quipu/internal/civil"
	"quipu/internal/constancy"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/render"
	"quipu/internal/web/verifier"
	"quipu/internal/web/webtest"
)

// TestSameAsTheProgram gives the file and the program the same texts: every verdict, and
// every particular of what is genuine, in both languages.
func TestSameAsTheProgram(t *testing.T) {
	c := newCounter(t)
	var texts []string
	for _, kind := range constancy.Kinds {
		for _, birth := range []string{"1968-04-07", "1968-04", "1968", "196X", "1968~", "1968-04-07?", "1968%", "XXXX", "0001-01-01", "9999-12-31"} {
			s := c.statement(kind)
			s.Birth = day(t, birth)
			texts = append(texts, c.sign(s, c.ours))
		}
	}
	spoil := func(f func(*constancy.Statement)) constancy.Statement {
		s := c.statement(constancy.Card)
		f(&s)
		return s
	}
	taken := c.statement(constancy.Registration)
	c.revoked.Serials[taken.Serial] = c.today
	for _, s := range []constancy.Statement{taken,
		spoil(func(s *constancy.Statement) { s.Until = c.today }),
		spoil(func(s *constancy.Statement) { s.Issued, s.Until = c.today.AddDays(-50), c.today.AddDays(-1) }),
		spoil(func(s *constancy.Statement) { s.Issued = c.today.AddDays(1) }),
		spoil(func(s *constancy.Statement) { s.Issued, s.Until = day(t, "2019-12-31"), day(t, "2090-01-01") }),
		spoil(func(s *constancy.Statement) { s.Country = "EC" }),
		spoil(func(s *constancy.Statement) { s.Given, s.Document = "", "" }),
		spoil(func(s *constancy.Statement) { s.Surnames, s.Given, s.Latin = "陳", "美麗", "Chen Meili" }),
		spoil(func(s *constancy.Statement) { s.Number, s.Document = id.Number(9_999_999_999), "passport X1Z" }),
		spoil(func(s *constancy.Statement) { s.Surnames = `<img src=x onerror="document.title=1">` }),
		spoil(func(s *constancy.Statement) { s.Office, s.Since = "XXOLD", civil.Date{} }),
	} {
		texts = append(texts, c.sign(s, c.ours), c.sign(s, c.stranger))
	}
	texts = append(texts, spoilt(c.sign(c.statement(constancy.Card), c.ours))...)

	c.open(1280)
	for _, lang := range []i18n.Lang{i18n.Spanish, i18n.English} {
		c.click(`[data-lang="` + string(lang) + `"]`)
		seen := map[constancy.Verdict]int{}
		for i, got := range c.ask(texts...) {
			want := constancy.Verify(texts[i], c.ring, c.revoked, c.today)
			seen[want.Verdict]++
			if got.Verdict != want.Verdict {
				t.Errorf("%s\n\tthe file says %s, the program %s", texts[i], got.Verdict, want.Verdict)
			}
			if rows := particulars(lang, &want); !slices.Equal(rows, got.Rows) {
				t.Errorf("%s in %s:\nthe file    %q\nthe program %q", texts[i], lang, got.Rows, rows)
			}
		}
		for _, v := range constancy.Verdicts {
			if seen[v] == 0 {
				t.Errorf("no text was %s", v)
			}
		}
	}
	if title, err := chromedp.Run(c.ctx, chromedp.Evaluate[string]("document.title")); err != nil || title == "1" {
		t.Errorf("a name ran as a script: %q, %v", title, err)
	}
}

func particulars(lang i18n.Lang, r *constancy.Report) [][2]string {
	if !r.Genuine() {
		return [][2]string{}
	}
	out := [][2]string{}
	for _, p := range append(render.Particulars(lang, r.Statement), render.Marks(r.Statement)...) {
		out = append(out, [2]string{i18n.T(lang, p.Label), p.Value})
	}
	if r.RevokedOn.Known() {
		out = append(out, [2]string{i18n.T(lang, "constancy.label.revoked"), i18n.Date(lang, r.RevokedOn.String())})
	}
	return out
}

// spoilt are texts that a bad scan or a forger makes of a good one.
func spoilt(good string) []string {
	out := []string{"", "QP", "QP1", "QP1:", "QP2:" + good[4:], "QP:x", "QPX:", "https://example.org/", "qp1ñ" + strings.ToLower(good[4:]),
		"QP1;" + good[4:], " " + good[:30] + "  " + good[30:] + " ", good + "A", good + "AAAAAAAA", good[:20] + "!" + good[21:], good[:len(good)-1] + "!", good + "="}
	for i := 4; i < len(good); i += 7 {
		out = append(out, good[:i], good[:i]+string("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(i*5)%32])+good[i+1:], good[:i]+good[i+1:])
	}
	// And what a forger makes who knows length and checksum.
	enc := base32.StdEncoding.WithPadding(base32.NoPadding)
	body, _ := enc.DecodeString(good[4:])
	n := int(binary.BigEndian.Uint16(body))
	chance := mrand.New(mrand.NewPCG(1, 2))
	for range 60 {
		b := bytes.Clone(body[:len(body)-4])
		// A letter of a name, or a bit of the signature: what stays a statement in form.
		at := 2 + bytes.Index(b[2:], []byte("ahui")) + chance.IntN(4)
		if chance.IntN(2) == 0 {
			at = 2 + n + chance.IntN(64)
		}
		b[at] = b[at]&0x60 | byte(1+chance.IntN(25))
		if bytes.Equal(b, body[:len(body)-4]) {
			continue
		}
		out = append(out, "QP1:"+enc.EncodeToString(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))))
	}
	return out
}

// TestScan is the work at a counter: a scanner types and presses Enter, again and again,
// with the network off, and the page loads nothing.
func TestScan(t *testing.T) {
	c := newCounter(t)
	good, bad := c.sign(c.statement(constancy.Card), c.ours), c.sign(c.statement(constancy.Card), c.stranger)
	c.open(1280)
	c.click(`[data-lang="es"]`)
	webtest.Press(t, c.ctx, good+kb.Enter)
	c.until(`document.querySelector("[data-verdict=valid]")`)
	c.expect("Válida: la emitió", "Ñahui de la Cruz", "Oficina", "Madrid", "DNI, termina en 678", "La lista de anulaciones es de hoy", "Compara estos datos")
	webtest.Press(t, c.ctx, bad+kb.Enter)
	c.until(`document.querySelector("[data-verdict=unknown_key]")`)
	c.expect("No se puede comprobar", "No se muestra lo que dice")
	if strings.Contains(c.says(), "Ñahui") {
		t.Error("what nobody vouches for is shown")
	}
	n, err := chromedp.Run(c.ctx, chromedp.Evaluate[int](`performance.getEntriesByType("resource").length`))
	if err != nil || n != 0 {
		t.Errorf("the page loaded %d things: %v", n, err)
	}
	got, err := chromedp.Run(c.ctx, chromedp.Evaluate[string](`fetch("http://127.0.0.1/").then(() => "sent", () => "refused")`, chromedp.EvalAwaitPromise))
	if err != nil || got != "refused" {
		t.Errorf("the page may speak to the network: %s, %v", got, err)
	}
}

// TestOldList says how old the list is and takes a newer one, only a signed one.
func TestOldList(t *testing.T) {
	c := newCounter(t)
	s := c.statement(constancy.Card)
	s.Issued = c.today.AddDays(-60)
	text := c.sign(s, c.ours)
	c.revoked.Issued = c.today.AddDays(-45)
	c.open(1280)
	c.click(`[data-lang="en"]`)
	c.expect("Note: the list of revocations is of", "45 days ago")
	if got := c.ask(text)[0].Verdict; got != constancy.Valid {
		t.Fatal(got)
	}
	c.expect("Valid:", "fetch a newer one")
	if cls, _ := chromedp.Run(c.ctx, chromedp.Evaluate[string](`document.querySelector("[data-verdict]").className`)); cls != "verdict warn" {
		t.Errorf("with an old list the answer looks like %q", cls)
	}

	newer := constancy.Revocations{Country: "PE", Issued: c.today, Serials: map[string]civil.Date{s.Serial: c.today.AddDays(-2)}}
	list, _ := newer.Sign(c.ours)
	forged, _ := newer.Sign(c.stranger)
	older := newer
	older.Issued = c.today.AddDays(-90)
	stale, _ := older.Sign(c.ours)
	keys, _ := c.lists()
	for _, f := range []struct {
		name string
		file []byte
		want string
	}{{"forged", forged, "not bear the signature"}, {"cut", list[:len(list)/2], "not bear the signature"}, {"keys", keys, "not a list of revocations"}, {"old", stale, "older than the one in use"}} {
		c.load(f.file, f.want)
		if got := c.ask(text)[0].Verdict; got != constancy.Valid {
			t.Errorf("a list that is %s was used", f.name)
		}
	}
	c.load(list, "Checks are now made with the list of")
	c.until(`document.querySelector("[data-verdict=revoked]")`) // the answer that stood there is asked again
	c.expect("Revoked on")
}

func (c *counter) load(file []byte, want string) {
	c.t.Helper()
	path := filepath.Join(c.t.TempDir(), "list.txt")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		c.t.Fatal(err)
	}
	if err := chromedp.Do(c.ctx, chromedp.SetUploadFiles("#file", []string{path})); err != nil {
		c.t.Fatal(err)
	}
	c.until(`document.querySelector("[data-loaded]").textContent.includes(` + quoted(want) + `)`)
}

// TestBrowserThatCannot: without the signatures, and with a file that was damaged, the page
// says so and offers nothing.
func TestBrowserThatCannot(t *testing.T) {
	c := newCounter(t)
	b, err := verifier.File(c.lists())
	if err != nil {
		t.Fatal(err)
	}
	c.openFile(bytes.Replace(b, []byte("country PE"), []byte("country EC"), 1), 1280)
	c.click(`[data-lang="es"]`)
	c.expect("no están completas")
	hidden := func() {
		t.Helper()
		if ok, err := chromedp.Run(c.ctx, chromedp.Evaluate[bool](`document.querySelector("form").hidden`)); err != nil || !ok {
			t.Errorf("the form is offered: %v", err)
		}
	}
	hidden()
	if _, err := chromedp.Call(c.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException("no", "NotSupportedError"));`}); err != nil {
		t.Fatal(err)
	}
	c.open(390)
	c.click(`[data-lang="es"]`)
	c.expect("Este navegador no sabe comprobar", "Firefox 129")
	hidden()
}

// TestCamera puts a reader of codes in place of the browser's, which Chromium has on
// telephones only; the camera is Chromium's own picture for tests.
func TestCamera(t *testing.T) {
	c := newCounter(t)
	text := c.sign(c.statement(constancy.Card), c.ours)
	c.open(390)
	visible := `!document.querySelector("[data-camera]").hidden`
	if ok, _ := chromedp.Run(c.ctx, chromedp.Evaluate[bool](visible)); ok {
		t.Skip("this browser reads codes itself: nothing to put in its place")
	}
	if _, err := chromedp.Call(c.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
		let seen = 0;
		window.BarcodeDetector = class {
			static async getSupportedFormats() { return ["qr_code"]; }
			async detect(video) { return video.videoWidth && ++seen > 2 ? [{ rawValue: ` + quoted(text) + ` }] : []; }
		};
		const canvas = document.createElement("canvas");
		canvas.getContext("2d");
		navigator.mediaDevices.getUserMedia = async () => { setInterval(() => canvas.getContext("2d").fillRect(0, 0, 9, 9), 20); return canvas.captureStream(); };`}); err != nil {
		t.Fatal(err)
	}
	c.open(390)
	c.until(visible)
	c.click("[data-look]")
	c.until(`document.querySelector("[data-verdict=valid]")`)
	if ok, _ := chromedp.Run(c.ctx, chromedp.Evaluate[bool](`document.querySelector("video").hidden`)); !ok {
		t.Error("the camera stays on")
	}
}

func TestAxe(t *testing.T) {
	c := newCounter(t)
	taken := c.statement(constancy.Registration)
	c.revoked.Serials[taken.Serial] = c.today
	texts := map[string]string{"valida": c.sign(c.statement(constancy.Card), c.ours), "anulada": c.sign(taken, c.ours), "falsa": "QP1:AAAA", "vacia": ""}
	for _, width := range []int64{390, 1280} {
		c.open(width)
		for _, lang := range i18n.Langs {
			c.click(`[data-lang="` + string(lang) + `"]`)
			for name, text := range texts {
				if text != "" {
					c.ask(text)
				}
				for _, v := range webtest.Axe(t, c.ctx) {
					t.Errorf("%s in %s at %d px: %v", name, lang, width, v)
				}
				if over, err := chromedp.Run(c.ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`)); err != nil || over > 0 {
					t.Errorf("%s in %s at %d px: %d px too wide, %v", name, lang, width, over, err)
				}
				if dir := os.Getenv("QUIPU_SCREENSHOTS"); dir != "" {
					webtest.Screenshot(t, c.ctx, filepath.Join(dir, "verificador-"+name+"-"+string(lang)+map[int64]string{390: "-390", 1280: "-1280"}[width]+".png"))
				}
			}
		}
	}
}

var asked = regexp.MustCompile(`"((?:verifier|constancy|ui)\.[a-z_.]+[a-z])"`)

// TestFile: the same lists give the same bytes, what is no list gives none, and no word is
// missing.
func TestFile(t *testing.T) {
	c := newCounter(t)
	keys, revoked := c.lists()
	b, err := verifier.File(keys, revoked)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := verifier.File(keys, revoked); !bytes.Equal(b, again) {
		t.Error("the same lists give another file")
	}
	if bytes.Contains(b, []byte("⟦")) || len(b) > 120<<10 {
		t.Errorf("words are missing, or %d bytes are too many", len(b))
	}
	for _, bad := range [][2][]byte{{revoked, revoked}, {keys, keys}, {keys, nil}, {nil, revoked}} {
		if _, err := verifier.File(bad[0], bad[1]); fault.As(err) == nil {
			t.Errorf("made from other files: %v", err)
		}
	}
	n := 0
	for _, m := range asked.FindAllSubmatch(b, -1) {
		n++
		if !bytes.Contains(b, []byte(`"`+string(m[1])+`":"`)) {
			t.Errorf("the file asks for %s and does not have it", m[1])
		}
	}
	if n < 40 {
		t.Errorf("only %d words were found: the test looks at the wrong place", n)
	}
}
