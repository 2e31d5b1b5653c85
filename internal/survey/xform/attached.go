package xform

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"quipu/internal/fault"
	"quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

// mostRows bounds a file of choices.
const mostRows = 100_000

// Attached lists the files into which a questionnaire looks, by name, sorted: choices in files,
// what pulldata asks, and files that are attached by themselves. Pictures and sounds are not among
// them.
func Attached(f *survey.Form) []string {
	var out []string
	for _, n := range f.Nodes() {
		for _, id := range pulled(n) {
			out = append(out, id+".csv")
		}
		if name := n.ChoicesFile(); name != "" {
			out = append(out, name)
		}
		switch n.Type {
		case survey.XMLExternal:
			out = append(out, n.Name+".xml")
		case survey.CSVExternal:
			out = append(out, n.Name+".csv")
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ReadAttached reads a file into which a questionnaire looks, as clients do: the rows of a CSV file
// are root/item, the features of GeoJSON too, with their properties; XML is itself. What is wrong
// is told with its line.
func ReadAttached(name string, data []byte) (*xpath.Node, error) {
	bad := func(line int, err error) error {
		return fault.New(fault.Invalid, "xform.attached", "name", name, "line", line).Because(err)
	}
	switch {
	case strings.HasSuffix(name, ".csv"):
		return readTable(data, bad)
	case strings.HasSuffix(name, ".geojson"):
		return readFeatures(data, bad)
	case strings.HasSuffix(name, ".xml"):
		root, err := parse(bytes.NewReader(data))
		if err != nil {
			return nil, bad(0, err)
		}
		return document(root), nil
	}
	return nil, fault.New(fault.Invalid, "xform.attached_kind", "name", name)
}

func readTable(data []byte, bad func(int, error) error) (*xpath.Node, error) {
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	if head, _, _ := bytes.Cut(data, []byte("\n")); bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		in.Comma = ';'
	}
	head, err := in.Read()
	if err != nil {
		return nil, bad(1, err)
	}
	for i := range head {
		if head[i] = strings.TrimSpace(head[i]); head[i] == "" || slices.Contains(head[:i], head[i]) {
			return nil, bad(1, errors.New("head"))
		}
	}
	root := &xpath.Node{Name: "root"}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := in.FieldPos(0)
		if err != nil {
			var wrong *csv.ParseError
			if errors.As(err, &wrong) {
				line = wrong.Line
			}
			return nil, bad(line, err)
		}
		if len(root.Children) == mostRows {
			return nil, bad(line, errors.New("rows"))
		}
		item := root.Add(&xpath.Node{Name: "item"})
		for i, text := range row {
			item.Add(&xpath.Node{Name: head[i], Text: text})
		}
	}
	doc := &xpath.Node{}
	doc.Add(root)
	return doc, nil
}

func readFeatures(data []byte, bad func(int, error) error) (*xpath.Node, error) {
	var in struct {
		Features []struct {
			ID         any            `json:"id"`
			Properties map[string]any `json:"properties"`
		} `json:"features"`
	}
	if err := json.Unmarshal(data, &in); err != nil || len(in.Features) > mostRows {
		return nil, bad(0, err)
	}
	root := &xpath.Node{Name: "root"}
	for _, f := range in.Features {
		item := root.Add(&xpath.Node{Name: "item"})
		put := func(name string, v any) {
			if v == nil || item.Child(name) != nil {
				return
			}
			text, ok := v.(string)
			if !ok {
				b, err := json.Marshal(v)
				if err != nil {
					return
				}
				text = string(b)
			}
			item.Add(&xpath.Node{Name: name, Text: text})
		}
		put("id", f.ID)
		for _, k := range sortedKeys(f.Properties) {
			put(k, f.Properties[k])
		}
	}
	doc := &xpath.Node{}
	doc.Add(root)
	return doc, nil
}

func sortedKeys(m map[string]any) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// attached adds the files of a questionnaire to its lists, by their name without the ending. One
// that cannot be read is as one that is not here.
func attached(f *survey.Form, into map[string]*xpath.Node) {
	for name, data := range f.Files {
		if doc, err := ReadAttached(name, data); err == nil {
			into[name[:strings.LastIndexByte(name, '.')]] = doc
		}
	}
}
