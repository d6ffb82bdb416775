#include "file.h"
#include "stream.h"

#include <Iex.h>
#include <ImfChannelList.h>
#include <ImfChromaticities.h>
#include <ImfPartType.h>
#include <ImfStandardAttributes.h>
#include <ImfStringAttribute.h>
#include <ImfThreading.h>
#include <OpenEXRConfig.h>

#include <cstdlib>
#include <cstring>
#include <sstream>

namespace {

// In the order of Imf::Compression.
const char *const compressions[] = {"none", "rle", "zips", "zip", "piz", "pxr24", "b44", "b44a", "dwaa", "dwab"};

// Tiles above this many texels are refused: buffers of their size are made
// for each thread.
const uint64_t maxTile = 1 << 26;

void list(exr_file &f) {
	for (int p = 0; p < f.parts->parts(); p++) {
		const Imf::Header &h = f.parts->header(p);
		const bool flat = !h.hasType() || !Imf::isDeepData(h.type());
		for (auto c = h.channels().begin(); c != h.channels().end(); ++c)
			f.all.push_back({p, flat, c.name(), c.channel().xSampling, c.channel().ySampling});
	}
}

void describe(exr_file &f, exr_info *info) {
	const Imf::Header &h = f.header();
	if (h.hasTileDescription()) {
		const Imf::TileDescription &t = h.tileDescription();
		if (uint64_t(t.xSize) * t.ySize > maxTile) {
			std::ostringstream s;
			s << "tiles are " << t.xSize << "x" << t.ySize << ", want at most " << maxTile << " texels";
			throw Iex::InputExc(s.str());
		}
	}
	const Imath::Box2i &d = h.displayWindow();
	info->width = int64_t(d.max.x) - d.min.x + 1;
	info->height = int64_t(d.max.y) - d.min.y + 1;
	const Imath::Box2i &w = h.dataWindow();
	info->data_x = int64_t(w.min.x) - d.min.x;
	info->data_y = int64_t(w.min.y) - d.min.y;
	info->data_width = int64_t(w.max.x) - w.min.x + 1;
	info->data_height = int64_t(w.max.y) - w.min.y + 1;
	info->has_primaries = Imf::hasChromaticities(h);
	if (info->has_primaries) {
		const Imf::Chromaticities &c = Imf::chromaticities(h);
		const Imath::V2f all[] = {c.red, c.green, c.blue, c.white};
		for (int i = 0; i < 8; i++)
			info->primaries[i] = all[i / 2][i % 2];
	}
	if (Imf::hasEnvmap(h))
		f.envmap = Imf::envmap(h) == Imf::ENVMAP_CUBE ? "cube" : "latlong";
	switch (h.channels()[f.channels[0]].type) {
	case Imf::HALF: f.encoding = "half"; break;
	case Imf::UINT: f.encoding = "uint"; break;
	default: f.encoding = "float";
	}
	f.compression = compressions[h.compression()];
	for (auto a = h.begin(); a != h.end(); ++a) {
		auto *text = dynamic_cast<const Imf::StringAttribute *>(&a.attribute());
		if (text && strcmp(a.name(), "type") != 0) // the part's, not the picture's
			f.strings.emplace_back(a.name(), text->value());
	}
	info->encoding = f.encoding.c_str();
	info->compression = f.compression.c_str();
	info->envmap = f.envmap.c_str();
}

} // namespace

char *exr_reason(const std::string &text) {
	char *s = strdup(text.c_str());
	return s ? s : (abort(), nullptr);
}

std::unique_ptr<Imf::IStream> exr_file::open() const {
	if (fd >= 0)
		return std::make_unique<FdInput>(fd, size);
	return std::make_unique<MemoryInput>(data, size);
}

// The threads are made one by one: of two that are made at once, where the second
// gets no memory, the first works on with what the library has freed. As many as
// could be made do the work, or who calls where there is none.
void exr_setup(int threads, int max_side) {
	free(guard([&] {
		Imf::Header::setMaxImageSize(max_side, max_side);
		Imf::Header::setMaxTileSize(max_side, max_side);
		for (int n = 1; n <= threads; n++)
			Imf::setGlobalThreadCount(n);
	}));
}

// Some of the library's small buffers it takes without asking whether it got them.
// Where there is still this much, it does.
void exr_room() {
	const size_t enough = 8 << 20;
	void *room = malloc(enough);
	if (!room)
		throw std::bad_alloc();
	free(room);
}

char *exr_open(int fd, const void *data, uint64_t size, exr_file **file) {
	return guard([&] {
		exr_room();
		auto f = std::make_unique<exr_file>();
		f->fd = fd;
		f->data = static_cast<const char *>(data);
		f->size = size;
		f->stream = f->open();
		f->parts = std::make_unique<Imf::MultiPartInputFile>(*f->stream, Imf::globalThreadCount(), true);
		list(*f);
		*file = f.release();
	});
}

int exr_channel_at(exr_file *f, int i, exr_channel *c) {
	if (size_t(i) >= f->all.size())
		return 0;
	const exr_file::listed &l = f->all[i];
	const Imf::Header &h = f->parts->header(l.part);
	*c = {l.part, h.hasName() ? h.name().c_str() : "", l.name.c_str(), l.flat, l.x, l.y};
	return 1;
}

char *exr_select(exr_file *f, int part, int chroma, const char *a, const char *b, const char *c, exr_info *info) {
	return guard([&] {
		f->part = part;
		f->chroma = chroma;
		f->channels.clear();
		for (const char *name : {a, b, c})
			if (name)
				f->channels.push_back(name);
		describe(*f, info);
	});
}

int exr_string(exr_file *f, int i, const char **name, const char **value, size_t *length) {
	if (size_t(i) >= f->strings.size())
		return 0;
	*name = f->strings[i].first.c_str();
	*value = f->strings[i].second.data();
	*length = f->strings[i].second.size();
	return 1;
}

void exr_close(exr_file *f) {
	if (!f->short_of_memory)
		free(guard([&] { delete f; }));
}

int exr_compression(const char *name) {
	for (int i = 0; i < int(sizeof compressions / sizeof *compressions); i++)
		if (strcmp(name, compressions[i]) == 0)
			return i;
	return -1;
}

const char *exr_version(void) { return OPENEXR_VERSION_STRING; }
