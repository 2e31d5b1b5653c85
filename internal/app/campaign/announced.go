package campaign

import (
	"context"
	"slices"
	"strings"

	rules "quipu/internal/campaign"
	"quipu/internal/place"
	"quipu/internal/store"
)

// DaysAhead is for how many days mobile consulates are told to everybody.
const DaysAhead = 90

// Announced lists, for everybody, the campaigns whose office said so and that have days from
// today on within DaysAhead: of each those days, its country filled in, and no turns. They come
// in the order of their first day.
func (m *Campaigns) Announced(ctx context.Context) (out []Line, err error) {
	today := m.Today()
	until := today.AddDays(DaysAhead)
	return out, m.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.CampaignsIn(ctx, []string{string(rules.Planned), string(rules.Open), string(rules.UnderWay)})
		if err != nil {
			return err
		}
		for _, row := range rows {
			if !row.Announced || row.Last < today.String() || row.First > until.String() {
				continue
			}
			l, err := lineOf(row)
			if err != nil {
				return err
			}
			l.Days = slices.DeleteFunc(l.Days, func(d rules.Day) bool { return d.Date.Before(today) || until.Before(d.Date) })
			if len(l.Days) == 0 {
				continue
			}
			if l.Country == "" {
				o, _ := place.Network().Office(l.Office)
				l.Country = o.Country
			}
			out = append(out, l)
		}
		slices.SortStableFunc(out, func(a, b Line) int { return strings.Compare(a.Days[0].String(), b.Days[0].String()) })
		return nil
	})
}
