// Package interview answers questionnaires as invented people would, for demonstrations, tests
// and measurements. It walks the questionnaire as a client does: what is not relevant is not
// answered, what a constraint refuses is drawn again, and calculations are reckoned. A seed and
// a number decide every answer.
//
// How likely an answer is, a pack says (pack.Likely). A question of which nothing is said gets
// any answer that it takes.
package interview

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"time"

	"quipu/internal/fault"
	"quipu/internal/survey"
	"quipu/internal/survey/pack"
	"quipu/internal/survey/paradata"
	"quipu/internal/survey/xform"
	"quipu/internal/survey/xpath"
)

// Filler fills in one version of a questionnaire. It can be used by many at once.
type Filler struct {
	form   *survey.Form
	kids   map[*survey.Node][]*rule // nil is the root
	lists  map[string]*xpath.Node
	labels map[string]*survey.List // by the path of the question
}

// rule is a question with its expressions and what is likely to be answered.
type rule struct {
	*survey.Node
	relevant, required, constraint, calculation, filter, count *xpath.Expr
	likely                                                     []likely
}

type likely struct {
	pack.Likely
	when *xpath.Expr
}

// Order is one interview that is wanted.
type Order struct {
	Seed, Number uint64
	Now          time.Time         // when it ends
	Length       time.Duration     // how long it took, 0 for 12 to 32 minutes
	Given        map[string]string // answers that are decided, by the name of the question
}

// ReadForm makes a Filler of an XForm.
func ReadForm(r io.Reader, said []pack.Likely) (*Filler, error) {
	f, err := xform.Read(r)
	if err != nil {
		return nil, err
	}
	return New(f, said)
}

// New makes a Filler.
func New(f *survey.Form, said []pack.Likely) (*Filler, error) {
	out := &Filler{form: f, kids: map[*survey.Node][]*rule{}, lists: xform.Lists(f), labels: map[string]*survey.List{}}
	resolve := xform.Resolver(f)
	for _, n := range f.Nodes() {
		r := &rule{Node: n}
		var err error
		parse := func(source string, filter bool) *xpath.Expr {
			if source == "" || err != nil {
				return nil
			}
			e, bad := xpath.Parse(resolve(source, n, filter))
			if bad != nil {
				err = fmt.Errorf("%s: %w", n.Path, bad)
			}
			return e
		}
		r.relevant, r.required, r.constraint = parse(n.Relevant, false), parse(n.Required, false), parse(n.Constraint, false)
		r.calculation, r.filter, r.count = parse(n.Calculation, false), parse(n.ChoiceFilter, true), parse(n.CountRef(), false)
		for _, l := range said {
			if l.Question == n.Name {
				r.likely = append(r.likely, likely{l, parse(l.When, false)})
			}
		}
		if err != nil {
			return nil, err
		}
		out.kids[n.Parent] = append(out.kids[n.Parent], r)
		if n.Select() {
			out.labels[n.Path] = f.List(n.List)
		}
	}
	return out, nil
}

// Form is the questionnaire.
func (f *Filler) Form() *survey.Form { return f.form }

// Fill answers one, and gives the instance as clients send it.
func (f *Filler) Fill(o Order) ([]byte, error) {
	instance, _, err := f.FillTimed(o)
	return instance, err
}

// FillTimed answers one, and gives the audit that a client makes of it, too: nil where the
// questionnaire asks for none.
func (f *Filler) FillTimed(o Order) (instance []byte, audit []paradata.Event, err error) {
	doc := xform.Instance(f.form)
	root := doc.Children[0]
	p := &person{Filler: f, Order: o, chance: rand.New(rand.NewPCG(o.Seed, o.Number))}
	p.env = &xpath.Env{Now: o.Now, Document: doc, Instance: func(id string) *xpath.Node { return f.lists[id] }, ChoiceName: p.choiceName}
	p.length = time.Duration(12*60+p.chance.IntN(20*60)) * time.Second
	if o.Length > 0 {
		p.length = o.Length
	}
	p.began = o.Now.Add(-p.length)
	if err := p.walk(nil, root); err != nil {
		return nil, nil, err
	}
	meta := root.Child("meta")
	if meta == nil {
		meta = root.Add(&xpath.Node{Name: "meta"})
	}
	name := meta.Child("instanceID")
	if name == nil {
		name = meta.Add(&xpath.Node{Name: "instanceID"})
	}
	name.Text = p.uuid()
	if n := meta.Child("audit"); n != nil {
		n.Text, audit = paradata.FileName, p.audit()
	}
	return xform.WriteInstance(doc), audit, nil
}

// person is one who answers.
type person struct {
	*Filler
	Order
	chance *rand.Rand
	env    *xpath.Env
	began  time.Time
	length time.Duration
	pages  []page
}

func (p *person) uuid() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], p.chance.Uint64())
	binary.BigEndian.PutUint64(b[8:], p.chance.Uint64())
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return "uuid:" + h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// mostRepeats bounds how often a repeat is answered.
const mostRepeats = 50

// walk answers what is right below an element, in order.
func (p *person) walk(of *survey.Node, at *xpath.Node) error {
	for _, r := range p.kids[of] {
		n := at.Child(r.Name)
		if n == nil {
			continue // of the client's own: an audit, a file
		}
		if r.relevant != nil {
			on, err := r.relevant.Bool(p.env, n)
			if err != nil {
				return fmt.Errorf("%s: %w", r.Path, err)
			}
			if n.Off = !on; n.Off {
				continue
			}
		}
		var err error
		switch {
		case r.Type == survey.Repeat:
			err = p.repeat(r, at, n)
		case r.Container():
			err = p.walk(r.Node, n)
		default:
			err = p.question(r, n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// repeat answers a repeat as often as its count says, or up to three times.
func (p *person) repeat(r *rule, at, first *xpath.Node) error {
	times := p.chance.IntN(4)
	if r.count != nil {
		f, err := r.count.Number(p.env, first)
		if err != nil {
			return fmt.Errorf("%s: %w", r.Path, err)
		}
		times = int(max(0, min(f, mostRepeats))) // 0 where it is no number
	}
	place := 0
	for i, c := range at.Children {
		if c == first {
			place = i
		}
	}
	all := make([]*xpath.Node, 0, len(at.Children)+times)
	all = append(all, at.Children[:place]...)
	var mine []*xpath.Node
	for range times {
		mine = append(mine, copied(first, at))
	}
	all = append(append(all, mine...), at.Children[place+1:]...)
	at.Children = all
	for _, n := range mine {
		if err := p.walk(r.Node, n); err != nil {
			return err
		}
	}
	return nil
}

func copied(n, parent *xpath.Node) *xpath.Node {
	c := &xpath.Node{Name: n.Name, Text: n.Text, Attrs: n.Attrs, Parent: parent}
	for _, k := range n.Children {
		c.Children = append(c.Children, copied(k, c))
	}
	return c
}

// question answers one.
func (p *person) question(r *rule, n *xpath.Node) (err error) {
	given, decided := p.Given[r.Name]
	switch {
	case r.Type == survey.Note || r.External():
	case r.Meta():
		n.Text = p.device(r.Type)
	case r.calculation != nil:
		if n.Text, err = r.calculation.String(p.env, n); err != nil {
			err = fmt.Errorf("%s: %w", r.Path, err)
		}
	case decided:
		n.Text = given
	case !r.Shown():
	default:
		p.shown(r)
		return p.answer(r, n)
	}
	return err
}

// device is what the client fills in.
func (p *person) device(t survey.Type) string {
	switch t {
	case survey.Start:
		return p.began.Format(xmlTime)
	case survey.End:
		return p.Now.Format(xmlTime)
	case survey.Today:
		return p.Now.Format(time.DateOnly)
	case survey.DeviceID:
		return "quipu:" + strconv.FormatUint(p.Seed%1000, 10)
	}
	return ""
}

const xmlTime = "2006-01-02T15:04:05.000Z07:00"

// tries bounds how often an answer that a constraint refused is drawn again.
const tries = 300

func (p *person) answer(r *rule, n *xpath.Node) error {
	must := false
	if r.required != nil {
		ok, err := r.required.Bool(p.env, n)
		if err != nil {
			return fmt.Errorf("%s: %w", r.Path, err)
		}
		must = ok
	}
	if !must && len(r.likely) == 0 && p.chance.IntN(8) == 0 {
		return nil
	}
	for i := range tries {
		text, ok, err := p.likelyAnswer(r, n)
		if err == nil && !ok {
			text, err = p.anyAnswer(r, n, i)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", r.Path, err)
		}
		n.Text = text
		switch {
		case text == "" && !must:
			return nil
		case text == "":
			continue
		case r.constraint == nil:
			return nil
		}
		taken, err := r.constraint.Bool(p.env, n)
		if err != nil {
			return fmt.Errorf("%s: %w", r.Path, err)
		}
		if taken {
			return nil
		}
	}
	n.Text = ""
	if must {
		return fault.New(fault.Invalid, "synth.no_answer", "question", r.Name).On("form")
	}
	return nil
}

// choiceName is the label of a choice of the question at a path.
func (p *person) choiceName(value, question string, at *xpath.Node) string {
	e, err := xpath.Parse(question)
	if err != nil {
		return ""
	}
	nodes, err := e.Nodes(p.env, at)
	if err != nil || len(nodes) == 0 {
		return ""
	}
	if c := p.labels[nodes[0].Path()].Choice(value); c != nil {
		return c.Label.In(p.form.DefaultLanguage())
	}
	return ""
}
