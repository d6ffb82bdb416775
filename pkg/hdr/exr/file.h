// What stands behind an exr_file, shared by opening and reading.
#pragma once

#include "exr.h"

#include <ImathBox.h>
#include <ImfHeader.h>
#include <ImfMultiPartInputFile.h>

#include <exception>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

struct exr_file {
	int fd;
	const char *data;
	uint64_t size;

	std::unique_ptr<Imf::IStream> stream; // outlives the file that reads it
	std::unique_ptr<Imf::MultiPartInputFile> parts;

	struct listed {
		int part;
		bool flat;
		std::string name;
		int x, y; // sampling
	};
	std::vector<listed> all; // the channels of all parts

	// What was selected.
	int part = -1;
	std::vector<std::string> channels; // R G B, Y, or Y RY BY
	bool chroma = false;               // whether they are Y RY BY
	std::string encoding, compression, envmap;
	std::vector<std::pair<std::string, std::string>> strings;

	// Whether memory ran out as the pixels were read. The library's readers may
	// then have parts that were not made, and crash as they are taken down.
	bool short_of_memory = false;

	const Imf::Header &header() const { return parts->header(part); }
	std::unique_ptr<Imf::IStream> open() const; // a new stream at the file's beginning
};

char *exr_reason(const std::string &text);
void exr_room(); // throws where memory is about to run out

// guard runs f and turns what it throws into a reason that C can free.
template <class F> char *guard(F f) {
	try {
		f();
		return nullptr;
	} catch (const std::bad_alloc &) {
		return exr_reason("out of memory");
	} catch (const std::exception &e) {
		return exr_reason(e.what());
	} catch (...) {
		return exr_reason("unknown exception");
	}
}
