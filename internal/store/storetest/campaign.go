package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"quipu/internal/store"
)

func testCampaigns(t *testing.T, db *store.DB) {
	row := func(id, office, first, last, state string, announced bool) store.CampaignRow {
		return store.CampaignRow{ID: id, Office: office, City: "Ñuñoa", Venue: "Local", State: state, First: first, Last: last, Ends: last, Announced: announced, Body: "{}"}
	}
	a, b, c := row("A", "ESMAD", "2026-12-30", "2027-01-02", "open", true), row("B", "ESMAD", "2026-12-05", "2026-12-06", "planned", false), row("C", "USPAT", "2027-02-01", "2027-02-01", "closed", true)
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutCampaign(ctx, a, []string{"ana", "rosa"}), tx.PutCampaign(ctx, b, nil), tx.PutCampaign(ctx, c, []string{"ana"}))
	})
	b.State, b.City = "under_way", "Zaragoza"
	update(t, db, func(tx *store.Tx) error { return tx.PutCampaign(ctx, b, []string{"eva"}) })
	view(t, db, func(tx *store.Tx) error {
		got, err := tx.Campaigns(ctx, "", "2027", 9)
		same(t, "campaigns that touch a year", got, []store.CampaignRow{a, c})
		own, err2 := tx.Campaigns(ctx, "ESMAD", "2026", 9)
		same(t, "campaigns of an office", own, []store.CampaignRow{b, a})
		in, err4 := tx.CampaignsIn(ctx, []string{"open", "under_way"})
		same(t, "ones in some states", in, []store.CampaignRow{b, a})
		team, err5 := tx.CampaignsOfTeam(ctx, "ana")
		same(t, "ones of an account", team, []string{"A", "C"})
		return errors.Join(err, err2, err4, err5)
	})
	update(t, db, func(tx *store.Tx) error { return tx.DropCampaign(ctx, "A") })
	view(t, db, func(tx *store.Tx) error {
		team, err := tx.CampaignsOfTeam(ctx, "ana")
		same(t, "what is left of a team", team, []string{"C"})
		return err
	})
}

func testTurns(t *testing.T, db *store.DB) {
	turn := func(n int, stage, slot string) store.TurnRow {
		return store.TurnRow{ID: fmt.Sprint("T", n), Campaign: "A", Person: fmt.Sprint("P", n/2), Basis: "chosen", Slot: slot, Stage: stage, Day: "2026-12-05", Place: int64(n), Acts: "dni=1"}
	}
	one, two, three := turn(1, "listed", "2026-12-05 10:00"), turn(2, "listed", "2026-12-05 09:30"), turn(3, "listed", "")
	other := turn(4, "served", "")
	other.Campaign, other.Person = "B", "P1"
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutTurn(ctx, one), tx.PutTurn(ctx, two), tx.PutTurn(ctx, three), tx.PutTurn(ctx, other))
	})
	three.Stage, three.Why, three.Offer, three.Done, three.Came, three.Ahead, three.Acts = "away", "left", "nothing", 1_700_000_000_000_001, 3, true, ""
	update(t, db, func(tx *store.Tx) error { return tx.PutTurn(ctx, three) })
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.Turns(ctx, "A")
		same(t, "turns of a campaign", all, []store.TurnRow{one, two, three})
		in, err2 := tx.TurnsIn(ctx, "A", "listed", 9)
		same(t, "turns in a stage, by time", in, []store.TurnRow{two, one})
		late, err3 := tx.LatestTurns(ctx, "A", 9)
		same(t, "turns that ended", late, []store.TurnRow{three})
		of, err4 := tx.TurnsOf(ctx, []string{"P1", "P9"})
		same(t, "turns of people", of, []store.TurnRow{two, three, other})
		last, err6 := tx.LastPlace(ctx, "A", "2026-12-05")
		none, err7 := tx.LastPlace(ctx, "A", "2026-12-06")
		on, err8 := tx.CountTurnsOn(ctx, "A", "2026-12-05")
		same(t, "places and arrivals", []int64{last, none, on}, []int64{3, 0, 3})
		counts, err9 := tx.CountTurns(ctx, []string{"A", "B"})
		same(t, "turns counted", counts, []store.TurnCount{{Campaign: "A", Stage: "away", N: 1}, {Campaign: "A", Stage: "listed", N: 2}, {Campaign: "B", Stage: "served", N: 1}})
		return errors.Join(err, err2, err3, err4, err6, err7, err8, err9)
	})
	update(t, db, func(tx *store.Tx) error { return tx.DropTurn(ctx, "T4") })
	view(t, db, func(tx *store.Tx) error {
		left, err := tx.Turns(ctx, "B")
		same(t, "turns left", len(left), 0)
		return err
	})
}

func testPeopleIn(t *testing.T, db *store.DB) {
	var people []store.PersonRow
	for i := range 5 {
		p := person(int64(i+1), "")
		p.Office, p.City, p.New = "ESMAD", []string{"Alcalá", "Madrid"}[i%2], true
		if i == 4 {
			p.Entry = "merged"
		}
		people = append(people, p)
	}
	update(t, db, func(tx *store.Tx) error { return tx.PutPeople(ctx, people) })
	view(t, db, func(tx *store.Tx) error {
		cities, err := tx.Cities(ctx, "ESMAD")
		slices.Sort(cities)
		same(t, "cities", cities, []string{"Alcalá", "Madrid"})
		in, err2 := tx.PeopleIn(ctx, "ESMAD", "Alcalá", 0, 1)
		same(t, "the first in a city", in[0].ID, people[0].ID)
		next, err3 := tx.PeopleIn(ctx, "ESMAD", "Alcalá", in[0].Row, 9)
		same(t, "the others, without one that was merged", len(next), 1)
		none, err4 := tx.PeopleIn(ctx, "USPAT", "Alcalá", 0, 9)
		same(t, "those of another office", len(none), 0)
		return errors.Join(err, err2, err3, err4)
	})
}
