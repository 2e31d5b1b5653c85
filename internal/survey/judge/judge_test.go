package judge_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quipu/internal/i18n"
	"quipu/internal/survey/judge"
	"quipu/internal/survey/pack"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
	"quipu/internal/survey/xpath"
)

const form = `
| survey | type | name | label | relevant | required | constraint | constraint_message | calculation | choice_filter | repeat_count |
| | integer | n | N | | yes | . <= 3 | At most 3 | | | |
| | begin group | g | G | ${n} > 0 | | | | | | |
| | select_one region | region | R | | | | | | | |
| | select_one town | town | T | ${region} != '' | yes | | | | region = ${region} | |
| | select_multiple lang | langs | L | | | not(selected(., 'none') and count-selected(.) > 1) | | | | |
| | end group | | | | | | | | | |
| | begin repeat | kid | Kid | | | | | | | ${n} |
| | text | name | Name | | yes | | | | | |
| | date | born | Born | | | . <= today() | | | | |
| | text | nick | Nick | ${name} = 'Ana' | | | | | | |
| | calculate | hello | | | | | | concat('Hi ', ${name}) | | |
| | end repeat | | | | | | | | | |
| | calculate | kids | | | | | | count(${kid}) | | |
| | calculate | last | | | | | | indexed-repeat(${name}, ${kid}, ${n}) | | |
| | calculate | stamp | | | | | | now() | | |
| | calculate | rate | | | | | | pulldata('fx', 'a', 'b', ${n}) | | |
| | text | code | Code | | | regex(., '[A-Z]{2}[0-9]+') | | | | |
| | decimal | w | W | | | . > 0 and . < 10.5 | | | | |
| choices | list_name | name | label | region |
| | region | coast | Coast | |
| | region | hills | Hills | |
| | town | lima | Lima | coast |
| | town | cusco | Cusco | hills |
| | lang | es | Spanish | |
| | lang | none | None | |`

var now = time.Date(2026, 11, 26, 10, 0, 0, 0, time.FixedZone("", -5*3600))

// TestFindings judges one document that is right, and that document with one thing changed.
func TestFindings(t *testing.T) {
	j, err := judge.New(surveytest.Form(t, form))
	if err != nil {
		t.Fatal(err)
	}
	const right = `<data id="test"><n>2</n><g><region>coast</region><town>lima</town><langs>es</langs></g>
		<kid><name>Ana</name><born>2020-01-02</born><nick>Anita</nick><hello>Hi Ana</hello></kid><kid><name>Luz</name><born/><hello>Hi Luz</hello></kid>
		<kids>2</kids><last>Luz</last><stamp>2026-11-26T10:00:00.000-05:00</stamp><rate>3.5</rate><code>AB12</code><w>10.25</w><meta><instanceID>uuid:1</instanceID></meta></data>`
	for _, c := range []struct{ name, old, new, want string }{
		{"nothing", "", "", ""},
		{"required and empty", "<name>Luz</name>", "<name/>", "missing /data/kid[2]/name; calculation /data/kid[2]/hello; calculation /data/last"},
		{"required and not sent", "<town>lima</town>", "", "missing /data/g/town"},
		{"constraint", "<n>2</n>", "<n>4</n>", "count /data/kid[1]; constraint /data/n; calculation /data/last"},
		{"constraint with regex", "AB12", "xAB12", "constraint /data/code"},
		{"constraint of several choices", "<langs>es</langs>", "<langs>es none</langs>", "constraint /data/g/langs"},
		{"date in the future", "2020-01-02", "2026-11-27", "constraint /data/kid[1]/born"},
		{"date of the day", "2020-01-02", "2026-11-26", ""},
		{"not to be asked", "<region>coast</region>", "<region/>", "irrelevant /data/g/town"},
		{"not to be asked in this instance of a repeat", "<hello>Hi Luz</hello>", "<nick>x</nick><hello>Hi Luz</hello>", "irrelevant /data/kid[2]/nick"},
		{"hidden by the filter", "lima", "cusco", "choice /data/g/town"},
		{"no such choice", "<langs>es</langs>", "<langs>qu</langs>", "choice /data/g/langs"},
		{"choice twice", "<langs>es</langs>", "<langs>es es</langs>", "choice /data/g/langs"},
		{"calculation", "<kids>2</kids>", "<kids>3</kids>", "calculation /data/kids"},
		{"type", "<n>2</n>", "<n>two</n>", "type /data/n; irrelevant /data/g; calculation /data/last"},
		{"decimal that is none", "10.25", "0x1p3", "type /data/w"},
		{"unknown element", "<kids>", "<spy>1</spy><kids>", "unknown /data/spy"},
		{"too few", "<kid><name>Luz</name><born/><hello>Hi Luz</hello></kid>", "", "count /data/kid; calculation /data/kids; calculation /data/last"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(right, c.old, c.new, 1)
			if c.old != "" && text == right {
				t.Fatal("nothing changed")
			}
			doc, err := xform.ReadInstance(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range j.Document(doc, now) {
				if f.Kind == judge.Unjudged && f.Name == "rate" {
					continue // pulldata, in every case
				}
				got = append(got, string(f.Kind)+" "+f.Path)
				if s := i18n.Fault(i18n.Spanish, f.Fault); strings.ContainsAny(s, "⟦{") {
					t.Error(s)
				}
			}
			if diff := cmp.Diff(c.want, strings.Join(got, "; ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAnInterviewOfThePilot answers the questionnaire of the pack as an interviewer would; the
// judge finds nothing, and finds what is changed then.
func TestAnInterviewOfThePilot(t *testing.T) {
	f, err := pack.Peru()
	if err != nil {
		t.Fatal(err)
	}
	j, err := judge.New(f)
	if err != nil {
		t.Fatal(err)
	}
	const interview = `<data id="piloto-pe" version="2026112601"><start>2026-11-26T09:30:00.000-05:00</start><today>2026-11-26</today>
	<field><interviewer>E-01</interviewer><frame>venue</frame><venue_unit>M-03-2</venue_unit></field><intro/><consent>yes</consent>
	<interview><person><age>34</age><age_group>25-34</age_group><sex>woman</sex><union>cohabiting</union><education>technical</education></person>
	<job><worked>yes</worked><employed>1</employed><activity>employed</activity><work_status>employee</work_status><occupation_text>cuido a una señora</occupation_text><occupation>5</occupation></job>
	<abroad><country>ES</country><office>ESMAD</office><city>Getafe</city><arrival_year>2018</arrival_year><years_abroad>8</years_abroad><bank_host>yes</bank_host><bank_peru>no</bank_peru></abroad>
	<remittances><sends>yes</sends><sending><frequency>month</frequency><last_month>2026-11-01</last_month><currency>EUR</currency><amount>200</amount><channel>money_order</channel><fee>4.5</fee><total_12>2400</total_12><recipients>parents children</recipients><recipient_homes>2</recipient_homes></sending></remittances>
	<ties><kin_in_peru>parents siblings</kin_in_peru><kin_homes>2</kin_homes><home_left>yes</home_left><no_home>0</no_home><return_plan>some_day</return_plan></ties>
	<places><venues>consulate market</venues><venue_number>2</venue_number>
	<visit><venue_code>consulate</venue_code><venue_name>El consulado</venue_name><visit_times>1</visit_times></visit>
	<visit><venue_code>market</venue_code><venue_name>Un mercado</venue_name><visit_times>6</visit_times></visit><visits_total>7</visits_total></places>
	<network><degree>14</degree></network><sealed><sealed_note/><papers>no_answer</papers></sealed><thanks/></interview><meta><instanceID>uuid:1</instanceID></meta></data>`
	judged := func(text string) string {
		doc, err := xform.ReadInstanceOf(f, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range j.Document(doc, now) {
			got = append(got, string(f.Kind)+" "+f.Name)
		}
		return strings.Join(got, "; ")
	}
	for _, c := range []struct{ old, new, want string }{
		{"", "", ""},
		{"<amount>200</amount>", "", "missing amount_band"},
		{"<office>ESMAD</office>", "<office>USPAT</office>", "choice office"},
		{"<consent>yes</consent>", "<consent>no</consent>", "irrelevant interview"},
		{"<age>34</age>", "<age>14</age>", "constraint age; calculation age_group"},
		{"<venues>consulate market</venues>", "<venues>none</venues>", "calculation venue_number; calculation venue_code; calculation venue_code"},
		{"<arrival_year>2018</arrival_year>", "<arrival_year>2027</arrival_year>", "constraint arrival_year"},
	} {
		if got := judged(strings.Replace(interview, c.old, c.new, 1)); got != c.want {
			t.Errorf("%s: %q, not %q", c.new, got, c.want)
		}
	}
}

// TestAnEmptyInstanceLacksWhatIsRequired: the instance that a client opens has every question.
func TestAnEmptyInstanceLacksWhatIsRequired(t *testing.T) {
	f, err := pack.Peru()
	if err != nil {
		t.Fatal(err)
	}
	j, err := judge.New(f)
	if err != nil {
		t.Fatal(err)
	}
	doc := xform.Instance(f)
	again, err := xform.ReadInstanceOf(f, strings.NewReader(string(xform.WriteInstance(doc))))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := tree(doc), tree(again); a != b {
		t.Errorf("written and read back:\n%s\n%s", a, b)
	}
	var got []string
	for _, f := range j.Document(doc, now) {
		got = append(got, string(f.Kind)+" "+f.Name)
	}
	if diff := cmp.Diff([]string{"missing interviewer", "missing frame", "missing consent"}, got); diff != "" {
		t.Error(diff)
	}
}

func tree(n *xpath.Node) string {
	out := n.Name + "=" + n.Text
	for _, c := range n.Children {
		out += "(" + tree(c) + ")"
	}
	return out
}
