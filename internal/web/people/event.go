package people

import (
	"strings"
	"time"

	"quipu/internal/app/hublink"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/web/ui"
)

// teller tells the changes of a person on a node.
type teller struct {
	words
	here    id.Node
	reviews bool // the officer may open a merge
	receipt map[id.Change]hublink.Receipt
	beside  map[string]bool // "change field" of what never came into force
}

// event tells one change: what was done, by whom, and which values it wrote.
func (w teller) event(c *change.Change) ui.Event {
	e := ui.Event{Title: w.title(c), By: w.Who(c.Author) + ", " + c.Office, When: w.Stamp(c.At), Time: c.At.Time().Format(time.RFC3339),
		Receipt: w.kept(c)}
	var said []string
	for _, set := range c.Sets {
		f := registry.Lookup(set.Field)
		if f == nil || f.Key == "name_mrz" || f.Key == "entry" || f.Key == "doubt" || f.Key == "merged" {
			continue
		}
		value := w.Value(f, set.Value)
		switch {
		case set.Gone:
			value = w.T("officer.history.erased")
		case set.Value.Empty():
			value = w.T("officer.history.removed")
		}
		if w.beside[c.ID.String()+" "+set.Field] {
			value += " (" + w.T("history.beside") + ")"
		}
		said = append(said, w.Label(f.Key)+": "+value)
	}
	const most = 12 // an import writes some thirty fields; all are on the summary
	if len(said) > most {
		said = append(said[:most], w.TN("officer.history.more", len(said)-most))
	}
	e.Text = strings.Join(said, "; ")
	if note := w.note(c); note != "" {
		e.Text = strings.TrimPrefix(e.Text+" — "+note, " — ")
	}
	switch {
	case ofMerge(c) != nil:
		if w.reviews {
			e.Href, e.LinkText = "/revision/union/"+c.Batch, w.T("review.merge.open")
		}
	case c.Batch != "":
		e.Href, e.LinkText = "/importacion/"+c.Batch, w.T("officer.history.import")
	}
	return e
}

// neverHeld names what a person's changes wrote that never came into force.
func neverHeld(changes []change.Change) map[string]bool {
	out := map[string]bool{}
	for _, p := range registry.History(changes, "") {
		if p.Contested {
			out[p.Version.String()+" "+p.Field] = true
		}
	}
	return out
}

// ofMerge is what a merge, or its undoing, writes about the other entry; nil for any other change.
func ofMerge(c *change.Change) *change.Set {
	for i := range c.Sets {
		if f := registry.Lookup(c.Sets[i].Field); f != nil && f.Key == "merged" && c.Batch != "" {
			return &c.Sets[i]
		}
	}
	return nil
}

// title says what was done; of a move, from where to where; of a merge, with which entry.
func (w words) title(c *change.Change) string {
	if m := ofMerge(c); m != nil && m.Value.Empty() {
		return w.T("history.parted")
	} else if m != nil {
		return w.T("history.merged."+m.Value.Part("role"), "number", m.Value.Part("number"))
	}
	for _, set := range c.Sets {
		if from := set.Value.Part("from"); c.Action == "transfer" && from != "" {
			return w.T("history.moved", "from", w.Office(from), "to", w.Office(set.Value.Part("office")))
		}
	}
	return w.Or("officer.action."+c.Action, c.Action)
}

// kept says where a change has been kept, when by the clock of who made it, and under which
// name; and when the hub received it, once its signed receipt says so.
func (w teller) kept(c *change.Change) string {
	clock, r := c.At.Time().Format("15:04:05"), w.receipt[c.ID]
	if w.Away(c.At) {
		clock = w.T("history.clocks", "there", clock, "here", w.second(c.At.Time(), c))
	}
	out := w.T("history.keptat", "node", string(c.ID.Node), "clock", clock, "change", c.ID.String())
	if c.ID.Node == w.here {
		out = w.T("history.kept", "clock", clock, "change", c.ID.String())
	} else if r.Own {
		return w.T("history.hub", "clock", clock, "number", w.Number(int(r.Number)))
	}
	switch {
	case r.Number > 0 && r.Here:
		out += " · " + w.T("history.taken", "clock", w.second(r.Received, c), "number", w.Number(int(r.Number)))
	case r.Number > 0:
		out += " · " + w.T("history.received", "clock", w.second(r.Received, c), "number", w.Number(int(r.Number)))
	case r.Sent:
		out += " · " + w.T("history.sent")
	}
	return out
}

// second is a moment to the second, with the day when it is another than that of the change.
func (w teller) second(at time.Time, c *change.Change) string {
	clock := w.Clock
	if clock == nil {
		clock = time.Local
	}
	if at = at.In(clock); at.Format(time.DateOnly) == c.At.Time().Format(time.DateOnly) {
		return at.Format("15:04:05")
	}
	return w.Moment(at.UnixMicro())
}

// note is what the author wrote in words; of what is kept no longer, the classes.
func (w words) note(c *change.Change) string {
	if c.Action != registry.ActionRetention {
		return c.Note
	}
	classes := strings.Fields(c.Note)
	for i, name := range classes {
		classes[i] = w.Or("rights.short."+name, name)
	}
	return strings.Join(classes, "; ")
}
