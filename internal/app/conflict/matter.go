package conflict

import (
	"context"
	"maps"
	"slices"

	"quipu/internal/app/account"
	"quipu/internal/authz"
	"quipu/internal/campaign"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry/same"
	"quipu/internal/rights"
	"quipu/internal/store"
	"quipu/internal/survey/study"
)

// Form is what a field of a matter holds, for whoever shows it or asks for another value.
type Form string

// The forms. A choice is one of Field.Choices, Several are codes with spaces between; Lines is text
// of several lines; Outcome is what became of a case, by its AAPOR code; what is Hidden is decided
// and not shown.
const (
	Text   Form = "text"
	Lines  Form = "lines"
	Choice Form = "choice"
	Day    Form = "day"
	Moment Form = "moment"
	Office Form = "office"
	Login  Form = "login"
	Yes    Form = "yes"
	Hidden Form = "hidden"

	Several Form = "several"
	Outcome Form = "outcome"
)

// Field is a field of a matter that officers decide about. Words is before the code in the
// catalogue, or "list:" and a code list, or "office:". Fixed: it is decided with the others, and nobody
// types another.
type Field struct {
	Name    string
	Form    Form
	Choices []string
	Words   string
	Fixed   bool
}

// matter is a kind of entity besides people: what of it is decided, and with which right. What
// a change wrote beside these fields, such as how long a pair was looked at, goes with them.
type matter struct {
	act    authz.Action
	fields []Field
	check  func(kind change.Kind, field string, v change.Value) error
	people []string // fields that name people
	// last says why nothing but what stands can stay, "" when another value can be put: a key
	// of the catalogue.
	last func(r *change.Record) string
	// rest says what else holds once the fields are decided.
	rest func(text func(field string) string) map[string]string
	// stands refuses what cannot be, on what the register holds besides.
	stands func(ctx context.Context, tx *store.Tx, actor Actor, was, is *change.Record) error
}

func choice[T ~string](name, words string, all []T) Field {
	f := Field{Name: name, Form: Choice, Words: words}
	for _, c := range all {
		f.Choices = append(f.Choices, string(c))
	}
	return f
}

func several(name, words string) []Field {
	return []Field{{Name: name, Form: Several, Words: words}}
}

func fields(form Form, names ...string) (out []Field) {
	for _, n := range names {
		out = append(out, Field{Name: n, Form: form})
	}
	return out
}

func fixed(form Form, names ...string) (out []Field) {
	for _, n := range names {
		out = append(out, Field{Name: n, Form: form, Fixed: true})
	}
	return out
}

// ofText makes a check of one of texts.
func ofText(check func(kind change.Kind, field, text string) error) func(change.Kind, string, change.Value) error {
	return func(kind change.Kind, field string, v change.Value) error { return check(kind, field, v.Text) }
}

// never holds of what has been carried out: deciding otherwise would not undo it.
func never(*change.Record) string { return "conflict.blocked.done" }

var matters = map[change.Kind]*matter{
	change.User: {act: authz.Accounts, stands: mayGrant,
		check:  ofText(func(_ change.Kind, field, text string) error { return account.CheckValue(field, text) }),
		fields: slices.Concat(fields(Text, "name"), []Field{choice("role", "list:role", roles())}, fields(Office, "office"), []Field{choice("lang", "conflict.lang.", []string{"es", "en"}), choice("state", "conflict.account.", []string{"active", "closed"})})},
	rights.KindRequest: {act: authz.RightsDecide, check: ofText(rights.CheckValue), people: []string{"person"},
		rest:   func(text func(string) string) map[string]string { return rights.Implied(rights.State(text("state"))) },
		fields: slices.Concat([]Field{choice("state", "rights.state.", slices.Concat([]rights.State{rights.Received, rights.InProgress, rights.Extended}, rights.Answers, []rights.State{rights.Withdrawn}))}, fields(Lines, "reason", "wants", "representative", "shown", "extend_reason"), fields(Day, "due", "closed"), fields(Yes, "told"), fixed(Text, "outcome"))},
	rights.KindBreach: {act: authz.Breach, check: ofText(rights.CheckValue),
		fields: slices.Concat(fields(Lines, "what", "consequences", "measures"), fields(Day, "happened"), fixed(Moment, "noticed"), fields(Text, "people"), []Field{choice("certainty", "rights.certainty.", rights.Certainties)}, fixed(Moment, "authority", "told"), fields(Lines, "reference", "delay", "told_how", "exempt", "untold"), fields(Day, "closed"), fixed(Text, "data"))},
	rights.KindDisclosure: {act: authz.Disclose, check: ofText(rights.CheckValue), people: []string{"person"}, stands: mayGive,
		fields: slices.Concat([]Field{choice("state", "rights.state.", slices.Concat([]rights.State{rights.Received}, rights.Answers))}, fields(Lines, "asker_name", "basis", "wants", "given", "reason"), []Field{choice("aim", "rights.aim.", rights.Aims)}, fields(Day, "closed"))},
	rights.KindRetention: {act: authz.RetentionApprove, check: ofText(rights.CheckValue), last: never,
		fields: slices.Concat([]Field{choice("stage", "rights.stage.", []rights.Stage{rights.Proposed, rights.Done, rights.Rejected})}, fixed(Lines, "reason"), fixed(Login, "approver"))},
	same.KindPair: {act: authz.Merge, check: ofText(same.CheckValue), stands: asMerged,
		rest:   func(text func(string) string) map[string]string { return same.Implied(same.Verdict(text("verdict"))) },
		fields: slices.Concat([]Field{choice("verdict", "review.verdict.", []same.Verdict{same.Unsure, same.Different, same.Same, same.Proposed})}, fields(Lines, "reason", "note"), []Field{choice("second", "review.verdict.", []same.Verdict{same.Unsure, same.Different, same.Same})}, fixed(Text, "survivor", "merge"))},
	same.KindMerge: {act: authz.Merge, check: ofText(same.CheckValue), last: never, fields: fixed(Text, "state")},
	campaign.KindCampaign: {act: authz.Campaign, check: ofText(campaign.CheckValue), last: whileOpen,
		fields: slices.Concat(fields(Text, "city", "venue"), []Field{{Name: "country", Form: Choice, Words: "list:country", Fixed: true}}, fields(Lines, "note"), fixed(Lines, "days"), several("services", "campaign.service."), fields(Text, "capacity", "team", "laptops", "numbers"), fields(Yes, "announced"), fields(Day, "ends"), []Field{choice("state", "campaign.state.", campaign.States)})},
	campaign.KindTurn: {act: authz.Attend, check: ofText(campaign.CheckValue), people: []string{"person"},
		rest: func(text func(string) string) map[string]string {
			return campaign.Implied(campaign.Stage(text("stage")))
		},
		fields: slices.Concat([]Field{choice("stage", "campaign.stage.", []campaign.Stage{campaign.Listed, campaign.Waiting, campaign.Called, campaign.Served, campaign.Away})}, fields(Text, "acts"), []Field{choice("why", "campaign.why.", campaign.Whys), choice("offer", "campaign.offer.", campaign.Offers)}, fields(Text, "note", "visitor", "contact"), []Field{choice("basis", "campaign.basis.", campaign.Bases)}, fixed(Text, "slot", "place"), fixed(Day, "date"), fields(Yes, "first"), fixed(Moment, "came", "taken", "done"), fixed(Text, "person"))},
	study.KindSurvey: {act: authz.Survey, check: study.CheckValue,
		fields: slices.Concat(fields(Text, "title"), fields(Lines, "note"), []Field{choice("footing", "survey.footing.", study.Footings)}, fields(Day, "first", "last"),
			several("posts", "office:"), []Field{choice("state", "survey.state.", study.States)}, fixed(Text, "form"), fixed(Hidden, "plan", study.CouponKey))},
	study.KindCase: {act: authz.Fieldwork, check: study.CheckValue, fields: slices.Concat(fixed(Login, "interviewer"), fixed(Outcome, "disposition"), fixed(Text, "submission"),
		fields(Text, "degree"), []Field{choice("relation", "chain.relation.", append([]study.Relation{study.NoRelation}, study.Relations...))}, fixed(Text, "given"), fixed(Day, "until"))},
	study.KindSubmission: {act: authz.Fieldwork, check: study.CheckValue,
		fields: slices.Concat([]Field{choice("standing", "survey.standing.", study.Standings)}, fields(Lines, "why"), fixed(Text, "form", "instance"), fixed(Hidden, "answers"))},
	change.Import: {act: authz.Import, check: ofText(checkImport), last: never, fields: fixed(Text, "undone", "state", "file")},
}

func roles() []authz.Role {
	return slices.DeleteFunc(slices.Clone(authz.Roles), func(r authz.Role) bool { return !authz.Known(r) })
}

// Kinds lists the kinds of entity besides people of which two offices can write the same field
// apart, in the order of their names.
func Kinds() []change.Kind { return slices.Sorted(maps.Keys(matters)) }

// Decided reports whether conflicts are kept of a kind of entity besides people.
func Decided(kind change.Kind) bool { return matters[kind] != nil }

// field finds a field that officers decide about.
func (m *matter) field(name string) *Field {
	if i := slices.IndexFunc(m.fields, func(f Field) bool { return f.Name == name }); i >= 0 {
		return &m.fields[i]
	}
	return nil
}

// FieldOf is a field of a kind of matter about which officers decide.
func FieldOf(kind change.Kind, name string) (Field, bool) {
	if m := matters[kind]; m != nil {
		if f := m.field(name); f != nil {
			return *f, true
		}
	}
	return Field{}, false
}

// whileOpen: a campaign that was closed has taken its entries back from the laptops.
func whileOpen(r *change.Record) string {
	if campaign.State(r.Text("state")) == campaign.Closed {
		return "conflict.blocked.closed"
	}
	return ""
}

// mayGrant: nobody decides about his own account, nor about a role that he could not give.
func mayGrant(_ context.Context, _ *store.Tx, actor Actor, was, is *change.Record) error {
	if actor.Login == is.Entity.ID {
		return fault.New(fault.Forbidden, "app.own_account")
	}
	for _, r := range []*change.Record{was, is} {
		if err := authz.CheckGrant(actor, authz.Role(r.Text("role")), r.Text("office")); err != nil {
			return err
		}
	}
	return nil
}

// mayGive: data is never given for an aim of which the rules say so, whoever decides.
func mayGive(_ context.Context, _ *store.Tx, _ Actor, _, is *change.Record) error {
	state := rights.State(is.Text("state"))
	if _, final := rights.ProposedAnswer(rights.Aim(is.Text("aim"))); final && (state == rights.Granted || state == rights.Partly) {
		return fault.New(fault.Forbidden, "rights.never_given").On("state")
	}
	return nil
}

// asMerged: what is said of a pair agrees with whether the two are one entry. A merge is made,
// and parted, where the two are looked at.
func asMerged(ctx context.Context, tx *store.Tx, _ Actor, was, is *change.Record) error {
	standing := false
	for _, r := range []*change.Record{was, is} {
		if name := r.Text("merge"); name != "" {
			m, ok, err := tx.Merge(ctx, name)
			if err != nil {
				return err
			}
			standing = standing || ok && m.State == store.MergeStanding
		}
	}
	says := same.Verdict(is.Text("verdict")) == same.Same
	switch {
	case says && !standing:
		return fault.New(fault.Conflict, "conflict.pair_apart").On("value.verdict")
	case !says && standing:
		return fault.New(fault.Conflict, "conflict.pair_merged").On("value.verdict")
	}
	return nil
}
