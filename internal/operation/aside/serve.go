package aside

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/backup"
	"quipu/internal/app/node"
	"quipu/internal/fault"
	"quipu/internal/i18n"
)

// Server answers at the socket of a register.
type Server struct {
	App     *app.App
	Log     *slog.Logger
	Program string
	// Check asks the register how it is, in words.
	Check func(ctx context.Context, actor app.Actor, last int64, lang i18n.Lang) ([]Checked, error)

	mu   sync.Mutex
	sent backup.Report // the copy that was asked for last
}

// stalled is how long whoever asked may take nothing of a copy. The register stands still for
// the officers meanwhile: a program that was stopped in the midst must not hold them up.
const stalled = 10 * time.Second

// Run serves until ctx ends. Only an encrypted register has a socket: any other can be opened
// beside the program that serves it.
func (s *Server) Run(ctx context.Context) error {
	path := socketPath(s.App.Dir())
	// Nobody else has this register open, so one that lies there is of a program that was killed.
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return fault.New(fault.Unavailable, "aside.socket", "file", path).Because(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return errors.Join(err, l.Close())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /backup", s.backup)
	mux.HandleFunc("POST /kept", s.kept)
	mux.HandleFunc("POST /check", s.check)
	srv := &http.Server{Handler: mux, ReadTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	go func() {
		<-ctx.Done()
		srv.Close() //nolint:errcheck // nothing waits to be written
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

const maxAsk = 64 << 10

// asked reads what is asked, and makes sure that who asks could open the register.
func (s *Server) asked(r *http.Request, ask any, passphrase func() string) error {
	text, err := io.ReadAll(io.LimitReader(r.Body, maxAsk))
	if err == nil {
		err = json.Unmarshal(text, ask)
	}
	if err != nil {
		return err
	}
	return s.App.Opens(passphrase())
}

func (s *Server) backup(w http.ResponseWriter, r *http.Request) {
	var ask backupAsk
	head := w.Header()
	err := s.asked(r, &ask, func() string { return ask.Passphrase })
	var job backup.Job
	if err == nil {
		job, err = ask.job(s.Program)
	}
	if err != nil {
		head.Set(faultHeader, say(err))
		return
	}
	path := ask.Path
	if ask.Folder {
		path = backup.PathIn(path, s.App.Node)
	}
	head.Set(pathHeader, path)
	head.Set("Trailer", reportHeader+", "+faultHeader)
	out := &prompt{w: w, c: http.NewResponseController(w)}
	begun := time.Now()
	report, err := backup.Send(r.Context(), s.App.Node, node.Operator(ask.Login, ""), out, path, job)
	if err == nil {
		var text []byte
		if text, err = json.Marshal(report); err == nil {
			head.Set(reportHeader, string(text))
		}
	}
	if err != nil {
		s.Log.Error("backup", "err", err)
		head.Set(faultHeader, say(err))
		return
	}
	s.mu.Lock()
	s.sent = report
	s.mu.Unlock()
	s.Log.Info("backup", "bytes", report.Bytes, "took", time.Since(begun), "changes", report.Manifest.Size)
}

// kept remembers the copy that was sent, once it is known to be where it belongs.
func (s *Server) kept(w http.ResponseWriter, r *http.Request) {
	var note keptNote
	err := s.asked(r, &note, func() string { return note.Passphrase })
	s.mu.Lock()
	sent := s.sent
	s.mu.Unlock()
	if err == nil && note.SHA256 == sent.SHA256 {
		err = backup.Remember(r.Context(), s.App.Node, sent)
	}
	if err != nil {
		w.Header().Set(faultHeader, say(err))
	}
}

// job is what is asked for, with who can open it.
func (ask *backupAsk) job(program string) (job backup.Job, err error) {
	job = backup.Job{Keys: ask.Keys, Program: program}
	job.To, err = Order{To: ask.To, Secret: ask.Secret}.Recipients()
	return job, err
}

// prompt writes to whoever asked, and gives up on one who takes nothing.
type prompt struct {
	w io.Writer
	c *http.ResponseController
}

func (p *prompt) Write(data []byte) (int, error) {
	if err := p.c.SetWriteDeadline(time.Now().Add(stalled)); err != nil {
		return 0, err
	}
	return p.w.Write(data)
}

func (s *Server) check(w http.ResponseWriter, r *http.Request) {
	var ask checkAsk
	err := s.asked(r, &ask, func() string { return ask.Passphrase })
	var checks []Checked
	if err == nil {
		lang, _ := i18n.Known(ask.Lang)
		checks, err = s.Check(r.Context(), node.Operator(ask.Login, ""), ask.Last, lang)
	}
	if err != nil {
		w.Header().Set(faultHeader, say(err))
		return
	}
	if err := json.NewEncoder(w).Encode(checks); err != nil {
		s.Log.Error("check", "err", err)
	}
}
