package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"quipu/internal/fault"
)

// child runs a command of the program in a process of its own, reads the object that it
// prints into out (nil when nobody wants it) and says what the process took.
func (r *run) child(ctx context.Context, phase string, out any, args ...string) (use Usage, err error) {
	r.Say(phase)
	measured := filepath.Join(r.Dir, "usage.json")
	profile := ""
	if phase == "import" {
		profile = r.Profile
	}
	cmd := exec.CommandContext(ctx, r.Exe, append([]string{"_measure", measured, profile}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if r.Stderr != nil {
		cmd.Stderr = r.Stderr
	}
	cmd.Env = append(os.Environ(), r.env...)
	before, start := serverCPU(r.server), time.Now()
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return use, ctx.Err()
		}
		return use, fault.New(fault.Internal, "bench.phase", "phase", phase, "said", stderr.String()).Because(err)
	}
	wall := time.Since(start).Seconds()
	use, err = ReadUsage(measured)
	use.WallSeconds = round(wall)
	use.ServerCPUSeconds = round(serverCPU(r.server) - before)
	if err == nil && out != nil {
		if err = json.Unmarshal(stdout.Bytes(), out); err != nil {
			err = fmt.Errorf("bench: %s printed %q: %w", phase, stdout.String(), err)
		}
	}
	return use, err
}

// ReadUsage reads what a process took, where SaveUsage wrote it, and removes the file.
func ReadUsage(path string) (use Usage, err error) {
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &use)
	}
	return use, errors.Join(err, os.Remove(path))
}

// SaveUsage writes what this process has taken so far for the one that measures it.
func SaveUsage(path string) error {
	cpu, err := CPUSeconds()
	if err != nil {
		return err
	}
	text, err := json.Marshal(Usage{CPUSeconds: round(cpu), PeakBytes: PeakBytes()})
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}
