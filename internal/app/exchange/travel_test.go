package exchange_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/exchange"
	"quipu/internal/authz"
	"quipu/internal/campaign"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// journey is an office with people, a campaign that takes some of them along, and the laptop.
type journey struct {
	*world
	office, laptop *app.App
	campaign       string
	listed, stay   []string
	head, clerk    app.Actor
}

// set makes the journey: the office plans and lists at its node, the laptop is enrolled with
// the scope of the campaign alone.
func set(t *testing.T) *journey {
	t.Helper()
	j := &journey{world: newWorld(t, false, "ESMAD"), head: officer(authz.Head, "ESMAD"), clerk: officer(authz.Window, "ESMAD")}
	j.head.Login, j.clerk.Login = "marta", "rosa"
	j.office = j.nodes["ESMAD-1"]
	for _, acc := range []account.NewAccount{{Login: "rosa", Name: "Rosa", Office: "ESMAD", Role: authz.Window, Lang: "es", Password: "tres nudos en un cordel"},
		{Login: "eva", Name: "Eva", Office: "ESMAD", Role: authz.Window, Lang: "es", Password: "tres nudos en un cordel"}} {
		j.do(j.office.CreateAccount(ctx, operator("ESMAD"), acc))
	}
	for i, name := range []string{"Ana", "Luz", "Sol", "Paz", "Flor"} {
		p := j.register(j.office, "ESMAD", name, "Quispe")
		if i < 3 {
			j.listed = append(j.listed, p)
		} else {
			j.stay = append(j.stay, p)
		}
	}
	today := civil.FromTime(j.now)
	days, err := campaign.Span("first", today, today.AddDays(1), "09:00", "17:00")
	j.do(err)
	j.campaign, err = j.office.Campaigns.Plan(ctx, j.head, campaign.PlanCmd{City: "Zaragoza", Venue: "Local", Days: days, Services: []campaign.Service{"dni"},
		Capacity: 40, Team: []string{"rosa"}, Numbers: 30})
	j.do(err)
	who := map[string]campaign.Basis{}
	for _, p := range j.listed {
		who[p] = campaign.Chosen
	}
	_, _, err = j.office.Campaigns.Take(ctx, j.head, j.campaign, who, true)
	j.do(err)
	j.level()
	j.do(j.hub.AddPeer(ctx, operator(""), exchange.NewPeer{Name: "ESMAD-L1", Kind: "laptop", Label: "Laptop azul", Office: "ESMAD", Key: "k", Scopes: []string{exchange.Campaign(j.campaign)}}))
	j.laptop = j.open(filepath.Join(t.TempDir(), "ESMAD-L1"), "ESMAD-L1", "", "", true)
	j.do(j.laptop.BecomeNode(ctx, operator("ESMAD"), exchange.Hub{Name: "LIMA", Address: "https://hub", Key: "k", HeadKey: j.hub.Signer.PublicKey()}))
	j.nodes["ESMAD-L1"] = j.laptop
	j.level()
	j.level()
	return j
}

// people are the entries of a register, by id.
func (j *journey) people(a *app.App) (out []string) {
	j.t.Helper()
	j.do(a.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.People(ctx, 0, 1000)
		for _, p := range rows {
			out = append(out, p.ID)
		}
		return err
	}))
	slices.Sort(out)
	return out
}

func (j *journey) wants(what string, got, want []string) {
	j.t.Helper()
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		j.t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

// TestLaptopTravels: a laptop carries whom its campaign lists and the accounts of its team and
// nobody else; works without a link, with numbers set aside for it; what it did reaches hub and
// office; when the campaign is closed it forgets everybody and says so, and the hub knows when.
func TestLaptopTravels(t *testing.T) {
	j := set(t)
	j.wants("the laptop carries", j.people(j.laptop), j.listed)
	names, err := j.laptop.OfficerNames(ctx)
	j.do(err)
	if names["rosa"] == "" || names["eva"] != "" {
		t.Errorf("the laptop has the accounts %v", names)
	}
	stock, err := j.laptop.NumberStock(ctx, j.clerk)
	j.do(err)
	if !stock.Bound || stock.Left != 30 {
		t.Errorf("the laptop has %+v numbers, 30 were set aside", stock)
	}
	page, err := j.hub.Campaigns.Open(ctx, operator("ESMAD"), j.campaign)
	j.do(err)
	if len(page.Ranges) != 1 || page.Ranges[0].Holder != "ESMAD-L1" || page.Ranges[0].Len() != 30 {
		t.Errorf("the hub has set aside %+v", page.Ranges)
	}
	if st, err := j.laptop.LinkStatus(ctx, j.clerk); err != nil || !st.Travels || st.Emptied {
		t.Errorf("on its way the laptop stands as %+v, %v", st, err)
	}
	if st, err := j.office.LinkStatus(ctx, j.clerk); err != nil || st.Travels || st.Emptied {
		t.Errorf("the office stands as %+v, %v", st, err)
	}
	// No link: a day of work.
	lap := j.laptop.Campaigns
	j.do(lap.Move(ctx, j.head, j.campaign, campaign.UnderWay, id.Change{}))
	came, err := lap.Come(ctx, j.clerk, j.campaign, campaign.Arrival{Person: j.listed[0]})
	j.do(err)
	turn, err := lap.CallNext(ctx, j.clerk, j.campaign)
	j.do(err)
	j.do(lap.Serve(ctx, j.clerk, j.campaign, turn, map[campaign.Service]int{"dni": 2}, "", id.Change{}))
	_, err = lap.Come(ctx, j.clerk, j.campaign, campaign.Arrival{Visitor: "Ida Inventada"})
	j.do(err)
	visitor, err := lap.CallNext(ctx, j.clerk, j.campaign)
	j.do(err)
	fresh := j.register(j.laptop, "ESMAD", "Ida", "Nueva")
	seen, err := lap.Turn(ctx, j.clerk, j.campaign, visitor)
	j.do(err)
	if came.Place != 1 || seen.Turn.Person != fresh || seen.Turn.Visitor != "" {
		t.Errorf("the visitor at the table is %+v after being registered as %s", seen.Turn, fresh)
	}
	j.do(lap.TurnAway(ctx, j.clerk, j.campaign, visitor, "papers_missing", "office_time", "", id.Change{}))
	j.level()
	j.wants("with what was registered there", j.people(j.laptop), append(slices.Clone(j.listed), fresh))
	for name, a := range map[string]*app.App{"hub": j.hub, "office": j.office} {
		p, err := a.Campaigns.Open(ctx, operator("ESMAD"), j.campaign)
		j.do(err)
		if p.Tally.Served != 1 || p.Tally.Total != 2 || p.Tally.Away != 1 || p.Tally.Absent != 2 {
			t.Errorf("%s counts %+v", name, p.Tally)
		}
	}
	// The office takes one more along while the laptop is away: he goes there.
	_, _, err = j.office.Campaigns.Take(ctx, j.head, j.campaign, map[string]campaign.Basis{j.stay[0]: campaign.Asked}, false)
	j.do(err)
	j.level()
	j.wants("with one more", j.people(j.laptop), append(slices.Clone(j.listed), fresh, j.stay[0]))
	j.do(lap.Move(ctx, j.head, j.campaign, campaign.Closed, id.Change{}))
	late := j.edit(j.laptop, j.clerk, j.listed[1])
	j.level()
	j.level()
	j.wants("after the campaign", j.people(j.laptop), nil)
	if st, err := j.laptop.LinkStatus(ctx, j.clerk); err != nil || st.Travels || !st.Emptied {
		t.Errorf("come back it stands as %+v, %v", st, err)
	}
	j.kept(late)
	j.purged()
	j.sound()
}

// edit changes a person at a register and returns the new given names.
func (j *journey) edit(a *app.App, who app.Actor, person string) string {
	j.t.Helper()
	p, err := a.Person(ctx, who, person, time.Time{})
	j.do(err)
	in := text("given_names", "Luz Marina")
	in.Base = p.Person.Version("given_names")
	_, err = a.Edit(ctx, who, person, []registry.Input{in}, "")
	j.do(err)
	return "Luz Marina"
}

// kept: what was pending when the campaign was closed is at the hub.
func (j *journey) kept(given string) {
	j.t.Helper()
	p, err := j.hub.Person(ctx, operator("ESMAD"), j.listed[1], time.Time{})
	j.do(err)
	if p.Person.Text("given_names") != given {
		j.t.Errorf("what was pending is lost: %q", p.Person.Text("given_names"))
	}
}

// purged: the hub has the laptop's word for it.
func (j *journey) purged() {
	j.t.Helper()
	all, err := j.hub.Travellers(ctx, operator("ESMAD"), j.campaign)
	j.do(err)
	if len(all) != 1 || all[0].Name != "ESMAD-L1" || all[0].People != 0 || all[0].PurgedAt != j.now.UnixMicro() {
		j.t.Errorf("the hub knows %+v", all)
	}
	held, err := j.hub.Held(ctx, operator(""), "ESMAD-L1")
	j.do(err)
	if len(held.People) > 0 || held.PurgedAt == 0 {
		j.t.Errorf("it may hold %+v", held)
	}
}

// TestLostLaptop: of a laptop that is lost the hub lists exactly whom it held, and begins the
// record of the breach; what it brings afterwards is refused. Whoever left the list's scope
// before, came into it after the laptop was last answered, or was never in it, is not on it.
func TestLostLaptop(t *testing.T) {
	j := set(t)
	delete(j.nodes, "ESMAD-L1") // it is heard of no more
	_, _, err := j.office.Campaigns.Take(ctx, j.head, j.campaign, map[string]campaign.Basis{j.stay[0]: campaign.Asked}, false)
	j.do(err)
	j.level()
	j.nodes["ESMAD-L1"] = j.laptop
	j.do(j.hub.Revoke(ctx, operator(""), "ESMAD-L1", true, "robada en el tren"))
	held, err := j.hub.Held(ctx, operator(""), "ESMAD-L1")
	j.do(err)
	var got []string
	for _, p := range held.People {
		got = append(got, p.ID)
	}
	slices.Sort(got)
	j.wants("the laptop held", got, j.listed)
	j.wants("accounts", held.Accounts, []string{"rosa"})
	all, err := j.hub.Breaches(ctx, officer(authz.Privacy, "ESMAD"), 10)
	j.do(err)
	if len(all) != 1 || all[0].Breach.People != 3 || all[0].Breach.Office != "ESMAD" || all[0].Breach.Noticed.Micros != j.now.UnixMicro() {
		t.Fatalf("the register of breaches has %+v", all)
	}
	if r := j.push("ESMAD-L1"); r == nil {
		t.Error("a lost laptop is heard")
	}
	if _, err := j.hub.Held(ctx, officer(authz.Window, "ESMAD"), "ESMAD-L1"); err == nil {
		t.Error("a window clerk gets the list")
	}
	j.do(j.hub.Revoke(ctx, operator(""), "ESMAD-L1", true, "otra vez"))
	if all, err = j.hub.Breaches(ctx, officer(authz.Privacy, "ESMAD"), 10); err != nil || len(all) != 1 {
		t.Errorf("revoked twice: %d breaches, %v", len(all), err)
	}
	reads := 0
	j.do(j.hub.DB.View(ctx, func(tx *store.Tx) error {
		rs, err := tx.ReadsOf(ctx, j.listed[0], 100)
		for _, r := range rs {
			if r.Action == "node_held" {
				reads++
			}
		}
		return err
	}))
	if reads != 1 {
		t.Errorf("the list was shown once and is noted %d times", reads)
	}
}

// TestHeldIsExact: whoever moved away before a node got its office's scope was never on it;
// who moved away later was, until the node said that it forgot.
func TestHeldIsExact(t *testing.T) {
	w := newWorld(t, false, "ESMAD", "USPAT")
	early, stays, late := w.register(w.nodes["ESMAD-1"], "ESMAD", "Ana", "Uno"), w.register(w.nodes["ESMAD-1"], "ESMAD", "Luz", "Dos"), w.register(w.nodes["ESMAD-1"], "ESMAD", "Sol", "Tres")
	w.level()
	move := func(p string) {
		t.Helper()
		_, err := w.hub.Transfer(ctx, operator("USPAT"), p, registry.TransferCmd{ToOffice: "USPAT"})
		w.do(err)
	}
	move(early)
	w.join("ESMAD-2", "ESMAD")
	move(late)
	holds := func() (out []string) {
		t.Helper()
		h, err := w.hub.Held(ctx, operator(""), "ESMAD-2")
		w.do(err)
		for _, p := range h.People {
			out = append(out, p.ID)
		}
		slices.Sort(out)
		return out
	}
	j := &journey{world: w}
	j.wants("before it is told to forget", holds(), []string{stays, late})
	w.level()
	w.level()
	j.wants("when it has forgotten", holds(), []string{stays})
}

// TestCampaignExpires: a campaign that nobody closed ends by itself: after its last day for
// laptops the hub takes the scope away.
func TestCampaignExpires(t *testing.T) {
	j := set(t)
	j.now = j.now.AddDate(0, 0, 1+campaign.GraceDays)
	j.level()
	j.wants("on the last day", j.people(j.laptop), j.listed)
	j.do(j.laptop.Campaigns.Ended(ctx))
	j.now = j.now.AddDate(0, 0, 1)
	if err := j.laptop.Campaigns.Ended(ctx); !fault.Is(err, "campaign.expired") {
		t.Errorf("without a link the laptop goes on after its day: %v", err)
	}
	j.do(j.office.Campaigns.Ended(ctx))
	j.do(j.hub.Campaigns.Ended(ctx))
	j.level()
	j.level()
	j.wants("the day after", j.people(j.laptop), nil)
	j.purged()
}
