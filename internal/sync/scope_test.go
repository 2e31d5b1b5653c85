package sync

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChangeIsFiledBeforeAndAfter(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after []Scope
		want          []Filing
	}{
		{"created", nil, []Scope{"ESMAD"}, []Filing{{"ESMAD", true}}},
		{"edited", []Scope{"ESMAD"}, []Scope{"ESMAD"}, []Filing{{"ESMAD", false}}},
		{"transferred", []Scope{"ESMAD"}, []Scope{"ITROM"}, []Filing{{"ESMAD", false}, {"ITROM", true}}},
		{"taken on a campaign", []Scope{"ESMAD"}, []Scope{"campaign/C1", "ESMAD"}, []Filing{{"ESMAD", false}, {"campaign/C1", true}}},
		{"hub only", nil, nil, nil},
	} {
		if diff := cmp.Diff(c.want, File(c.before, c.after)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestScopesOfAPeerStopAndTurn(t *testing.T) {
	p := Peer{Grants: []Grant{{"ESMAD", 10, 0}, {"campaign/C1", 20, 30}, {"ITROM", 25, 0}}}
	for _, c := range []struct {
		at      Cursor
		active  []Scope
		stop    int64
		filling bool
	}{
		{Cursor{}, nil, 10, false},
		{Cursor{10, ""}, nil, 20, true},
		{Cursor{10, Filled}, []Scope{"ESMAD"}, 20, false},
		{Cursor{22, ""}, []Scope{"ESMAD"}, 25, false},
		{Cursor{25, "person/X"}, []Scope{"ESMAD"}, 30, true},
		{Cursor{26, ""}, []Scope{"ESMAD", "ITROM"}, 30, false},
		{Cursor{30, ""}, []Scope{"ESMAD", "ITROM"}, 0, false},
		{Cursor{40, ""}, []Scope{"ESMAD", "ITROM"}, 0, false},
	} {
		if p.Cursor = c.at; p.Filling() != c.filling {
			t.Errorf("at %v it is said to be filling: %v", c.at, p.Filling())
		}
		if diff := cmp.Diff(c.active, p.active(c.at)); diff != "" || p.stop(c.at) != c.stop {
			t.Errorf("at %v: stop %d, want %d; %s", c.at, p.stop(c.at), c.stop, diff)
		}
	}
	granted, taken := p.turn(30)
	if len(granted) != 0 || !cmp.Equal(taken, []Scope{"campaign/C1"}) {
		t.Errorf("at 30: granted %v, taken %v", granted, taken)
	}
}
