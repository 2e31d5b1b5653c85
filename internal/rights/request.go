package rights

import (
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
)

// Kind is what a person asks for.
type Kind string

// The kinds of request. Each has a term of the same name in the country pack.
const (
	Access        Kind = "access"
	Rectification Kind = "rectification"
	Cancellation  Kind = "cancellation" // deletion
	Opposition    Kind = "opposition"
	Portability   Kind = "portability"
)

// Kinds lists them.
var Kinds = []Kind{Access, Rectification, Cancellation, Opposition, Portability}

// Channels are the ways in which a request comes.
var Channels = []string{"window", "letter", "email", "portal", "phone"}

// State is how a request stands.
type State string

// The states. A request is extended once at most; the last four end it.
const (
	Received   State = "received"
	InProgress State = "in_progress"
	Extended   State = "extended"
	Granted    State = "granted"
	Partly     State = "partly"
	Refused    State = "refused"
	Withdrawn  State = "withdrawn"
)

// Answers are the states that answer a request.
var Answers = []State{Granted, Partly, Refused}

// Open reports whether the request waits for an answer.
func (s State) Open() bool { return s == Received || s == InProgress || s == Extended }

// Request is what a person asked for and how it was answered.
type Request struct {
	record
	Kind                    Kind
	State                   State
	Person, Office, Channel string
	Representative, Shown   string // who asks for the person, and what shows that he may
	Wants                   string
	Received, Due, Closed   civil.Date // Due with the extension, if there was one
	ExtendReason, Reason    string
	Told                    bool      // told how a refusal is appealed
	Outcome                 id.Change // the change that carried it out
}

// LoadRequest folds the changes of one request, sealed values opened.
func LoadRequest(changes []change.Change) Request {
	r := Request{record: record{change.Fold(changes)}}
	t := r.Text
	r.Kind, r.State, r.Person, r.Office, r.Channel = Kind(t("kind")), State(t("state")), t("person"), t("office"), t("channel")
	r.Representative, r.Shown, r.Wants, r.ExtendReason, r.Reason = t("representative"), t("shown"), t("wants"), t("extend_reason"), t("reason")
	r.Received, r.Due, r.Closed, r.Told = r.day("received"), r.day("due"), r.day("closed"), t("told") == "yes"
	r.Outcome, _ = id.ParseChange(t("outcome"))
	return r
}

// Reference is a request, breach or disclosure as one says it on the telephone: the end of
// its id.
func Reference(entity string) string {
	if len(entity) < 6 {
		return entity
	}
	return entity[len(entity)-6:]
}

// Clock is the term of the request as it stands on a day.
func (p *Pack) Clock(r *Request, today civil.Date) Clock {
	return p.dayClock(r.Due, r.Closed, today)
}

// RequestCmd opens a request. Representative and Shown are empty when the person asks.
type RequestCmd struct {
	Kind                                                  Kind
	Person, Office, Channel, Representative, Shown, Wants string
	Received                                              civil.Date
}

// OpenRequest takes a request in. What the person wants may be left out only when the kind
// says it all.
func (p *Pack) OpenRequest(cmd RequestCmd, today civil.Date) (change.Change, error) {
	if err := oneOf("kind", cmd.Kind, Kinds); err != nil {
		return change.Change{}, err
	}
	if err := oneOf("channel", cmd.Channel, Channels); err != nil {
		return change.Change{}, err
	}
	if err := past("received", cmd.Received, today); err != nil {
		return change.Change{}, err
	}
	wants, err := words("wants", cmd.Wants, cmd.Kind != Access && cmd.Kind != Portability)
	if err != nil {
		return change.Change{}, err
	}
	who, err := words("representative", cmd.Representative, false)
	if err != nil {
		return change.Change{}, err
	}
	shown, err := words("shown", cmd.Shown, who != "")
	if err != nil {
		return change.Change{}, err
	}
	r := record{}
	c := r.write("open", "kind", string(cmd.Kind), "state", string(Received), "person", cmd.Person, "office", cmd.Office, "channel", cmd.Channel,
		"representative", who, "shown", shown, "wants", wants, "received", cmd.Received.String(),
		"due", DayText(p.due(p.Term(string(cmd.Kind)).Length, cmd.Received)))
	return c, nil
}

// due is the last day of a term, unknown when there is none.
func (p *Pack) due(length int, from civil.Date) civil.Date {
	if length == 0 {
		return civil.Date{}
	}
	return p.Calendar.Add(from, length)
}

// DayText writes a day as the projections keep it, "" for the unknown.
func DayText(d civil.Date) string {
	if !d.Known() {
		return ""
	}
	return d.String()
}

// waiting refuses what can only be done to a request that waits for an answer.
func (r *Request) waiting() error {
	if r.Head.IsZero() {
		return fault.New(fault.NotFound, "rights.no_request")
	}
	if !r.State.Open() {
		return fault.New(fault.Conflict, "rights.answered", "date", DayText(r.Closed))
	}
	return nil
}

// Begin records that somebody works on the request.
func (r *Request) Begin() (change.Change, error) {
	if err := r.waiting(); err != nil {
		return change.Change{}, err
	}
	if r.State != Received {
		return change.Change{Entity: r.Entity}, nil
	}
	return r.write("begin", "state", string(InProgress)), nil
}

// Extend gives the request more time, once and before the term has passed. The person is
// told the reason.
func (p *Pack) Extend(r *Request, reason string, today civil.Date) (change.Change, error) {
	if err := r.waiting(); err != nil {
		return change.Change{}, err
	}
	more := p.Term(string(r.Kind)).Extension
	switch {
	case more == 0 || !r.Due.Full():
		return change.Change{}, fault.New(fault.Conflict, "rights.no_extension")
	case r.ExtendReason != "" || r.State == Extended:
		return change.Change{}, fault.New(fault.Conflict, "rights.extended_once")
	case today.After(r.Due):
		return change.Change{}, fault.New(fault.Conflict, "rights.extend_late", "due", r.Due.String())
	}
	reason, err := words("extend_reason", reason, true)
	if err != nil {
		return change.Change{}, err
	}
	return r.write("extend", "state", string(Extended), "extend_reason", reason, "due", p.Calendar.Add(r.Due, more).String()), nil
}

// Answer is a decision on a request. Told says that the person was told where a refusal can
// be appealed; Outcome is the change that carried the request out.
type Answer struct {
	State   State
	Reason  string
	Told    bool
	Outcome id.Change
}

// Decide answers the request. What is granted names the change that carried it out; what is
// refused, in part or whole, has a reason, and the person is told of the appeal.
func (r *Request) Decide(a Answer, today civil.Date) (change.Change, error) {
	if err := r.waiting(); err != nil {
		return change.Change{}, err
	}
	if err := oneOf("state", a.State, Answers); err != nil {
		return change.Change{}, err
	}
	reason, err := words("reason", a.Reason, true)
	switch {
	case err != nil:
		return change.Change{}, err
	case a.State != Granted && !a.Told:
		return change.Change{}, fault.New(fault.Invalid, "rights.appeal_untold").On("told")
	case a.State != Refused && a.Outcome.IsZero():
		return change.Change{}, fault.New(fault.Invalid, "rights.outcome_missing").On("outcome")
	}
	outcome, told := "", ""
	if a.State != Refused {
		outcome = a.Outcome.String()
	}
	if a.Told {
		told = "yes"
	}
	return r.write("decide", "state", string(a.State), "reason", reason, "told", told, "outcome", outcome, "closed", today.String()), nil
}

// Withdraw ends a request that the person takes back.
func (r *Request) Withdraw(reason string, today civil.Date) (change.Change, error) {
	if err := r.waiting(); err != nil {
		return change.Change{}, err
	}
	reason, err := words("reason", reason, true)
	if err != nil {
		return change.Change{}, err
	}
	return r.write("withdraw", "state", string(Withdrawn), "reason", reason, "closed", today.String()), nil
}
