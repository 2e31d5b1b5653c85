package webtest

import (
	"context"
	_ "embed"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed checks.js
var checks string

// ask evaluates an expression over quipuChecks in the open page.
func ask[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// load puts the checks into the open page.
func load(t *testing.T, ctx context.Context) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](checks)); err != nil {
		t.Fatal("loading the checks: ", err)
	}
}

// Reflow returns what is wider than a window of 320 pixels, as on a screen enlarged four
// times (WCAG 1.4.10), and what is cut off there with wide spacing (1.4.12).
func Reflow(t *testing.T, ctx context.Context) []string {
	t.Helper()
	load(t, ctx)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(320, 640)); err != nil {
		t.Fatal(err)
	}
	return append(ask[[]string](t, ctx, "quipuChecks.wide()"), ask[[]string](t, ctx, "quipuChecks.spaced()")...)
}

// Wider returns what is wider than the window as it is.
func Wider(t *testing.T, ctx context.Context) []string {
	t.Helper()
	load(t, ctx)
	return ask[[]string](t, ctx, "quipuChecks.wide()")
}

// Named returns what is called otherwise than it shows (WCAG 2.5.3), and what shows something
// only to who points at it.
func Named(t *testing.T, ctx context.Context) []string {
	t.Helper()
	load(t, ctx)
	return ask[[]string](t, ctx, "quipuChecks.named()")
}

// stop is where Tab has come to.
type stop struct {
	Name     string   `json:"name"`
	Again    bool     `json:"again"`
	Inside   bool     `json:"inside"`
	Hidden   bool     `json:"hidden"`
	Problems []string `json:"problems"`
}

// Keyboard goes through the open page with the Tab key and returns what is wrong: an element
// that is not reached (2.1.1), an order that is not the document's (2.4.3), a focus that
// cannot be seen (2.4.7) or is hidden by something else (2.4.11), no way out (2.1.2).
func Keyboard(t *testing.T, ctx context.Context) (found []string) {
	t.Helper()
	load(t, ctx)
	all := ask[int](t, ctx, "quipuChecks.begin()")
	last := ""
	for range 10*all + 10 {
		Press(t, ctx, kb.Tab)
		s := ask[stop](t, ctx, "quipuChecks.here()")
		if s.Inside {
			continue
		}
		if s.Name == "" || s.Again && s.Name != last {
			return append(found, ask[[]string](t, ctx, "quipuChecks.missed()")...) // out of the page, or round it
		}
		if s.Again {
			return append(found, fmt.Sprint("Tab does not leave ", s.Name))
		}
		found, last = append(found, s.Problems...), s.Name
		// A busy browser brings it into view a moment after it has the focus.
		for range 20 {
			if !s.Hidden {
				break
			}
			time.Sleep(50 * time.Millisecond)
			s.Hidden = ask[bool](t, ctx, "quipuChecks.hidden()")
		}
		if s.Hidden {
			found = append(found, "has the focus and is hidden: "+s.Name)
		}
	}
	return append(found, "Tab finds no end")
}

// Line is what a page took on the line: how many requests, and bytes with their headers.
type Line struct{ Requests, Bytes int }

// OnTheLine returns what the open page took; what the browser had already counts nothing.
func OnTheLine(t *testing.T, ctx context.Context) Line {
	t.Helper()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[[]int](`[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
		.map(e => e.transferSize).filter(n => n > 0)`))
	if err != nil {
		t.Fatal(err)
	}
	l := Line{Requests: len(out)}
	for _, n := range out {
		l.Bytes += n
	}
	return l
}
