package registry

import "quipu/internal/change"

// Photograph gives the person a photograph by the hash of its bytes; "" takes it away.
// It is for the card; nobody is searched for by face.
func Photograph(cur *Person, hash string) (change.Change, error) {
	if err := standing(cur); err != nil {
		return change.Change{}, err
	}
	c := cur.begin("photo", "")
	if cur.Text("photo") != hash {
		c.Sets = []change.Set{cur.put("photo", change.Text(hash))}
	}
	return c, nil
}
