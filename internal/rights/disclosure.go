package rights

import (
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

// Asker is who asks for data of a person.
type Asker string

// The askers. Self is the person, to whom the own data was handed out.
const (
	Self          Asker = "self"
	HostAuthority Asker = "host_authority" // of the country of residence
	HomeAuthority Asker = "home_authority"
	Court         Asker = "court"
	International Asker = "international"
	Family        Asker = "family"
	Lawyer        Asker = "lawyer"
	Press         Asker = "press"
	Company       Asker = "company"
	OtherAsker    Asker = "other"
)

// Askers lists those who ask from outside.
var Askers = []Asker{HostAuthority, HomeAuthority, Court, International, Family, Lawyer, Press, Company, OtherAsker}

// Aim is what the data is asked for.
type Aim string

// The aims.
const (
	OwnData     Aim = "own_data"
	Enforcement Aim = "enforcement" // control of who may stay in a country
	Crime       Aim = "crime"
	Trial       Aim = "trial"
	Protection  Aim = "protection" // of the person, of a child, a search
	Civil       Aim = "civil"
	Research    Aim = "research"
	Publicity   Aim = "publicity"
	Trade       Aim = "trade"
	OtherAim    Aim = "other"
)

// Aims lists what outsiders ask for.
var Aims = []Aim{Enforcement, Crime, Trial, Protection, Civil, Research, Publicity, Trade, OtherAim}

// ProposedAnswer is the answer that the register proposes for an aim; final says that there is no
// other: data given for one's protection never serves to remove somebody.
func ProposedAnswer(aim Aim) (answer State, final bool) {
	switch aim {
	case Enforcement:
		return Refused, true
	case Publicity, Trade:
		return Refused, false
	}
	return "", false
}

// Disclosure is one request of somebody else for data, and how it was answered.
type Disclosure struct {
	record
	Person, Office               string // Person "" when the request names nobody of the register
	Asker                        Asker
	AskerName, Basis             string // Basis is the law or paper that the asker names
	Aim                          Aim
	Wants, Reason, Given, Format string
	State                        State
	Received, Due, Closed        civil.Date
	Request                      string // the person's own request that this answers
}

// LoadDisclosure folds the changes of one, sealed values opened.
func LoadDisclosure(changes []change.Change) Disclosure {
	d := Disclosure{record: record{change.Fold(changes)}}
	t := d.Text
	d.Person, d.Office, d.Asker, d.AskerName, d.Basis = t("person"), t("office"), Asker(t("asker")), t("asker_name"), t("basis")
	d.Aim, d.Wants, d.Reason, d.Given, d.Format, d.State = Aim(t("aim")), t("wants"), t("reason"), t("given"), t("format"), State(t("state"))
	d.Received, d.Due, d.Closed, d.Request = d.day("received"), d.day("due"), d.day("closed"), t("request")
	return d
}

// DisclosureClock is its term on a day.
func (p *Pack) DisclosureClock(d *Disclosure, today civil.Date) Clock {
	return p.dayClock(d.Due, d.Closed, today)
}

// DisclosureCmd takes a request from outside in.
type DisclosureCmd struct {
	Person, Office, AskerName, Basis, Wants string
	Asker                                   Asker
	Aim                                     Aim
	Received                                civil.Date
}

// OpenDisclosure takes a request from outside in.
func (p *Pack) OpenDisclosure(cmd DisclosureCmd, today civil.Date) (change.Change, error) {
	if err := oneOf("asker", cmd.Asker, Askers); err != nil {
		return change.Change{}, err
	}
	if err := oneOf("aim", cmd.Aim, Aims); err != nil {
		return change.Change{}, err
	}
	if err := past("received", cmd.Received, today); err != nil {
		return change.Change{}, err
	}
	pairs := []string{"person", cmd.Person, "office", cmd.Office, "asker", string(cmd.Asker), "aim", string(cmd.Aim), "state", string(Received),
		"received", cmd.Received.String(), "due", DayText(p.due(p.Term(MatterThirdParty).Length, cmd.Received))}
	for _, w := range []struct {
		field, text string
		must        bool
	}{{"asker_name", cmd.AskerName, true}, {"basis", cmd.Basis, false}, {"wants", cmd.Wants, true}} {
		text, err := words(w.field, w.text, w.must)
		if err != nil {
			return change.Change{}, err
		}
		pairs = append(pairs, w.field, text)
	}
	return (&record{}).write("open", pairs...), nil
}

// Answer decides on a request from outside. What was given is on record in words.
func (d *Disclosure) Answer(state State, reason, given string, today civil.Date) (change.Change, error) {
	switch {
	case d.Head.IsZero():
		return change.Change{}, fault.New(fault.NotFound, "rights.no_disclosure")
	case !d.State.Open():
		return change.Change{}, fault.New(fault.Conflict, "rights.answered", "date", DayText(d.Closed))
	}
	if err := oneOf("state", state, Answers); err != nil {
		return change.Change{}, err
	}
	if _, final := ProposedAnswer(d.Aim); final && state != Refused {
		return change.Change{}, fault.New(fault.Forbidden, "rights.never_given").On("state")
	}
	reason, err := words("reason", reason, true)
	if err != nil {
		return change.Change{}, err
	}
	if state == Refused {
		given = ""
	}
	if given, err = words("given", given, state != Refused); err != nil {
		return change.Change{}, err
	}
	return d.write("decide", "state", string(state), "reason", reason, "given", given, "closed", today.String()), nil
}

// HandOut records that a person's own data was handed out in a format, in answer to a
// request or ("") for the asking.
func HandOut(person, office, format, request string, today civil.Date) change.Change {
	return (&record{}).write("hand_out", "person", person, "office", office, "asker", string(Self), "aim", string(OwnData), "state", string(Granted),
		"received", today.String(), "closed", today.String(), "format", format, "request", request)
}
