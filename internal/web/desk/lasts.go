package desk

import (
	"io"
	"strconv"
	"time"

	"quipu/internal/web/ui"
)

// StayPath is asked for by an officer who is still there and has not sent anything.
const StayPath = "/seguir"

// left is how long the session still holds when nothing more is asked for, and whether that
// is all it has: after a working day everybody signs in again.
func (s *Desk) left(v *Visit) (left time.Duration, last bool) {
	left, day := s.Sessions.IdleTimeout, time.Until(s.Sessions.Deadline(v.Context()))
	if left == 0 || day <= left {
		return max(0, day), true
	}
	return left, false
}

// lasts says on the page until when the session holds.
func (s *Desk) lasts(v *Visit, p *ui.Page) {
	left, last := s.left(v)
	clock := v.Words.Clock
	if clock == nil {
		clock = s.App.Now().Location()
	}
	at := time.Now().Add(left).In(clock).Format("15:04")
	p.Lasts = ui.Lasts{Seconds: int(left.Seconds()), Last: last, Text: v.Words.T("kept.lasts.idle", "at", at), Warning: v.Words.T("kept.lasts.soon")}
	if last {
		p.Lasts.Text, p.Lasts.Warning = v.Words.T("kept.lasts.day", "at", at), v.Words.T("kept.lasts.over", "at", at)
	}
}

// stay answers how many seconds the session holds now that it was asked for, and says it.
func (s *Desk) stay(v *Visit) error {
	var p ui.Page
	s.lasts(v, &p)
	ui.Headers(v.W.Header())
	v.W.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(v.W, strconv.Itoa(p.Lasts.Seconds)+" "+p.Lasts.Text) // to a reader who may be gone
	return nil
}
