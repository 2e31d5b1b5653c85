package xlsform

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

// kindOf is what a word in the column type means besides the type of the item.
type kindOf struct {
	end survey.Type // it closes a group or repeat
}

// types are the words of the standard, and others for the same.
var types = map[string]survey.Type{
	"text": survey.String, "string": survey.String, "integer": survey.Integer, "int": survey.Integer, "decimal": survey.Decimal,
	"range": survey.Range, "date": survey.Date, "time": survey.Time, "datetime": survey.DateTime, "date time": survey.DateTime,
	"geopoint": survey.GeoPoint, "gps": survey.GeoPoint, "location": survey.GeoPoint, "geotrace": survey.GeoTrace, "geoshape": survey.GeoShape,
	"note": survey.Note, "calculate": survey.Calculate, "acknowledge": survey.Accept, "trigger": survey.Accept,
	"image": survey.Image, "photo": survey.Image, "audio": survey.Audio, "video": survey.Video, "file": survey.File,
	"barcode": survey.Barcode, "hidden": survey.Hidden, "xml-external": survey.XMLExternal, "csv-external": survey.CSVExternal,
	"start": survey.Start, "end": survey.End, "today": survey.Today, "deviceid": survey.DeviceID, "imei": survey.DeviceID, "device id": survey.DeviceID,
	"username": survey.UserName, "phonenumber": survey.PhoneNumber, "email": survey.Email, "audit": survey.Audit,
	"start-geopoint": survey.StartGeoPoint, "background-audio": survey.BackgroundAudio,
	"begin group": survey.Group, "begin repeat": survey.Repeat,
}

// selects are the words that are followed by a list.
var selects = []struct {
	word string
	kind survey.Type
	file bool
}{
	{"select_one_from_file", survey.SelectOne, true}, {"select one from file", survey.SelectOne, true},
	{"select_multiple_from_file", survey.SelectMany, true}, {"select multiple from file", survey.SelectMany, true},
	{"select_one_external", survey.SelectExternal, false},
	{"select_one", survey.SelectOne, false}, {"select one from", survey.SelectOne, false}, {"select one", survey.SelectOne, false}, {"select1", survey.SelectOne, false},
	{"select_multiple", survey.SelectMany, false}, {"select all that apply from", survey.SelectMany, false}, {"select all that apply", survey.SelectMany, false},
	{"rank", survey.Rank, false},
}

// kind reads the word of a row; ok is false when it is unknown, which has been said then.
func (r *reader) kind(i *survey.Item, word string) (what kindOf, ok bool) {
	low := strings.ToLower(strings.Replace(strings.Replace(word, "begin_", "begin ", 1), "end_", "end ", 1))
	switch low {
	case "end group":
		return kindOf{end: survey.Group}, true
	case "end repeat":
		return kindOf{end: survey.Repeat}, true
	}
	if t, found := types[low]; found {
		i.Type = t
		if t == survey.Audit && i.Name == "" {
			i.Name = "audit"
		}
		if t == survey.Note && i.Name == "" {
			i.Name = "generated_note_name_" + strconv.Itoa(i.At.Row)
		}
		return what, true
	}
	for _, s := range selects {
		if len(word) < len(s.word) || !strings.EqualFold(word[:len(s.word)], s.word) {
			continue
		}
		if rest := word[len(s.word):]; rest == "" || rest[0] == ' ' {
			i.Type = s.kind
			r.list(i, strings.TrimSpace(rest), s.file)
			return what, true
		}
	}
	r.at(i, "type", "type_unknown", "type", word, "near", xpath.Nearest(low, slices.Sorted(maps.Keys(types))))
	i.Type = survey.String // so that what refers to it is not called unknown, too
	return what, !strings.HasPrefix(low, "begin") && !strings.HasPrefix(low, "end") && i.Name != ""
}

// list reads what stands after the word of a select.
func (r *reader) list(i *survey.Item, rest string, file bool) {
	words := strings.Fields(rest)
	if len(words) > 1 {
		switch strings.ToLower(strings.Join(words[1:], " ")) {
		case "or_other", "or other", "or specify other":
			i.OrOther = true
			words = words[:1]
		}
	}
	if len(words) != 1 {
		r.at(i, "type", "select_list", "type", string(i.Type), "given", rest)
		return
	}
	i.List = words[0]
	ending := path.Ext(i.List)
	isFile := ending == ".csv" || ending == ".xml" || ending == ".geojson"
	switch {
	case file && !isFile:
		r.at(i, "type", "select_file", "file", i.List)
		i.List = "" // said once
	case !file && isFile:
		r.at(i, "type", "select_not_file", "file", i.List)
	}
}
