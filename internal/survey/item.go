package survey

// Type is the kind of an item, by the word of the XLSForm standard.
type Type string

// The types.
const (
	Group  Type = "group"
	Repeat Type = "repeat"

	String     Type = "text"
	Integer    Type = "integer"
	Decimal    Type = "decimal"
	Range      Type = "range"
	Date       Type = "date"
	Time       Type = "time"
	DateTime   Type = "dateTime"
	GeoPoint   Type = "geopoint"
	GeoTrace   Type = "geotrace"
	GeoShape   Type = "geoshape"
	SelectOne  Type = "select_one"
	SelectMany Type = "select_multiple"
	Rank       Type = "rank"
	Note       Type = "note"
	Calculate  Type = "calculate"
	Accept     Type = "acknowledge"
	Image      Type = "image"
	Audio      Type = "audio"
	Video      Type = "video"
	File       Type = "file"
	Barcode    Type = "barcode"
	Hidden     Type = "hidden"
	// SelectExternal chooses from the sheet external_choices, which clients keep apart.
	SelectExternal Type = "select_one_external"
	// XMLExternal and CSVExternal attach a file that expressions look into.
	XMLExternal Type = "xml-external"
	CSVExternal Type = "csv-external"

	// What the client fills in by itself.
	Start           Type = "start"
	End             Type = "end"
	Today           Type = "today"
	DeviceID        Type = "deviceid"
	UserName        Type = "username"
	PhoneNumber     Type = "phonenumber"
	Email           Type = "email"
	Audit           Type = "audit"
	StartGeoPoint   Type = "start-geopoint"
	BackgroundAudio Type = "background-audio"
)

// Item is a question, a group or a repeat.
type Item struct {
	Type     Type
	Name     string
	List     string // of a select: the list of choices, a file (cities.csv), or ${name} of a question in a repeat
	OrOther  bool   // a choice "other" and a question for it are added
	Label    Text
	Hint     Text
	Guidance Text // hint for the interviewer
	Media    Media

	Relevant          string
	Constraint        string
	ConstraintMessage Text
	Required          string // an expression; yes and no are read as true() and false()
	RequiredMessage   Text
	ReadOnly          string
	Calculation       string
	Default           string   // a value, or an expression where it has operators, calls or references
	Trigger           []string // names of questions whose change runs the calculation
	ChoiceFilter      string
	Appearance        string
	RepeatCount       string            // expression
	Parameters        map[string]string // by lower-case name
	Extra             map[string]string // bind::X, body::X and instance::X, as written
	Notes             map[string]string // columns that the standard does not know, by their heading
	// Sensitive marks a question whose answers may only be counted for a whole survey or country.
	Sensitive bool
	Children  []*Item
	At        Place
}

// Container reports whether the item holds others.
func (i *Item) Container() bool { return i.Type == Group || i.Type == Repeat }

// Select reports whether the answer comes from a list of choices.
func (i *Item) Select() bool {
	switch i.Type {
	case SelectOne, SelectMany, Rank, SelectExternal:
		return true
	}
	return false
}

// Attachment reports whether the answer is the name of a file.
func (i *Item) Attachment() bool {
	switch i.Type {
	case Image, Audio, Video, File, Audit, BackgroundAudio:
		return true
	}
	return false
}

// External reports whether the item only attaches a file, and has no answer.
func (i *Item) External() bool { return i.Type == XMLExternal || i.Type == CSVExternal }

// Meta reports whether the client fills the item in without showing it.
func (i *Item) Meta() bool {
	switch i.Type {
	case Start, End, Today, DeviceID, UserName, PhoneNumber, Email, Audit, StartGeoPoint, BackgroundAudio:
		return true
	}
	return false
}

// Shown reports whether a person sees the item. A calculation with a label is shown, and is
// not typed in.
func (i *Item) Shown() bool {
	switch {
	case i.Container(), i.Type == Note:
		return true
	case i.Type == Calculate, i.Type == Hidden, i.Meta(), i.External():
		return false
	}
	silent := i.Label.Empty() && i.Hint.Empty()
	return !(silent && (i.Calculation != "" || len(i.Trigger) > 0))
}
