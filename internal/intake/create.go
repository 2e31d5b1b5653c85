package intake

import (
	"slices"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/registry"
)

// provenance is what all values of a row rest on.
func (d *Draft) provenance() change.Provenance {
	return change.Provenance{Source: "migrated", Evidence: d.evidence(), Confidence: "probable"}
}

// Create makes the entry of a person whom the register does not know: what
// registry.Register would make of the same facts, registered when the list says so. The
// doubts of the record as a whole are added to Doubts.
func (d *Draft) Create() change.Change {
	c := change.Change{Entity: change.Ref{Kind: change.Person}, Action: "import", Schema: change.Schema, Prov: d.provenance()}
	c.Sets = make([]change.Set, 0, len(d.Sets)+6+len(d.Doubts))
	c.Sets = append(c.Sets, d.Sets...)
	add := func(field, text string) {
		c.Sets = append(c.Sets, change.Set{Field: field, Value: change.Text(text)})
	}
	held := func(field string) bool {
		return slices.ContainsFunc(d.Sets, func(s change.Set) bool { return s.Field == field })
	}
	if !held("sex") {
		add("sex", "N")
	}
	entry := registry.EntryComplete
	if !d.papers {
		entry = registry.EntryProvisional
		if !held("nationality_basis") {
			add("nationality_basis", registry.Presumed)
		}
	}
	add("entry", entry)
	if zone := registry.NameMRZ(d.Name); zone != "" {
		add("name_mrz", zone)
	}
	c.Sets = append(c.Sets, d.episode())
	d.examine(&c)
	for _, doubt := range d.Doubts {
		field, v := doubt.Item()
		if !slices.ContainsFunc(c.Sets, func(s change.Set) bool { return s.Field == field }) {
			c.Sets = append(c.Sets, change.Set{Field: field, Value: v})
		}
	}
	return c
}

// examine adds the doubts of the record as a whole.
func (d *Draft) examine(c *change.Change) {
	if d.created {
		return
	}
	d.created = true
	p := registry.Person{Record: change.Record{Fields: make(map[string]change.Held, len(c.Sets))}}
	for _, s := range c.Sets {
		p.Fields[s.Field] = change.Held{Value: s.Value}
	}
	d.Doubts = append(d.Doubts, registry.Odd(&p, d.r.ctx.AsOf)...)
}

// episode is the registration that the row speaks of.
func (d *Draft) episode() change.Set {
	opened := d.opened.String()
	parts := make(map[string]string, 7)
	parts["office"], parts["kind"], parts["channel"], parts["opened"], parts["confirmed"] = d.office, d.kind, "import", opened, opened
	parts["expires"] = d.opened.AddYears(registry.Lifetime(d.kind)).String()
	if in := d.r.district(d.office, d.opened); in != "" {
		parts["district"] = in
	}
	return change.Set{Field: registry.ItemField(registry.Lookup("registration"), parts), Value: change.Value{Parts: parts}}
}

// partOf reports whether a is b or says less of the same: 1968 of 1968-04-07.
func partOf(a, b civil.Date) bool {
	return a.Known() && b.Known() && civil.Compare(a.Earliest(), b.Earliest()) <= 0 && civil.Compare(a.Latest(), b.Latest()) >= 0
}
