package rights

import (
	"strings"
	"testing"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
)

// log stands for the application: it names changes and folds them.
type log struct{ changes []change.Change }

func (l *log) add(t testing.TB, c change.Change, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	c.Entity = change.Ref{Kind: KindRequest, ID: "01ARZ3NDEKTSV4RRFFQ69G5FAV"}
	c.ID = id.Change{Node: "AA", N: int64(len(l.changes) + 1)}
	l.changes = append(l.changes, c)
}

func (l *log) request() *Request { r := LoadRequest(l.changes); return &r }

func refused(t testing.TB, err error, key, field string) {
	t.Helper()
	if e := fault.As(err); e == nil || e.Key != key || e.Field != field {
		t.Errorf("refused with %v, want %s on %q", err, key, field)
	}
}

func asked(t testing.TB, kind Kind, received string) *log {
	l := &log{}
	cmd := RequestCmd{Kind: kind, Person: "P", Office: "ESMAD", Channel: "window", Wants: "  Borren mi teléfono  ", Received: day(t, received)}
	c, err := Home().OpenRequest(cmd, day(t, "2026-11-23"))
	l.add(t, c, err)
	return l
}

func TestRequestRuns(t *testing.T) {
	p, l := Home(), asked(t, Cancellation, "2026-11-18")
	r := l.request()
	if r.State != Received || r.Wants != "Borren mi teléfono" || r.Due != day(t, "2026-12-02") {
		t.Fatalf("opened as %s, %q, due %s", r.State, r.Wants, r.Due)
	}
	for today, want := range map[string]Clock{
		"2026-11-18": {Pace: Running, Left: 10}, "2026-11-26": {Pace: Running, Left: 4}, "2026-11-27": {Pace: Soon, Left: 3}, "2026-11-28": {Pace: Soon, Left: 3},
		"2026-12-02": {Pace: Today}, "2026-12-03": {Pace: Overdue, Left: 1}, "2026-12-10": {Pace: Overdue, Left: 4},
	} {
		want.Unit, want.Due = WorkingDays, r.Due
		if got := p.Clock(r, day(t, today)); got != want {
			t.Errorf("on %s the clock is %+v, want %+v", today, got, want)
		}
	}
	c, err := r.Begin()
	l.add(t, c, err)
	if c, err = l.request().Begin(); err != nil || len(c.Sets) != 0 {
		t.Errorf("it was begun twice: %+v, %v", c, err)
	}
	c, err = p.Extend(l.request(), "hay que preguntar a otra oficina", day(t, "2026-12-02"))
	l.add(t, c, err)
	if r = l.request(); r.State != Extended || r.Due != day(t, "2026-12-18") {
		t.Fatalf("extended: %s, due %s", r.State, r.Due)
	}
	_, err = p.Extend(r, "otra vez", day(t, "2026-12-02"))
	refused(t, err, "rights.extended_once", "")
	c, err = r.Decide(Answer{State: Granted, Reason: "procede", Outcome: id.Change{Node: "AA", N: 90}}, day(t, "2026-12-21"))
	l.add(t, c, err)
	r = l.request()
	if r.State != Granted || r.Outcome.N != 90 || p.Clock(r, day(t, "2027-02-01")) != (Clock{Pace: Late, Unit: WorkingDays, Left: 1, Due: r.Due}) {
		t.Errorf("answered: %+v, %+v", r, p.Clock(r, day(t, "2027-02-01")))
	}
	_, err = r.Withdraw("ya no", day(t, "2026-12-21"))
	refused(t, err, "rights.answered", "")
}

func TestRequestRefusals(t *testing.T) {
	p, today := Home(), day(t, "2026-11-23")
	good := RequestCmd{Kind: Rectification, Person: "P", Office: "ESMAD", Channel: "letter", Wants: "mi segundo apellido", Received: today}
	for _, c := range []struct {
		field, key string
		spoil      func(*RequestCmd)
	}{
		{"kind", "rights.choose", func(c *RequestCmd) { c.Kind = "other" }},
		{"channel", "rights.choose", func(c *RequestCmd) { c.Channel = "" }},
		{"received", "rights.day", func(c *RequestCmd) { c.Received = today.AddDays(1) }},
		{"received", "rights.day", func(c *RequestCmd) { c.Received = civil.Date{Year: 2026} }},
		{"wants", "rights.words_missing", func(c *RequestCmd) { c.Wants = " \n " }},
		{"wants", "rights.too_long", func(c *RequestCmd) { c.Wants = strings.Repeat("ñ", MaxWords+1) }},
		{"shown", "rights.words_missing", func(c *RequestCmd) { c.Representative = "María Inventada" }},
	} {
		cmd := good
		c.spoil(&cmd)
		_, err := p.OpenRequest(cmd, today)
		refused(t, err, c.key, c.field)
	}
	r := asked(t, Access, "2026-11-20").request()
	_, err := r.Decide(Answer{State: Refused, Reason: "no procede"}, today)
	refused(t, err, "rights.appeal_untold", "told")
	_, err = r.Decide(Answer{State: Granted, Reason: "procede"}, today)
	refused(t, err, "rights.outcome_missing", "outcome")
	_, err = r.Decide(Answer{State: Withdrawn, Reason: "procede"}, today)
	refused(t, err, "rights.choose", "state")
	_, err = r.Decide(Answer{State: Refused, Told: true}, today)
	refused(t, err, "rights.words_missing", "reason")
	if c, err := r.Decide(Answer{State: Refused, Told: true, Reason: "no es titular"}, today); err != nil || len(c.Sets) != 4 {
		t.Errorf("a refusal wrote %+v, %v", c.Sets, err)
	}
	_, err = p.Extend(r, "falta un informe", r.Due.AddDays(1))
	refused(t, err, "rights.extend_late", "")
}

func TestDisclosures(t *testing.T) {
	p, today := Home(), day(t, "2026-11-23")
	open := func(aim Aim) Disclosure {
		l := &log{}
		c, err := p.OpenDisclosure(DisclosureCmd{Office: "ESMAD", Asker: HostAuthority, AskerName: "Oficina inventada", Aim: aim, Wants: "la dirección", Received: today}, today)
		l.add(t, c, err)
		return LoadDisclosure(l.changes)
	}
	d := open(Enforcement)
	for _, s := range []State{Granted, Partly} {
		_, err := d.Answer(s, "lo piden por escrito", "dirección", today)
		refused(t, err, "rights.never_given", "state")
	}
	if c, err := d.Answer(Refused, "no se entrega", "dirección", today); err != nil || len(c.Sets) != 3 {
		t.Errorf("the refusal wrote %+v, %v", c.Sets, err)
	}
	d = open(Protection)
	_, err := d.Answer(Granted, "la persona lo pidió", "", today)
	refused(t, err, "rights.words_missing", "given")
	if c, err := d.Answer(Granted, "la persona lo pidió", "el teléfono", today); err != nil || len(c.Sets) != 4 {
		t.Errorf("the answer wrote %+v, %v", c.Sets, err)
	}
	if s, final := ProposedAnswer(Trade); s != Refused || final {
		t.Errorf("to trade it proposes %s, %v", s, final)
	}
}
