// Streams that OpenEXR reads and writes through: a file descriptor that
// somebody else opened, or memory.
#pragma once

#include <ImfIO.h>

#include <cstdint>

// FdInput reads a file descriptor at positions of its own, so that the
// descriptor's is never moved.
class FdInput : public Imf::IStream {
public:
	FdInput(int fd, uint64_t size) : Imf::IStream("file"), fd_(fd), size_(size) {}
	bool read(char c[], int n) override;
	uint64_t tellg() override { return at_; }
	void seekg(uint64_t pos) override { at_ = pos; }

private:
	int fd_;
	uint64_t size_, at_ = 0;
};

// MemoryInput reads a block of memory.
class MemoryInput : public Imf::IStream {
public:
	MemoryInput(const char *data, uint64_t size) : Imf::IStream("memory"), data_(data), size_(size) {}
	bool read(char c[], int n) override;
	uint64_t tellg() override { return at_; }
	void seekg(uint64_t pos) override { at_ = pos; }

private:
	const char *data_;
	uint64_t size_, at_ = 0;
};

// FdOutput writes a file descriptor.
class FdOutput : public Imf::OStream {
public:
	explicit FdOutput(int fd) : Imf::OStream("file"), fd_(fd) {}
	void write(const char c[], int n) override;
	uint64_t tellp() override { return at_; }
	void seekp(uint64_t pos) override { at_ = pos; }

private:
	int fd_;
	uint64_t at_ = 0;
};
