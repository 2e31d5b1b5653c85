package bench

import (
	"fmt"
	"io"
	"slices"
)

// Print writes a report for people: ratios first. label gives the words of a key in the
// reader's language.
func (r *Report) Print(w io.Writer, label func(key string) string) {
	line := func(key, format string, args ...any) {
		fmt.Fprintf(w, "%-44s "+format+"\n", append([]any{label(key)}, args...)...)
	}
	fmt.Fprintf(w, "%s, %s: %d / %d\n", r.Benchmark, r.Engine, r.Persons, r.Rows)
	if x := r.Ratios; x != nil {
		line("ratio_cpu", "%.2f", x.CPU)
		line("ratio_keep", "%.2f", x.Keep)
		line("ratio_bytes", "%.2f", x.Bytes)
	}
	if i := r.Import; i != nil {
		line("import_rate", "%.0f", i.PerCPUSecond)
		r.use(line, "import_use", i.Usage)
	}
	if d := r.Decide; d != nil {
		r.use(line, "decide_use", *d)
	}
	if b := r.Bare; b != nil {
		r.use(line, "bare_use", b.Usage)
		line("bare_bytes", "%d", b.Bytes)
	}
	if d := r.Disk; d != nil {
		line("disk", "%d (%.0f)", d.Bytes, d.PerPerson)
	}
	if l := r.LookUps; l != nil {
		for _, k := range []struct {
			key string
			of  Look
		}{{"document", l.Document}, {"full_name", l.FullName}, {"short_name", l.ShortName}, {"page", l.Page}} {
			line(k.key+"_first", "%s", k.of.First)
			line(k.key+"_warm", "%s", k.of.Warm)
		}
		line("lookups_peak", "%d MiB", l.PeakBytes>>20)
	}
	if w := r.Window; w != nil {
		for _, l := range w.lines() {
			line(l[0], "%s", l[1])
		}
	}
	for _, l := range slices.Concat(r.Names.lines(), r.Link.lines(), r.Copies.lines(used)) {
		line(l[0], "%s", l[1])
	}
	for _, t := range r.Targets {
		state := "missed"
		if t.Met {
			state = "met"
		}
		fmt.Fprintf(w, "%-32s %12.1f %12.1f  %s\n", t.What, t.Aim, t.Got, label(state))
	}
}

func (r *Report) use(line func(key, format string, args ...any), key string, u Usage) {
	line(key, "%s", used(u))
}

// used is processor time (that of a server after it), time and memory.
func used(u Usage) string {
	if u.ServerCPUSeconds > 0 {
		return fmt.Sprintf("%.1f + %.1f s, %.1f s, %d MiB", u.CPUSeconds, u.ServerCPUSeconds, u.WallSeconds, u.PeakBytes>>20)
	}
	return fmt.Sprintf("%.1f s, %.1f s, %d MiB", u.CPUSeconds, u.WallSeconds, u.PeakBytes>>20)
}

// String is the distribution in one line, in milliseconds.
func (l Latency) String() string {
	return fmt.Sprintf("p50 %.2f  p95 %.2f  p99 %.2f  max %.2f ms (%d)", l.P50, l.P95, l.P99, l.Max, l.Queries)
}
