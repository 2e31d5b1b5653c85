package bench

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// peakBytes is the most memory that this process ever had resident, from Linux's
// /proc/self/status; 0 elsewhere.
func peakBytes() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		rest, ok := strings.CutPrefix(line, "VmHWM:")
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
		if err == nil {
			return n << 10
		}
	}
	return 0
}

// stat are the fields of /proc/PID/stat after the name, which may hold spaces; see
// proc_pid_stat(5). nil when the process is not there or the system has no /proc.
func stat(pid string) []string {
	text, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	if err != nil {
		return nil
	}
	end := strings.LastIndexByte(string(text), ')')
	return strings.Fields(string(text)[end+1:])
}

// Places in the fields of stat, and the ticks of a second, which Linux has fixed at 100.
const (
	statParent = 1
	statUser   = 11
	statSystem = 12
	statWaited = 13 // and the next: of children that have ended
	ticks      = 100
)

// postmaster is the server that a live backend of PostgreSQL belongs to, 0 when that is
// not a process of this machine.
func postmaster(backend int) int {
	pid := strconv.Itoa(backend)
	name, err := os.ReadFile(filepath.Join("/proc", pid, "comm"))
	f := stat(pid)
	if err != nil || strings.TrimSpace(string(name)) != "postgres" || len(f) <= statParent {
		return 0
	}
	n, err := strconv.Atoi(f[statParent])
	if err != nil {
		return 0
	}
	return n
}

// serverCPU is the processor time of a server and its processes, in seconds.
func serverCPU(server int) float64 {
	if server == 0 {
		return 0
	}
	parent := strconv.Itoa(server)
	sum := func(f []string, from, to int) (n float64) {
		for _, s := range f[from : to+1] {
			t, err := strconv.ParseFloat(s, 64)
			if err == nil {
				n += t
			}
		}
		return n
	}
	var total float64
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, p := range all {
		pid := filepath.Base(filepath.Dir(p))
		f := stat(pid)
		switch {
		case len(f) < statWaited+2:
		case pid == parent:
			total += sum(f, statUser, statWaited+1)
		case f[statParent] == parent:
			total += sum(f, statUser, statSystem)
		}
	}
	return total / ticks
}
