package survey

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/estimate/weighting"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/rights"
	"quipu/internal/store"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
)

// unit is one that can be drawn.
type unit struct {
	id, office string
	parts      []string // office, sex, age group
	size       float64
	order      string
}

// listed is the frame of a survey as it stood.
type listed struct {
	units   []unit
	out     map[string]int // left out, by reason
	date    string
	logSize int64
}

// Reasons for which somebody of the register is not in a frame.
const (
	outWithdrawn = "withdrawn" // the entry was a mistake, or stands for another
	outDead      = "dead"
	outClosed    = "closed" // no registration in force
	outContested = "contested"
	outRefused   = "refused" // took back the consent to studies, or objected
	outAge       = "age"     // below 15, or unknown
	outLine      = "line"    // a line of a list of places that could not be read
)

// peopleAtOnce is how many people are read at once.
const peopleAtOnce = 500

// purposes for which a frame may be made of people.
var framePurposes = []string{"registry", "statistics"}

// frameOfPeople lists the people in force of the offices that take part. It is one read of a
// list in the log: who plans a sample sees numbers and nobody's name.
func (m *Surveys) frameOfPeople(ctx context.Context, actor Actor, s *study.Survey) (*listed, error) {
	if err := authz.Check(actor, authz.Survey, s.Office); err != nil {
		return nil, err
	}
	if !slices.Contains(framePurposes, actor.Purpose) {
		return nil, fault.New(fault.Forbidden, "authz.purpose", "action", authz.Survey, "purpose", authz.Purpose(actor.Purpose), "allowed", authz.Purposes(framePurposes))
	}
	today := civil.FromTime(m.Now())
	l := &listed{out: map[string]int{}, date: today.String()}
	for _, office := range s.Posts {
		for after := int64(0); ; {
			var rows []store.PersonRow
			err := m.DB.View(ctx, func(tx *store.Tx) (err error) {
				if l.logSize, err = tx.Size(ctx); err != nil {
					return err
				}
				if rows, err = tx.PeopleOfOffice(ctx, office, after, peopleAtOnce); err != nil || len(rows) == 0 {
					return err
				}
				return l.take(ctx, tx, rows, today)
			})
			if err != nil {
				return nil, err
			}
			if len(rows) == 0 {
				break
			}
			after = rows[len(rows)-1].Row
		}
	}
	return l, m.LogReads(ctx, actor, store.Read{Action: "survey_frame", Detail: s.Entity.ID + " " + strconv.Itoa(len(l.units))})
}

// take sorts people into the frame or out of it.
func (l *listed) take(ctx context.Context, tx *store.Tx, rows []store.PersonRow, today civil.Date) error {
	refs, ids := make([]string, len(rows)), make([]string, len(rows))
	for i := range rows {
		refs[i], ids[i] = ref(change.Person, rows[i].ID).String(), rows[i].ID
	}
	all, err := tx.ChangesOf(ctx, refs)
	if err != nil {
		return err
	}
	requests, err := tx.RequestsOf(ctx, ids...)
	if err != nil {
		return err
	}
	objects := map[string]bool{}
	for _, q := range requests {
		state := rights.State(q.State)
		objects[q.Person] = objects[q.Person] || rights.Kind(q.Kind) == rights.Opposition && state != rights.Refused && state != rights.Withdrawn
	}
	for i := range rows {
		p := registry.Load(all[refs[i]])
		sex, age, why := stands(&p, &rows[i], today)
		if why == "" && objects[rows[i].ID] {
			why = outRefused
		}
		if why != "" {
			l.out[why]++
			continue
		}
		l.units = append(l.units, unit{id: rows[i].ID, office: rows[i].Office, parts: []string{rows[i].Office, sex, age}, order: rows[i].City + "\x00" + rows[i].Birth})
	}
	return nil
}

// stands is the sex and the age group of a person, or why he is not in the frame.
func stands(p *registry.Person, row *store.PersonRow, today civil.Date) (sex, age, why string) {
	switch registry.Status(p, today) {
	case registry.StateWithdrawn, registry.StateErased, registry.StateMerged:
		return "", "", outWithdrawn
	case registry.StateClosed, registry.StateNone:
		why = outClosed
	}
	if v := registry.VitalOf(p).Status; v == registry.Dead || v == registry.PresumedDead {
		return "", "", outDead
	}
	if why != "" {
		return "", "", why
	}
	if len(p.Contested) > 0 {
		return "", "", outContested
	}
	for _, c := range registry.Consents(p) {
		if c.Purpose == "research" && c.Withdrawn.Known() {
			return "", "", outRefused
		}
	}
	birth, err := civil.Parse(row.Birth)
	if err != nil || !birth.Known() {
		return "", "", outAge
	}
	least, _ := civil.AgeRange(birth, today)
	if age = weighting.AgeGroup(least); age == "" {
		return "", "", outAge
	}
	return cmp.Or(row.Sex, "N"), age, ""
}

// counts are how many people are in each cell of the register.
func (l *listed) counts() (out []weighting.Count) {
	n := map[string]int{}
	for _, u := range l.units {
		n[strings.Join(u.parts, "\x00")]++
	}
	for key, k := range n {
		parts := strings.Split(key, "\x00")
		if parts[1] != "F" && parts[1] != "M" {
			parts[1] = "" // no margin has them
		}
		out = append(out, weighting.Count{Key: parts, N: k})
	}
	slices.SortFunc(out, func(a, b weighting.Count) int { return cmp.Or(slices.Compare(a.Key, b.Key), a.N-b.N) })
	return out
}

// PlaceProblems are what is wrong in a list of places, line by line.
func (m *Surveys) PlaceProblems(ctx context.Context, actor Actor, survey, text string) ([]sample.PlaceProblem, error) {
	s, err := m.planned(ctx, actor, survey)
	if err != nil {
		return nil, err
	}
	_, wrong := sample.ReadPlaces(text, s.Takes)
	return wrong, nil
}

// frameOfPlaces reads a list of places. One in which something is wrong is refused, unless the lines
// that are right are to do.
func (m *Surveys) frameOfPlaces(ctx context.Context, s *study.Survey, cmd SampleCmd) (*listed, error) {
	places, wrong := sample.ReadPlaces(cmd.Places, s.Takes)
	if len(wrong) > 0 && !cmd.KeepGood {
		return nil, fault.New(fault.Invalid, "sample.csv_problems", "n", len(wrong)).On("places")
	}
	if len(places) == 0 {
		return nil, fault.New(fault.Invalid, "sample.csv_empty").On("places")
	}
	l := &listed{out: map[string]int{}, date: civil.FromTime(m.Now()).String()}
	lines := map[int]bool{}
	for _, w := range wrong {
		lines[w.Line] = true
	}
	if len(lines) > 0 {
		l.out[outLine] = len(lines)
	}
	for i := range places {
		p := &places[i]
		l.units = append(l.units, unit{id: p.Office + " " + p.What(), office: p.Office, parts: []string{p.Office}, size: p.Visits, order: p.What()})
	}
	return l, m.DB.View(ctx, func(tx *store.Tx) (err error) {
		l.logSize, err = tx.Size(ctx)
		return err
	})
}

// strata are those of the units by some of their parts, by name.
func (l *listed) strata(by []string) ([]sample.Stratum, map[string][]unit) {
	of, units := map[string]sample.Stratum{}, map[string][]unit{}
	for _, u := range l.units {
		parts := u.parts[:1:1]
		for k, name := range []string{weighting.BySex, weighting.ByAge} {
			if slices.Contains(by, name) && len(u.parts) > k+1 {
				parts = append(parts, u.parts[k+1])
			}
		}
		name := strings.Join(parts, " ")
		s, ok := of[name]
		if !ok {
			s = sample.Stratum{Name: name, Office: u.office, Parts: parts}
		}
		s.Population++
		of[name], units[name] = s, append(units[name], u)
	}
	out := make([]sample.Stratum, 0, len(of))
	for _, s := range of {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b sample.Stratum) int { return strings.Compare(a.Name, b.Name) })
	return out, units
}
