package train

// RecordOnCPU has steps recorded on the CPU too, until restore is called.
func RecordOnCPU() (restore func()) {
	recordOnCPU = true
	return func() { recordOnCPU = false }
}
