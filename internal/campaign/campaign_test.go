package campaign

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
)

var today = civil.Date{Year: 2026, Month: 12, Day: 1}

// log is the record of one entity: decided changes with the ids that the application gives.
type log struct{ changes []change.Change }

func (l *log) add(t rapid.TB, c change.Change, err error) bool {
	t.Helper()
	if err != nil || len(c.Sets) == 0 {
		return false
	}
	c.ID = id.Change{Node: "AA", N: int64(len(l.changes) + 1)}
	c.Entity = change.Ref{Kind: "x", ID: "C"}
	l.changes = append(l.changes, c)
	return true
}

func plan() PlanCmd {
	days, err := Span("first", today.AddDays(4), today.AddDays(5), "09:00", "17:00")
	if err != nil {
		panic(err)
	}
	return PlanCmd{Office: "ESMAD", City: "Zaragoza", Venue: "Centro cívico", Days: days, Services: []Service{"registry", "dni"}, Capacity: 33,
		Team: []string{"rosa", "ana", "rosa"}, Numbers: 200}
}

func planned(t rapid.TB) (*log, Campaign) {
	t.Helper()
	l := &log{}
	c, err := Plan(plan(), today)
	if !l.add(t, c, err) {
		t.Fatal(err)
	}
	return l, Load(l.changes)
}

// TestPlansPassTheirForms: whatever a plan says, the hub lets it in.
func TestPlansPassTheirForms(t *testing.T) {
	cmd := plan()
	cmd.Country, cmd.Note, cmd.Laptops, cmd.Announced = "AR", "Llevar sellos", []string{"roja", "azul"}, true
	ch, err := Plan(cmd, today)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range ch.Sets {
		if s.Value.Empty() {
			t.Errorf("%s is not tried", s.Field)
		}
		if err := CheckValue(KindCampaign, s.Field, s.Value.Text); err != nil {
			t.Errorf("%s: %v", s.Field, err)
		}
	}
	if err := CheckValue(KindCampaign, "country", "Argentina"); !fault.Is(err, "values.form") {
		t.Errorf("a country that is none: %v", err)
	}
}

// TestPlan: what was planned stands in the record; a day that is past, a span that goes
// back, a capacity of nobody and the like are refused beside their input.
func TestPlan(t *testing.T) {
	_, c := planned(t)
	if c.City != "Zaragoza" || c.State != Planned || len(c.Days) != 2 || c.Days[1].String() != "2026-12-06 09:00-17:00" || c.Ends.String() != "2026-12-13" ||
		!slices.Equal(c.Team, []string{"ana", "rosa"}) || c.Numbers != 200 || c.First() != today.AddDays(4) || c.Last() != today.AddDays(5) {
		t.Errorf("planned %+v", c)
	}
	for field, spoil := range map[string]func(*PlanCmd){
		"city": func(p *PlanCmd) { p.City = " " }, "venue": func(p *PlanCmd) { p.Venue = "" }, "first": func(p *PlanCmd) { p.Days[0].Date = today.AddDays(-1) },
		"services": func(p *PlanCmd) { p.Services = []Service{"haircut"} }, "capacity": func(p *PlanCmd) { p.Capacity = 0 },
		"numbers": func(p *PlanCmd) { p.Numbers = -1 }, "laptops": func(p *PlanCmd) { p.Laptops = []string{"ñ"} },
		"ends": func(p *PlanCmd) { p.Ends = p.Days[0].Date },
	} {
		p := plan()
		spoil(&p)
		_, err := Plan(p, today)
		if f := fault.As(err); f == nil || f.Field != field {
			t.Errorf("a bad %s gives %v", field, err)
		}
	}
	for _, bad := range [][2]string{{"17:00", "09:00"}, {"9", "17:00"}, {"09:00", "24:00"}, {"09:5", "17:00"}} {
		if _, err := Span("first", today, today, bad[0], bad[1]); !fault.Is(err, "campaign.hours") {
			t.Errorf("%v gives %v", bad, err)
		}
	}
	if _, err := Span("first", today, today.AddDays(31), "09:00", "17:00"); !fault.Is(err, "campaign.days") {
		t.Errorf("32 days give %v", err)
	}
	if !c.Expired(today.AddDays(13)) || c.Expired(today.AddDays(12)) {
		t.Error("it expires on another day than the one said")
	}
}

// TestRooms: whatever the hours, the capacity and who has a time, nobody is given a time
// beyond the capacity of a block or a day, and everybody is who fits.
func TestRooms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Campaign{Capacity: rapid.IntRange(1, 400).Draw(t, "capacity")}
		for i := range rapid.IntRange(1, 4).Draw(t, "days") {
			from := rapid.IntRange(0, 1200).Draw(t, "from")
			c.Days = append(c.Days, Day{today.AddDays(i), from, from + rapid.IntRange(10, 239).Draw(t, "long")})
		}
		whole := c.Capacity * len(c.Days)
		taken := map[Slot]int{}
		given := 0
		for range rapid.IntRange(1, 6).Draw(t, "rounds") {
			n := rapid.IntRange(1, 300).Draw(t, "n")
			for _, s := range c.Give(taken, n, Slot{}) {
				taken[s]++
				given++
			}
			if free := whole - given; free > 0 && free < n && len(c.Give(taken, 1, Slot{})) == 0 {
				t.Fatalf("%d free, nobody fits", free)
			}
		}
		if given > whole {
			t.Fatalf("%d times given, %d people fit", given, whole)
		}
		perDay := map[civil.Date]int{}
		for s, n := range taken {
			perDay[s.Date] += n
		}
		for _, n := range perDay {
			if n > c.Capacity {
				t.Fatalf("%d on one day of %d", n, c.Capacity)
			}
		}
		late := c.Give(taken, 1, Slot{today.AddDays(9), 0})
		if len(late) != 0 {
			t.Fatalf("a time before the moment asked for: %v", late)
		}
	})
}

// TestTurns drives turns at random: a person is in one stage, what is counted adds up, and
// a campaign closes only when nobody waits.
func TestTurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, c := planned(t)
		now := change.StampOf(time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC))
		turns := map[string]*log{}
		move := func(to State) bool {
			waiting := 0
			for _, u := range turns {
				if s := LoadTurn(u.changes).Stage; s == Waiting || s == Called {
					waiting++
				}
			}
			ch, err := c.Move(to, waiting)
			if err == nil && to == Closed && waiting > 0 {
				t.Fatalf("closed with %d waiting", waiting)
			}
			moved := l.add(t, ch, err)
			c = Load(l.changes)
			return moved
		}
		move(UnderWay)
		for i := range rapid.IntRange(1, 30).Draw(t, "steps") {
			now.Micros += 60_000_000
			name := fmt.Sprint("U", rapid.IntRange(0, 6).Draw(t, "turn"))
			u := turns[name]
			if u == nil {
				u = &log{}
				if rapid.Bool().Draw(t, "listed") {
					ch, err := c.Take("P"+name, Chosen, Slot{})
					u.add(t, ch, err)
				} else {
					ch, err := c.Walk(Arrival{Person: "P" + name}, i+1, now)
					u.add(t, ch, err)
				}
				if len(u.changes) > 0 {
					turns[name] = u
				}
				continue
			}
			x := LoadTurn(u.changes)
			var ch change.Change
			var err error
			switch rapid.IntRange(0, 6).Draw(t, "what") {
			case 0:
				ch, err = c.Arrive(&x, i+1, false, now)
			case 1:
				ch, err = c.Call(&x, now)
			case 2:
				ch, err = c.Serve(&x, map[Service]int{"dni": rapid.IntRange(0, 3).Draw(t, "acts")}, "", now)
			case 3:
				ch, err = c.TurnAway(&x, "no_capacity", "next_campaign", "", now)
			case 4:
				ch, err = c.Back(&x)
			case 5:
				move(Closed)
				continue
			default:
				move(Open)
				move(UnderWay)
				continue
			}
			if u.add(t, ch, err) && c.State != UnderWay {
				t.Fatalf("a turn moved in a campaign that is %s", c.State)
			}
		}
		sums(t, turns)
	})
}

func sums(t rapid.TB, turns map[string]*log) {
	t.Helper()
	var all []Counted
	for name, l := range turns {
		u := LoadTurn(l.changes)
		if len(u.Contested) > 0 {
			t.Fatalf("%s contests itself", name)
		}
		if (u.Stage == Served) != (len(u.Acts) > 0) || (u.Stage == Away) != (u.Why != "") {
			t.Fatalf("%s is %s with %v and %q", name, u.Stage, u.Acts, u.Why)
		}
		all = append(all, Counted{ID: name, Person: u.Person, Basis: u.Basis, Stage: u.Stage, Acts: u.Acts, Why: u.Why, Offer: u.Offer})
	}
	n := Count(all)
	if n.Came+n.Absent != len(turns) || n.Served+n.Away+n.Waiting != n.Came || n.Total < n.Served {
		t.Fatalf("%d turns count as %+v", len(turns), n)
	}
	twice := Count(append(slices.Clone(all), all...))
	if twice.Served != n.Served || twice.Came != n.Came || twice.Total != 2*n.Total {
		t.Fatalf("noted twice: %+v, once %+v", twice, n)
	}
}

// TestLine: who goes first, then whose time has come, then the order of arrival, whatever
// the order in which they are given.
func TestLine(t *testing.T) {
	now := change.StampOf(time.Date(2026, 12, 5, 10, 15, 0, 0, time.UTC))
	day := civil.Date{Year: 2026, Month: 12, Day: 5}
	all := []Wait{{ID: "a", Place: 1, Date: day}, {ID: "b", Place: 2, Date: day, Slot: Slot{day, 600}}, {ID: "c", Place: 3, Date: day, Slot: Slot{day, 570}},
		{ID: "d", Place: 4, Date: day, First: true}, {ID: "e", Place: 5, Date: day, Slot: Slot{day, 700}}, {ID: "f", Place: 6, Date: day.AddDays(-1)}}
	want := []string{"d", "c", "b", "f", "a", "e"}
	rapid.Check(t, func(t *rapid.T) {
		var got []string
		for _, w := range Line(rapid.Permutation(all).Draw(t, "order"), now) {
			got = append(got, w.ID)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("the line is %v, want %v", got, want)
		}
	})
}

// TestRefusals of a turn: what a campaign that does not serve, another stage or a missing
// answer gives.
func TestRefusals(t *testing.T) {
	l, c := planned(t)
	now := change.StampOf(time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC))
	if _, err := c.Walk(Arrival{Person: "P"}, 1, now); !fault.Is(err, "campaign.not_under_way") {
		t.Errorf("before it is under way: %v", err)
	}
	ch, err := c.Move(UnderWay, 0)
	l.add(t, ch, err)
	c = Load(l.changes)
	if _, err := c.Walk(Arrival{}, 1, now); !fault.Is(err, "campaign.words_missing") {
		t.Errorf("nobody at all: %v", err)
	}
	u := &log{}
	ch, err = c.Walk(Arrival{Visitor: "Ana Inventada", Contact: "+34600111222"}, 1, now)
	u.add(t, ch, err)
	x := LoadTurn(u.changes)
	if _, err := c.TurnAway(&x, "", "nothing", "", now); !fault.Is(err, "campaign.choose") {
		t.Errorf("without why: %v", err)
	}
	if _, err := c.TurnAway(&x, "other", "nothing", "", now); !fault.Is(err, "campaign.words_missing") {
		t.Errorf("another reason without a note: %v", err)
	}
	if _, err := c.Serve(&x, nil, "", now); !fault.Is(err, "campaign.acts") {
		t.Errorf("served with nothing: %v", err)
	}
	if _, err := c.Serve(&x, map[Service]int{"dni": 1, "haircut": 1}, "", now); !fault.Is(err, "campaign.act_unknown") || fault.As(err).Field != "acts" {
		t.Errorf("an act that nobody counts beside one that counts: %v", err)
	}
	if _, err := c.Arrive(&x, 2, false, now); !fault.Is(err, "campaign.turn_moved") {
		t.Errorf("arriving twice: %v", err)
	}
	ch, err = c.Identify(&x, "P9")
	u.add(t, ch, err)
	if x = LoadTurn(u.changes); x.Person != "P9" || x.Visitor != "" || x.Contact != "" {
		t.Errorf("identified: %+v", x)
	}
}
