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

bool dense(const Imf::ChannelList &list, const std::string &name) {
	const Imf::Channel *c = list.findChannel(name);
	return c && c->xSampling == 1 && c->ySampling == 1;
}

// colour finds the R, G and B of a part. Those of no layer go first, then
// those of a renderer's combined pass, then the first layer's.
std::vector<std::string> colour(const Imf::ChannelList &list) {
	std::vector<std::string> best;
	int bestRank = 3;
	for (auto c = list.begin(); c != list.end(); ++c) {
		std::string name = c.name();
		char last = name.empty() ? 0 : name.back();
		std::string layer = name.substr(0, name.size() - (last ? 1 : 0));
		if ((last != 'R' && last != 'r') || (!layer.empty() && layer.back() != '.'))
			continue;
		std::string g = layer + (last == 'R' ? "G" : "g"), b = layer + (last == 'R' ? "B" : "b");
		if (!dense(list, name) || !dense(list, g) || !dense(list, b))
			continue;
		const std::string combined = "Combined.";
		bool whole = layer.size() >= combined.size() &&
			layer.compare(layer.size() - combined.size(), combined.size(), combined) == 0;
		int rank = layer.empty() ? 0 : whole ? 1 : 2;
		if (rank < bestRank) {
			bestRank = rank;
			best = {name, g, b};
		}
	}
	return best;
}

bool flat(const Imf::Header &h) { return !h.hasType() || !Imf::isDeepData(h.type()); }

// choose finds the first part with R G B, else the first with Y.
void choose(exr_file &f) {
	std::ostringstream seen;
	for (int p = 0; p < f.parts->parts(); p++) {
		const Imf::Header &h = f.parts->header(p);
		for (auto c = h.channels().begin(); c != h.channels().end() && seen.tellp() < 200; ++c)
			seen << ' ' << c.name();
		if (!flat(h)) {
			seen << " (deep)";
			continue;
		}
		std::vector<std::string> rgb = colour(h.channels());
		if (!rgb.empty()) {
			f.part = p;
			f.channels = rgb;
			f.chroma = false;
			return;
		}
		const Imf::ChannelList &list = h.channels();
		// The library reads luminance with chroma from the first part only.
		bool chroma = p == 0 && list.findChannel("RY") && list.findChannel("BY");
		if (f.part < 0 && (dense(list, "Y"))) {
			f.part = p;
			f.channels = {"Y"};
			f.chroma = chroma;
		}
	}
	if (f.part < 0)
		throw Iex::InputExc("channels are" + seen.str() + ", want R G B or Y in a flat image");
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
	info->parts = f.parts->parts();
	info->part = f.part;
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

void exr_setup(int threads, int max_side) {
	free(guard([&] {
		Imf::Header::setMaxImageSize(max_side, max_side);
		Imf::Header::setMaxTileSize(max_side, max_side);
		Imf::setGlobalThreadCount(threads);
	}));
}

char *exr_open(int fd, const void *data, uint64_t size, exr_file **file, exr_info *info) {
	return guard([&] {
		auto f = std::make_unique<exr_file>();
		f->fd = fd;
		f->data = static_cast<const char *>(data);
		f->size = size;
		f->stream = f->open();
		f->parts = std::make_unique<Imf::MultiPartInputFile>(*f->stream, Imf::globalThreadCount(), false);
		choose(*f);
		describe(*f, info);
		*file = f.release();
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
	free(guard([&] { delete f; }));
}

int exr_compression(const char *name) {
	for (int i = 0; i < int(sizeof compressions / sizeof *compressions); i++)
		if (strcmp(name, compressions[i]) == 0)
			return i;
	return -1;
}

const char *exr_version(void) { return OPENEXR_VERSION_STRING; }
