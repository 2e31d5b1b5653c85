// Package proportion gives intervals for shares under a design, which the plain interval of
// a mean serves badly near 0 and 1 and in small samples.
package proportion
