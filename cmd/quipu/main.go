// Quipu keeps the register of a state's nationals abroad: see README.md.
package main

import (
	"os"

	"quipu/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
