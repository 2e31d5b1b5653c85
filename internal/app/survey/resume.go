package survey

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/survey/study"
)

// A draw of many cases is made in several transactions. What was drawn waits meanwhile in a file
// that is sealed under the node's key: when the computer stops on the way, the rest can be made
// from it, the same cases with the same people, whatever the register says by then.

func (m *Surveys) drawFile(survey string) string {
	return filepath.Join(m.Dir(), "draws", filepath.Base(survey)+".draw")
}

func (m *Surveys) keepDraw(survey string, drawn []study.Drawn) error {
	text, err := json.Marshal(drawn)
	if err != nil {
		return err
	}
	return m.keepSealed(m.drawFile(survey), "draw/"+survey, text)
}

func (m *Surveys) dropDraw(survey string) error {
	if err := os.Remove(m.drawFile(survey)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return node.ExplainDir(m.Dir(), err)
	}
	return nil
}

func (m *Surveys) drawWaits(survey string) bool {
	_, err := os.Stat(m.drawFile(survey))
	return err == nil
}

// ResumeDraw makes the cases that an interrupted draw left out, and returns how many those were.
// None is made twice: whose stratum, unit and place are here is here.
func (m *Surveys) ResumeDraw(ctx context.Context, actor Actor, survey string, progress func(done int)) (n int, err error) {
	m.draws.Lock()
	defer m.draws.Unlock()
	if _, err := m.planned(ctx, actor, survey); err != nil {
		return 0, err
	}
	text, err := m.openSealed(m.drawFile(survey), "draw/"+survey)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, fault.New(fault.Conflict, "sample.no_draw")
	}
	if err != nil {
		return 0, err
	}
	var drawn []study.Drawn
	if err := json.Unmarshal(text, &drawn); err != nil {
		return 0, fault.New(fault.Invalid, "sample.no_draw").Because(err)
	}
	type place struct {
		stratum, unit string
		order         int
	}
	here := map[place]bool{}
	err = m.DB.View(ctx, func(tx *store.Tx) error {
		if _, err := m.survey(ctx, tx, actor, authz.Survey, survey); err != nil {
			return err
		}
		for at := 0; ; at += casesPage {
			rows, err := tx.Cases(ctx, store.CaseFilter{Survey: survey}, at, casesPage)
			for _, r := range rows {
				here[place{r.Stratum, r.Unit, int(r.Place)}] = true
			}
			if err != nil || len(rows) < casesPage {
				return err
			}
		}
	})
	if err != nil {
		return 0, err
	}
	var rest []study.Drawn
	for _, d := range drawn {
		if !here[place{d.Stratum, d.Unit, d.Order}] {
			rest = append(rest, d)
		}
	}
	ids, err := m.Draw(ctx, actor, survey, "", rest, progress)
	if err != nil {
		return len(ids), err
	}
	return len(ids), m.dropDraw(survey)
}
