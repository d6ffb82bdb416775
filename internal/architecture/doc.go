// Package architecture has nothing to import: its tests hold what no compiler
// does, which package may know which, where the outside world comes in, and
// how long a file may be. docs/architecture.md tells the reasons.
package architecture
