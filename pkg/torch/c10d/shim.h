// The C door to libtorch's collectives. Every call that can fail returns NULL,
// or a message that the caller frees. A ct is an at::Tensor*.
#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef void *ct;
typedef void *cstore;   // c10::intrusive_ptr<c10d::Store>*
typedef void *cbackend; // c10::intrusive_ptr<c10d::Backend>*
typedef void *csending; // gradients on their way
typedef char *cerror;

cerror cd_store(const char *host, int port, int serves, const char *prefix, int64_t timeout_ms, cstore *out);
cerror cd_store_under(cstore s, const char *prefix, cstore *out); // the same, whose keys begin with prefix
void cd_free_store(cstore s);
cerror cd_store_set(cstore s, const char *key, const void *data, size_t n);
cerror cd_store_get(cstore s, const char *key, char **data, size_t *n); // *data is NULL where the key is not set
cerror cd_store_count(cstore s, const char *key, int64_t *n);           // one more, from 1 on

cerror cd_gloo(cstore s, int rank, int size, const char *interfaces, int64_t timeout_ms, cbackend *out);
cerror cd_nccl(const char *plugin, cstore s, int rank, int size, int64_t timeout_ms, cbackend *out);
cerror cd_error(cbackend b); // of NCCL: why a collective that was begun will not end
cerror cd_abort(cbackend b); // of NCCL: ends what is on its way
void cd_free_backend(cbackend b);

cerror cd_all_reduce(cbackend b, ct x, int largest); // in place: the sum, or the largest
cerror cd_broadcast(cbackend b, ct x, int root);     // in place
cerror cd_all_gather(cbackend b, ct x, ct out);      // out is [size, ...], x one of it
cerror cd_barrier(cbackend b);
cerror cd_average_gradients(cbackend host, cbackend device, ct *params, int n, size_t bucket);

cerror cd_send_gradients(cbackend device, ct *params, int n, size_t bucket, csending *out);
cerror cd_sent_gradients(csending s, cbackend host);
void cd_free_sending(csending s); // NULL is none

#ifdef __cplusplus
}
#endif
