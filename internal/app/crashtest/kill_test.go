package crashtest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/registry"
	"quipu/internal/store/pgtest"
)

// random is seeded by the clock, or by QUIPU_CRASH_SEED to repeat a run.
func random(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("QUIPU_CRASH_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	t.Logf("QUIPU_CRASH_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// job is one child at work.
type job struct {
	cmd    *exec.Cmd
	out    *bufio.Reader
	errors bytes.Buffer
}

func startJob(t *testing.T, env ...string) *job {
	t.Helper()
	j := &job{cmd: exec.Command(os.Args[0])}
	j.cmd.Env = append(os.Environ(), env...)
	j.cmd.Stderr = &j.errors
	out, err := j.cmd.StdoutPipe()
	if err == nil {
		err = j.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	j.out = bufio.NewReader(out)
	return j
}

// kill ends the child as a power cut would, reads what it had said, and returns the
// lines that are whole.
func (j *job) kill(t *testing.T) (lines []string) {
	t.Helper()
	if err := j.cmd.Process.Kill(); err != nil {
		t.Fatalf("the child ended by itself: %v\n%s", err, j.errors.String())
	}
	for {
		line, err := j.out.ReadString('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	if err := j.cmd.Wait(); err == nil || j.cmd.ProcessState.Exited() && j.errors.Len() > 0 {
		t.Fatalf("the child ended by itself: %v\n%s", err, j.errors.String())
	}
	return lines
}

// saved is a registration that the child said was saved.
type saved struct {
	n              int64
	number, person string
}

func parseSaved(t *testing.T, line string) (s saved) {
	t.Helper()
	if _, err := fmt.Sscan(line, &s.n, &s.number, &s.person); err != nil {
		t.Fatalf("the child said %q: %v", line, err)
	}
	return s
}

// round registers people in a folder until the child is killed: at any moment of its
// start, or just after it saved somebody.
func round(t *testing.T, r *rand.Rand, from int64, env ...string) (done []saved) {
	t.Helper()
	j := startJob(t, append([]string{envJob + "=register"}, append(env, envFrom+"="+strconv.FormatInt(from, 10))...)...)
	if r.IntN(3) == 0 {
		time.Sleep(time.Duration(r.Int64N(int64(150 * time.Millisecond))))
	} else {
		for range 1 + r.IntN(8) {
			line, err := j.out.ReadString('\n')
			if err != nil {
				t.Fatalf("the child ended by itself: %v\n%s", err, j.errors.String())
			}
			done = append(done, parseSaved(t, line))
		}
		time.Sleep(time.Duration(r.Int64N(int64(6 * time.Millisecond))))
	}
	for _, line := range j.kill(t) {
		done = append(done, parseSaved(t, line))
	}
	return done
}

// sound checks that log and projections agree with one another and with the signatures.
func sound(t *testing.T, a *app.App) {
	t.Helper()
	report, err := a.VerifyLog(ctx, operator(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		t.Errorf("the log: %+v", f)
	}
	drift, err := a.VerifyProjections(ctx, operator(), nil)
	if err != nil || len(drift) > 0 {
		t.Fatalf("half written: %v (%v)", drift, err)
	}
}

// there checks that everybody is there, can be found, and has a history.
func there(t *testing.T, a *app.App, people []saved) {
	t.Helper()
	for _, s := range people {
		who, err := a.FindNumber(ctx, operator(), s.number)
		if err != nil || who != s.person {
			t.Fatalf("number %s, which was acknowledged, finds %q: %v", s.number, who, err)
		}
		page, err := a.Person(ctx, operator(), who, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if got := page.Person.Text("given_names"); !strings.EqualFold(got, givenName(s.n)) {
			t.Fatalf("%s is %q, not %q", s.number, got, givenName(s.n))
		}
		if h := registry.History(page.Changes, "given_names"); len(h) != 1 || len(page.Person.Items("phone")) != 1 {
			t.Fatalf("%s has history %v", s.number, h)
		}
		hits, err := a.Search(ctx, operator(), fmt.Sprintf("+34600%06d", s.n), 5)
		if err != nil || len(hits) != 1 || hits[0].ID != who {
			t.Fatalf("by telephone %s is found as %v (%v)", s.number, hits, err)
		}
	}
}

// count is the number of people, which must be that of the changes beyond the seed: each
// registration is one change.
func count(t *testing.T, a *app.App, seeded *int64) int64 {
	t.Helper()
	people, err := a.CountPeople(ctx)
	if err != nil {
		t.Fatal(err)
	}
	head, err := a.Head(ctx, operator())
	if err != nil {
		t.Fatal(err)
	}
	if *seeded == 0 {
		*seeded = head.Size - people
	}
	if head.Size-*seeded != people {
		t.Fatalf("%d changes beyond the %d of the seed, %d people", head.Size-*seeded, *seeded, people)
	}
	return people
}

// series kills children in one folder, times over, and looks at it after each.
func series(t *testing.T, r *rand.Rand, times int, engine, url string) (acknowledged int) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "reg")
	env := []string{envDir + "=" + dir, envEngine + "=" + engine, envURL + "=" + url}
	var all []saved
	var seeded int64
	for i := range times {
		fresh := round(t, r, int64(1+1000*i), env...)
		a, err := openAs(dir, engine, url)
		if err != nil {
			t.Fatalf("after kill %d: %v", i+1, err)
		}
		all = append(all, fresh...)
		there(t, a, fresh)
		sound(t, a)
		if n := count(t, a, &seeded); n < int64(len(all)) || n > int64(len(all)+i+1) {
			t.Fatalf("after %d kills: %d people, %d acknowledged", i+1, n, len(all))
		}
		if i == times-1 {
			there(t, a, all)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return len(all)
}

// TestKill9 kills 200 times on SQLite, in folders of 25 kills, the first of which often
// falls into the making of the register.
func TestKill9(t *testing.T) {
	t.Parallel()
	r := random(t)
	start, people, kills := time.Now(), 0, 0
	for range 8 {
		people += series(t, r, 25, node.SQLite, "")
		kills += 25
	}
	t.Logf("%d kills, %d acknowledged registrations, all there, in %v", kills, people, time.Since(start).Round(time.Second))
}

func TestKill9Encrypted(t *testing.T) {
	t.Parallel()
	people := series(t, random(t), 20, node.Encrypted, "")
	t.Logf("20 kills, %d acknowledged registrations, all there", people)
}

func TestKill9Postgres(t *testing.T) {
	t.Parallel()
	people := series(t, random(t), 10, node.Postgres, pgtest.URL(t))
	t.Logf("10 kills, %d acknowledged registrations, all there", people)
}

// TestMakingStartsAgain: a program that was killed while it made its keys left half a key
// behind; the next one makes the register all the same.
func TestMakingStartsAgain(t *testing.T) {
	for _, engine := range []string{node.SQLite, node.Encrypted} {
		dir := filepath.Join(t.TempDir(), "reg")
		if err := os.MkdirAll(filepath.Join(dir, "keys.123"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "keys.123", "audit.key"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := openAs(dir, engine, "")
		if err != nil {
			t.Fatal(err)
		}
		sound(t, a)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
