package laptop

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"quipu/internal/app/courier"
	"quipu/internal/i18n"
)

// WriteNodes lists the computers of a hub under a head, and last why the message of one was not
// taken.
func WriteNodes(w io.Writer, lang i18n.Lang, all []courier.Peer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(strings.Split(i18n.T(lang, "cli.node.head"), "|"), "\t"))
	for i := range all {
		p := &all[i]
		seen, clock := i18n.T(lang, "cli.node.never"), "-"
		if !p.Seen.IsZero() {
			seen, clock = p.Seen.UTC().Format("2006-01-02 15:04:05Z"), p.Drift.Round(time.Second).String()
		}
		toRead := strconv.FormatInt(p.Behind, 10)
		if p.Filling {
			toRead = i18n.T(lang, "cli.node.filling", "changes", toRead)
		}
		fmt.Fprintln(t, strings.Join([]string{p.Name, p.Office, i18n.T(lang, "cli.node.state."+p.State), seen, clock, toRead,
			strconv.FormatInt(p.Unsent, 10), strconv.FormatInt(p.People, 10), p.Version, p.Label}, "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for i := range all {
		if p := &all[i]; p.Refused.Key != "" {
			fmt.Fprintln(w, p.Name+": "+i18n.Fault(lang, courier.Fault(p.Refused)))
		}
	}
	return nil
}
