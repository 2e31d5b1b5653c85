// Package webtest looks at pages as a reader does: in a real browser, with axe-core for
// accessibility. It is for tests only.
package webtest

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

//go:embed axe.min.js
var axe string

// Violation is one accessibility rule that a page breaks, with the elements that do.
type Violation struct {
	ID     string   `json:"id"`
	Impact string   `json:"impact"`
	Help   string   `json:"help"`
	Nodes  []string `json:"nodes"`
}

func (v Violation) String() string {
	return fmt.Sprintf("%s (%s): %s\n\t%s", v.ID, v.Impact, v.Help, strings.Join(v.Nodes, "\n\t"))
}

// Browser starts a headless Chromium of its own and gives the context of an open tab; it
// ends with the test. Without a Chromium the test is skipped, or fails when
// QUIPU_REQUIRE_BROWSER is 1.
func Browser(t *testing.T) context.Context {
	t.Helper()
	path := find()
	if path == "" {
		const missing = "no Chromium found: install the package chromium to look at pages"
		if os.Getenv("QUIPU_REQUIRE_BROWSER") == "1" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	options := append([]chromedp.ExecAllocatorOption{},
		chromedp.DefaultExecAllocatorOptions[:]...)
	options = append(options,
		chromedp.ExecPath(path), chromedp.DisableGPU,
		chromedp.NoSandbox, // a container has no user namespaces, and the pages are our own
		chromedp.Flag("disable-component-update", true),
		chromedp.WSURLReadTimeout(time.Minute), // two cores and other tests
	)
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("starting Chromium: ", err)
	}
	return ctx
}

func find() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Open shows url in a window of that many CSS pixels and waits until it is loaded.
func Open(t *testing.T, ctx context.Context, url string, width, height int64) {
	t.Helper()
	err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height), chromedp.Navigate(url))
	if err != nil {
		t.Fatal(err)
	}
}

// Axe returns what the open page breaks of WCAG 2.2 A and AA and of good practice.
func Axe(t *testing.T, ctx context.Context) []Violation {
	t.Helper()
	there, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!window.axe"))
	if err == nil && !there {
		_, err = chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](axe))
	}
	if err != nil {
		t.Fatal("loading axe: ", err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]Violation](`axe.run(document, {
		resultTypes: ["violations"], elementRef: false,
		rules: {"target-size": {enabled: true}}, // 2.5.8, which axe asks for only on demand
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
	}).then(r => r.violations.map(v => ({
		id: v.id, impact: v.impact || "", help: v.help,
		nodes: v.nodes.map(n => n.html.slice(0, 200) + " " + (n.failureSummary || "")),
	})))`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal("running axe: ", err)
	}
	return found
}

// NoViolations opens url at phone and desk width and fails for whatever axe finds, and
// for a page that is wider than its window.
func NoViolations(t *testing.T, ctx context.Context, url string) {
	t.Helper()
	for _, width := range []int64{390, 1280} {
		Open(t, ctx, url, width, 900)
		for _, v := range Axe(t, ctx) {
			t.Errorf("%s at %d px: %v", url, width, v)
		}
		over, err := chromedp.Run(ctx, chromedp.Evaluate[int](
			`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
		if err != nil {
			t.Fatal(err)
		}
		if over > 0 {
			t.Errorf("%s at %d px: %d px wider than the window", url, width, over)
		}
	}
}

// Screenshot writes a picture of the whole open page as PNG.
func Screenshot(t *testing.T, ctx context.Context, path string) {
	t.Helper()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		t.Fatal(err)
	}
}
