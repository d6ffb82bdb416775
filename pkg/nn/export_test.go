package nn

// ChannelsLastOnCPU has a CPU lay weights as a GPU does, until restore is called.
func ChannelsLastOnCPU() (restore func()) {
	channelsLastOnCPU = true
	return func() { channelsLastOnCPU = false }
}
