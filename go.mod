module github.com/clipenv/toolkit

go 1.25.0

require (
	github.com/google/renameio/v2 v2.0.2
	github.com/sugarme/gotch v0.9.1
	golang.org/x/image v0.45.0
)
