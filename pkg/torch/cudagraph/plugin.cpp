// CUDA graphs for package torch, compiled by scripts/plugins.sh where CUDA's
// headers are. The program opens it when it computes on a GPU.
#include <ATen/core/Generator.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/core/Event.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>

#include <cstring>
#include <memory>

namespace {

template <class F> char *guarded(F &&f) noexcept {
  try {
    f();
    return nullptr;
  } catch (const c10::Error &e) {
    return strdup(e.what_without_backtrace());
  } catch (const std::exception &e) {
    return strdup(e.what());
  } catch (...) {
    return strdup("unknown C++ exception");
  }
}

// Lane is a thread's way aside: nothing can be recorded on the default stream, and
// what is recorded is the stream of the thread's current device.
struct Lane {
  c10::DeviceIndex device_before;
  c10::cuda::CUDAStream before, side;
};

// follow has one stream wait for what another has been given so far.
void follow(c10::cuda::CUDAStream first, c10::cuda::CUDAStream then) {
  c10::Event done(c10::DeviceType::CUDA);
  done.record(first.unwrap());
  done.block(then.unwrap());
}

struct Recording {
  at::cuda::CUDAGraph graph;
  c10::MempoolId_t pool = at::cuda::graph_pool_handle();
  c10::DeviceIndex device = c10::cuda::getCurrentCUDAStream().device_index();
};

Recording *recording(void *graph) { return static_cast<Recording *>(graph); }

} // namespace

extern "C" {

char *toolkit_graph_enter(int device, void **lane) {
  return guarded([&] {
    auto index = static_cast<c10::DeviceIndex>(device);
    auto before = c10::cuda::getCurrentCUDAStream(index), side = c10::cuda::getStreamFromPool(/*isHighPriority=*/false, index);
    follow(before, side);
    *lane = new Lane{c10::cuda::ExchangeDevice(index), before, side};
    c10::cuda::setCurrentCUDAStream(side);
  });
}

char *toolkit_graph_leave(void *lane) {
  return guarded([&] {
    std::unique_ptr<Lane> l(static_cast<Lane *>(lane));
    follow(l->side, l->before);
    c10::cuda::setCurrentCUDAStream(l->before);
    c10::cuda::set_device(l->device_before);
  });
}

// What draws random numbers draws them from the generator, an at::Generator* or
// none, on from where it is at each replay.
char *toolkit_graph_begin(void *generator, void **graph) {
  return guarded([&] {
    auto r = std::make_unique<Recording>();
    if (generator)
      r->graph.register_generator_state(*static_cast<at::Generator *>(generator));
    r->graph.capture_begin(r->pool);
    *graph = r.release();
  });
}

char *toolkit_graph_end(void *graph) {
  return guarded([&] { recording(graph)->graph.capture_end(); });
}

// abandon ends a recording in which something failed, and brings the allocator back
// to its own memory.
void toolkit_graph_abandon(void *graph) {
  auto r = recording(graph);
  if (char *message = guarded([&] { r->graph.capture_end(); })) {
    free(message);
    free(guarded([&] { c10::cuda::CUDACachingAllocator::endAllocateToPool(r->device, r->pool); }));
  }
  free(guarded([&] { delete r; }));
  (void)cudaGetLastError(); // what failed was said
}

char *toolkit_graph_replay(void *graph) {
  return guarded([&] { recording(graph)->graph.replay(); });
}

void toolkit_graph_free(void *graph) { delete recording(graph); }

} // extern "C"
