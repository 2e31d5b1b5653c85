package campaign

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

// Stage is how far somebody's turn has come.
type Stage string

// The stages.
const (
	Listed  Stage = "listed"  // taken along; has not come
	Waiting Stage = "waiting" // in the queue
	Called  Stage = "called"  // at a table
	Served  Stage = "served"
	Away    Stage = "away" // could not be served
)

// Basis is why somebody's entry was taken along.
type Basis string

// The bases.
const (
	Asked    Basis = "asked"    // asked for a time
	NoVisit  Basis = "no_visit" // lives there and was not seen since the entry was made
	Expiring Basis = "expiring" // a document ends soon
	Chosen   Basis = "chosen"   // an officer chose
	WalkIn   Basis = "walk_in"  // came without a time
)

// Bases lists them.
var Bases = []Basis{Asked, NoVisit, Expiring, Chosen, WalkIn}

// Why is why somebody could not be served.
type Why string

// Whys lists the reasons.
var Whys = []Why{"no_capacity", "papers_missing", "other_service", "no_system", "no_number", "left", "other"}

// Offer is what somebody who could not be served was offered.
type Offer string

// Offers lists them.
var Offers = []Offer{"next_day", "next_campaign", "office_time", "by_post", "call_back", "nothing"}

// Turn is one person's turn in a campaign. Person is "" for somebody who is not in the
// register; then Visitor and Contact say who it is.
type Turn struct {
	record
	Campaign, Person  string
	Visitor, Contact  string
	Basis             Basis
	Slot              Slot
	Stage             Stage
	Date              civil.Date // when the person came
	Place             int        // in the queue of that day, from 1
	First             bool       // goes before others: age, illness, a baby
	Came, Taken, Done change.Stamp
	Acts              map[Service]int
	Why               Why
	Offer             Offer
	Note              string
}

// Sealed reports whether a field of a turn names somebody who is not in the register: such
// values are encrypted under the turn's own key before they are logged.
func Sealed(field string) bool { return field == "visitor" || field == "contact" }

// LoadTurn folds the changes of one turn.
func LoadTurn(changes []change.Change) Turn {
	u := Turn{record: record{change.Fold(changes)}}
	t := u.Text
	u.Campaign, u.Person, u.Visitor, u.Contact = t("campaign"), t("person"), t("visitor"), t("contact")
	u.Basis, u.Stage, u.Why, u.Offer, u.Note = Basis(t("basis")), Stage(t("stage")), Why(t("why")), Offer(t("offer")), t("note")
	u.Slot, _ = ParseSlot(t("slot"))
	u.Date, u.First = u.day("date"), t("first") == "yes"
	u.Place, _ = strconv.Atoi(t("place"))
	u.Came, u.Taken, u.Done = u.Moment("came"), u.Moment("taken"), u.Moment("done")
	u.Acts = ActsOf(t("acts"))
	return u
}

// ActsOf reads acts as they are kept: "dni=1 legalisation=2".
func ActsOf(text string) map[Service]int {
	out := map[Service]int{}
	for _, part := range strings.Fields(text) {
		s, n, _ := strings.Cut(part, "=")
		if k, err := strconv.Atoi(n); err == nil && k > 0 {
			out[Service(s)] = k
		}
	}
	return out
}

// Take puts somebody of the register on the list of a campaign, with a time or without.
func (c *Campaign) Take(person string, why Basis, slot Slot) (change.Change, error) {
	if err := c.standing(); err != nil {
		return change.Change{}, err
	}
	if !slices.Contains(Bases, why) {
		return change.Change{}, fault.New(fault.Invalid, "campaign.choose").On("basis")
	}
	var u Turn
	return u.Write("take", "campaign", c.Entity.ID, "person", person, "basis", string(why), "slot", slot.String(), "stage", string(Listed)), nil
}

// Arrival is somebody who comes without having been on the list.
type Arrival struct {
	Person, Visitor, Contact string
	First                    bool
}

// Walk puts somebody into the queue of a day who was not on the list.
func (c *Campaign) Walk(a Arrival, place int, now change.Stamp) (change.Change, error) {
	if err := c.Serving(); err != nil {
		return change.Change{}, err
	}
	visitor, err := words("visitor", a.Visitor, a.Person == "")
	if err != nil {
		return change.Change{}, err
	}
	contact, err := words("contact", a.Contact, false)
	if err != nil {
		return change.Change{}, err
	}
	var u Turn
	return u.Write("arrive", "campaign", c.Entity.ID, "person", a.Person, "visitor", visitor, "contact", contact, "basis", string(WalkIn),
		"stage", string(Waiting), "date", civil.FromTime(now.Time()).String(), "came", now.String(), "place", strconv.Itoa(place), "first", yes(a.First)), nil
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

// Serving refuses work in the queue of a campaign that is not under way.
func (c *Campaign) Serving() error {
	if err := c.standing(); err != nil {
		return err
	}
	if c.State != UnderWay {
		return fault.New(fault.Conflict, "campaign.not_under_way")
	}
	return nil
}

// Arrive puts somebody of the list into the queue.
func (c *Campaign) Arrive(u *Turn, place int, first bool, now change.Stamp) (change.Change, error) {
	if err := c.turning(u, Listed); err != nil {
		return change.Change{}, err
	}
	return u.Write("arrive", "stage", string(Waiting), "date", civil.FromTime(now.Time()).String(), "came", now.String(), "place", strconv.Itoa(place),
		"first", yes(first)), nil
}

// Call takes somebody out of the queue to a table.
func (c *Campaign) Call(u *Turn, now change.Stamp) (change.Change, error) {
	if err := c.turning(u, Waiting); err != nil {
		return change.Change{}, err
	}
	return u.Write("call", "stage", string(Called), "taken", now.String()), nil
}

// Serve ends a turn: what was done for the person, each act counted. An act that is none of
// Services is refused: it would be lost.
func (c *Campaign) Serve(u *Turn, acts map[Service]int, note string, now change.Stamp) (change.Change, error) {
	if err := c.turning(u, Listed, Waiting, Called, Served); err != nil {
		return change.Change{}, err
	}
	note, err := words("note", note, false)
	if err != nil {
		return change.Change{}, err
	}
	for _, s := range slices.Sorted(maps.Keys(acts)) {
		if !slices.Contains(Services, s) {
			return change.Change{}, fault.New(fault.Invalid, "campaign.act_unknown", "service", string(s), "known", strings.Trim(fmt.Sprint(Services), "[]")).On("acts")
		}
	}
	var parts []string
	for _, s := range Services {
		if n := acts[s]; n < 0 || n > 99 {
			return change.Change{}, fault.New(fault.Invalid, "campaign.acts").On("acts")
		} else if n > 0 {
			parts = append(parts, string(s)+"="+strconv.Itoa(n))
		}
	}
	if len(parts) == 0 {
		return change.Change{}, fault.New(fault.Invalid, "campaign.acts").On("acts")
	}
	done := u.Done.String()
	if u.Stage != Served { // a count that is put right keeps the moment
		done = now.String()
	}
	return u.Write("serve", "stage", string(Served), "date", u.onDay(now), "done", done, "acts", strings.Join(parts, " "), "note", note, "why", "", "offer", ""), nil
}

// TurnAway ends the turn of somebody who could not be served: why, and what was offered.
func (c *Campaign) TurnAway(u *Turn, why Why, offer Offer, note string, now change.Stamp) (change.Change, error) {
	if err := c.turning(u, Waiting, Called, Away, Listed); err != nil {
		return change.Change{}, err
	}
	if !slices.Contains(Whys, why) {
		return change.Change{}, fault.New(fault.Invalid, "campaign.choose").On("why")
	}
	if !slices.Contains(Offers, offer) {
		return change.Change{}, fault.New(fault.Invalid, "campaign.choose").On("offer")
	}
	note, err := words("note", note, why == "other")
	if err != nil {
		return change.Change{}, err
	}
	return u.Write("turn_away", "stage", string(Away), "date", u.onDay(now), "done", now.String(), "why", string(why), "offer", string(offer), "note", note, "acts", ""), nil
}

// Back puts somebody who was called or turned away into the queue again, in the old place.
func (c *Campaign) Back(u *Turn) (change.Change, error) {
	if err := c.turning(u, Called, Away); err != nil {
		return change.Change{}, err
	}
	if u.Place == 0 {
		return change.Change{}, fault.New(fault.Conflict, "campaign.turn_moved")
	}
	return u.Write("back", "stage", string(Waiting), "why", "", "offer", "", "done", "", "taken", ""), nil
}

// onDay is the day of a turn: that of the arrival, or today.
func (u *Turn) onDay(now change.Stamp) string {
	if u.Date.Known() {
		return u.Date.String()
	}
	return civil.FromTime(now.Time()).String()
}

// turning refuses when the campaign does not serve, or the turn is in another stage.
func (c *Campaign) turning(u *Turn, in ...Stage) error {
	switch {
	case u.Head.IsZero() || u.Campaign != c.Entity.ID:
		return fault.New(fault.NotFound, "campaign.no_turn")
	case !slices.Contains(in, u.Stage):
		return fault.New(fault.Conflict, "campaign.turn_moved")
	}
	return c.Serving()
}

// Wait is what the queue is ordered by.
type Wait struct {
	ID    string
	First bool
	Slot  Slot
	Place int
	Date  civil.Date
}

// Line puts those who wait into the order in which they are called at a moment: who goes
// before others, then who was given a time that has come, by that time, then everybody by
// the order of arrival.
func Line(all []Wait, now change.Stamp) []Wait {
	at := SlotAt(now)
	due := func(w Wait) bool { return w.Slot.Date == at.Date && w.Slot.At <= at.At }
	out := slices.Clone(all)
	slices.SortFunc(out, func(a, b Wait) int {
		if a.First != b.First {
			return order(a.First)
		}
		if due(a) != due(b) {
			return order(due(a))
		}
		if due(a) && a.Slot.At != b.Slot.At {
			return cmp.Compare(a.Slot.At, b.Slot.At)
		}
		return cmp.Or(civil.Compare(a.Date, b.Date), cmp.Compare(a.Place, b.Place), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func order(before bool) int {
	if before {
		return -1
	}
	return 1
}

// Identify says which entry of the register is that of a visitor; who it is stands there.
func (c *Campaign) Identify(u *Turn, person string) (change.Change, error) {
	if err := c.standing(); err != nil {
		return change.Change{}, err
	}
	if u.Head.IsZero() || u.Campaign != c.Entity.ID || u.Person != "" {
		return change.Change{}, fault.New(fault.Conflict, "campaign.turn_moved")
	}
	return u.Write("identify", "person", person, "visitor", "", "contact", ""), nil
}
