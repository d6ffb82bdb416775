// C face of the OpenEXR library. Every function that can go wrong returns
// NULL, or the reason in memory that the caller frees; no C++ exception
// passes it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct exr_file exr_file;

// A channel of a file.
typedef struct {
	int part;
	const char *part_name; // "" where it has none
	const char *name;
	int flat; // not of a deep image
	int x_sampling, y_sampling;
} exr_channel;

// What a header says of the part that holds the picture.
typedef struct {
	int64_t width, height; // of the display window
	int64_t data_x, data_y, data_width, data_height; // the data window, from the display window's corner
	int has_primaries;
	float primaries[8];      // red, green, blue, white: x and y each
	const char *encoding;    // "half", "float" or "uint"
	const char *compression; // as in "dwab"
	const char *envmap;      // "latlong", "cube" or ""
} exr_info;

// exr_setup sets the number of threads of the library and the largest width
// and height it accepts.
void exr_setup(int threads, int max_side);

// exr_open reads the headers of a file descriptor or, where that is negative,
// of memory, both of which must outlive the exr_file.
char *exr_open(int fd, const void *data, uint64_t size, exr_file **file);

// exr_channel_at returns the i-th channel of all parts, or 0 past the last. It
// points into the file, as the info below does.
int exr_channel_at(exr_file *file, int i, exr_channel *channel);

// exr_select chooses what exr_read reads, and describes its part: the channels
// R G B; or Y alone, with b and c NULL; or Y RY BY, with chroma set.
char *exr_select(exr_file *file, int part, int chroma, const char *a, const char *b, const char *c, exr_info *info);

// exr_string returns the i-th string attribute, or 0 past the last.
int exr_string(exr_file *file, int i, const char **name, const char **value, size_t *length);

// exr_read fills pixels, width*height*3 floats that are zero before. Where
// the data window is smaller than the display window they stay zero.
char *exr_read(exr_file *file, float *pixels);

void exr_close(exr_file *file);

// What exr_write stores, beside pixels.
typedef struct {
	int width, height;
	int half;        // else 32-bit floats
	int latlong;     // whether to set the envmap attribute
	int compression; // of Imf::Compression
	int strings;
	const char *const *names, *const *values;
	const int *lengths; // of values
} exr_output;

// exr_write writes width*height*3 floats as the channels R G B, in Rec. 709.
char *exr_write(int fd, const exr_output *out, const float *pixels);

// exr_compression returns the number of a compression by its lower case name,
// or -1.
int exr_compression(const char *name);

// exr_version returns the version of the library that is linked in.
const char *exr_version(void);

#ifdef __cplusplus
}
#endif
