package oversight

import (
	"net/url"
	"strconv"
	"time"

	"quipu/internal/access"
	"quipu/internal/app/oversight"
	"quipu/internal/authz"
	"quipu/internal/code"
	"quipu/internal/fault"
	"quipu/internal/place"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// The views of the log of reads.
const (
	viewOpen = "por-revisar"
	viewSeen = "vistas"
	viewAll  = "todas"
)

// asked is what somebody wants to see of the log of reads. An address holds a person's
// opaque id and never the number of the record.
type asked struct {
	View, Officer, Office, Day, Purpose, Kind, Reason, Person string
	Before                                                    int64
}

func askedOf(q url.Values) asked {
	a := asked{View: q.Get("ver"), Officer: q.Get("oficial"), Office: q.Get("oficina"), Day: q.Get("dia"), Purpose: q.Get("finalidad"),
		Kind: q.Get("tipo"), Reason: q.Get("razon"), Person: q.Get("persona")}
	if n, err := strconv.ParseInt(q.Get("antes"), 10, 64); err == nil && n > 0 {
		a.Before = n
	}
	return a
}

// query is the part of an address that asks for the same in a view, from a place on.
func (a asked) query(view string, before int64) string {
	q := url.Values{}
	for _, p := range [][2]string{{"ver", view}, {"oficial", a.Officer}, {"oficina", a.Office}, {"dia", a.Day}, {"finalidad", a.Purpose},
		{"tipo", a.Kind}, {"razon", a.Reason}, {"persona", a.Person}} {
		if p[1] != "" {
			q.Set(p[0], p[1])
		}
	}
	if before > 0 {
		q.Set("antes", strconv.FormatInt(before, 10))
	}
	return q.Encode()
}

// Narrowed reports whether anything but the view was asked for.
func (a asked) Narrowed() bool {
	a.View, a.Before = "", 0
	return a != asked{}
}

// filter is what the use case understands; days are by the clock of the actor's office.
func (a asked) filter(here *time.Location) (oversight.AccessFilter, error) {
	f := oversight.AccessFilter{Reason: access.Reason(a.Reason), ReadFilter: oversight.ReadFilter{Author: a.Officer, Office: a.Office, Person: a.Person,
		Purpose: a.Purpose, Action: a.Kind, Before: a.Before}}
	switch a.View {
	case viewOpen:
		f.Marks = oversight.OpenMarks
	case viewSeen:
		f.Marks = oversight.SeenMarks
	}
	if a.Day != "" {
		day, err := time.ParseInLocation(time.DateOnly, a.Day, here)
		if err != nil {
			return f, fault.New(fault.Invalid, "officer.day", "value", a.Day).On("dia")
		}
		f.From, f.Until = day.UnixMicro(), day.AddDate(0, 0, 1).UnixMicro()
	}
	return f, nil
}

// kinds are what can be done that is noted in the log of reads.
var kinds = []string{"read", "search", "candidate", "photo", "constancy", "request", "disclosure", "own_data", "export_reads", "refused"}

// filterForm is the form that asks for it.
type filterForm struct {
	Asked                            asked
	Number                           string
	Offices, Purposes, Kinds, Causes []ui.Option
}

func (w words) filterForm(v *desk.Visit, a asked) filterForm {
	f := filterForm{Asked: a}
	if scope, _ := authz.ScopeOf(v.Actor, authz.ReadLog); scope.All {
		for _, o := range place.Network().Offices() {
			f.Offices = append(f.Offices, ui.Option{Value: o.Code, Label: o.City + " (" + o.Code + ")"})
		}
		desk.SortOptions(f.Offices)
	}
	for _, it := range code.List("purpose").Items(w.Today) {
		f.Purposes = append(f.Purposes, ui.Option{Value: it.Code, Label: w.Code("purpose", it.Code)})
	}
	for _, k := range kinds {
		f.Kinds = append(f.Kinds, ui.Option{Value: k, Label: w.did(k)})
	}
	for _, r := range access.Reasons {
		f.Causes = append(f.Causes, ui.Option{Value: string(r), Label: w.T("access.short." + string(r))})
	}
	return f
}
