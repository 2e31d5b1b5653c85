package registry

// Lacking lists the fields that a complete record needs and this one lacks, in the order
// of the dictionary; names are a matter of the name's own rules. It is read off the record
// whenever it is shown, and never stored: a list of old entries would be full of it.
func Lacking(p *Person) []string {
	var out []string
	for i := range Dictionary {
		d := &Dictionary[i]
		if d.Must && !d.IsGroup() && d.Kind != KName && p.Text(d.Key) == "" {
			out = append(out, d.Key)
		}
	}
	return out
}
