package bench

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// PeakBytes is the most memory that this process ever had resident, and residentBytes what
// another one has now, from Linux's /proc/PID/status; 0 elsewhere.
func PeakBytes() int64 { return peakBytes("self") }

func peakBytes(pid string) int64 {
	return kibibytes(filepath.Join("/proc", pid, "status"), "VmHWM:")
}

func residentBytes(pid string) int64 {
	return kibibytes(filepath.Join("/proc", pid, "status"), "VmRSS:")
}

// serverBytes is the memory of a server of PostgreSQL and its processes, what they share
// counted once.
func serverBytes(server int) (total int64) {
	for _, pid := range family(server) {
		total += kibibytes(filepath.Join("/proc", pid, "smaps_rollup"), "Pss:")
	}
	return total
}

// kibibytes reads one line of a file of /proc, in bytes.
func kibibytes(path, what string) int64 {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		rest, ok := strings.CutPrefix(line, what)
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

// family is a server and the processes that it has started.
func family(server int) (pids []string) {
	if server == 0 {
		return nil
	}
	parent := strconv.Itoa(server)
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, p := range all {
		pid := filepath.Base(filepath.Dir(p))
		if f := stat(pid); pid == parent || len(f) > statParent && f[statParent] == parent {
			pids = append(pids, pid)
		}
	}
	return pids
}

// serverCPU is the processor time of a server and its processes, those that have ended
// too, in seconds.
func serverCPU(server int) float64 {
	var total float64
	for _, pid := range family(server) {
		f, last := stat(pid), statSystem
		if pid == strconv.Itoa(server) {
			last = statWaited + 1
		}
		for i := statUser; i <= last && i < len(f); i++ {
			total += number(f[i])
		}
	}
	return total / ticks
}

// number reads what the system wrote as a number.
func number(s string) float64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return n
}
