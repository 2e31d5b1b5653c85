package exchange

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"quipu/internal/fault"
)

// dribble sends a byte now and then, or nothing any more.
type dribble struct {
	pause time.Duration
	left  int
	stop  chan struct{}
}

func (d *dribble) Read(b []byte) (int, error) {
	if d.left--; d.left < 0 {
		<-d.stop
		return 0, io.EOF
	}
	time.Sleep(d.pause)
	return copy(b, "x"), nil
}

// TestDribbled: who sends a byte now and then, or nothing more, is not waited for; who sends enough is.
func TestDribbled(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	for name, c := range map[string]struct {
		body io.Reader
		slow bool
	}{
		"a byte now and then": {&dribble{5 * time.Millisecond, 1 << 30, stop}, true},
		"nothing more":        {&dribble{0, 3, stop}, true},
		"all at once":         {strings.NewReader(strings.Repeat("x", 1<<20)), false},
	} {
		t.Run(name, func(t *testing.T) {
			came := make(chan error, 1)
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				p := &paced{in: r.Body, line: http.NewResponseController(w), while: 200 * time.Millisecond}
				_, err := io.Copy(io.Discard, p)
				if err != nil {
					err = p.fault(err)
				}
				came <- err
			}))
			t.Cleanup(srv.Close)
			req, err := http.NewRequest(http.MethodPost, srv.URL, c.body)
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				if res, err := srv.Client().Do(req); err == nil {
					res.Body.Close() //nolint:errcheck // what the server says is looked at there
				}
			}()
			if err := <-came; fault.Is(err, "exchange.stick_slow") != c.slow || !c.slow && err != nil {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestBroken: what breaks a body off is said as what it is.
func TestBroken(t *testing.T) {
	for key, err := range map[string]error{"exchange.stick_big": &http.MaxBytesError{Limit: 9}, "exchange.stick_broken": io.ErrUnexpectedEOF,
		"store.full": fault.New(fault.Unavailable, "store.full"), "officer.bad_form": errors.New("multipart: NextPart: x")} {
		if got := (&paced{}).fault(err); !fault.Is(got, key) {
			t.Errorf("%v is told as %v", err, got)
		}
	}
}

func TestNameOf(t *testing.T) {
	for in, want := range map[string]string{`C:\memoria\ESMAD-N1.quipu`: "ESMAD-N1.quipu", "../../x.quipu": "x.quipu", "\xff.quipu": "?.quipu", strings.Repeat("ñ", 61): strings.Repeat("ñ", 60) + "…"} {
		if got := nameOf(in); got != want {
			t.Errorf("%q is shown as %q", in, got)
		}
	}
}
