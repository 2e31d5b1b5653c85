package rights

import (
	"slices"
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/registry"
)

// Certainty is how sure the number of people is.
type Certainty string

// The certainties.
const (
	Counted   Certainty = "counted"
	Estimated Certainty = "estimated"
	Unknown   Certainty = "unknown"
)

// Certainties lists them.
var Certainties = []Certainty{Counted, Estimated, Unknown}

// Breach is one incident with personal data. Moments are zero while they did not come.
type Breach struct {
	record
	Office                          string
	What, Consequences, Measures    string
	Happened                        civil.Date   // when it happened, as far as is known
	Noticed                         change.Stamp // from when the hours run
	Data                            []registry.Section
	People                          int
	Certainty                       Certainty
	Authority, Told                 change.Stamp // the authority was notified; the people were told
	AuthorityReference, DelayReason string
	ToldHow, Untold                 string // how the people were told, or why they need not be
	Exempt                          string // why the authority need not be notified
	Closed                          civil.Date
}

// LoadBreach folds the changes of one breach.
func LoadBreach(changes []change.Change) Breach {
	b := Breach{record: record{change.Fold(changes)}}
	t := b.Text
	b.Office, b.What, b.Consequences, b.Measures = t("office"), t("what"), t("consequences"), t("measures")
	b.Happened, b.Closed = b.day("happened"), b.day("closed")
	b.Noticed, b.Authority, b.Told = stampOf(t("noticed")), stampOf(t("authority")), stampOf(t("told"))
	for _, s := range strings.Fields(t("data")) {
		b.Data = append(b.Data, registry.Section(s))
	}
	b.People, _ = strconv.Atoi(t("people"))
	b.Certainty = Certainty(t("certainty"))
	b.AuthorityReference, b.DelayReason, b.ToldHow = t("reference"), t("delay"), t("told_how")
	b.Untold, b.Exempt = t("untold"), t("exempt")
	return b
}

func stampOf(text string) change.Stamp {
	s, err := change.ParseStamp(text)
	if err != nil {
		return change.Stamp{}
	}
	return s
}

// BreachClocks are the two terms of a breach.
type BreachClocks struct{ Authority, People Clock }

// Clocks are the terms of the breach as they stand. One that need not be met, by a reason
// on record, runs no more.
func (p *Pack) Clocks(b *Breach, now change.Stamp) BreachClocks {
	c := BreachClocks{
		Authority: hourClock(b.Noticed, p.Term(MatterAuthority).Length, b.Authority, now),
		People:    hourClock(b.Noticed, p.Term(MatterPeople).Length, b.Told, now),
	}
	if b.Exempt != "" && b.Authority.Micros == 0 {
		c.Authority = Clock{Pace: None, Unit: Hours}
	}
	if b.Untold != "" && b.Told.Micros == 0 {
		c.People = Clock{Pace: None, Unit: Hours}
	}
	return c
}

// BreachCmd is what is known of a breach.
type BreachCmd struct {
	Office, What, Consequences, Measures string
	Happened                             civil.Date
	Noticed                              change.Stamp
	Data                                 []registry.Section
	People                               int
	Certainty                            Certainty
}

// OpenBreach takes a breach into the register.
func OpenBreach(cmd BreachCmd, now change.Stamp) (change.Change, error) {
	return (&Breach{}).describe("open", cmd, now)
}

// Update records what became known since. The moment at which it was noticed may be
// corrected; the history keeps the earlier one.
func (b *Breach) Update(cmd BreachCmd, now change.Stamp) (change.Change, error) {
	if err := b.standing(); err != nil {
		return change.Change{}, err
	}
	cmd.Office = b.Office
	return b.describe("update", cmd, now)
}

func (b *Breach) describe(action string, cmd BreachCmd, now change.Stamp) (change.Change, error) {
	pairs := []string{"office", cmd.Office}
	for _, w := range []struct {
		field, text string
		must        bool
	}{{"what", cmd.What, true}, {"consequences", cmd.Consequences, false}, {"measures", cmd.Measures, false}} {
		text, err := words(w.field, w.text, w.must)
		if err != nil {
			return change.Change{}, err
		}
		pairs = append(pairs, w.field, text)
	}
	if err := moment("noticed", cmd.Noticed, now); err != nil {
		return change.Change{}, err
	}
	if cmd.Happened.Known() && cmd.Happened.After(civil.FromTime(cmd.Noticed.Time())) {
		return change.Change{}, fault.New(fault.Invalid, "rights.breach_order").On("happened")
	}
	if err := oneOf("certainty", cmd.Certainty, Certainties); err != nil {
		return change.Change{}, err
	}
	people := strconv.Itoa(cmd.People)
	switch {
	case cmd.Certainty == Unknown:
		people = ""
	case cmd.People < 0 || cmd.People > 100_000_000:
		return change.Change{}, fault.New(fault.Invalid, "rights.people").On("people")
	}
	var data []string
	for _, s := range cmd.Data {
		if !slices.Contains(registry.Sections, s) {
			return change.Change{}, fault.New(fault.Invalid, "rights.choose").On("data")
		}
		data = append(data, string(s))
	}
	if len(data) == 0 {
		return change.Change{}, fault.New(fault.Invalid, "rights.breach_data").On("data")
	}
	return b.write(action, append(pairs, "happened", DayText(cmd.Happened), "noticed", cmd.Noticed.String(), "data", strings.Join(data, " "),
		"people", people, "certainty", string(cmd.Certainty))...), nil
}

func moment(field string, at, now change.Stamp) error {
	if at.Micros == 0 || at.Micros > now.Micros {
		return fault.New(fault.Invalid, "rights.moment").On(field)
	}
	return nil
}

func (b *Breach) standing() error {
	switch {
	case b.Head.IsZero():
		return fault.New(fault.NotFound, "rights.no_breach")
	case b.Closed.Known():
		return fault.New(fault.Conflict, "rights.breach_closed", "date", b.Closed.String())
	}
	return nil
}

// NotifyAuthority records that the authority was notified, and under which reference. Past
// the term it asks for the reason of the delay.
func (p *Pack) NotifyAuthority(b *Breach, at change.Stamp, reference, delay string, now change.Stamp) (change.Change, error) {
	if err := b.notice("authority_at", at, now); err != nil {
		return change.Change{}, err
	}
	reference, err := words("reference", reference, false)
	if err != nil {
		return change.Change{}, err
	}
	told := *b
	told.Authority = at
	delay, err = words("delay", delay, p.Clocks(&told, now).Authority.Pace == Late)
	if err != nil {
		return change.Change{}, err
	}
	return b.write("notify_authority", "authority", at.String(), "reference", reference, "delay", delay), nil
}

// NotifyPeople records that the people were told, and how.
func (b *Breach) NotifyPeople(at change.Stamp, how string, now change.Stamp) (change.Change, error) {
	if err := b.notice("told_at", at, now); err != nil {
		return change.Change{}, err
	}
	how, err := words("told_how", how, true)
	if err != nil {
		return change.Change{}, err
	}
	return b.write("notify_people", "told", at.String(), "told_how", how), nil
}

// notice checks the moment of a notice: after the breach was noticed and not to come.
func (b *Breach) notice(field string, at, now change.Stamp) error {
	if err := b.standing(); err != nil {
		return err
	}
	if err := moment(field, at, now); err != nil {
		return err
	}
	if at.Micros < b.Noticed.Micros {
		return fault.New(fault.Invalid, "rights.notice_early").On(field)
	}
	return nil
}

// Excuse records why the authority, or the people, need not be told.
func (b *Breach) Excuse(people bool, reason string) (change.Change, error) {
	if err := b.standing(); err != nil {
		return change.Change{}, err
	}
	field, action := "exempt", "exempt_authority"
	if people {
		field, action = "untold", "exempt_people"
	}
	reason, err := words(field, reason, true)
	if err != nil {
		return change.Change{}, err
	}
	return b.write(action, field, reason), nil
}

// Close ends the work on a breach: both notices were given, or have a reason, and the
// measures are on record.
func (b *Breach) Close(today civil.Date) (change.Change, error) {
	if err := b.standing(); err != nil {
		return change.Change{}, err
	}
	switch {
	case b.Authority.Micros == 0 && b.Exempt == "":
		return change.Change{}, fault.New(fault.Conflict, "rights.close_authority")
	case b.Told.Micros == 0 && b.Untold == "":
		return change.Change{}, fault.New(fault.Conflict, "rights.close_people")
	case b.Measures == "":
		return change.Change{}, fault.New(fault.Conflict, "rights.close_measures")
	}
	return b.write("close", "closed", today.String()), nil
}
