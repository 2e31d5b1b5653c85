package badlink

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Meddler is an HTTP proxy in front of one server that does what proxies do on a bad day.
// Chances are between 0 and 1; the same seed and requests get the same treatment.
type Meddler struct {
	To        string // base address of the server
	Fail      float64
	Twice     float64 // the request is sent to the server twice, and the second answer given
	Lose      float64 // the server does it, and the answer is lost
	Cut       float64 // the answer ends in its middle
	Replay    float64 // an earlier request of the same address is sent once more before this one
	Slow      time.Duration
	Requests  int
	Meddled   int
	mu        sync.Mutex
	chance    *rand.Rand
	earlier   map[string]request
	transport http.Transport
}

type request struct {
	method, uri, kind string
	body              []byte
}

// NewMeddler makes a proxy that does nothing yet.
func NewMeddler(to string, seed uint64) *Meddler {
	return &Meddler{To: to, chance: rand.New(rand.NewPCG(seed, 1)), earlier: map[string]request{}}
}

// Counts are the requests so far, and to how many of them something was done.
func (m *Meddler) Counts() (requests, meddled int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.Requests, m.Meddled
}

// roll throws the dice for one request.
func (m *Meddler) roll(q request) (fail, twice, lose, cut bool, slow time.Duration, before *request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Requests++
	hit := func(p float64) bool {
		b := m.chance.Float64() < p
		if b {
			m.Meddled++
		}
		return b
	}
	if old, ok := m.earlier[q.uri]; hit(m.Replay) && ok {
		before = &old
	}
	if m.chance.IntN(3) == 0 {
		m.earlier[q.uri] = q
	}
	if m.Slow > 0 {
		slow = time.Duration(m.chance.Int64N(int64(m.Slow)))
	}
	return hit(m.Fail), hit(m.Twice), hit(m.Lose), hit(m.Cut), slow, before
}

func (m *Meddler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	q := request{r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type"), body}
	fail, twice, lose, cut, slow, before := m.roll(q)
	if fail {
		http.Error(w, "<html>Bad Gateway", http.StatusBadGateway)
		return
	}
	time.Sleep(slow)
	if before != nil {
		m.send(r, *before)
	}
	if twice {
		m.send(r, q)
	}
	status, header, answer, err := m.send(r, q)
	if err != nil || lose {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", header.Get("Content-Type"))
	w.WriteHeader(status)
	if cut && len(answer) > 1 {
		w.Write(answer[:len(answer)/2])
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	w.Write(answer)
}

func (m *Meddler) send(r *http.Request, q request) (int, http.Header, []byte, error) {
	out, err := http.NewRequestWithContext(r.Context(), q.method, m.To+q.uri, bytes.NewReader(q.body))
	if err != nil {
		return 0, nil, nil, err
	}
	out.Header.Set("Content-Type", q.kind)
	resp, err := m.transport.RoundTrip(out)
	if err != nil {
		return 0, nil, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, answer, err
}
