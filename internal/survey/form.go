// Package survey is the questionnaire: questions in groups and repeats, lists of choices,
// texts in several languages, and the rules that decide which question is asked and which
// answer is taken. It is written as an XLSForm (xlsform) and travels as an XForm (xform);
// both are readings of the Form here.
//
// Expressions are kept as their author wrote them, with ${name} for another question; xpath
// reads them.
package survey

// Form is one version of a questionnaire. It is not changed once it was read.
type Form struct {
	Settings  Settings
	Languages []string // named languages, as written ("Español (es)"), in the order of the columns
	Children  []*Item
	Lists     []*List
	// Files are those that go with the questionnaire and into which it looks, by their name; what is
	// not here is the client's, and nothing is reckoned with it.
	Files map[string][]byte
}

// Settings are what holds of the whole questionnaire.
type Settings struct {
	ID              string // form_id; what clients and submissions call the questionnaire
	Version         string
	Title           string
	DefaultLanguage string            // of texts without a language, and shown first; empty when none was set
	InstanceName    string            // expression: how a client calls a filled questionnaire
	Style           string            // pages, theme-grid
	Name            string            // of the root element; data when empty
	SubmissionURL   string            // where clients send to, when not to where they have it from
	PublicKey       string            // base64 RSA key for which clients encrypt
	AutoSend        string            // true, false
	AutoDelete      string            // true, false
	AllowDuplicates bool              // allow_choice_duplicates
	Namespaces      string            // name="address" pairs
	Extra           map[string]string // other settings by their column
}

// Root is the name of the element that holds the answers.
func (f *Form) Root() string {
	if f.Settings.Name != "" {
		return f.Settings.Name
	}
	return "data"
}

// DefaultLanguage is that of texts for which no language was given; "default" where the
// author set none, as XForms of XLSForms have it.
func (f *Form) DefaultLanguage() string {
	if f.Settings.DefaultLanguage != "" {
		return f.Settings.DefaultLanguage
	}
	return "default"
}

// List is a named list of choices.
type List struct {
	Name     string
	External bool     // of the sheet external_choices: the client keeps it as a file
	Columns  []string // attributes by which choices are filtered, in the order of the columns
	Choices  []Choice
}

// Choice is one answer of a list.
type Choice struct {
	Value string
	Label Text
	Media Media
	Attr  map[string]string // by the list's Columns
	At    Place
}

// List gives the list of that name, of the choices sheet before the external ones.
func (f *Form) List(name string) *List {
	var external *List
	for _, l := range f.Lists {
		switch {
		case l.Name != name:
		case !l.External:
			return l
		case external == nil:
			external = l
		}
	}
	return external
}

// Choice gives the choice with that value.
func (l *List) Choice(value string) *Choice {
	if l == nil {
		return nil
	}
	for i := range l.Choices {
		if l.Choices[i].Value == value {
			return &l.Choices[i]
		}
	}
	return nil
}

// Place is where something stands in the workbook; zero where it comes from elsewhere.
type Place struct {
	Sheet string
	Row   int // from 1, as the spreadsheet counts
}
