package api

import (
	"context"
	"mime"
	"net/http"
	"slices"

	"quipu/internal/app"
)

// maxPhoto is the size of a photograph that is taken.
const maxPhoto = 4 << 20

var photoMedia = []string{"image/jpeg", "image/png"}

// receivePhoto reads a body that is a picture; the use case decodes it.
func (c *call) receivePhoto() error {
	media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || !slices.Contains(photoMedia, media) || c.Header.Get("Content-Encoding") != "" {
		return refuse(http.StatusUnsupportedMediaType, "api.media_photo").with("Accept", "image/jpeg, image/png")
	}
	c.body, err = c.readBody(maxPhoto)
	return err
}

func photo(c *call) (*reply, error) {
	person, err := c.person()
	if err != nil {
		return nil, err
	}
	media, data, err := c.app().Photo(c.Context(), c.actor, person)
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, headers: map[string]string{"Content-Type": media}, body: data}, nil
}

func setPhoto(c *call) (*reply, error) {
	return c.onPerson(func(ctx context.Context, person string) (app.Outcome, error) {
		return c.app().SetPhoto(ctx, c.actor, person, c.body)
	})
}

func removePhoto(c *call) (*reply, error) {
	return c.onPerson(func(ctx context.Context, person string) (app.Outcome, error) {
		return c.app().RemovePhoto(ctx, c.actor, person)
	})
}
