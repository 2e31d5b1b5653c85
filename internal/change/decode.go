package change

import (
	"encoding/json"
	"fmt"

	"quipu/internal/id"
)

type wireProv struct {
	Source     string `json:"src"`
	Evidence   string `json:"ev"`
	Confidence string `json:"conf"`
	From       string `json:"from"`
	To         string `json:"to"`
}

type wireSet struct {
	Field string            `json:"f"`
	Text  string            `json:"t"`
	Group map[string]string `json:"g"`
	Base  id.Change         `json:"base"`
	Gone  bool              `json:"gone"`
	wireProv
}

type wire struct {
	V       int       `json:"v"`
	Node    id.Node   `json:"node"`
	N       int64     `json:"n"`
	Kind    Kind      `json:"kind"`
	ID      string    `json:"id"`
	Action  string    `json:"act"`
	At      string    `json:"at"`
	Author  string    `json:"by"`
	Office  string    `json:"office"`
	Purpose string    `json:"for"`
	Schema  int       `json:"schema"`
	Codes   string    `json:"codes"`
	Batch   string    `json:"batch"`
	Note    string    `json:"note"`
	Salt    string    `json:"salt"`
	Gone    string    `json:"gone"`
	Sets    []wireSet `json:"set"`
	wireProv
}

// Decode reads a change. Unknown members are passed over: a newer release may add some.
// The error says what is wrong with the bytes; it never panics.
func Decode(body []byte) (Change, error) {
	if c, ok := decodeCanonical(body); ok {
		return c, nil
	}
	return decodeAny(body)
}

func decodeAny(body []byte) (Change, error) {
	var w wire
	if err := json.Unmarshal(body, &w); err != nil {
		return Change{}, fmt.Errorf("change: not a change record: %w", err)
	}
	if w.V != Envelope {
		return Change{}, fmt.Errorf("change: envelope version %d; this release reads version %d", w.V, Envelope)
	}
	at, err := ParseStamp(w.At)
	if err != nil {
		return Change{}, err
	}
	if !w.Node.Valid() || w.N < 1 || w.Kind == "" || w.ID == "" {
		return Change{}, fmt.Errorf("change: node %q, n %d, kind %q or id %q is missing or malformed", w.Node, w.N, w.Kind, w.ID)
	}
	c := Change{
		ID: id.Change{Node: w.Node, N: w.N}, Entity: Ref{w.Kind, w.ID}, Action: w.Action, At: at,
		Author: w.Author, Office: w.Office, Purpose: w.Purpose, Schema: w.Schema, Codes: w.Codes,
		Batch: w.Batch, Note: w.Note, Prov: Provenance(w.wireProv), Salt: w.Salt, Gone: w.Gone,
	}
	if len(w.Sets) > 0 {
		c.Sets = make([]Set, len(w.Sets))
	}
	for i, s := range w.Sets {
		if s.Gone {
			s.Text, s.Group = "", nil // nothing stands where a value was taken out
		}
		c.Sets[i] = Set{Field: s.Field, Value: Value{s.Text, s.Group}, Base: s.Base, Prov: Provenance(s.wireProv), Gone: s.Gone}
	}
	return c, nil
}
