package operation

import (
	"context"
	"math"
	"runtime/debug"
	"testing"
	"time"
)

func TestMemoryLimit(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct{ live, want int64 }{{0, 72}, {20, 72}, {60, 91}, {100, 141}} {
		if got := memoryLimit(72*mib, c.live*mib); got != c.want*mib {
			t.Errorf("%d MiB live: %d, want %d", c.live, got/mib, c.want)
		}
	}
}

// TestFrugal: the limit is there while the server runs, and gone afterwards.
func TestFrugal(t *testing.T) {
	before := debug.SetMemoryLimit(math.MaxInt64)
	defer debug.SetMemoryLimit(before)
	s := &Server{Config: Config{Memory: Memory{Mebibytes: 4096}}}
	t.Setenv("GOMEMLIMIT", "")
	ctx, end := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { s.frugal(ctx); close(done) }()
	for limit, tries := int64(math.MaxInt64), 0; limit == math.MaxInt64; tries++ {
		if tries == 500 {
			t.Fatal("there is no limit")
		}
		time.Sleep(10 * time.Millisecond)
		if limit = debug.SetMemoryLimit(-1); limit != math.MaxInt64 && limit != 4096<<20 {
			t.Errorf("the limit is %d", limit)
		}
	}
	end()
	<-done
	if got := debug.SetMemoryLimit(-1); got != math.MaxInt64 {
		t.Errorf("the limit stays: %d", got)
	}
}
