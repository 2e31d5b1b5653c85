// Package paradata is how interviews were held, beside what was answered: how long they and their
// pages took, at what hour, and what in them looks as if nobody had been asked. It reads the audit
// that clients write (ODK Collect's audit.csv) and writes the same for interviews in a browser.
//
// Of an audit only times are read. Answers that it may repeat (track-changes) and places are left
// where they are: sealed, with the submission.
package paradata

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"quipu/internal/fault"
)

// Event is a line of an audit: a page that was shown, a form that was left or saved.
type Event struct {
	Kind       string // "question", "group questions", "form start" and so on
	Node       string // path of the question or group, repeats numbered; "" for none
	Start, End time.Time
}

// Bad is a line that could not be read.
type Bad struct {
	Line int // from 1
	Why  *fault.Error
}

// Log is an audit. What could be read of it is used, whatever else is in it.
type Log struct {
	Events []Event
	Bad    []Bad // at most mostBad, the first
	Lost   int   // lines that could not be read
}

const (
	mostEvents = 100_000 // of one interview
	mostBad    = 20
	// latest bounds moments: an audit counts milliseconds, and a slip of the unit is seen.
	latest = 1 << 43 // the year 2248
)

// Read reads an audit. The fault is paradata.empty where there is nothing that looks like one, and
// of the file where it cannot be read.
func Read(r io.Reader) (Log, error) {
	var l Log
	in := csv.NewReader(r)
	in.FieldsPerRecord, in.ReuseRecord, in.LazyQuotes = -1, true, true
	var at map[string]int
	for line := 1; ; line++ {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var wrong *csv.ParseError
		switch {
		case errors.As(err, &wrong):
			l.bad(wrong.Line, "paradata.line")
			continue
		case err != nil:
			return l, err
		}
		if at == nil {
			if at = columns(row); at == nil {
				return l, fault.New(fault.Invalid, "paradata.empty")
			}
			continue
		}
		number, _ := in.FieldPos(0)
		if len(l.Events) == mostEvents {
			l.bad(number, "paradata.many")
			continue
		}
		e, key := event(row, at)
		if key != "" {
			l.bad(number, key)
			continue
		}
		l.Events = append(l.Events, e)
	}
	if at == nil {
		return l, fault.New(fault.Invalid, "paradata.empty")
	}
	return l, nil
}

func (l *Log) bad(line int, key string) {
	if l.Lost++; len(l.Bad) < mostBad {
		l.Bad = append(l.Bad, Bad{line, fault.New(fault.Invalid, key, "line", line)})
	}
}

// columns finds those of the head, nil where there is none.
func columns(head []string) map[string]int {
	at := map[string]int{}
	for i, name := range head {
		at[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = i
	}
	for _, name := range []string{"event", "node", "start", "end"} {
		if _, is := at[name]; !is {
			return nil
		}
	}
	return at
}

// event reads a line, or says what is wrong with it.
func event(row []string, at map[string]int) (e Event, key string) {
	cell := func(name string) string {
		if i := at[name]; i < len(row) {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	e.Kind, e.Node = strings.Clone(cell("event")), strings.Clone(cell("node"))
	var ok bool
	if e.Start, ok = moment(cell("start")); !ok || e.Start.IsZero() {
		return e, "paradata.start"
	}
	if e.End, ok = moment(cell("end")); !ok || !e.End.IsZero() && e.End.Before(e.Start) {
		return e, "paradata.end"
	}
	if e.Kind == "" {
		return e, "paradata.line"
	}
	return e, ""
}

func moment(text string) (time.Time, bool) {
	if text == "" {
		return time.Time{}, true
	}
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil || ms <= 0 || ms > latest {
		return time.Time{}, false
	}
	return time.UnixMilli(ms).UTC(), true
}

// Spent is how long each question or group was on the screen, by its path without the numbers of
// repeats, over all times that it was shown.
func (l *Log) Spent() map[string]time.Duration {
	out := map[string]time.Duration{}
	for _, e := range l.Events {
		if e.asks() {
			out[Plain(e.Node)] += e.End.Sub(e.Start)
		}
	}
	return out
}

// asks reports whether a question was on the screen.
func (e *Event) asks() bool {
	return (e.Kind == "question" || e.Kind == "group questions") && e.Node != "" && !e.End.IsZero()
}

// Active is how long questions were on the screen: the time of the interview without its pauses.
// Pages that overlap count once.
func (l *Log) Active() time.Duration {
	var all []Event
	for _, e := range l.Events {
		if e.asks() {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b Event) int { return a.Start.Compare(b.Start) })
	var sum time.Duration
	var till time.Time
	for _, e := range all {
		from := e.Start
		if from.Before(till) {
			from = till
		}
		if e.End.After(from) {
			sum, till = sum+e.End.Sub(from), e.End
		}
	}
	return sum
}

// Bounds are the first and last moments of the audit, zero without any.
func (l *Log) Bounds() (first, last time.Time) {
	for _, e := range l.Events {
		if first.IsZero() || e.Start.Before(first) {
			first = e.Start
		}
		for _, t := range []time.Time{e.Start, e.End} {
			if t.After(last) {
				last = t
			}
		}
	}
	return first, last
}

// Resumed is how often the interview was left and taken up again.
func (l *Log) Resumed() (n int) {
	for _, e := range l.Events {
		if e.Kind == "form resume" {
			n++
		}
	}
	return n
}

// Plain is a path without the numbers of repeats: /data/person[2]/age is /data/person/age.
func Plain(path string) string {
	if !strings.Contains(path, "[") {
		return path
	}
	var b strings.Builder
	for part := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		name, _, _ := strings.Cut(part, "[")
		b.WriteString("/" + name)
	}
	return b.String()
}

// FileName is what clients call the audit of an interview.
const FileName = "audit.csv"

// Write writes an audit as clients do.
func Write(w io.Writer, events []Event) error {
	out := csv.NewWriter(w)
	out.Write([]string{"event", "node", "start", "end"}) //nolint:errcheck // kept by the writer
	for _, e := range events {
		end := ""
		if !e.End.IsZero() {
			end = strconv.FormatInt(e.End.UnixMilli(), 10)
		}
		out.Write([]string{e.Kind, e.Node, strconv.FormatInt(e.Start.UnixMilli(), 10), end}) //nolint:errcheck
	}
	out.Flush()
	return out.Error()
}
