package surveying

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"quipu/internal/bench"
)

const boundary = "9c53a1b0-7b55-4f5b-8c3e-1f0a5d2c7e11"

// message is a submission in the shape in which ODK Collect sends one.
func message(r *rand.Rand) string {
	one := func(words ...string) string { return words[r.IntN(len(words))] }
	return fmt.Sprintf("--"+boundary+"\r\nContent-Disposition: form-data; name=\"xml_submission_file\"; filename=\"perfil.xml\"\r\nContent-Type: text/xml\r\nContent-Transfer-Encoding: binary\r\n\r\n"+
		`<?xml version='1.0' ?><data id="perfil" version="1" xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:xsd="http://www.w3.org/2001/XMLSchema">`+
		`<start>2026-12-02T10:11:12.123+01:00</start><end>2026-12-02T10:31:12.123+01:00</end><deviceid>collect:abcdefgh</deviceid><sexo>%s</sexo><edad>%d</edad><union>%s</union><estudios>%s</estudios><trabajo>empleado</trabajo><ocupacion>%04d</ocupacion><llegada>%d</llegada><motivo>trabajo</motivo><hogar>%d</hogar><hijos>%d</hijos><envia>1</envia><monto>%d</monto><frecuencia>mensual</frecuencia><canal>%s</canal><banco>si</banco><destino>familia</destino><comentario>Viene una vez al mes y pregunta por su hermana</comentario>`+
		"<meta><instanceID>uuid:%08x-%04x-4%03x-8%03x-%012x</instanceID></meta></data>\r\n--"+boundary+"--\r\n",
		one("M", "F"), 18+r.IntN(60), one("casada", "soltera", "conviviente"), one("primaria", "secundaria", "superior"), r.IntN(10000), 1990+r.IntN(36), 1+r.IntN(8), r.IntN(5), 20*r.IntN(40), one("giro", "transferencia", "viajero"),
		r.Uint32(), r.Uint32()>>16, r.Uint32()>>20, r.Uint32()>>20, r.Uint64()>>16)
}

// send sends every submission until it is confirmed.
func (f *Field) send(ctx context.Context, url string, tokens map[string]string, seed uint64) error {
	logins := slices.Sorted(maps.Keys(tokens))
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: senders}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next, again, bytes atomic.Int64
	waits := make([][]time.Duration, senders)
	var all sync.WaitGroup
	start := time.Now()
	for n := range senders {
		all.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(n)))
			login := logins[n%len(logins)]
			for next.Add(1) <= int64(f.Submissions) && ctx.Err() == nil {
				text := message(r)
				bytes.Store(int64(len(text)))
				began := time.Now()
				for {
					more, err := post(ctx, client, url, login, tokens[login], text)
					if err != nil {
						stop(err)
					}
					if !more || err != nil {
						break
					}
					again.Add(1)
				}
				waits[n] = append(waits[n], time.Since(began))
			}
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	f.PerSecond = float64(f.Submissions) / time.Since(start).Seconds()
	f.Again, f.Bytes = int(again.Load()), int(bytes.Load())
	l := bench.LatencyOf(slices.Concat(waits...))
	f.WaitP50, f.WaitP95 = l.P50, l.P95
	return nil
}

// post sends one; again says that the server asked for patience.
func post(ctx context.Context, client *http.Client, url, login, token, text string) (again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(text))
	if err != nil {
		return false, err
	}
	req.SetBasicAuth(login, token)
	req.Header.Set("X-OpenRosa-Version", "1.0")
	req.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
	resp, err := client.Do(req)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	said, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return false, err
	case resp.StatusCode == http.StatusCreated && strings.Contains(string(said), "OpenRosaResponse"):
		return false, nil
	case resp.StatusCode == http.StatusServiceUnavailable || resp.StatusCode == http.StatusTooManyRequests:
		return true, nil
	}
	return false, fmt.Errorf("surveying: a submission was answered by %s: %s", resp.Status, said)
}
