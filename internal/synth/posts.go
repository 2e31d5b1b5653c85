package synth

import "quipu/internal/place"

// network is the offices of the country pack that are taken to register anybody.
func network() []Post {
	var posts []Post
	for _, o := range place.Network().Offices() {
		if o.Weight > 0 {
			posts = append(posts, Post{o.Code, o.City, o.Country, o.Weight})
		}
	}
	return posts
}
