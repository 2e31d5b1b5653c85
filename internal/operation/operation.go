// Package operation is what stands between the program and the machine that it serves on:
// the configuration file, the log without personal data, the measurements for Prometheus,
// the proxy in front, and the listening itself. It knows nothing of screens.
package operation
