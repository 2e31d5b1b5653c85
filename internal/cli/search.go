package cli

import (
	"fmt"
	"math"
	"strings"

	"quipu/internal/app"
	"quipu/internal/i18n"
)

type searchResult struct {
	Person  string   `json:"person"`
	Number  string   `json:"number"`
	Name    string   `json:"name"`
	Score   float64  `json:"score"`
	Reasons []string `json:"reasons"`
	Birth   string   `json:"birth"`
	Office  string   `json:"office"`
}

func search(e *env, args []string) error {
	e.dirFlag()
	limit := e.flags.Int("limit", 20, "most results")
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	words, err := e.parse(args, 1, 20)
	if err != nil {
		return err
	}
	text := words[0]
	for _, w := range words[1:] {
		text += " " + w
	}
	a, err := e.open(false)
	if err != nil {
		return err
	}
	defer a.Close()
	b := e.bar(i18n.T(e.lang, "cli.index"))
	hits, err := a.SearchOnce(e.ctx, operator(""), text, *limit, b.at)
	b.done()
	if err != nil {
		return err
	}
	results := make([]searchResult, len(hits))
	for i := range hits {
		h := &hits[i]
		results[i] = searchResult{h.ID, h.Number, h.DisplayName(), math.Round(h.Score*1e4) / 1e4, app.Words(e.lang, h.Reasons), h.Birth, h.Office}
	}
	if e.asJSON {
		return e.json(map[string]any{"query": text, "results": results})
	}
	if len(results) == 0 {
		e.say("cli.nobody", "text", text)
	}
	for _, r := range results {
		fmt.Fprintf(e.out, "%s  %-40s %-12s %-8s %.2f  %s\n", r.Number, r.Name, i18n.Date(e.lang, r.Birth), r.Office, r.Score, strings.Join(r.Reasons, ", "))
	}
	return nil
}
