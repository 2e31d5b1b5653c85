package surveydata_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"quipu/internal/app/surveydata"
	"quipu/internal/i18n"
)

// TestParquet reads the file back: every value is that of the CSV, under the same name and in the
// same place, and the description has the questions and the labels of answers.
func TestParquet(t *testing.T) {
	s := open(t)
	f, err := s.Export(surveydata.Parquet, i18n.English)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Export(surveydata.Parquet, i18n.English); err != nil || !bytes.Equal(f.Content, again.Content) {
		t.Error("the same table is another file", err)
	}
	lines, err := csv.NewReader(bytes.NewReader(table(t, s))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(bytes.NewReader(f.Content), int64(len(f.Content)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range file.Schema().Columns() {
		names = append(names, strings.Join(c, "/"))
	}
	if strings.Join(names, ",") != strings.Join(lines[0], ",") {
		t.Fatalf("the columns are %v", names)
	}
	rows, at := make([]parquet.Row, 200), 0
	reader := parquet.NewReader(file)
	n, _ := reader.ReadRows(rows) // ends with io.EOF
	for _, row := range rows[:n] {
		at++
		for k, v := range row {
			if got, want := written(v), lines[at][k]; got != want {
				t.Errorf("row %d, %s: %q, want %q", at, names[k], got, want)
			}
		}
	}
	if at != len(lines)-1 || at != f.Rows {
		t.Errorf("%d rows of %d", at, len(lines)-1)
	}
	text, ok := file.Lookup(surveydata.MetadataKey)
	var about struct {
		Columns []struct {
			Name     string            `json:"name"`
			Question map[string]string `json:"question"`
			Values   []struct {
				Code  string            `json:"code"`
				Label map[string]string `json:"label"`
			} `json:"values"`
		} `json:"columns"`
	}
	if err := json.Unmarshal([]byte(text), &about); err != nil || !ok || len(about.Columns) != len(names) {
		t.Fatal(err, ok, text)
	}
	for _, c := range about.Columns {
		if c.Name == "sends" && (c.Question["English (en)"] != `Do you send "money" home?` || c.Values[0].Label["English (en)"] != "Yes") {
			t.Errorf("%+v", c)
		}
	}
}

// written is a value as the CSV has it.
func written(v parquet.Value) string {
	switch {
	case v.IsNull():
		return ""
	case v.Kind() == parquet.Double:
		return strconv.FormatFloat(v.Double(), 'g', -1, 64)
	case v.Kind() == parquet.Boolean:
		return strings.ToUpper(strconv.FormatBool(v.Boolean()))
	}
	return string(v.ByteArray())
}
