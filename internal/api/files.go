package api

import (
	"context"
	"mime"
	"net/http"
	"slices"
	"strings"

	"quipu/internal/app"
	"quipu/internal/app/surveydata"
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

type surveyLine struct {
	Survey string `json:"survey"`
	Title  string `json:"title"`
	Office string `json:"office"`
	State  string `json:"state"`
	First  string `json:"first"`
	Last   string `json:"last"`
}

// surveys lists those whose answers may be exported.
func surveys(c *call) (*reply, error) {
	all, err := c.app().Surveys.List(c.Context(), c.actor)
	if err != nil {
		return nil, err
	}
	out := []surveyLine{}
	for _, s := range all {
		out = append(out, surveyLine{s.ID, s.Title, s.Office, s.State, s.First, s.Last})
	}
	return ok(map[string]any{"surveys": out})
}

// surveyFile is the table of a survey's answers, its description, or what another program needs
// to read it: the file of the screen and of the command line.
func surveyFile(c *call) (*reply, error) {
	format := c.PathValue("format")
	if !slices.Contains(surveydata.Formats, format) {
		return nil, refuse(http.StatusNotFound, "surveydata.format", "format", clip(format), "formats", strings.Join(surveydata.Formats, ", "))
	}
	survey, err := c.entity("survey", "survey")
	if err != nil {
		return nil, err
	}
	set, err := surveydata.Open(c.Context(), c.app().Surveys, c.actor, survey)
	if err != nil {
		return nil, err
	}
	f, err := set.Export(format, c.lang)
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, headers: map[string]string{"Content-Type": f.Type, "Content-Disposition": mime.FormatMediaType("attachment", map[string]string{"filename": f.Name})}, body: f.Content}, nil
}
