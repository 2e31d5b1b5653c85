package campaign

// Tally is what a campaign, or a year of campaigns, comes to, as the ombudsman asks.
type Tally struct {
	Expected int             // were on the list
	Absent   int             // of these did not come
	Came     int             // came, on the list or not
	Served   int             // persons served, each once
	Acts     map[Service]int // what was done, by kind
	Total    int             // all acts
	Away     int             // persons who could not be served at all
	Why      map[Why]int     // for what reasons
	Offer    map[Offer]int   // and what they were offered
	Waiting  int             // in the queue or at a table now
}

// Counted is what is counted of one turn.
type Counted struct {
	ID, Person string
	Basis      Basis
	Stage      Stage
	Acts       map[Service]int
	Why        Why
	Offer      Offer
}

// Count counts. A person with two turns, because two tables noted the same one, is counted
// once, as served when one of them says so; acts are counted wherever they were done.
func Count(turns []Counted) Tally {
	t := Tally{Acts: map[Service]int{}, Why: map[Why]int{}, Offer: map[Offer]int{}}
	best, first := map[string]Counted{}, map[string]bool{}
	rank := map[Stage]int{Listed: 0, Away: 1, Waiting: 2, Called: 3, Served: 4}
	for _, u := range turns {
		who := u.Person
		if who == "" {
			who = "turn/" + u.ID
		}
		for s, n := range u.Acts {
			t.Acts[s] += n
			t.Total += n
		}
		first[who] = first[who] || u.Basis != WalkIn
		had, ok := best[who]
		if !ok || rank[u.Stage] > rank[had.Stage] || rank[u.Stage] == rank[had.Stage] && u.ID < had.ID {
			best[who] = u
		}
	}
	for who, u := range best {
		if first[who] {
			t.Expected++
		}
		switch u.Stage {
		case Listed:
			t.Absent++
			continue
		case Served:
			t.Served++
		case Away:
			t.Away++
			t.Why[u.Why]++
			t.Offer[u.Offer]++
		default:
			t.Waiting++
		}
		t.Came++
	}
	return t
}
