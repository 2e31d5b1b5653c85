package operation

import (
	"context"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// besides is what the program has in memory beside what lives: stacks, and pieces that are not whole.
const besides = 16 << 20

// frugal has garbage collected more often as what the program holds comes near the limit of the
// configuration, until the context ends. Without it as much garbage is kept as there are things
// that live, which a large table of answers would double. Who sets GOMEMLIMIT decides instead.
func (s *Server) frugal(ctx context.Context) {
	wanted := int64(s.Config.Memory.Mebibytes) << 20
	if wanted == 0 || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(math.MaxInt64))
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for again := time.NewTicker(time.Second); ; {
		metrics.Read(live)
		debug.SetMemoryLimit(memoryLimit(wanted, int64(live[0].Value.Uint64())))
		select {
		case <-ctx.Done():
			again.Stop()
			return
		case <-again.C:
		}
	}
}

// memoryLimit is what is wanted, or more where more lives: a register of a million people needs
// its index, and a program that is over its limit would do little else than collect.
func memoryLimit(wanted, live int64) int64 { return max(wanted, live+live/4+besides) }
