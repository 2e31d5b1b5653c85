package cli

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"quipu/internal/fault"
)

func isInternal(err error) bool { return fault.As(err) == nil }

// bar draws progress on a terminal's stderr, from two seconds on; elsewhere it is silent.
type bar struct {
	w     io.Writer
	label string
	start time.Time
	drawn time.Time
	shown bool
}

func (e *env) bar(label string) *bar {
	b := &bar{label: label, start: time.Now()}
	if f, ok := e.err.(*os.File); ok {
		if st, err := f.Stat(); err == nil && st.Mode()&os.ModeCharDevice != 0 {
			b.w = f
		}
	}
	return b
}

// at shows how far the work is; total 0 means that nobody knows.
func (b *bar) at(done, total int64) {
	now := time.Now()
	if b.w == nil || now.Sub(b.start) < 2*time.Second || now.Sub(b.drawn) < 100*time.Millisecond {
		return
	}
	b.drawn, b.shown = now, true
	rate := float64(done) / now.Sub(b.start).Seconds()
	if total <= 0 {
		fmt.Fprintf(b.w, "\r%s %d (%.0f/s)\x1b[K", b.label, done, rate)
		return
	}
	const width = 30
	full := int(min(done, total) * width / total)
	left := time.Duration(float64(total-done)/max(rate, 1)) * time.Second
	fmt.Fprintf(b.w, "\r%s [%s%s] %d/%d %s\x1b[K", b.label, strings.Repeat("#", full), strings.Repeat(".", width-full), done, total, left)
}

func (b *bar) done() {
	if b.shown {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
