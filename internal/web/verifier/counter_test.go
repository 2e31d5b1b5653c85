package verifier_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"golang.org/x/mod/sumdb/note"

	"quipu/internal/civil"
	"quipu/internal/constancy"
	"quipu/internal/id"
	"quipu/internal/web/verifier"
	"quipu/internal/web/webtest"
)

func day(t testing.TB, s string) civil.Date {
	t.Helper()
	d, err := civil.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

type office struct {
	note.Signer
	public string
}

func newOffice(t testing.TB, name string) office {
	t.Helper()
	secret, public, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	return office{s, public}
}

// counter is what stands on the counter of whoever checks: the clock of the test is the
// clock of the browser.
type counter struct {
	t        *testing.T
	ctx      context.Context
	today    civil.Date
	ours     office
	stranger office
	ring     *constancy.Ring
	revoked  *constancy.Revocations
}

func newCounter(t *testing.T) *counter {
	c := &counter{t: t, today: civil.FromTime(time.Now()), ours: newOffice(t, "quipu/TEST/constancy"), stranger: newOffice(t, "quipu/OTHER/constancy")}
	second := newOffice(t, "quipu/LAPTOP/constancy")
	var err error
	if c.ring, err = constancy.NewRing("PE", c.today, []constancy.Key{{Public: c.ours.public, From: day(t, "2020-01-01")}, {Public: second.public, Until: day(t, "2030-01-01")}}); err != nil {
		t.Fatal(err)
	}
	c.revoked = &constancy.Revocations{Country: "PE", Issued: c.today, Serials: map[string]civil.Date{constancy.NewSerial(): day(t, "2026-05-01")}}
	return c
}

func (c *counter) statement(kind constancy.Kind) constancy.Statement {
	s := constancy.Statement{Kind: kind, Country: "PE", Serial: constancy.NewSerial(), Number: id.Number(12345),
		Surnames: "Ñahui de la Cruz", Given: "Rosa Tʼika", Latin: "", Birth: day(c.t, "1968-04-07"), Document: "dni 678", Office: "ESMAD",
		Since: day(c.t, "2019-05"), Issued: c.today, Until: c.today.AddDays(90)}
	if kind == constancy.Removal {
		s.Closed, s.Until = c.today.AddDays(-3), civil.Date{}
	}
	return s
}

func (c *counter) sign(s constancy.Statement, by office) string {
	c.t.Helper()
	text, err := constancy.Sign(s, by)
	if err != nil {
		c.t.Fatal(err)
	}
	return text
}

func (c *counter) lists() (keys, revoked []byte) {
	c.t.Helper()
	keys, err := c.ring.Sign(c.ours)
	if err != nil {
		c.t.Fatal(err)
	}
	if revoked, err = c.revoked.Sign(c.ours); err != nil {
		c.t.Fatal(err)
	}
	return keys, revoked
}

// open puts the file on a disk and opens it from there, with the network off.
func (c *counter) open(width int64) {
	c.t.Helper()
	b, err := verifier.File(c.lists())
	if err != nil {
		c.t.Fatal(err)
	}
	c.openFile(b, width)
}

func (c *counter) openFile(b []byte, width int64) {
	c.t.Helper()
	path := filepath.Join(c.t.TempDir(), verifier.FileName)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		c.t.Fatal(err)
	}
	if c.ctx == nil {
		c.ctx = webtest.Browser(c.t)
		if _, err := chromedp.Call(c.ctx, network.Enable, network.EnableParams{}); err != nil {
			c.t.Fatal(err)
		}
		off := network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{{Offline: true, DownloadThroughput: -1, UploadThroughput: -1}}}
		if _, err := chromedp.Call(c.ctx, network.EmulateNetworkConditionsByRule, off); err != nil {
			c.t.Fatal(err)
		}
	}
	webtest.Open(c.t, c.ctx, "file://"+filepath.ToSlash(path), width, 900)
	c.until(`document.documentElement.dataset.ready === "yes"`)
}

func (c *counter) until(condition string) {
	c.t.Helper()
	for range 200 {
		if ok, _ := chromedp.Run(c.ctx, chromedp.Evaluate[bool]("!!("+condition+")")); ok {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	c.t.Fatalf("never %s; the page says:\n%s", condition, c.says())
}

func (c *counter) says() string {
	text, err := chromedp.Run(c.ctx, chromedp.Evaluate[string]("document.body.innerText"))
	if err != nil {
		c.t.Fatal(err)
	}
	return text
}

func (c *counter) expect(texts ...string) {
	c.t.Helper()
	says := c.says()
	for _, want := range texts {
		if !strings.Contains(says, want) {
			c.t.Errorf("the page does not say %q:\n%s", want, says)
		}
	}
}

func (c *counter) click(selector string) {
	c.t.Helper()
	if _, err := chromedp.Run(c.ctx, chromedp.Evaluate[chromedp.Void](`document.querySelector(`+quoted(selector)+`).click()`)); err != nil {
		c.t.Fatal(err)
	}
}

func quoted(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// answer is what the page made of a text.
type answer struct {
	Verdict constancy.Verdict
	Rows    [][2]string
}

// ask gives texts to the form, one after the other.
func (c *counter) ask(texts ...string) []answer {
	c.t.Helper()
	out, err := chromedp.Run(c.ctx, chromedp.Evaluate[[]answer](`(async (texts) => {
		const out = [], box = document.getElementById("text"), place = document.querySelector("[data-answer]");
		for (const text of texts) {
			place.replaceChildren();
			box.value = text;
			box.form.requestSubmit();
			while (!place.firstChild) await new Promise((done) => setTimeout(done));
			out.push({ Verdict: place.firstChild.dataset.verdict,
				Rows: [...place.querySelectorAll("dl div")].map((d) => [d.firstChild.textContent, d.lastChild.textContent]) });
		}
		return out;
	})(`+quoted(texts)+`)`, chromedp.EvalAwaitPromise))
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}
