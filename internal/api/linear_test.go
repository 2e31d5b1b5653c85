package api

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"quipu/internal/authz"
)

// fieldOp is what a program asked of one field; fieldSays is what it was answered: the value
// and its version that it read, or whether it wrote and which version that made.
type fieldOp struct {
	write       bool
	value, base string
}

type fieldSays struct {
	value, version string
	done           bool
}

// oneField is what a field may do: a write comes into force when its base is the version that
// stands, and only then; a read sees what stands.
var oneField = porcupine.Model{
	Init: func() any { return fieldSays{} },
	Step: func(state, input, output any) (bool, any) {
		stands, op, says := state.(fieldSays), input.(fieldOp), output.(fieldSays)
		switch {
		case !op.write:
			return says.value == stands.value && says.version == stands.version, stands
		case says.done:
			return op.base == stands.version, fieldSays{value: op.value, version: says.version}
		default:
			return op.base != stands.version, stands
		}
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v -> %+v", input, output) },
}

// program asks over HTTP, and remembers when.
type program struct {
	d      *desk
	who    int
	token  string
	person string
	ops    []porcupine.Operation
}

func (p *program) ask(method, body string) (status int, answer map[string]any) {
	path := Prefix + "/persons/" + p.person
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+p.token)
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	p.d.h.ServeHTTP(rec, r)
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil {
		p.d.t.Errorf("%s answered %q: %v", method, rec.Body, err)
	}
	return rec.Code, answer
}

func (p *program) note(op fieldOp, from int64, says fieldSays) {
	p.ops = append(p.ops, porcupine.Operation{ClientId: p.who, Input: op, Call: from, Output: says, Return: time.Now().UnixNano()})
}

// read reads the field.
func (p *program) read() fieldSays {
	from := time.Now().UnixNano()
	status, a := p.ask("GET", "")
	says := fieldSays{}
	fields, _ := a["values"].([]any)
	for _, f := range fields {
		if m, _ := f.(map[string]any); m["field"] == "birth_place" {
			says.value, _ = m["text"].(string)
			says.version, _ = m["version"].(string)
		}
	}
	if status != http.StatusOK {
		p.d.t.Errorf("a read was answered %d: %v", status, a)
	}
	p.note(fieldOp{}, from, says)
	return says
}

// write writes the field upon a version.
func (p *program) write(value, base string) {
	from := time.Now().UnixNano()
	status, a := p.ask("PATCH", fmt.Sprintf(`{"provenance":{"source":"document_seen"},"fields":[{"field":"birth_place","text":%q,"base":%q}]}`, value, base))
	says := fieldSays{done: status == http.StatusOK}
	switch {
	case says.done:
		says.version, _ = a["version"].(string)
	case status != http.StatusConflict:
		p.d.t.Errorf("a write was answered %d: %v", status, a)
		return
	}
	p.note(fieldOp{true, value, base}, from, says)
}

// TestOneFieldIsLinearizable: six programs read and write one field at once, some upon what is
// in force no more; what they were answered is what one after another would have been.
func TestOneFieldIsLinearizable(t *testing.T) {
	d := open(t)
	d.h = New(d.app, slog.New(slog.DiscardHandler), Rate{PerSecond: 1e6, Burst: 1e6})
	person := d.register()
	programs := make([]*program, 6)
	var all sync.WaitGroup
	for i := range programs {
		p := &program{d: d, who: i, token: d.token("saul", authz.Actions...), person: person}
		programs[i] = p
		all.Go(func() {
			seen := p.read()
			for k := range 8 {
				p.write(fmt.Sprint("Lugar ", string(rune('A'+i)), k), seen.version)
				if k%3 != 2 { // sometimes it writes on without looking
					seen = p.read()
				}
			}
		})
	}
	all.Wait()
	var ops []porcupine.Operation
	for _, p := range programs {
		ops = append(ops, p.ops...)
	}
	if got := porcupine.CheckOperationsTimeout(oneField, ops, time.Minute); got != porcupine.Ok {
		t.Errorf("%d operations: %v", len(ops), got)
	}
	lost := append([]porcupine.Operation{}, ops...)
	for i, op := range lost { // the checker must see a write that nobody saw
		if in, says := op.Input.(fieldOp), op.Output.(fieldSays); in.write && says.done {
			says.version = "NOBODY:1"
			lost[i].Output = says
			break
		}
	}
	if got := porcupine.CheckOperationsTimeout(oneField, lost, time.Minute); got != porcupine.Illegal {
		t.Errorf("a version that nobody read passes: %v", got)
	}
}
