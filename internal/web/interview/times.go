package interview

import (
	"bytes"
	"strconv"
	"time"

	app "quipu/internal/app/survey"
	"quipu/internal/survey/interview"
	"quipu/internal/survey/paradata"
	"quipu/internal/web/desk"
)

const (
	// mostTimes bounds the pages that are noted of one interview.
	mostTimes = 2000
	// pause is how long nothing has to be sent for the interview to have been left.
	pause = 30 * time.Minute
)

// note writes down how long a page was on the screen, where the questionnaire asks for it. The
// page says when it was shown; what cannot be is not noted.
func (h *held) note(v *desk.Visit, step interview.Step, now time.Time) {
	node, group := step.Node()
	ms, err := strconv.ParseInt(v.PostFormValue("shown"), 10, 64)
	shown := time.UnixMilli(ms).UTC()
	if !h.Audited() || node == "" || err != nil || shown.Before(h.Begun.Add(-time.Second)) || shown.After(now) || len(h.Times) >= mostTimes {
		return
	}
	if k := len(h.Times); k > 0 && shown.Sub(h.Times[k-1].End) > pause {
		h.Times = append(h.Times, paradata.Event{Kind: "form resume", Start: shown})
	}
	e := paradata.Event{Kind: "question", Node: node, Start: shown, End: now.UTC()}
	if group {
		e.Kind = "group questions"
	}
	h.Times = append(h.Times, e)
}

// audit is the file of the times of an interview that is sent; none without.
func (h *held) audit(now time.Time) ([]app.Upload, error) {
	if !h.Audited() || len(h.Times) == 0 {
		return nil, nil
	}
	events := append([]paradata.Event{{Kind: "form start", Start: h.Begun}}, h.Times...)
	var b bytes.Buffer
	if err := paradata.Write(&b, append(events, paradata.Event{Kind: "form finalize", Start: now})); err != nil {
		return nil, err
	}
	h.talk.Audit(paradata.FileName)
	return []app.Upload{{Name: paradata.FileName, Type: "text/csv", Data: b.Bytes()}}, nil
}
