// Package ddi writes the description of a survey's table as DDI-Codebook 2.5, the format in which
// archives and catalogues of statistics take surveys in. Source: DDI Alliance, DDI-Codebook 2.5
// XML Schema, 2012. Counts of few people, the least and the greatest answer, and anything of a
// withheld question but that it was asked are left out.
package ddi

import (
	"encoding/xml"

	"quipu/internal/survey"
	"quipu/internal/survey/codebook"
)

// Namespace is that of the version that is written.
const Namespace = "ddi:codebook:2_5"

// Study is what the description says besides the book; texts in the languages that there are.
type Study struct {
	Producer        string
	Software        string
	SoftwareVersion string
	Nations         []Nation // where people were asked
	Units           survey.Text
	Universe        survey.Text
	Sampling        survey.Text
	Response        survey.Text // rates, by their names
	Weighting       survey.Text
	Errors          survey.Text // how errors are worked out
	Confidentiality survey.Text
	Restriction     survey.Text
	Kind            survey.Text // of data
	Withheld        survey.Text // what is said of a question that is in no file; its label follows
	FileKind        survey.Text
	File            string // name of the table
	Weight          string // column of the final weights
	Weights         []string
}

// Nation is a country.
type Nation struct {
	Code  string // ISO 3166-1 alpha-2
	Label survey.Text
}

// text is a text in one language, where it says which.
type text struct {
	Lang string `xml:"http://www.w3.org/XML/1998/namespace lang,attr,omitempty"`
	Text string `xml:",chardata"`
}

type dated struct {
	Date  string `xml:"date,attr,omitempty"`
	Event string `xml:"event,attr,omitempty"`
	Text  string `xml:",chardata"`
}

type book struct {
	XMLName xml.Name `xml:"ddi:codebook:2_5 codeBook"`
	Version string   `xml:"version,attr"`
	ID      string   `xml:"ID,attr"`
	Doc     document `xml:"docDscr"`
	Study   study    `xml:"stdyDscr"`
	File    file     `xml:"fileDscr"`
	Data    data     `xml:"dataDscr"`
}

type document struct {
	Citation citation `xml:"citation"`
}

type citation struct {
	Title    titles      `xml:"titlStmt"`
	Agents   *authors    `xml:"rspStmt"`
	Made     *production `xml:"prodStmt"`
	Versions []version   `xml:"verStmt"`
}

type titles struct {
	Title text    `xml:"titl"`
	IDs   []idNum `xml:"IDNo"`
}

type idNum struct {
	Agency string `xml:"agency,attr,omitempty"`
	Text   string `xml:",chardata"`
}

type authors struct {
	Entities []text `xml:"AuthEnty"`
}

type production struct {
	Producers []text    `xml:"producer"`
	Dates     []dated   `xml:"prodDate"`
	Software  []program `xml:"software"`
}

type program struct {
	Version string `xml:"version,attr,omitempty"`
	Text    string `xml:",chardata"`
}

type version struct {
	Version dated `xml:"version"`
}

type study struct {
	Citation citation `xml:"citation"`
	Info     info     `xml:"stdyInfo"`
	Method   method   `xml:"method"`
	Access   *access  `xml:"dataAccs"`
}

type info struct {
	Abstract []text  `xml:"abstract"`
	Summary  summary `xml:"sumDscr"`
}

type summary struct {
	Periods  []dated  `xml:"timePrd"`
	Days     []dated  `xml:"collDate"`
	Nations  []nation `xml:"nation"`
	Units    []text   `xml:"anlyUnit"`
	Universe []text   `xml:"universe"`
	Kind     []text   `xml:"dataKind"`
}

type nation struct {
	Lang string `xml:"http://www.w3.org/XML/1998/namespace lang,attr,omitempty"`
	Abbr string `xml:"abbr,attr"`
	Text string `xml:",chardata"`
}

type method struct {
	Collection collection `xml:"dataColl"`
	Analysis   analysis   `xml:"anlyInfo"`
}

type collection struct {
	Sampling []text `xml:"sampProc"`
	Weight   []text `xml:"weight"`
}

type analysis struct {
	Response []text `xml:"respRate"`
	Errors   []text `xml:"EstSmpErr"`
}

type access struct {
	Use use `xml:"useStmt"`
}

type use struct {
	Confidentiality []text `xml:"confDec"`
	Restriction     []text `xml:"restrctn"`
}

type file struct {
	ID   string   `xml:"ID,attr"`
	Text fileText `xml:"fileTxt"`
}

type fileText struct {
	Name  string     `xml:"fileName"`
	Size  dimensions `xml:"dimensns"`
	Kinds []text     `xml:"fileType"`
}

type dimensions struct {
	Cases     int `xml:"caseQnty"`
	Variables int `xml:"varQnty"`
}

type data struct {
	Groups    []group    `xml:"varGrp"`
	Variables []variable `xml:"var"`
	Notes     []text     `xml:"notes"`
}

type group struct {
	ID        string `xml:"ID,attr"`
	Type      string `xml:"type,attr"`
	Name      string `xml:"name,attr"`
	Variables string `xml:"var,attr,omitempty"`
	Groups    string `xml:"varGrp,attr,omitempty"`
	Labels    []text `xml:"labl"`
}

type variable struct {
	ID         string     `xml:"ID,attr"`
	Name       string     `xml:"name,attr"`
	Files      string     `xml:"files,attr"`
	Weighs     string     `xml:"wgt,attr,omitempty"`
	Interval   string     `xml:"intrvl,attr"`
	Labels     []text     `xml:"labl"`
	Questions  []question `xml:"qstn"`
	Valid      *valid     `xml:"valrng"`
	Universe   []text     `xml:"universe"`
	Stats      []stat     `xml:"sumStat"`
	Categories []category `xml:"catgry"`
	Concept    []text     `xml:"concept"`
	Derivation *derived   `xml:"derivation"`
	Format     format     `xml:"varFormat"`
}

type question struct {
	Lang     string `xml:"http://www.w3.org/XML/1998/namespace lang,attr,omitempty"`
	Responds string `xml:"responseDomainType,attr"`
	Literal  string `xml:"qstnLit"`
	Helps    string `xml:"ivuInstr,omitempty"`
}

type valid struct {
	Range ends `xml:"range"`
}

type ends struct {
	Units        string `xml:"UNITS,attr"`
	Min          string `xml:"min,attr,omitempty"`
	MinExclusive string `xml:"minExclusive,attr,omitempty"`
	Max          string `xml:"max,attr,omitempty"`
	MaxExclusive string `xml:"maxExclusive,attr,omitempty"`
}

type stat struct {
	Weighted string `xml:"wgtd,attr,omitempty"`
	By       string `xml:"wgt-var,attr,omitempty"`
	Type     string `xml:"type,attr"`
	Text     string `xml:",chardata"`
}

type category struct {
	Value  string `xml:"catValu"`
	Labels []text `xml:"labl"`
	Counts []stat `xml:"catStat"`
}

type derived struct {
	How []text `xml:"drvdesc"`
}

type format struct {
	Type   string `xml:"type,attr"`
	Schema string `xml:"schema,attr"`
}

// Write makes the document. What the format has once is in the language; labels, questions and
// whom they are asked are in all. The same book and study give the same bytes.
func Write(b *codebook.Book, s Study, language string) ([]byte, error) {
	w := &writer{b: b, s: s, lang: language, ids: map[string]string{}}
	out, err := xml.MarshalIndent(w.book(), "", "  ")
	if err != nil {
		return nil, err
	}
	return append(append([]byte(xml.Header), out...), '\n'), nil
}
