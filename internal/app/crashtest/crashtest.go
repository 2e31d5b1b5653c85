// Package crashtest kills a register in the middle of its work, many times, and looks at
// what is left. It has tests only: they start themselves again as the program that is
// killed.
package crashtest
