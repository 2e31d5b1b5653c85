package survey

import (
	"bytes"
	"context"
	"path"
	"strings"

	"quipu/internal/app/node"
	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/survey/study"
	"quipu/internal/survey/xform"
)

// CasesFile is the file of an interviewer's cases, which the program makes for each.
const CasesFile = "cases.csv"

// checkMedia refuses a questionnaire that cannot be read, or whose files are not all there or
// cannot be.
func checkMedia(xml []byte, with map[string][]byte) error {
	c, err := newChecker(xml, with)
	if err != nil {
		return fault.New(fault.Invalid, "survey.form_unread").On("form").Because(err)
	}
	var missing []string
	for _, name := range xform.Attached(c.form) {
		if _, here := with[name]; !here && name != CasesFile {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return fault.New(fault.Invalid, "survey.media_missing", "names", strings.Join(missing, ", ")).On("media")
	}
	for name, data := range with {
		if name != path.Base(name) || strings.ContainsAny(name, "\n\r") || name == CasesFile {
			return fault.New(fault.Invalid, "survey.media_name", "name", name).On("media")
		}
		if ext := path.Ext(name); ext == ".csv" || ext == ".xml" || ext == ".geojson" {
			if _, err := xform.ReadAttached(name, data); err != nil {
				return fault.As(err).On("media")
			}
		}
	}
	return nil
}

// mediaOf opens the files of a version; those that are on their way from another node are left out.
func mediaOf(ctx context.Context, tx *store.Tx, f study.Form) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, m := range f.Media {
		_, data, there, err := tx.Attachment(ctx, m.Hash)
		if err != nil {
			return nil, err
		}
		if there {
			out[m.Name] = bytes.Clone(data)
		}
	}
	return out, nil
}

// Media opens the files that go with a version of the questionnaire, by name, for who asks its
// questions or plans it.
func (m *Surveys) Media(ctx context.Context, actor Actor, survey, version string) (out map[string][]byte, err error) {
	return out, m.DB.View(ctx, func(tx *store.Tx) error {
		s, err := asker(ctx, tx, actor, survey)
		if err != nil {
			return err
		}
		f, ok := s.FormOf(version)
		if !ok {
			return node.NotFound(nil, "form", version)
		}
		out, err = mediaOf(ctx, tx, f)
		return err
	})
}
