package dist

// SetBucket has gradients travel in buckets of so many bytes, for the whole process.
func SetBucket(bytes int) { bucket = bytes }
