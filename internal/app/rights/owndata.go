package rights

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"quipu/internal/app/node"
	"quipu/internal/app/wording"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	rules "quipu/internal/rights"
	"quipu/internal/store"
)

// OwnDataVersion is the version of the form of OwnData as JSON; see docs/own-data.md.
const OwnDataVersion = 1

// OwnData is everything that the register holds about a person, in one language, as it is
// handed out to that person. Codes stay beside their words. Moments are RFC 3339, days EDTF.
type OwnData struct {
	Version      int              `json:"quipu_own_data"`
	Made         string           `json:"made"`
	Language     string           `json:"language"`
	Office       Named            `json:"office"` // that hands it out
	Person       string           `json:"person"`
	Number       string           `json:"number"`
	Name         string           `json:"name"`
	Status       Named            `json:"status"`
	Sections     []OwnSection     `json:"sections"`
	History      []OwnValue       `json:"history"`   // values that stand no longer
	Contested    []OwnValue       `json:"contested"` // values that did not come into force and wait for a decision
	Consents     []OwnConsent     `json:"consents"`
	Certificates []OwnCertificate `json:"certificates"`
	Requests     []OwnRequest     `json:"requests"`
	Disclosures  []OwnDisclosure  `json:"disclosures"`
	Reads        []OwnRead        `json:"reads"` // newest first
	Terms        []OwnTerm        `json:"terms"`
	Photo        *OwnPhoto        `json:"photo,omitempty"`
	words        wording.Words
}

// Words are those of the language that it is in.
func (o *OwnData) Words() wording.Words { return o.words }

// Named is a code with its words.
type Named struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// OwnSection is one layer of the record.
type OwnSection struct {
	Section string     `json:"section"`
	Title   string     `json:"title"`
	Values  []OwnValue `json:"values"`
}

// OwnValue is one value with what it rests on. A single value has Value, an item of a list
// has Parts; Words says either to a reader.
type OwnValue struct {
	Field      string            `json:"field"`
	Label      string            `json:"label"`
	Value      string            `json:"value,omitempty"`
	Parts      map[string]string `json:"parts,omitempty"`
	Words      string            `json:"words,omitempty"`
	Written    string            `json:"written"`
	Until      string            `json:"until,omitempty"`
	Office     Named             `json:"office"`
	Function   string            `json:"function"` // of the officer: a role
	Officer    string            `json:"officer,omitempty"`
	Source     string            `json:"source,omitempty"`
	Evidence   string            `json:"evidence,omitempty"`
	Confidence string            `json:"confidence,omitempty"`
	ValidFrom  string            `json:"valid_from,omitempty"`
	ValidTo    string            `json:"valid_to,omitempty"`
	Why        *Named            `json:"why,omitempty"` // it is not in force: of a contested one
}

// OwnConsent is what the person said to which words, read in which language.
type OwnConsent struct {
	Purpose   Named  `json:"purpose"`
	Version   string `json:"version"`
	Read      string `json:"read_in,omitempty"` // ISO 639-3
	Text      string `json:"text"`
	Granted   string `json:"granted,omitempty"`
	Withdrawn string `json:"withdrawn,omitempty"`
	Evidence  string `json:"evidence,omitempty"`
}

// OwnCertificate is a certificate or card that was issued.
type OwnCertificate struct {
	Kind    Named  `json:"kind"`
	Serial  string `json:"serial"`
	Office  Named  `json:"office"`
	Issued  string `json:"issued"`
	Expires string `json:"expires,omitempty"`
	Revoked string `json:"revoked,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

// OwnRequest is a request of the person about the own data.
type OwnRequest struct {
	ID       string `json:"id"`
	Kind     Named  `json:"kind"`
	State    Named  `json:"state"`
	Office   Named  `json:"office"`
	Wants    string `json:"wants,omitempty"`
	Received string `json:"received"`
	Due      string `json:"due,omitempty"`
	Closed   string `json:"closed,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

// OwnDisclosure says who else asked for the person's data, and what was answered.
type OwnDisclosure struct {
	Asker    Named  `json:"asker"`
	Name     string `json:"name,omitempty"`
	Aim      Named  `json:"aim"`
	State    Named  `json:"state"`
	Received string `json:"received"`
	Closed   string `json:"closed,omitempty"`
	Given    string `json:"given,omitempty"`
}

// OwnRead says who looked at the record.
type OwnRead struct {
	At       string `json:"at"`
	Office   Named  `json:"office"`
	Purpose  Named  `json:"purpose"`
	Function string `json:"function"`
	Officer  string `json:"officer,omitempty"`
	Did      Named  `json:"did"`
}

// OwnTerm says how long a class of data is kept.
type OwnTerm struct {
	Class string `json:"class"`
	Words string `json:"words"`
}

// OwnPhoto is the photograph of the record.
type OwnPhoto struct {
	Media string `json:"media"`
	Data  []byte `json:"data"` // base64 in JSON
}

// The forms in which own data is handed out.
const (
	FormatJSON = "json"
	FormatPDF  = "pdf"
)

// HandOut gathers everything that the register holds about a person, for the person. It is
// logged as a read and put on record as a disclosure, in answer to a request or "" for the
// asking.
func (r *Rights) HandOut(ctx context.Context, actor Actor, person, format, request string, lang i18n.Lang) (*OwnData, error) {
	var out *OwnData
	err := r.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if out, err = r.gather(ctx, tx, actor, person, lang); err != nil {
			return err
		}
		if format != FormatJSON && format != FormatPDF {
			return fault.New(fault.Invalid, "rights.format", "format", format).On("format")
		}
		if request != "" {
			q, _, err := open(ctx, r, tx, requests, actor, authz.Rights, request)
			if err != nil {
				return err
			}
			if q.Person != person {
				return node.NotFound(nil, "request", request)
			}
		}
		_, _, err = start(ctx, r, tx, disclosures, actor, rules.HandOut(person, actor.Office, format, request, r.Today()))
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, r.LogReads(ctx, actor, store.Read{Action: "own_data", Person: person, Detail: format})
}

// gather reads everything of a person, sealed values opened.
func (r *Rights) gather(ctx context.Context, tx *store.Tx, actor Actor, person string, lang i18n.Lang) (*OwnData, error) {
	changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: person})
	if err != nil || len(changes) == 0 {
		return nil, node.NotFound(err, "person", person)
	}
	if err := authz.Check(actor, authz.Disclose, node.OfficeOf(registry.Load(changes))); err != nil {
		return nil, err
	}
	waits := registry.Load(changes) // over what is stored, as everywhere
	if err := r.OpenSets(ctx, tx, person, changes, node.Closed); err != nil {
		return nil, err
	}
	keys, err := r.SealKeys(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	if err := node.OpenRecord(keys, &waits); err != nil {
		return nil, err
	}
	p := registry.Load(changes)
	w := wording.Words{Lang: lang}
	o := &OwnData{Version: OwnDataVersion, Made: r.stamp().String(), Language: string(lang), Office: office(w, actor.Office), Person: person,
		Number: p.Text("number"), Name: p.Name().Natural(), words: w, Sections: []OwnSection{}, History: []OwnValue{}, Contested: []OwnValue{}, Consents: []OwnConsent{},
		Certificates: []OwnCertificate{}, Requests: []OwnRequest{}, Disclosures: []OwnDisclosure{}, Reads: []OwnRead{}, Terms: []OwnTerm{}}
	state := string(registry.Status(&p, r.Today()))
	o.Status = Named{state, w.Or("status."+state, state)}
	g := &gathering{Rights: r, tx: tx, w: w, functions: map[string][]change.Change{}, named: r.OfficersNamed()}
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return g.values(ctx, o, &p, changes) },
		func(ctx context.Context) error { return g.contested(ctx, o, waits.Contested) },
		func(ctx context.Context) error { return g.papers(ctx, o, &p) },
		func(ctx context.Context) error { return g.asked(ctx, o) },
		func(ctx context.Context) error { return g.reads(ctx, o) },
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// gathering is the work on one person's own data.
type gathering struct {
	*Rights
	tx        *store.Tx
	w         wording.Words
	functions map[string][]change.Change // of officers' accounts, by login
	named     bool                       // the register names its officers
}

func office(w wording.Words, code string) Named { return Named{code, w.Office(code)} }

// officer says in what function somebody acted at a moment, and by which name when the
// register names its officers.
func (g *gathering) officer(ctx context.Context, login string, at int64) (function, name string, err error) {
	past, ok := g.functions[login]
	if !ok {
		if past, err = g.tx.Changes(ctx, change.Ref{Kind: change.User, ID: login}); err != nil {
			return "", "", err
		}
		g.functions[login] = past
	}
	then := change.Fold(change.KnownAt(past, at))
	switch role := then.Text("role"); {
	case role != "":
		function = g.w.Code("role", role)
	case strings.HasPrefix(login, "cli:"):
		function = g.w.T("rights.function.operator")
	default:
		function = g.w.T("rights.function.unknown")
	}
	if g.named {
		name = then.Text("name")
	}
	return function, name, nil
}

// values fills in what stands, by section, and what stood.
func (g *gathering) values(ctx context.Context, o *OwnData, p *registry.Person, changes []change.Change) error {
	for _, section := range registry.Sections {
		s := OwnSection{Section: string(section), Title: g.w.Or("section."+string(section), string(section))}
		for i := range registry.Dictionary {
			f := &registry.Dictionary[i]
			if f.Section != section {
				continue
			}
			for _, field := range fieldsOf(p, f) {
				v, err := g.value(ctx, f, field, p.Fields[field])
				if err != nil {
					return err
				}
				s.Values = append(s.Values, v)
			}
		}
		if len(s.Values) > 0 {
			o.Sections = append(o.Sections, s)
		}
	}
	for _, past := range registry.History(changes, "") {
		f := registry.Lookup(past.Field)
		if past.Until.Micros == 0 || past.Cleared || past.Contested || f == nil {
			continue
		}
		v, err := g.value(ctx, f, past.Field, past.Held)
		if err != nil {
			return err
		}
		v.Until = past.Until.String()
		o.History = append(o.History, v)
	}
	return nil
}

// contested fills in what somebody wrote that did not come into force and waits for an officer.
func (g *gathering) contested(ctx context.Context, o *OwnData, waits []change.Contender) error {
	for _, x := range waits {
		f := registry.Lookup(x.Field)
		if f == nil { // of a later release: its value is the person's all the same
			f = &registry.Field{Key: x.Field}
		}
		v, err := g.value(ctx, f, x.Field, x.Held())
		if err != nil {
			return err
		}
		v.Why = &Named{x.Reason, g.w.T("conflict.reason." + x.Reason)}
		o.Contested = append(o.Contested, v)
	}
	return nil
}

// fieldsOf lists the fields of a dictionary row that hold something.
func fieldsOf(p *registry.Person, f *registry.Field) (out []string) {
	if !f.IsGroup() {
		if !p.Fields[f.Key].Value.Empty() {
			out = append(out, f.Key)
		}
		return out
	}
	for _, it := range p.Items(f.Key) {
		out = append(out, f.Key+"/"+it.ID)
	}
	return out
}

func (g *gathering) value(ctx context.Context, f *registry.Field, field string, h change.Held) (OwnValue, error) {
	v := OwnValue{Field: field, Label: g.w.Label(f.Key), Value: h.Value.Text, Parts: h.Value.Parts, Words: g.w.Value(f, h.Value),
		Written: h.At.String(), Office: office(g.w, h.Office), Source: h.Prov.Source, Evidence: h.Prov.Evidence, Confidence: h.Prov.Confidence,
		ValidFrom: h.Prov.From, ValidTo: h.Prov.To}
	if f.Key == "doubt" {
		v.Words = g.w.Label(h.Value.Part("field"))
	}
	var err error
	v.Function, v.Officer, err = g.officer(ctx, h.Author, h.At.Micros)
	return v, err
}

// papers fills in consents, certificates and the photograph.
func (g *gathering) papers(ctx context.Context, o *OwnData, p *registry.Person) error {
	for _, c := range registry.Consents(p) {
		text := g.w.Or("consent."+c.Version+"."+c.Purpose, "")
		o.Consents = append(o.Consents, OwnConsent{Purpose: Named{c.Purpose, g.w.Code("consent_purpose", c.Purpose)}, Version: c.Version, Read: c.Language,
			Text: text, Granted: rules.DayText(c.Granted), Withdrawn: rules.DayText(c.Withdrawn), Evidence: c.Evidence})
	}
	for _, c := range registry.Certificates(p) {
		o.Certificates = append(o.Certificates, OwnCertificate{Kind: Named{string(c.Kind), g.w.Or("constancy.kind."+string(c.Kind), string(c.Kind))},
			Serial: c.Serial, Office: office(g.w, c.Office), Issued: rules.DayText(c.Issued), Expires: rules.DayText(c.Expires), Revoked: rules.DayText(c.Revoked), Reason: c.Reason})
	}
	hash := p.Text("photo")
	if hash == "" {
		return nil
	}
	media, data, ok, err := g.tx.Attachment(ctx, hash)
	if ok {
		o.Photo = &OwnPhoto{media, data}
	}
	return err
}

// asked fills in the person's requests, and who else asked.
func (g *gathering) asked(ctx context.Context, o *OwnData) error {
	entries, err := g.tx.Gathered(ctx, o.Person)
	if err != nil {
		return err
	}
	rows, err := g.tx.RequestsOf(ctx, entries...)
	if err != nil {
		return err
	}
	for _, row := range rows {
		past, err := load(ctx, g.Rights, g.tx, rules.KindRequest, row.ID)
		if err != nil {
			return err
		}
		q := rules.LoadRequest(past)
		o.Requests = append(o.Requests, OwnRequest{ID: row.ID, Kind: Named{row.Kind, g.w.T("rights.kind." + row.Kind)},
			State: Named{row.State, g.w.T("rights.state." + row.State)}, Office: office(g.w, row.Office), Wants: q.Wants,
			Received: row.Received, Due: row.Due, Closed: row.Closed, Reason: q.Reason})
	}
	others, err := g.tx.DisclosuresOf(ctx, entries...)
	if err != nil {
		return err
	}
	for _, row := range others {
		past, err := load(ctx, g.Rights, g.tx, rules.KindDisclosure, row.ID)
		if err != nil {
			return err
		}
		d := rules.LoadDisclosure(past)
		o.Disclosures = append(o.Disclosures, OwnDisclosure{Asker: Named{row.Asker, g.w.T("rights.asker." + row.Asker)}, Name: d.AskerName,
			Aim: Named{row.Aim, g.w.T("rights.aim." + row.Aim)}, State: Named{row.State, g.w.T("rights.state." + row.State)},
			Received: row.Received, Closed: row.Closed, Given: d.Given})
	}
	return nil
}

// mostReads bounds what is handed out of the log of reads.
const mostReads = 100_000

// reads fills in who looked, and how long what is kept.
func (g *gathering) reads(ctx context.Context, o *OwnData) error {
	entries, err := g.tx.Gathered(ctx, o.Person)
	if err != nil {
		return err
	}
	var lines []store.Read
	for _, entry := range entries { // who looked at an entry that was merged looked at the person
		of, err := g.tx.ReadsOf(ctx, entry, mostReads)
		if err != nil {
			return err
		}
		lines = append(lines, of...)
	}
	slices.SortStableFunc(lines, func(x, y store.Read) int { return cmp.Compare(y.At, x.At) })
	for _, l := range lines {
		read := OwnRead{At: change.StampOf(node.Moment(l.At)).String(), Office: office(g.w, l.Office),
			Purpose: Named{l.Purpose, g.w.Code("purpose", l.Purpose)}, Did: Named{l.Action, g.w.Or("officer.did."+l.Action, l.Action)}}
		if read.Function, read.Officer, err = g.officer(ctx, l.Author, l.At); err != nil {
			return err
		}
		o.Reads = append(o.Reads, read)
	}
	for _, c := range rules.Home().Classes {
		if !slices.Contains([]string{"episode", "crisis", "contact", "profile", "emergency", "reads"}, c.Name) {
			continue // this program does not hold it
		}
		o.Terms = append(o.Terms, OwnTerm{c.Name, g.w.T("rights.class." + c.Name)})
	}
	return nil
}
