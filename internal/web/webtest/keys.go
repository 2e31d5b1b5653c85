package webtest

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Press types keys as a keyboard does: text comes of a key press, so that a page which
// takes the press for a command gets no letter. (chromedp.KeyEvent sends both apart.)
func Press(t *testing.T, ctx context.Context, keys string) {
	t.Helper()
	for _, r := range keys {
		strike(t, ctx, r, 0)
	}
}

// PressCtrl presses the key with Ctrl held.
func PressCtrl(t *testing.T, ctx context.Context, key string) {
	t.Helper()
	for _, r := range key {
		strike(t, ctx, r, int64(chromedp.ModifierCtrl))
	}
}

func strike(t *testing.T, ctx context.Context, r rune, modifiers int64) {
	t.Helper()
	steps := kb.Encode(r)
	down, up := *steps[0], *steps[len(steps)-1]
	if len(steps) == 3 && modifiers == 0 {
		down.Type = input.DispatchKeyEventTypeKeyDown
		down.Text, down.UnmodifiedText = steps[1].Text, steps[1].UnmodifiedText
	}
	for _, event := range []input.DispatchKeyEventParams{down, up} {
		event.Modifiers |= modifiers
		if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, event); err != nil {
			t.Fatal(err)
		}
	}
}

// Arrive waits until the tab shows the page at path, and fails when it does not.
func Arrive(t *testing.T, ctx context.Context, path string) {
	t.Helper()
	var at string
	for range 100 {
		// The tab cannot answer while it changes pages; ask again.
		at, _ = chromedp.Run(ctx, chromedp.Evaluate[string](`document.readyState === "complete" ? location.pathname : ""`))
		if at == path {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the tab is at %q, want %q", at, path)
}

// PressAlt presses a key with Alt held.
func PressAlt(t *testing.T, ctx context.Context, key string) {
	t.Helper()
	for _, r := range key {
		strike(t, ctx, r, int64(chromedp.ModifierAlt))
	}
}
