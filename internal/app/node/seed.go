package node

import (
	"context"
	"strings"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/place"
	"quipu/internal/store"
)

// seed puts the office network of the country pack into a register that has none yet:
// offices and districts are entities with a history like any other.
func (n *Node) seed(ctx context.Context) error {
	var have []store.OfficeRow
	var enrolled bool
	err := n.DB.View(ctx, func(tx *store.Tx) (err error) {
		if have, err = tx.Offices(ctx); err == nil {
			_, enrolled, err = tx.SyncState(ctx)
		}
		return err
	})
	if err != nil || len(have) > 0 || enrolled { // a hub's node has them from the hub
		return err
	}
	system := Actor{Login: "system", Role: authz.Operator, Purpose: "registry"}
	net := place.Network()
	return n.DB.Update(ctx, func(tx *store.Tx) error {
		st, err := n.Stamper(ctx, tx, system)
		if err != nil {
			return err
		}
		var changes []change.Change
		var rows []store.OfficeRow
		for _, o := range net.Offices() {
			c := officeChange(o)
			row, err := officeRow(o.Code, []change.Change{c})
			if err != nil {
				return err
			}
			changes, rows = append(changes, c), append(rows, row)
		}
		for _, d := range net.Districts(civil.Date{}) {
			changes = append(changes, districtChange(d))
		}
		for i := range changes {
			st.Stamp(&changes[i])
		}
		if err := tx.Append(ctx, changes); err != nil {
			return err
		}
		return tx.PutOffices(ctx, rows)
	})
}

// given makes sets of the texts that are not empty, from alternating names and texts.
func given(pairs ...string) (sets []change.Set) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			sets = append(sets, change.Set{Field: pairs[i], Value: change.Text(pairs[i+1])})
		}
	}
	return sets
}

func officeChange(o place.Office) change.Change {
	return change.Change{Entity: change.Ref{Kind: change.Office, ID: o.Code}, Action: "seed", Prov: change.Provenance{Evidence: o.Source},
		Sets: given("category", string(o.Category), "name_es", o.ES, "name_en", o.EN, "country", o.Country, "city", o.City,
			"zone", o.Zone, "parent", o.Parent)}
}

func districtChange(d place.District) change.Change {
	return change.Change{Entity: change.Ref{Kind: change.District, ID: d.Code}, Action: "seed",
		Prov: change.Provenance{Evidence: d.Source, From: d.Period.From.String(), To: d.Period.To.String()},
		Sets: given("office", d.Office, "act", d.Act, "whole", strings.Join(d.Whole, " "), "part", strings.Join(d.Part, " "),
			"regions", strings.Join(d.Regions, " "), "es", d.ES, "en", d.EN)}
}

// Offices counts the people of every office, for those who may list offices.
func (n *Node) Offices(ctx context.Context, actor Actor) (counts map[string]int64, err error) {
	if err := authz.Check(actor, authz.Offices, actor.Office); err != nil {
		return nil, err
	}
	err = n.DB.View(ctx, func(tx *store.Tx) error {
		counts, err = tx.CountOffices(ctx)
		return err
	})
	return counts, err
}
