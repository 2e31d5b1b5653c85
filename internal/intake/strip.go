package intake

// Strip leaves out of a row, or of the header, the columns that the register must not
// keep: what a list says of people that way is not written anywhere, not even into the
// file of refused rows.
func (m *Mapping) Strip(cells []string) []string {
	out := make([]string, 0, len(cells))
	for i, c := range cells {
		if i < len(m.Columns) && m.Columns[i].Refused != "" {
			continue
		}
		out = append(out, c)
	}
	return out
}
