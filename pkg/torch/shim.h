// The C door to libtorch. Every call that can fail returns NULL, or a message
// that the caller frees; no C++ exception crosses. A gt is an at::Tensor*.
#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef void *gt;
typedef void *gmap; // a file in memory; freed when it and all tensors in it are
typedef void *ggen; // a random generator, at::Generator*; NULL is the process's own
typedef char *gerr;

// memory and data
void gs_free_many(gt *ts, int n);
gerr gs_alias(gt x, gt *out);
gerr gs_from_data(const void *data, const int64_t *shape, int dims, int dtype, int device, gt *out);
gerr gs_copy_out(gt x, void *dst, size_t bytes);
gerr gs_memory(gt x, void **data, size_t *bytes);
gerr gs_copy_into(gt dst, gt src);
gerr gs_item(gt x, double *out);
gerr gs_map(int fd, size_t size, gmap *out);
gerr gs_map_view(gmap m, size_t offset, const int64_t *shape, int dims, int dtype, int device, gt *out);
void gs_unmap(gmap m);
void gs_meta(gt x, int64_t *shape, int *dims, int *dtype, int *device, int *grad);
int gs_dims(gt x);
gerr gs_to(gt x, int dtype, int device, gt *out);
gerr gs_clone(gt x, gt *out);

// grad
gerr gs_set_requires_grad(gt x, int on);
int gs_grad_mode(int on);
gerr gs_backward(gt y, gt seed, int keep_graph);
gerr gs_grad(gt y, gt seed, gt *inputs, int n, int keep_graph, int create_graph, gt *out);
gerr gs_grad_of(gt x, gt *out);
gerr gs_zero_grad(gt *ps, int n);
gerr gs_clip_grad_norm(gt *ps, int n, double max_norm, int device, gt *norm); // a scalar on the device
gerr gs_scale_grad(gt *ps, int n, double by);
// The rate is lr, or where rate is given that scalar on the device. Where norm is
// given and is no number, nothing changes.
gerr gs_fused_adamw(gt *ps, gt *ms, gt *vs, gt *steps, int n, double lr, gt rate, gt norm, double b1, double b2, double eps, double decay);
gerr gs_lerp_into(gt *dst, gt *src, int n, double weight);

// the thread's state
int gs_use_device(int device); // and the one before, -1 where nothing changes
gerr gs_autocast(int device, int on, int dtype, int *was_on, int *was_dtype);

// random draws, from a generator
gerr gs_generator(int device, ggen *out);
void gs_free_generator(ggen g);
gerr gs_seed(ggen g, int64_t seed);
gerr gs_rand(ggen g, const int64_t *shape, int dims, int normal, int device, gt *out);
gerr gs_randn_like(ggen g, gt x, gt *out);
gerr gs_uniform(ggen g, const int64_t *shape, int dims, double low, double high, int device, gt *out);
gerr gs_randperm(ggen g, int64_t n, int device, gt *out);

// the process
void gs_tune_allocator(void);
void gs_suit_processor(void);
gerr gs_open_cuda(const char *path);
const char *gs_library_path(void);
const char *gs_torch_version(void);
const char *gs_cpu_capability(void);
int gs_cuda_count(void);
gerr gs_cuda_device(int i, char *name, int len, size_t *total, size_t *free);
gerr gs_cuda_allocated(int i, int64_t *now, int64_t *peak);
gerr gs_synchronize(int device);
void gs_set_tf32(int on);
int gs_tf32(void);
gerr gs_set_threads(int n);
int gs_threads(void);

// CUDA graphs, by the library that scripts/plugins.sh builds (cudagraph/plugin.cpp)
gerr gs_graph_open(const char *plugin);
gerr gs_graph_enter(int device, void **lane);
gerr gs_graph_leave(void *lane);
gerr gs_graph_begin(ggen g, void *beside, void **graph);
gerr gs_graph_end(void *graph);
void gs_graph_abandon(void *graph);
gerr gs_graph_replay(void *graph);
void gs_graph_free(void *graph);

// ops that gotch lacks, or makes dear by boxing its scalars
gerr gs_add_scaled(gt x, gt y, double by, gt *out);
gerr gs_add_scalar(gt x, double a, gt *out);
gerr gs_mul_scalar(gt x, double a, gt *out);
gerr gs_pow_scalar(gt x, double a, gt *out);
gerr gs_clamp(gt x, double lo, double hi, gt *out);
gerr gs_lerp(gt x, gt y, double w, gt *out);
gerr gs_greater(gt x, double a, gt *out);
gerr gs_full(const int64_t *shape, int dims, double a, int dtype, int device, gt *out);
gerr gs_arange(double from, double to, double step, int dtype, int device, gt *out);
gerr gs_sum(gt x, const int64_t *dims, int n, int keep, gt *out);
gerr gs_mean(gt x, const int64_t *dims, int n, int keep, gt *out);
gerr gs_var(gt x, const int64_t *dims, int n, int keep, int correction, gt *out);
gerr gs_norm(gt x, const int64_t *dims, int n, int keep, gt *out);
gerr gs_amax(gt x, const int64_t *dims, int n, int keep, gt *out);
gerr gs_amin(gt x, const int64_t *dims, int n, int keep, gt *out);
gerr gs_log_softmax(gt x, int64_t dim, gt *out);
gerr gs_topk(gt x, int64_t k, int64_t dim, gt *values, gt *indices);
gerr gs_squeeze(gt x, int64_t dim, gt *out);
gerr gs_chunk(gt x, int64_t n, int64_t dim, gt *out); // size(dim) is a multiple of n
gerr gs_sdpa(gt q, gt k, gt v, gt mask, int causal, double scale, gt *out);
gerr gs_resize(gt x, int64_t h, int64_t w, int mode, gt *out);
gerr gs_svd(gt x, gt *u, gt *s, gt *vh);
gerr gs_qr(gt x, gt *q, gt *r);
gerr gs_gelu(gt x, gt *out);
gerr gs_relu(gt x, gt *out);
gerr gs_quick_gelu(gt x, gt *out);
gerr gs_linear(gt x, gt w, gt b, gt *out);
gerr gs_panorama_pad(gt x, int64_t p, int by_index, gt *out);
gerr gs_channels_last(gt x, gt *out);
gerr gs_takes_blocks(gt x, gt w, int *takes);
gerr gs_conv2d_blocks(gt x, gt w, gt b, int64_t stride, gt *out);
gerr gs_group_norm_blocks(gt x, int64_t groups, gt w, gt b, double eps, gt *out);
gerr gs_rows(gt x, gt *out);
gerr gs_normalize(gt x, int64_t dim, double eps, gt *out);

#ifdef __cplusplus
}
#endif
