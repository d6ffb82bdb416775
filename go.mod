module github.com/clipenv/toolkit

go 1.25.0
