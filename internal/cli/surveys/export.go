package surveys

import (
	"errors"
	"strings"

	"quipu/internal/app/survey"
	"quipu/internal/app/surveydata"
	"quipu/internal/fault"
)

// export writes the answers of a survey, or what another program needs to read them.
func export(c Console, args []string) (err error) {
	format := c.Flags.String("format", surveydata.CSV, strings.Join(surveydata.Formats, ", "))
	out := c.Flags.String("out", "", "the file to write")
	words, a, err := c.Register(args, 1, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if *out == "" {
		return ErrUsage
	}
	id, err := found(c, a.Surveys, words[0])
	if err != nil {
		return err
	}
	set, err := surveydata.Open(c.Ctx, a.Surveys, c.Operator(), id)
	if err != nil {
		return err
	}
	f, err := set.Export(*format, c.Lang())
	if err != nil {
		return err
	}
	if err := c.Write(*out, f.Content); err != nil {
		return err
	}
	if f.Rows > 0 {
		c.Say("surveydata.exported.rows", "n", f.Rows, "file", *out)
		return nil
	}
	c.Say("surveydata.exported", "file", *out)
	return nil
}

// found is the survey that a person named by its code or its title.
func found(c Console, m *survey.Surveys, name string) (id string, err error) {
	all, err := m.List(c.Ctx, c.Operator())
	if err != nil {
		return "", err
	}
	for _, s := range all {
		if s.ID == name {
			return s.ID, nil
		}
		if s.Title != name {
			continue
		}
		if id != "" {
			return "", fault.New(fault.Invalid, "surveydata.two_surveys", "survey", name)
		}
		id = s.ID
	}
	if id == "" {
		return "", fault.New(fault.NotFound, "surveydata.no_survey", "survey", name)
	}
	return id, nil
}
