// The store by which processes find one another, and the two backends.
#define USE_C10D_GLOO 1
#include "guard.h"
#include <c10/util/Logging.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <dlfcn.h>
#include <sstream>

extern "C" {

cerror cd_store(const char *host, int port, int serves, const char *prefix, int64_t timeout_ms, cstore *out) {
  return guarded([&] {
    // What fails is told by an error. libtorch also writes it to standard error, with a stack.
    if (!getenv("TORCH_CPP_LOG_LEVEL"))
      FLAGS_caffe2_log_level = c10::GLOG_FATAL;
    c10d::TCPStoreOptions o;
    o.port = static_cast<std::uint16_t>(port);
    o.isServer = serves;
    o.waitWorkers = false; // who is missing is found out, and named, by the caller
    o.timeout = std::chrono::milliseconds(timeout_ms);
    auto tcp = c10::make_intrusive<c10d::TCPStore>(std::string(host), o);
    *out = new StorePtr(c10::make_intrusive<c10d::PrefixStore>(prefix, std::move(tcp)));
  });
}

cerror cd_store_under(cstore s, const char *prefix, cstore *out) {
  return guarded([&] { *out = new StorePtr(c10::make_intrusive<c10d::PrefixStore>(prefix, store(s))); });
}

void cd_free_store(cstore s) { delete static_cast<StorePtr *>(s); }

cerror cd_store_set(cstore s, const char *key, const void *data, size_t n) {
  return guarded([&] {
    auto bytes = static_cast<const uint8_t *>(data);
    store(s)->set(key, std::vector<uint8_t>(bytes, bytes + n));
  });
}

cerror cd_store_get(cstore s, const char *key, char **data, size_t *n) {
  return guarded([&] {
    *data = nullptr;
    if (!store(s)->check({key})) // get would wait for it
      return;
    auto bytes = store(s)->get(key);
    *n = bytes.size();
    *data = static_cast<char *>(malloc(bytes.size() + 1));
    memcpy(*data, bytes.data(), bytes.size());
  });
}

cerror cd_store_count(cstore s, const char *key, int64_t *n) {
  return guarded([&] { *n = store(s)->add(key, 1); });
}

cerror cd_gloo(cstore s, int rank, int size, const char *interfaces, int64_t timeout_ms, cbackend *out) {
  return guarded([&] {
    auto o = c10d::ProcessGroupGloo::Options::create(std::chrono::milliseconds(timeout_ms));
    std::istringstream names{std::string(interfaces)};
    for (std::string name; std::getline(names, name, ',');)
      o->devices.push_back(c10d::ProcessGroupGloo::createDeviceForInterface(name));
    if (o->devices.empty())
      o->devices.push_back(c10d::ProcessGroupGloo::createDefaultDevice());
    *out = new BackendPtr(c10::make_intrusive<c10d::ProcessGroupGloo>(store(s), rank, size, o));
  });
}

cerror cd_nccl(const char *plugin, cstore s, int rank, int size, int64_t timeout_ms, cbackend *out) {
  return guarded([&] {
    void *library = dlopen(plugin, RTLD_NOW | RTLD_LOCAL);
    TORCH_CHECK(library, dlerror());
    using Open = cerror (*)(cstore, int, int, int64_t, cbackend *);
    auto open = reinterpret_cast<Open>(dlsym(library, "toolkit_nccl"));
    TORCH_CHECK(open, plugin, " has no toolkit_nccl");
    cerror message = open(s, rank, size, timeout_ms, out);
    std::string why(message ? message : "");
    free(message);
    TORCH_CHECK(why.empty(), why);
  });
}

cerror cd_error(cbackend b) {
  return guarded([&] {
    auto error = backend(b)->getError();
    TORCH_CHECK(error != c10d::ErrorType::TIMEOUT, "a collective of the GPUs did not end in time");
    TORCH_CHECK(error == c10d::ErrorType::SUCCESS, "a collective of the GPUs broke off");
  });
}

cerror cd_abort(cbackend b) {
  return guarded([&] { backend(b)->abort(); });
}

void cd_free_backend(cbackend b) { delete static_cast<BackendPtr *>(b); }

} // extern "C"
