package cli

import (
	"slices"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/review"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/synth"
)

// pastClock is the clock of a demonstration while it is made: its people have a past.
type pastClock struct {
	at   time.Time
	live bool
}

func (c *pastClock) now() time.Time {
	if c.live {
		return time.Now()
	}
	return c.at
}

// next moves the clock on by a few working minutes.
func (c *pastClock) next() {
	c.at = c.at.Add(7 * time.Minute)
	if c.at.Hour() >= 17 {
		c.at = time.Date(c.at.Year(), c.at.Month(), c.at.Day()+1, 9, 2, 0, 0, c.at.Location())
	}
}

// demoPast lets officers work on some of the people: a new telephone, a renewed
// registration, a marriage, a move from one office to another.
func (e *env) demoPast(a *app.App, clock *pastClock) error {
	rosa := app.Actor{Login: "rosa", Role: authz.Window, Office: "ESMAD", Purpose: "registry"}
	luz := app.Actor{Login: "luz", Role: authz.Window, Office: "USPAT", Purpose: "registry"}
	madrid, err := a.PeopleOf(e.ctx, rosa, "ESMAD", 160)
	if err != nil {
		return err
	}
	for i, p := range madrid {
		clock.next()
		if err := e.demoVisit(a, rosa, p.ID, i); err != nil {
			return err
		}
		if i%8 == 5 {
			clock.next()
			cmd := registry.TransferCmd{ToOffice: "USPAT", Note: "DNI en trámite: llega a Madrid y se reenvía por valija.",
				Prov: change.Provenance{Source: "declared", Confidence: "certain"}}
			if _, err := a.Transfer(e.ctx, luz, p.ID, cmd); err != nil {
				return err
			}
		}
	}
	clock.next()
	return e.demoPassport(a, rosa)
}

// demoPassport registers the person whom one of the passports to try meets again.
func (e *env) demoPassport(a *app.App, who app.Actor) error {
	p := synth.Registered
	text := func(field, value string) registry.Input {
		return registry.Input{Field: field, Value: change.Text(value)}
	}
	_, err := a.Register(e.ctx, who, registry.RegisterCmd{Office: who.Office, Channel: "window", Prov: change.Provenance{Source: "mrz", Confidence: "certain"},
		Inputs: []registry.Input{text("surname_paternal", p.Paternal), text("surname_maternal", p.Maternal), text("given_names", p.Given),
			text("birth_date", p.Birth), text("sex", p.Sex), text("nationality_basis", "birth_in_country"), text("residence_country", "ES"),
			{Field: "document/new", Value: change.Group("type", "passport", "number", p.Number, "issuer", "PER", "mrz", p.Zone, "verification", "seen_original")},
			{Field: "address/new", Value: change.Group("city", "Alcorcón", "country", "ES")},
			{Field: "phone/new", Value: change.Group("number", "+34600010203")}}}, true)
	return err
}

// demoVisit is one person at the window.
func (e *env) demoVisit(a *app.App, who app.Actor, person string, i int) error {
	declared := change.Provenance{Source: "declared", Confidence: "certain"}
	seen := change.Provenance{Source: "document_seen", Evidence: "partida de matrimonio, original", Confidence: "certain"}
	var err error
	switch i % 3 {
	case 0:
		_, err = a.Confirm(e.ctx, who, person)
	case 1:
		in := registry.Input{Field: "phone/new", Value: change.Group("number", "+346000"+string(rune('1'+i%9))+"0"+string(rune('0'+i%10))+string(rune('0'+i/10%10))+"5"), Prov: declared}
		_, err = a.Edit(e.ctx, who, person, []registry.Input{in}, "")
	case 2:
		page, err := a.Person(e.ctx, who, person, time.Time{})
		if err != nil {
			return err
		}
		seen.From = "2025-02-14"
		in := registry.Input{Field: "civil_status", Value: change.Text("married"), Base: page.Person.Version("civil_status"), Prov: seen}
		_, err = a.Edit(e.ctx, who, person, []registry.Input{in}, "Trae la partida de matrimonio.")
		return err
	}
	return err
}

// demoEntry is one invented record; seen says that an officer had the DNI in hand.
type demoEntry struct {
	office, given, paternal, maternal, married, birth, sex, dni string
	seen                                                        bool
	city, phone                                                 string
}

// demoTwo are two records that may be one person. said is what the head of the office has
// decided already, with a reason.
type demoTwo struct {
	key          string // of the catalogue, below "cli.demo.pair."
	first, again demoEntry
	said         same.Verdict
	reason       string
}

// demoTwos are the cases that a reviewer meets, one of each kind.
var demoTwos = []demoTwo{
	{key: "married", first: demoEntry{"ESMAD", "Elvira Rosa", "Huaranga", "Poma", "", "1984-07-19", "F", "41820357", true, "Getafe", "+34600120301"},
		again: demoEntry{"ESMAD", "Elvira", "Huaranga", "", "Castillo", "1984-07-19", "F", "", false, "Getafe", "+34600120301"}},
	{key: "swapped", first: demoEntry{"ESMAD", "Wilder", "Ccama", "Ticona", "", "1979-03-08", "M", "40217765", false, "Leganés", ""},
		again: demoEntry{"ESMAD", "Wilder", "Ticona", "Ccama", "", "1979-03-08", "M", "", false, "Leganés", "+34600120302"}},
	{key: "misspelt", first: demoEntry{"ESMAD", "Yesenia Milagros", "Choquehuanca", "Yupanqui", "", "1991-11-02", "F", "47336120", true, "Móstoles", ""},
		again: demoEntry{"ESMAD", "Jesenia Milagro", "Chuquiwanca", "Yupanki", "", "1991-11-02", "F", "", false, "Móstoles", ""}},
	{key: "twins", first: demoEntry{"ESMAD", "Luz Marina", "Sulca", "Arotoma", "", "1996-02-14", "F", "70125530", false, "Alcobendas", "+34600120304"},
		again: demoEntry{"ESMAD", "Luz Maribel", "Sulca", "Arotoma", "", "1996-02-14", "F", "70125531", false, "Alcobendas", "+34600120304"}},
	{key: "conflict", first: demoEntry{"ESMAD", "José Luis", "Ramos", "Quispe", "", "1988-09-30", "M", "44903218", true, "Parla", ""},
		again: demoEntry{"ESMAD", "José Luis", "Ramos", "Quispe", "", "1988-09-30", "M", "45110976", true, "Torrejón", ""}},
	{key: "offices", first: demoEntry{"ESMAD", "Nélida Haydeé", "Pariona", "Lizana", "", "1975-12-21", "F", "28310447", true, "Madrid", ""},
		again: demoEntry{"USPAT", "Nelida Haydee", "Pariona", "Lizana", "", "1975-12-21", "F", "28310447", false, "Paterson", "+12015550163"}},
	{key: "merged", first: demoEntry{"ESMAD", "Grimaldo", "Aquino", "Sotelo", "", "1969-05-27", "M", "20044831", true, "Madrid", ""},
		again: demoEntry{"ESMAD", "Grimaldo", "Aquino", "Sotello", "", "1969-05-27", "M", "", false, "Madrid", "+34600120307"},
		said:  same.Same, reason: "Trajo el DNI y reconoce las dos fichas como suyas."},
	{key: "different", first: demoEntry{"ESMAD", "Teófilo", "Mayhua", "Cusi", "", "1958-01-06", "M", "19827734", true, "Fuenlabrada", ""},
		again: demoEntry{"ESMAD", "Teófilo", "Mayhua", "Cusi", "", "1983-01-06", "M", "42556190", true, "Fuenlabrada", ""},
		said:  same.Different, reason: "Padre e hijo: vinieron juntos, cada uno con su DNI."},
}

// demoPairs registers people who are there twice, or who only look so, and lets the head of
// the office decide about two of these pairs.
func (e *env) demoPairs(a *app.App, clock *pastClock) error {
	rosa := app.Actor{Login: "rosa", Role: authz.Window, Office: "ESMAD", Purpose: "registry"}
	luz := app.Actor{Login: "luz", Role: authz.Window, Office: "USPAT", Purpose: "registry"}
	marta := app.Actor{Login: "marta", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	at := func(office string) app.Actor {
		if office == luz.Office {
			return luz
		}
		return rosa
	}
	for _, two := range demoTwos {
		var people [2]string
		for i, en := range []demoEntry{two.first, two.again} {
			clock.at = clock.at.AddDate(0, i, 0)
			clock.next()
			made, err := a.Register(e.ctx, at(en.office), en.register(), true)
			if err != nil {
				return err
			}
			people[i] = made.Person
		}
		clock.at = clock.at.AddDate(0, -1, 0)
		pair, err := e.demoPair(a, marta, people)
		if err == nil && two.said != same.Open {
			clock.next()
			err = e.demoVerdict(a, marta, rosa, pair, two)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// demoPair is the pair of two people; when the register sees no likeness an officer does.
func (e *env) demoPair(a *app.App, who app.Actor, people [2]string) (string, error) {
	pair := same.PairID(people[0], people[1])
	all, err := a.PairsOf(e.ctx, who, people[1])
	if err != nil || slices.ContainsFunc(all, func(it review.QueueItem) bool { return it.ID == pair }) {
		return pair, err
	}
	return a.Suspect(e.ctx, who, people[0], people[1])
}

// demoVerdict decides. After a merge the person comes again, so that undoing it has
// something to ask.
func (e *env) demoVerdict(a *app.App, head, window app.Actor, pair string, two demoTwo) error {
	cmd := review.DecideCmd{Verdict: two.said, Note: two.reason, Opened: a.Now().Add(-50 * time.Second)}
	if two.said == same.Different {
		cmd.Reason, cmd.Note = two.reason, ""
	}
	out, err := a.Decide(e.ctx, head, pair, cmd)
	if err != nil || two.said != same.Same {
		return err
	}
	in := registry.Input{Field: "email/new", Value: change.Group("address", "grimaldo@example.org"), Prov: change.Provenance{Source: "declared", Confidence: "certain"}}
	_, err = a.Edit(e.ctx, window, out.Survivor, []registry.Input{in}, "")
	return err
}

func (en *demoEntry) register() registry.RegisterCmd {
	country := map[string]string{"ESMAD": "ES", "USPAT": "US"}[en.office]
	in := []registry.Input{{Field: "address/new", Value: change.Group("city", en.city, "country", country)}}
	for _, f := range [][2]string{{"surname_paternal", en.paternal}, {"surname_maternal", en.maternal}, {"surname_married", en.married}, {"given_names", en.given},
		{"birth_date", en.birth}, {"sex", en.sex}, {"nationality_basis", "birth_in_country"}, {"residence_country", country}} {
		if f[1] != "" {
			in = append(in, registry.Input{Field: f[0], Value: change.Text(f[1])})
		}
	}
	if en.dni != "" {
		checked := map[bool]string{true: "seen_original", false: "not_verified"}[en.seen]
		in = append(in, registry.Input{Field: "document/new", Value: change.Group("type", "dni", "number", en.dni, "issuer", "PER", "verification", checked)})
	}
	if en.phone != "" {
		in = append(in, registry.Input{Field: "phone/new", Value: change.Group("number", en.phone)})
	}
	return registry.RegisterCmd{Office: en.office, Channel: "window", Prov: change.Provenance{Source: "declared", Confidence: "certain"}, Inputs: in}
}

// sayPairs prints where the pairs are and by which names to find the cases.
func (e *env) sayPairs(a *app.App, url string) string {
	lima := app.Actor{Login: "lucia", Role: authz.Reviewer, Office: "ESMAD", Purpose: "registry"}
	n, err := a.Count(e.ctx, lima, review.Filter{})
	if err != nil {
		n = 0
	}
	lines := []string{i18n.T(e.lang, "cli.demo.pairs", "n", n, "url", url)}
	for _, two := range demoTwos {
		who := strings.Join([]string{two.first.given, two.first.paternal, two.first.maternal}, " ")
		lines = append(lines, i18n.T(e.lang, "cli.demo.pair."+two.key, "who", who))
	}
	return strings.Join(lines, "\n")
}
