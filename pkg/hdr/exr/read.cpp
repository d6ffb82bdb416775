#include "file.h"

#include <ImfArray.h>
#include <ImfFrameBuffer.h>
#include <ImfInputPart.h>
#include <ImfRgbaFile.h>

#include <algorithm>

namespace {

const int stripLines = 64;

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

void readInside(const exr_file &f, float *pixels) {
	const Imath::Box2i show = f.header().displayWindow(), data = f.header().dataWindow();
	Imf::InputPart in(*f.parts, f.part);
	in.setFrameBuffer(frame(f, pixels, show.min.x, show.min.y, int64_t(show.max.x) - show.min.x + 1));
	in.readPixels(data.min.y, data.max.y);
}

} // namespace

char *exr_read(exr_file *f, float *pixels) {
	return guard([&] {
		const Imath::Box2i show = f->header().displayWindow(), data = f->header().dataWindow();
		if (f->chroma)
			return readChroma(*f, pixels);
		if (show.intersects(data.min) && show.intersects(data.max))
			readInside(*f, pixels);
		else
			readOverscan(*f, pixels);
		if (f->channels.size() == 1) {
			const int64_t n = (int64_t(show.max.x) - show.min.x + 1) * (int64_t(show.max.y) - show.min.y + 1);
			for (int64_t i = 0; i < n; i++)
				pixels[3 * i + 1] = pixels[3 * i + 2] = pixels[3 * i];
		}
	});
}
