// Package fault is the one error type that crosses package boundaries.
//
// A fault has two audiences. The program reads Kind; a person reads the message that
// the catalogue holds under Key, filled with Args. Anything that is not a fault is
// internal, and its text is never shown to a user.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what the caller can do about the fault.
type Kind string

const (
	Invalid     Kind = "invalid"     // the input is wrong: correct it
	Conflict    Kind = "conflict"    // somebody else was first: look again
	NotFound    Kind = "not_found"   // there is no such thing
	Forbidden   Kind = "forbidden"   // not with these rights
	Unavailable Kind = "unavailable" // not now: try again
	Internal    Kind = "internal"    // ours to mend
)

// Arg is one named value of a message.
type Arg struct {
	Name  string
	Value any
}

// Error is a fault. Key names a message in the catalogue under "fault.", Args fill its
// {name} places, Field names the input field it is about, Err is what lies beneath.
type Error struct {
	Kind  Kind
	Op    string
	Key   string
	Field string
	Args  []Arg
	Err   error
}

// New makes a fault; args alternate name, value. An odd tail is a programmer's error
// and shows as "!missing".
func New(kind Kind, key string, args ...any) *Error {
	e := &Error{Kind: kind, Key: key}
	for i := 0; i < len(args); i += 2 {
		a := Arg{Name: fmt.Sprint(args[i]), Value: "!missing"}
		if i+1 < len(args) {
			a.Value = args[i+1]
		}
		e.Args = append(e.Args, a)
	}
	return e
}

// On returns a copy that is about the named input field.
func (e *Error) On(field string) *Error { c := *e; c.Field = field; return &c }

// In returns a copy that says which operation failed.
func (e *Error) In(op string) *Error { c := *e; c.Op = op; return &c }

// Because returns a copy that wraps err.
func (e *Error) Because(err error) *Error { c := *e; c.Err = err; return &c }

// Error is the form for logs and programmers: operation, key, arguments, cause.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	b.WriteString(e.Key)
	if e.Field != "" {
		b.WriteString(" field=" + e.Field)
	}
	for _, a := range e.Args {
		fmt.Fprintf(&b, " %s=%v", a.Name, a.Value)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first fault in err's chain; Internal when there is none.
func KindOf(err error) Kind {
	if e := As(err); e != nil {
		return e.Kind
	}
	return Internal
}

// As returns the first fault in err's chain, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Is reports whether err is a fault with that message key.
func Is(err error, key string) bool {
	e := As(err)
	return e != nil && e.Key == key
}
