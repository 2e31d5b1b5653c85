package sync

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/change"
	"quipu/internal/id"
)

// What a message has at most, in bytes and in members of a list. Whoever unpacks one
// stops at these sizes.
const (
	MaxBatch   = 8 << 20 // BatchBytes of changes and what they bring along; or one large change
	MaxReceipt = 1 << 20
	MaxAsk     = 256 << 10
	MaxAnswer  = 32 << 20 // AnswerBytes of changes, or one large entity
	maxList    = 100_000
	maxMarks   = 200
	maxBody    = 4 << 20
)

// raw is a body in a message: JSON in JSON, byte for byte.
type raw []byte

// UnmarshalJSON keeps the bytes as they stand.
func (r *raw) UnmarshalJSON(b []byte) error {
	if len(b) > maxBody || len(b) == 0 || b[0] != '{' {
		return fmt.Errorf("sync: a body of %d bytes is no change", len(b))
	}
	*r = bytes.Clone(b)
	return nil
}

// list is a list that is counted before room is made for it.
type list[T any] []T

// UnmarshalJSON refuses a list that is too long.
func (l *list[T]) UnmarshalJSON(b []byte) error {
	if n := members(b); n > maxList {
		return fmt.Errorf("sync: a list of %d; at most %d", n, maxList)
	}
	return json.Unmarshal(b, (*[]T)(l))
}

// members is how many members a JSON list has, at most: one more than its own commas.
func members(b []byte) int {
	n, depth, text := 1, 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		case c == ',' && depth == 1:
			n++
		}
	}
	return n
}

// ref is the name of an entity as text.
type ref struct{ change.Ref }

// MarshalText writes "kind/id".
func (r ref) MarshalText() ([]byte, error) {
	if r.Kind == "" || r.ID == "" {
		return nil, fmt.Errorf("sync: %q is not the name of an entity", r.String())
	}
	return []byte(r.String()), nil
}

// UnmarshalText reads it.
func (r *ref) UnmarshalText(b []byte) error {
	kind, name, ok := strings.Cut(string(b), "/")
	if !ok || kind == "" || name == "" || len(b) > 200 {
		return fmt.Errorf("sync: %.40q is not the name of an entity", b)
	}
	r.Ref = change.Ref{Kind: change.Kind(kind), ID: name}
	return nil
}

type wireCursor struct {
	After   int64  `json:"after"`
	Filling string `json:"filling,omitempty"`
}

type wireForget struct {
	Entity ref   `json:"of"`
	At     int64 `json:"at"`
}

type wireKey struct {
	Entity ref    `json:"of"`
	ID     string `json:"id"`
	Secret []byte `json:"key"`
}

type wireRange struct {
	First int64  `json:"first"`
	Last  int64  `json:"last"`
	Next  int64  `json:"next"`
	For   string `json:"for,omitempty"`
}

type wireRest struct {
	Own int64     `json:"n"`
	On  id.Change `json:"on"`
}

type wireRefusal struct {
	Key  string       `json:"key"`
	Args list[string] `json:"args,omitempty"`
}

type wireHolding struct {
	Entity  ref `json:"of"`
	Changes int `json:"n"`
}

type wireComparison struct {
	After string            `json:"after"`
	Upto  string            `json:"upto"`
	Holds list[wireHolding] `json:"holds,omitempty"`
}

type wireCompared struct {
	After string `json:"after"`
	Upto  string `json:"upto"`
}

type wireMark struct {
	Size int64     `json:"size"`
	Root tlog.Hash `json:"root"`
}

type wireEntry struct {
	Seq      int64     `json:"s"`
	Received int64     `json:"r"`
	ID       id.Change `json:"n"`
	Body     raw       `json:"b"`
}

// writer writes a message: members in a fixed order, the empty ones left out, bodies as
// they are. Equal messages give equal bytes.
type writer struct {
	b   bytes.Buffer
	err error
}

func begin(version int, node id.Node) *writer {
	w := &writer{}
	fmt.Fprintf(&w.b, `{"v":%d`, version)
	w.put("node", node)
	return w
}

func (w *writer) name(key string) {
	w.b.WriteString(`,"` + key + `":`)
}

func (w *writer) put(key string, v any) {
	w.name(key)
	e := json.NewEncoder(&w.b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil && w.err == nil {
		w.err = err
	}
	w.b.Truncate(w.b.Len() - 1) // the encoder's line break
}

func (w *writer) number(key string, n int64) {
	if n != 0 {
		w.put(key, n)
	}
}

func (w *writer) yes(key string, is bool) {
	if is {
		w.put(key, true)
	}
}

func (w *writer) text(key, s string) {
	if s != "" {
		w.put(key, s)
	}
}

func (w *writer) body(b []byte) {
	if len(b) == 0 || b[0] != '{' || b[len(b)-1] != '}' || len(b) > maxBody || !json.Valid(b) {
		w.err = fmt.Errorf("sync: a body of %d bytes is no change", len(b))
		return
	}
	w.b.Write(b)
}

func (w *writer) bodies(key string, bodies [][]byte) {
	if len(bodies) == 0 {
		return
	}
	w.name(key)
	for i, b := range bodies {
		w.b.WriteByte("[,"[min(i, 1)])
		w.body(b)
	}
	w.b.WriteByte(']')
}

func (w *writer) entries(key string, es []Entry) {
	if len(es) == 0 {
		return
	}
	w.name(key)
	for i, e := range es {
		w.b.WriteByte("[,"[min(i, 1)])
		fmt.Fprintf(&w.b, `{"s":%d,"r":%d`, e.Seq, e.Received)
		if e.Body == nil {
			w.put("n", e.ID)
		} else {
			w.name("b")
			w.body(e.Body)
		}
		w.b.WriteByte('}')
	}
	w.b.WriteByte(']')
}

func putList[T any](w *writer, key string, l []T) {
	if len(l) > 0 {
		w.put(key, l)
	}
}

func (w *writer) end(most int) ([]byte, error) {
	w.b.WriteByte('}')
	if w.err == nil && w.b.Len() > most {
		w.err = fmt.Errorf("sync: a message of %d bytes; at most %d", w.b.Len(), most)
	}
	return w.b.Bytes(), w.err
}

// read unpacks a message into its wire form.
func read(data []byte, most int, into any) error {
	if len(data) > most {
		return fmt.Errorf("sync: a message of %d bytes; at most %d", len(data), most)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("sync: not a message: %w", err)
	}
	return nil
}

func node(n id.Node) error {
	if !n.Valid() {
		return fmt.Errorf("sync: %.40q is not the name of a node", string(n))
	}
	return nil
}
