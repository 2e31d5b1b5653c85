package personlist

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/fault"
	"quipu/internal/linkage"
)

// ReadMap reads a file in which a person says what columns hold: a JSON object from column
// to kind, {"Columna 7": "phone", "9": "document", "Notas": "-"}. A column is named by its
// heading or its number from 1; "-" leaves it out. Columns that it does not name are
// recognised as usual. A trait that is never compared cannot be mapped.
func ReadMap(data []byte, header []string) (map[int]string, error) {
	var in map[string]string
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))))
	if err := dec.Decode(&in); err != nil {
		return nil, fault.New(fault.Invalid, "personlist.map_json", "at", dec.InputOffset()).Because(err)
	}
	out := map[int]string{}
	for column, kind := range in {
		n := Find(column, header)
		if n == 0 {
			return nil, fault.New(fault.NotFound, "personlist.map_column", "column", column, "columns", strings.Join(header, ", "))
		}
		if kind == "-" {
			kind = linkage.Ignore.String()
		}
		if _, ok := linkage.ParseKind(kind); !ok {
			return nil, fault.New(fault.Invalid, "personlist.map_kind", "column", column, "kind", kind, "kinds", KindNames())
		}
		if _, refused := Refused(header[n-1]); refused && kind != linkage.Ignore.String() {
			return nil, fault.New(fault.Invalid, "personlist.map_refused", "column", column)
		}
		out[n] = kind
	}
	return out, nil
}

// Find is the number, from 1, of the column that a person names by its heading or its
// number; 0 when there is none. A heading in full goes before a number, and one that
// differs in case only after both.
func Find(column string, header []string) int {
	column = strings.TrimSpace(column)
	if i := slices.Index(header, column); i >= 0 && column != "" {
		return i + 1
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(column, "#")); err == nil && n >= 1 && n <= len(header) {
		return n
	}
	return slices.IndexFunc(header, func(h string) bool { return column != "" && strings.EqualFold(h, column) }) + 1
}

// KindNames lists the kinds that a map may name.
func KindNames() string {
	var names []string
	for _, k := range linkage.Kinds() {
		names = append(names, k.String())
	}
	return strings.Join(names, ", ")
}
