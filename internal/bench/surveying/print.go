package surveying

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"quipu/internal/bench"
)

// central is what ODK Central was measured at by its makers, in submissions a second.
const central = "130"

// Print writes the report as two tables, as docs/benchmarks.md has them.
func (r *Report) Print(w io.Writer, label func(key string) string) {
	row := func(cells ...string) { fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")) }
	head := func(cells ...string) {
		row(cells...)
		row(strings.Split(strings.Repeat("---,", len(cells)-1)+"---", ",")...)
	}
	word := func(key string) string { return label("survey.report." + key) }
	aim := map[string]string{}
	for _, a := range r.Aims {
		if aim[a.key] = number(a.Wanted); a.key == "peak" || a.key == "server" {
			aim[a.key] = mebibytes(int64(a.Wanted))
		}
		if !a.Met {
			aim[a.key] += " " + word("missed")
		}
	}
	head(fmt.Sprintf(word("rows"), r.Rows), word("aim"), "Quipu, s", "CPU s", "R, s", "R CPU s", word("ratio"))
	for i, q := range r.Quipu.Calls {
		cells := []string{q.Name, aim[q.Name], seconds(q.Seconds), seconds(q.CPU), "", "", ""}
		if r.R != nil {
			cells[4], cells[5], cells[6] = seconds(r.R.Calls[i].Seconds), seconds(r.R.Calls[i].CPU), number(r.Beside[i].Ratio)
		}
		row(cells...)
	}
	read, peak, apart := []string{word("read"), "", seconds(r.Quipu.ReadSeconds), "", "", "", ""}, []string{word("peak"), aim["peak"], mebibytes(r.Quipu.PeakBytes), "", "", "", ""}, word("no_r")
	if r.R != nil {
		read[4], peak[4], apart = seconds(r.R.ReadSeconds), mebibytes(r.R.PeakBytes), strconv.Itoa(r.Disagree)
	}
	row(read...)
	row(peak...)
	row(word("apart"), aim["apart"], apart, "", "", "", "")
	f := r.Field
	if f == nil {
		return
	}
	fmt.Fprintln(w)
	head(fmt.Sprintf(word("submissions"), f.Submissions, f.Engine), word("aim"), "Quipu", word("central"))
	row(word("per_second"), aim["per_second"], strconv.Itoa(int(f.PerSecond)), central)
	row(word("cpu_each"), "", number(f.CPUEach)+" ms", "")
	row(word("waits"), "", number(f.WaitP50)+" / "+number(f.WaitP95)+" ms", "")
	row(word("pages"), aim["pages"], both(f.Pages.Latency), "")
	row(word("cold"), "", number(f.Crosstabs.Cold)+" ms", "")
	row(word("again"), "", both(f.Crosstabs.Again), "")
	row(word("one_more"), aim["one_more"], both(f.Crosstabs.OneMore), "")
	row(word("test"), "", both(f.Crosstabs.Test), "")
	row(word("resident"), aim["server"], mebibytes(f.Resident.Submissions)+" / "+mebibytes(f.Resident.Pages)+" / "+mebibytes(f.Resident.Crosstabs), "")
}

func both(l bench.Latency) string { return number(l.P50) + " / " + number(l.P95) + " ms" }

func number(x float64) string { return strconv.FormatFloat(x, 'g', 4, 64) }

func seconds(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) }

func mebibytes(n int64) string { return strconv.FormatInt(n>>20, 10) + " MiB" }
