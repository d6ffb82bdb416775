#include "file.h"

#include <Iex.h>
#include <ImfArray.h>
#include <ImfChannelList.h>
#include <ImfFrameBuffer.h>
#include <ImfInputPart.h>
#include <ImfRgbaFile.h>
#include <ImfRgbaYca.h>
#include <ImfStandardAttributes.h>

#include <algorithm>
#include <cstdlib>

namespace {

const int stripLines = 64;

// The largest data window of subsampled channels, which is held as a whole.
const int64_t maxSampled = int64_t(1) << 27;

// slice describes interleaved RGB floats, texel (x0, y0) of which lies at
// pixels and whose rows have width texels.
Imf::Slice slice(float *pixels, int channel, int64_t x0, int64_t y0, int64_t width) {
	const int64_t texel = 3 * sizeof(float);
	intptr_t base = reinterpret_cast<intptr_t>(pixels + channel) - texel * (y0 * width + x0);
	return Imf::Slice(Imf::FLOAT, reinterpret_cast<char *>(base), texel, texel * width);
}

Imf::FrameBuffer frame(const exr_file &f, float *pixels, int64_t x0, int64_t y0, int64_t width) {
	Imf::FrameBuffer fb;
	for (size_t c = 0; c < f.channels.size(); c++)
		fb.insert(f.channels[c], slice(pixels, int(c), x0, y0, width));
	return fb;
}

// strips reads the lines of the data window that the display window shows in
// pieces, for windows that do not fit and for luminance with chroma. The
// function read(y, lines) leaves lines from y on wherever it likes, and
// put(x, y, to) stores its texel (x, y) at to.
template <class Read, class Put> void strips(const Imf::Header &h, float *pixels, Read read, Put put) {
	const Imath::Box2i &show = h.displayWindow(), &data = h.dataWindow();
	const int64_t width = int64_t(show.max.x) - show.min.x + 1;
	const int left = std::max(show.min.x, data.min.x), right = std::min(show.max.x, data.max.x);
	const int top = std::max(show.min.y, data.min.y), bottom = std::min(show.max.y, data.max.y);
	for (int y = top; y <= bottom; y += stripLines) {
		const int lines = std::min(stripLines, bottom - y + 1);
		read(y, lines);
		for (int j = y; j < y + lines; j++)
			for (int x = left; x <= right; x++)
				put(x, j, pixels + 3 * ((j - int64_t(show.min.y)) * width + (x - int64_t(show.min.x))));
	}
}

void readChroma(const exr_file &f, float *pixels) {
	std::unique_ptr<Imf::IStream> stream = f.open();
	Imf::RgbaInputFile in(*stream);
	const Imath::Box2i data = in.dataWindow();
	const size_t width = size_t(data.max.x) - data.min.x + 1;
	std::vector<Imf::Rgba> rows(width * stripLines);
	int first = 0;
	strips(f.header(), pixels,
		[&](int y, int lines) {
			first = y;
			intptr_t base = reinterpret_cast<intptr_t>(rows.data()) -
				int64_t(sizeof(Imf::Rgba)) * (int64_t(y) * int64_t(width) + data.min.x);
			in.setFrameBuffer(reinterpret_cast<Imf::Rgba *>(base), 1, width);
			in.readPixels(y, y + lines - 1);
		},
		[&](int x, int y, float *to) {
			const Imf::Rgba &p = rows[(y - first) * width + (x - data.min.x)];
			to[0] = p.r, to[1] = p.g, to[2] = p.b;
		});
}

void readOverscan(const exr_file &f, float *pixels) {
	Imf::InputPart in(*f.parts, f.part);
	const Imath::Box2i data = f.header().dataWindow();
	const size_t width = size_t(data.max.x) - data.min.x + 1;
	std::vector<float> rows(3 * width * stripLines);
	int first = 0;
	strips(f.header(), pixels,
		[&](int y, int lines) {
			first = y;
			in.setFrameBuffer(frame(f, rows.data(), data.min.x, y, width));
			in.readPixels(y, y + lines - 1);
		},
		[&](int x, int y, float *to) {
			const float *p = &rows[3 * ((y - first) * width + (x - data.min.x))];
			std::copy(p, p + 3, to);
		});
}

const Imf::Channel &channel(const exr_file &f, size_t i) { return f.header().channels()[f.channels[i]]; }

bool dense(const exr_file &f) {
	for (size_t i = 0; i < f.channels.size(); i++)
		if (channel(f, i).xSampling != 1 || channel(f, i).ySampling != 1)
			return false;
	return true;
}

// plane is one channel of a whole data window, at its own sampling.
struct plane {
	int x, y; // sampling
	size_t width, height;
	std::unique_ptr<float, decltype(&free)> values;

	// at interpolates linearly between samples, of which the first lies on the
	// data window's corner; u and v are counted from there.
	float at(int64_t u, int64_t v) const {
		const size_t i = u / x, j = v / y, k = std::min(i + 1, width - 1), l = std::min(j + 1, height - 1);
		const float s = float(u % x) / x, t = float(v % y) / y;
		const float *p = values.get();
		const float above = p[j * width + i] * (1 - s) + p[j * width + k] * s;
		const float below = p[l * width + i] * (1 - s) + p[l * width + k] * s;
		return above * (1 - t) + below * t;
	}
};

// readSampled reads channels of which some have fewer samples than the picture
// has texels.
void readSampled(const exr_file &f, float *pixels) {
	const Imath::Box2i data = f.header().dataWindow();
	const int64_t width = int64_t(data.max.x) - data.min.x + 1, height = int64_t(data.max.y) - data.min.y + 1;
	if (width * height > maxSampled)
		throw Iex::InputExc("the data window of subsampled channels is too large");
	std::vector<plane> planes;
	Imf::FrameBuffer fb;
	for (size_t c = 0; c < f.channels.size(); c++) {
		const int x = channel(f, c).xSampling, y = channel(f, c).ySampling;
		if (x < 1 || y < 1)
			throw Iex::InputExc("a channel is sampled less than once in a texel");
		const size_t w = (width + x - 1) / x, h = (height + y - 1) / y;
		auto *values = static_cast<float *>(calloc(w * h, sizeof(float)));
		if (!values)
			throw std::bad_alloc();
		planes.push_back({x, y, w, h, {values, &free}});
		const intptr_t texel = sizeof(float);
		const intptr_t base = reinterpret_cast<intptr_t>(values) -
			texel * (intptr_t(data.min.y / y) * intptr_t(w) + data.min.x / x);
		fb.insert(f.channels[c], Imf::Slice(Imf::FLOAT, reinterpret_cast<char *>(base), texel, texel * w, x, y));
	}
	Imf::InputPart in(*f.parts, f.part);
	in.setFrameBuffer(fb);
	in.readPixels(data.min.y, data.max.y);

	Imf::Chromaticities primaries; // Rec. 709 where none are given
	if (Imf::hasChromaticities(f.header()))
		primaries = Imf::chromaticities(f.header());
	const Imath::V3f yw = Imf::RgbaYca::computeYw(primaries);
	strips(f.header(), pixels, [](int, int) {}, [&](int x, int y, float *to) {
		for (size_t c = 0; c < planes.size(); c++)
			to[c] = planes[c].at(int64_t(x) - data.min.x, int64_t(y) - data.min.y);
		if (f.chroma) { // ImfRgbaYca.h
			const float luminance = to[0];
			to[0] = (to[1] + 1) * luminance;
			to[2] = (to[2] + 1) * luminance;
			to[1] = (luminance - to[0] * yw.x - to[2] * yw.z) / yw.y;
		}
	});
}

// official tells whether the library's own filters for luminance with chroma
// apply: in the first part, at half the samples each way.
bool official(const exr_file &f) {
	const Imf::Channel &y = channel(f, 0), &ry = channel(f, 1), &by = channel(f, 2);
	return f.part == 0 && f.channels[0] == "Y" && y.xSampling == 1 && y.ySampling == 1 && ry.xSampling == 2 &&
		ry.ySampling == 2 && by.xSampling == 2 && by.ySampling == 2;
}

void readInside(const exr_file &f, float *pixels) {
	const Imath::Box2i show = f.header().displayWindow(), data = f.header().dataWindow();
	Imf::InputPart in(*f.parts, f.part);
	in.setFrameBuffer(frame(f, pixels, show.min.x, show.min.y, int64_t(show.max.x) - show.min.x + 1));
	in.readPixels(data.min.y, data.max.y);
}

void readPixels(exr_file *f, float *pixels) {
	const Imath::Box2i show = f->header().displayWindow(), data = f->header().dataWindow();
	if (f->chroma && official(*f))
		return readChroma(*f, pixels);
	if (f->chroma || !dense(*f))
		readSampled(*f, pixels);
	else if (show.intersects(data.min) && show.intersects(data.max))
		readInside(*f, pixels);
	else
		readOverscan(*f, pixels);
	if (f->channels.size() == 1) {
		const int64_t n = (int64_t(show.max.x) - show.min.x + 1) * (int64_t(show.max.y) - show.min.y + 1);
		for (int64_t i = 0; i < n; i++)
			pixels[3 * i + 1] = pixels[3 * i + 2] = pixels[3 * i];
	}
}

} // namespace

char *exr_read(exr_file *f, float *pixels) {
	return guard([&] {
		try {
			exr_room();
			readPixels(f, pixels);
		} catch (const std::bad_alloc &) {
			f->short_of_memory = true;
			throw;
		}
	});
}
