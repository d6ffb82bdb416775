#include "stream.h"

#include <Iex.h>

#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace {

// A file that promises more than it has says so before anything is read.
void require(uint64_t at, uint64_t size, int n) {
	if (n < 0 || at > size || uint64_t(n) > size - at)
		throw Iex::InputExc("the file ends: it is cut short");
}

} // namespace

bool FdInput::read(char c[], int n) {
	require(at_, size_, n);
	for (int have = 0; have < n;) {
		ssize_t k = pread(fd_, c + have, n - have, off_t(at_ + have));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			throw Iex::IoExc(strerror(errno));
		if (k == 0)
			throw Iex::InputExc("the file ends: it is cut short");
		have += int(k);
	}
	at_ += n;
	return at_ < size_;
}

bool MemoryInput::read(char c[], int n) {
	require(at_, size_, n);
	memcpy(c, data_ + at_, n);
	at_ += n;
	return at_ < size_;
}

void FdOutput::write(const char c[], int n) {
	for (int done = 0; done < n;) {
		ssize_t k = pwrite(fd_, c + done, n - done, off_t(at_ + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			throw Iex::IoExc(strerror(errno));
		done += int(k);
	}
	at_ += n;
}
