package laptop

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"quipu/internal/app/exchange"
	"quipu/internal/change"
	"quipu/internal/i18n"
)

// Missing is what the hub lost of somebody and others hold, for programs.
type Missing struct {
	Changes int64    `json:"changes"`
	Entries int64    `json:"entries"`
	Kept    int64    `json:"kept_out"`
	Gone    bool     `json:"gone"` // nobody waits for its author
	Since   string   `json:"since"`
	From    []string `json:"from"`
}

// MissingOf is nil when nothing is missing.
func MissingOf(m exchange.Missing) *Missing {
	if m.Changes == 0 {
		return nil
	}
	return &Missing{m.Changes, m.Entries, m.Kept, m.Gone, time.UnixMicro(m.Since).UTC().Format(time.RFC3339), m.From}
}

// Stranger is an author that is none of the hub's computers: above all the hub, before it was put back.
type Stranger struct {
	Name    string   `json:"name"`
	Missing *Missing `json:"missing"`
}

// Strangers are those among whom something is missing of; never nil.
func Strangers(all []exchange.Missing) []Stranger {
	out := []Stranger{}
	for _, m := range all {
		if !m.Known {
			out = append(out, Stranger{string(m.Author), MissingOf(m)})
		}
	}
	return out
}

// Lost is one entity of which something was lost. Number is a person's.
type Lost struct {
	Kind    change.Kind `json:"kind"`
	ID      string      `json:"id"`
	Number  string      `json:"number,omitempty"`
	Changes int         `json:"changes"`
	From    []string    `json:"from"`
	Kept    string      `json:"kept_out,omitempty"`
}

// LinesOf is never nil.
func LinesOf(lines []exchange.MissingLine) []Lost {
	out := make([]Lost, len(lines))
	for i, l := range lines {
		out[i] = Lost{l.Entity.Kind, l.Entity.ID, l.Number, l.Changes, l.From, l.Kept}
	}
	return out
}

// WriteMissing says of each author what the hub lost, and what to do once nobody waits for it.
func WriteMissing(w io.Writer, lang i18n.Lang, all []exchange.Missing) error {
	for _, m := range all {
		_, err := fmt.Fprintln(w, i18n.T(lang, "cli.node.missing", "name", m.Author, "changes", m.Changes, "entries", m.Entries, "from", strings.Join(m.From, ", "),
			"since", time.UnixMicro(m.Since).UTC().Format("2006-01-02 15:04Z")))
		if err == nil && m.Gone {
			_, err = fmt.Fprintln(w, i18n.T(lang, "cli.node.missing.gone", "name", m.Author))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// WriteLost lists what was lost of one author under a head.
func WriteLost(w io.Writer, lang i18n.Lang, lines []exchange.MissingLine) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(strings.Split(i18n.T(lang, "cli.node.missing.head"), "|"), "\t"))
	for _, l := range lines {
		number, kept := "-", ""
		if l.Number != "" {
			number = l.Number
		}
		if l.Kept != "" {
			kept = i18n.T(lang, "missing.kept."+l.Kept)
		}
		fmt.Fprintln(t, strings.Join([]string{string(l.Entity.Kind), number, strconv.Itoa(l.Changes), strings.Join(l.From, ","), kept}, "\t"))
	}
	return t.Flush()
}
