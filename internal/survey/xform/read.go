package xform

import (
	"io"
	"slices"
	"strings"

	"quipu/internal/fault"
	"quipu/internal/survey"
)

// Read reads a questionnaire from its XForm. Written again it is the same XForm. What an XForm
// does not say is lost: notes beside the questions but their concept, and whether a text that nobody can change
// was called a note. Paths become ${name} where that is what is written for them.
func Read(r io.Reader) (*survey.Form, error) {
	html, err := parse(r)
	if err != nil {
		return nil, err
	}
	lacks := func(what string) error { return fault.New(fault.Invalid, "xform.not_form", "what", what) }
	head, body := html.child("h:head"), html.child("h:body")
	model := head.child("model")
	switch {
	case model == nil:
		return nil, lacks("h:head/model")
	case body == nil:
		return nil, lacks("h:body")
	}
	var main *element
	for _, k := range model.kids {
		if k.name == "instance" && len(k.kids) > 0 && main == nil {
			main = k.kids[0]
		}
	}
	if main == nil {
		return nil, lacks("model/instance")
	}
	rd := newReader(model, body, main.name)
	rd.settings(html, head, body, model, main)
	rd.items(&rd.form.Children, main, "/"+main.name)
	rd.meta(main)
	rd.files()
	rd.lists()
	rd.finish()
	return rd.form, nil
}

// reader is an XForm that is being read.
type reader struct {
	form     *survey.Form
	root     string
	model    *element
	binds    map[string]*element
	controls map[string]*element // what asks or holds, by path; of a repeat its repeat element
	labels   map[string]*element // where its label and hint stand: for a repeat the group around it
	texts    map[string]map[string]*element
	actions  []*element
	at       map[*survey.Item]string // the path of an item
	used     map[string]bool         // secondary instances that are no items
	dynamic  map[*survey.Item]bool   // whose default is an expression
	counted  map[*survey.Item]string // the path of what says how often a repeat is asked
}

func newReader(model, body *element, root string) *reader {
	rd := &reader{form: &survey.Form{}, root: root, model: model, binds: map[string]*element{}, controls: map[string]*element{},
		labels: map[string]*element{}, texts: map[string]map[string]*element{}, at: map[*survey.Item]string{}, used: map[string]bool{},
		dynamic: map[*survey.Item]bool{}, counted: map[*survey.Item]string{}}
	for _, k := range model.kids {
		switch k.name {
		case "bind":
			rd.binds[k.get("nodeset")] = k
		case "setvalue", "odk:setgeopoint", "odk:recordaudio":
			rd.actions = append(rd.actions, k)
		}
	}
	rd.translations(model.child("itext"))
	rd.body(body)
	return rd
}

// body notes where each question is asked.
func (rd *reader) body(e *element) {
	for _, k := range e.kids {
		switch {
		case k.name == "group" && k.child("repeat") != nil:
			rep := k.child("repeat")
			rd.controls[rep.get("nodeset")], rd.labels[rep.get("nodeset")] = rep, k
			rd.body(rep)
		case k.name == "setvalue":
			rd.actions = append(rd.actions, k)
		case k.get("ref") != "":
			rd.controls[k.get("ref")], rd.labels[k.get("ref")] = k, k
			if k.name == "group" {
				rd.body(k)
				continue
			}
			for _, action := range k.kids {
				if action.name == "setvalue" {
					action.set("from", k.get("ref")) // the question whose change it waits for
					rd.actions = append(rd.actions, action)
				}
			}
		}
	}
}

func (rd *reader) translations(itext *element) {
	if itext == nil {
		return
	}
	for _, tr := range itext.kids {
		lang := tr.get("lang")
		if tr.name != "translation" || slices.Contains(rd.form.Languages, lang) {
			continue
		}
		rd.form.Languages = append(rd.form.Languages, lang)
		if tr.has("default") && lang != "default" {
			rd.form.Settings.DefaultLanguage = lang
		}
		for _, t := range tr.kids {
			id := t.get("id")
			if rd.texts[id] == nil {
				rd.texts[id] = map[string]*element{}
			}
			rd.texts[id][lang] = t
		}
	}
}

func (rd *reader) settings(html, head, body, model, main *element) {
	s := &rd.form.Settings
	s.Title, s.ID, s.Version, s.Style = head.child("h:title").inner(), main.get("id"), main.get("version"), body.get("class")
	if main.name != "data" {
		s.Name = main.name
	}
	if sub := model.child("submission"); sub != nil {
		s.SubmissionURL, s.PublicKey, s.AutoSend, s.AutoDelete = sub.get("action"), sub.get("base64RsaPublicKey"), sub.get("orx:auto-send"), sub.get("orx:auto-delete")
	}
	var more []string
	for _, a := range html.attrs {
		if name, ok := strings.CutPrefix(a.name, "xmlns:"); ok && a != ownSpace && !slices.ContainsFunc(spaces, func(known attr) bool { return known.name == a.name }) {
			more = append(more, name+`="`+a.value+`"`)
		}
	}
	s.Namespaces = strings.Join(more, " ")
	for _, a := range main.attrs {
		if a.name != "id" && a.name != "version" && a.name != "xmlns" {
			if s.Extra == nil {
				s.Extra = map[string]string{}
			}
			s.Extra["attribute::"+a.name] = a.value
		}
	}
}

// items reads what stands below an element of the instance. A repeat is there as a template and
// as a first instance: the first of the two counts.
func (rd *reader) items(into *[]*survey.Item, e *element, path string) {
	seen := map[string]bool{}
	for _, k := range e.kids {
		if k.name == "" || seen[k.name] || path == "/"+rd.root && k.name[strings.LastIndexByte(k.name, ':')+1:] == "meta" {
			continue
		}
		seen[k.name] = true
		i := rd.item(k, path+"/"+k.name)
		*into = append(*into, i)
		if i.Container() {
			rd.items(&i.Children, k, path+"/"+k.name)
		}
	}
}

// meta reads the audit, which stands beside the id of the instance, and the name of an instance.
func (rd *reader) meta(main *element) {
	path := "/" + rd.root + "/meta/"
	if b := rd.binds[path+"audit"]; b != nil {
		i := &survey.Item{Type: survey.Audit, Name: "audit"}
		rd.at[i] = path + "audit"
		rd.rules(i, b)
		rd.form.Children = append([]*survey.Item{i}, rd.form.Children...)
	}
	if b := rd.binds[path+"instanceName"]; b != nil {
		rd.form.Settings.InstanceName = b.get("calculate")
	}
}
