// Package ui holds the frame of a page and the components that screens are made of.
//
// A screen is a template of its own package and a struct that embeds Page. Components
// take typed data, so that templatecheck finds a wrong name before a reader does.
package ui

import (
	"quipu/internal/fault"
	"quipu/internal/i18n"
)

// Page is what the frame around a screen shows. Screens embed it by value and are
// rendered through a pointer.
type Page struct {
	Lang    i18n.Lang
	Title   string    // of the screen, without the product's name
	Path    string    // where the language switch comes back to; Render fills it in
	Home    string    // the product name's link and the way of the "/" key; "" means "/"
	Office  string    // name of the office, empty for the public
	User    string    // name of the officer, empty when nobody is signed in
	Account string    // address of the officer's own account; empty shows no link
	SignOut string    // address that a POST signs out at; empty shows no button
	Nav     []Link    // main menu
	Purpose Chooser   // for what the officer works; without options it is not shown
	Strip   Strip     // "this is a demonstration", above everything
	Status  Status    // state of the link with the hub
	Back    Link      // empty Href shows none
	Flash   []Banner  // what has just happened
	Errors  []Problem // what must be corrected, in the order of the fields
	Narrow  bool      // text width, for pages with one question or one text
	Public  bool      // for everybody: nothing of the officers' screens stands in the frame
	Lasts   Lasts     // how long the officer's session holds
	Help    Help      // what the screen is for
	Plain   bool      // the reader wants no keys of one character; Render fills it in
	Sent    bool      // the answer to a form: what was typed stands in it; Render fills it in
	Kept    string    // of an error page: where the form that was refused can be taken up again
	Again   Again     // of an error page: the form itself, where it could not be kept
}

// Again is a form that is offered to be sent once more as it was. An empty Action offers none.
type Again struct {
	Action string
	Fields []Hidden
}

// Hidden is a field that nobody sees.
type Hidden struct{ Name, Value string }

// Help is the help of a screen: Topic is its place on the page of help.
type Help struct{ Topic, Text string }

// Lasts says how long a session holds. Warning is said shortly before its end; Last is for a
// session that cannot be prolonged.
type Lasts struct {
	Seconds       int
	Last          bool
	Text, Warning string
}

// Framed is any pointer to a struct that embeds Page.
type Framed interface{ Frame() *Page }

// Frame gives the frame of a screen.
func (p *Page) Frame() *Page { return p }

// Link is a place to go to. Key is a digit that follows it, empty for none.
type Link struct {
	Text, Href string
	Current    bool
	Key        string
}

// Chooser is one question in the frame of every page. Sending it to Action, with the
// address of the page under "volver", comes back to the page. Marked sets it off: the answer
// is not the usual one.
type Chooser struct {
	Action, Name, Label, Send string
	Options                   []Option
	Marked                    bool
}

// Strip is the strip above the page: a tag and a sentence.
type Strip struct{ Tag, Text string }

// Status says in words how the office stands with the hub. State is online, offline or
// attention, and only colours what Text says.
type Status struct{ State, Text, Href string }

// Banner is a notice on top of a page. Kind is info, success or warning.
type Banner struct{ Kind, Text, Href, LinkText string }

// Problem is one error of a form. Field is the name of the input, empty when it is about
// the whole form.
type Problem struct{ Field, Text string }

// Fail adds err to the errors of the page, beside the field it names.
func (p *Page) Fail(err error) {
	problem := Problem{Text: i18n.Fault(p.Lang, err)}
	if e := fault.As(err); e != nil {
		problem.Field = e.Field
	}
	p.Errors = append(p.Errors, problem)
}

// Err is the first error of the named field, or empty.
func (p *Page) Err(field string) string {
	for _, e := range p.Errors {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}

// Tell adds a banner of the given kind.
func (p *Page) Tell(kind, text string) {
	p.Flash = append(p.Flash, Banner{Kind: kind, Text: text})
}

// OfficerNav is the officers' main menu with the entry for current marked.
func OfficerNav(lang i18n.Lang, current string) []Link {
	nav := []Link{
		{Text: i18n.T(lang, "ui.nav.home"), Href: "/"},
		{Text: i18n.T(lang, "ui.nav.register"), Href: "/registrar"},
		{Text: i18n.T(lang, "ui.nav.import"), Href: "/importar"},
		{Text: i18n.T(lang, "ui.nav.review"), Href: "/revision"},
		{Text: i18n.T(lang, "ui.nav.campaigns"), Href: "/campanas"},
		{Text: i18n.T(lang, "ui.nav.surveys"), Href: "/encuestas"},
		{Text: i18n.T(lang, "ui.nav.day"), Href: "/jefatura"},
		{Text: i18n.T(lang, "ui.nav.reads"), Href: "/accesos"},
		{Text: i18n.T(lang, "ui.nav.rights"), Href: "/datos"},
		{Text: i18n.T(lang, "ui.nav.codes"), Href: "/codigos"},
		{Text: i18n.T(lang, "ui.nav.audit"), Href: "/auditoria"},
		{Text: i18n.T(lang, "ui.nav.users"), Href: "/cuentas"},
	}
	for i := range nav {
		nav[i].Current = nav[i].Href == current
	}
	return nav
}

// DemoStrip says that everything on the screen is invented.
func DemoStrip(lang i18n.Lang) Strip {
	return Strip{Tag: i18n.T(lang, "ui.phase.demo"), Text: i18n.T(lang, "ui.phase.demo.text")}
}
