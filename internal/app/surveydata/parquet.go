package surveydata

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"

	"github.com/parquet-go/parquet-go"

	"quipu/internal/estimate/frame"
	form "quipu/internal/survey"
	"quipu/internal/survey/codebook"
)

// MetadataKey is under which a Parquet file has its description, as JSON.
const MetadataKey = "quipu.codebook"

// parquetBook is what a Parquet file says of itself: texts by the language as the questionnaire
// calls it. Counts are not in it.
type parquetBook struct {
	Title   string          `json:"title"`
	Version string          `json:"version,omitempty"`
	Columns []parquetColumn `json:"columns"`
}

type parquetColumn struct {
	Name     string         `json:"name"`
	Kind     codebook.Kind  `json:"kind"`
	Label    form.Text      `json:"label"`
	Question form.Text      `json:"question,omitempty"`
	Asked    form.Text      `json:"asked_if,omitempty"`
	Values   []parquetValue `json:"values,omitempty"`
}

type parquetValue struct {
	Code  string    `json:"code"`
	Label form.Text `json:"label"`
}

// columns are those of the book in the table, first units as numbers.
func (s *Set) columns() (out []*frame.Column, err error) {
	for i := range s.Book.Variables {
		c, err := s.Frame.Col(s.Book.Variables[i].Name)
		if err != nil {
			return nil, err
		}
		if c.Name == "psu" {
			c = numbered(c)
		}
		out = append(out, c)
	}
	return out, nil
}

// parquetSchema has a column for each of the book, in its order: numbers as double, ticks as
// boolean, answers by their codes as strings with a dictionary. All may be missing.
func (s *Set) parquetSchema() *parquet.Schema {
	var fields []reflect.StructField
	for i := range s.Book.Variables {
		v := &s.Book.Variables[i]
		f := reflect.StructField{Name: "C" + strconv.Itoa(i), Type: reflect.TypeFor[*float64](), Tag: reflect.StructTag("parquet:" + strconv.Quote(v.Name+",optional"))}
		switch {
		case v.Kind == codebook.Tick:
			f.Type = reflect.TypeFor[*bool]()
		case v.Categorical():
			f.Type, f.Tag = reflect.TypeFor[*string](), reflect.StructTag("parquet:"+strconv.Quote(v.Name+",optional,dict"))
		}
		fields = append(fields, f)
	}
	return parquet.NewSchema(Table, parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface()))
}

// rowsAtOnce is how many rows are handed to the writer together.
const rowsAtOnce = 1024

// parquet is the table with its description, the same rows and columns as the CSV.
func (s *Set) parquet() ([]byte, error) {
	columns, err := s.columns()
	if err != nil {
		return nil, err
	}
	about, err := s.parquetAbout()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := parquet.NewWriter(&b, s.parquetSchema(), parquet.Compression(&parquet.Snappy), parquet.CreatedBy("Quipu", "", ""), parquet.KeyValueMetadata(MetadataKey, about))
	rows := make([]parquet.Row, 0, rowsAtOnce)
	for i := range s.Frame.N() {
		row := make(parquet.Row, len(columns))
		for k, c := range columns {
			row[k] = parquetCell(c, i, k)
		}
		if rows = append(rows, row); len(rows) < rowsAtOnce && i+1 < s.Frame.N() {
			continue
		}
		if _, err := w.WriteRows(rows); err != nil {
			return nil, err
		}
		rows = rows[:0]
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// parquetCell is a value of row i of a column, the k-th of the file.
func parquetCell(c *frame.Column, i, k int) parquet.Value {
	switch {
	case c.IsMissing(i):
		return parquet.NullValue().Level(0, 0, k)
	case c.Kind == frame.Number:
		return parquet.ValueOf(c.Num[i]).Level(0, 1, k)
	case c.IsLogical():
		return parquet.ValueOf(c.Levels[c.Code[i]] == "TRUE").Level(0, 1, k)
	}
	return parquet.ValueOf(c.Levels[c.Code[i]]).Level(0, 1, k)
}

func (s *Set) parquetAbout() (string, error) {
	about := parquetBook{Title: s.Book.Title, Version: s.Book.Version}
	for i := range s.Book.Variables {
		v := &s.Book.Variables[i]
		c := parquetColumn{Name: v.Name, Kind: v.Kind, Label: v.Label, Question: v.Text, Asked: v.Asked}
		for _, x := range v.Values {
			c.Values = append(c.Values, parquetValue{x.Code, x.Label})
		}
		about.Columns = append(about.Columns, c)
	}
	text, err := json.Marshal(about)
	return string(text), err
}
