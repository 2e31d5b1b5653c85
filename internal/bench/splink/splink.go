// Package splink runs Splink, the open tool that most offices would link lists with, as the
// peer of quipu link: the same list, in the same run, as a process of its own. link.py is
// ours; Splink itself is installed by scripts/splink.sh and is no part of the program.
package splink

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed link.py
var script []byte

//go:embed setups.json
var setups []byte

// ErrMissing says that Splink is not installed where Find looks.
var ErrMissing = errors.New("splink is not installed")

// Find gives the Python that has Splink: in the folder of QUIPU_SPLINK, else in the one
// that scripts/splink.sh uses by itself.
func Find() (python string, err error) {
	dir := os.Getenv("QUIPU_SPLINK")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", ErrMissing
		}
		dir = filepath.Join(cache, "quipu", "splink")
	}
	for _, p := range []string{filepath.Join(dir, "bin", "python"), filepath.Join(dir, "Scripts", "python.exe")} {
		if _, err := os.Stat(p); err == nil {
			return p, nil
		}
	}
	return "", fmt.Errorf("%w in %s", ErrMissing, dir)
}

// Job is one run. Truth is a file with a column truth, a row for each of List; "" when the
// list has that column itself. Setup is one of setups.json. Dir takes the script.
type Job struct {
	Python, Dir, List, Truth, Setup string
	Threads                         int
}

// Took is what a phase took, all threads of the process.
type Took struct {
	CPUSeconds  float64 `json:"cpu_seconds"`
	WallSeconds float64 `json:"wall_seconds"`
}

// Score is how right pairs or clusters are; Threshold is a match weight, log2 of the odds.
type Score struct {
	Threshold float64 `json:"threshold"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// Result is what Splink took and found. PairsBlocked are the distinct pairs that its rules make.
type Result struct {
	Records      int             `json:"records"`
	PairsBlocked int64           `json:"pairs_blocked"`
	Phases       map[string]Took `json:"phases"`
	CPUSeconds   float64         `json:"cpu_seconds"`
	WallSeconds  float64         `json:"wall_seconds"`
	PeakBytes    int64           `json:"peak_bytes"`
	Truth        struct {
		TruePairs    int64   `json:"true_pairs"`
		KeptRecall   float64 `json:"kept_recall"` // share of the true pairs that the rules make and the floor keeps
		Best         Score   `json:"best"`
		EvenOdds     Score   `json:"even_odds"`     // at match weight 0, its natural threshold
		Clusters     Score   `json:"clusters"`      // connected components at match weight 0
		ClustersBest Score   `json:"clusters_best"` // at the best of many thresholds
	} `json:"truth"`
}

// Run starts Splink and waits for it.
func Run(ctx context.Context, j Job) (res Result, err error) {
	py, set := filepath.Join(j.Dir, "link.py"), filepath.Join(j.Dir, "setups.json")
	if err := errors.Join(os.WriteFile(py, script, 0o600), os.WriteFile(set, setups, 0o600)); err != nil {
		return res, err
	}
	args := []string{py, j.List, "--setups", set, "--setup", j.Setup, "--threads", fmt.Sprint(j.Threads)}
	if j.Truth != "" {
		args = append(args, "--truth", j.Truth)
	}
	cmd := exec.CommandContext(ctx, j.Python, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return res, fmt.Errorf("splink: %w: %s", err, tail(stderr.String()))
	}
	return res, json.Unmarshal(stdout.Bytes(), &res)
}

// tail is the end of what a process said: Python puts the cause last.
func tail(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-4):], "\n")
}
