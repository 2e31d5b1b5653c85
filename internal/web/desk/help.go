package desk

import (
	"net/http"
	"strings"

	"quipu/internal/i18n"
	"quipu/internal/web/ui"
)

// HelpPath is the page with the help of all screens.
const HelpPath = "/ayuda"

// Topics are the topics under which the help of a route is looked for, the nearest first:
// those of GET /importar/{token} are importar-token and importar. The catalogue has the words:
// help.<topic> and help.<topic>.title.
func Topics(pattern string) (out []string) {
	_, path, _ := strings.Cut(pattern, " ")
	var words []string
	last := ""
	for part := range strings.SplitSeq(strings.Trim(strings.TrimSuffix(path, "{$}"), "/"), "/") {
		if name, wild := strings.CutPrefix(part, "{"); wild {
			last = strings.Trim(name, ".}")
		} else if part != "" {
			words, last = append(words, part), ""
		}
	}
	if len(words) == 0 {
		return []string{"inicio"}
	}
	if last != "" {
		out = append(out, strings.Join(words, "-")+"-"+last)
	}
	for n := len(words); n > 0; n-- {
		out = append(out, strings.Join(words[:n], "-"))
	}
	return out
}

// help is the help of the screen that answers at a pattern, empty when there is none.
func (w Words) help(pattern string) ui.Help {
	for _, topic := range Topics(pattern) {
		if key := "help." + topic; i18n.Has(w.Lang, key) {
			return ui.Help{Topic: topic, Text: w.T(key)}
		}
	}
	return ui.Help{}
}

type helpTopic struct{ Topic, Title, Text string }

type helpScreen struct {
	ui.Page
	Topics []helpTopic
}

// helpPage is the help of all screens, in the order of the routes.
func (d *Desk) helpPage(v *Visit) error {
	page := &helpScreen{Page: d.Frame(v, v.Words.T("help.title"), "")}
	page.Back.Href, page.Narrow, page.Help = "/", true, ui.Help{}
	seen := map[string]bool{}
	for _, r := range d.routes {
		h := v.Words.help(r.Pattern)
		if h.Text == "" || seen[h.Topic] || !strings.HasPrefix(r.Pattern, "GET ") {
			continue
		}
		seen[h.Topic] = true
		page.Topics = append(page.Topics, helpTopic{h.Topic, v.Words.T("help." + h.Topic + ".title"), h.Text})
	}
	return d.Show(v, http.StatusOK, "help.html", page)
}
