// CUDA graphs for package torch, compiled by scripts/plugins.sh where CUDA's
// headers are. The program opens it when it computes on a GPU.
#include <ATen/core/CachingHostAllocator.h>
#include <ATen/core/Generator.h>
#include <ATen/cuda/CUDAGeneratorImpl.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/core/Event.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAStream.h>

#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

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

// Lane is a thread's way aside: nothing can be recorded on the default stream.
struct Lane {
  c10::cuda::CUDAStream before, side;
};

// idle are the side streams that no lane has. They are taken again, the last first:
// libtorch keeps the memory of a stream for that stream.
struct {
  std::mutex mutex;
  std::vector<c10::cuda::CUDAStream> streams;

  c10::cuda::CUDAStream take(c10::DeviceIndex device) {
    std::lock_guard<std::mutex> lock(mutex);
    for (auto s = streams.rbegin(); s != streams.rend(); ++s)
      if (s->device_index() == device) {
        auto taken = *s;
        streams.erase(std::next(s).base());
        return taken;
      }
    return c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device);
  }
  void give(c10::cuda::CUDAStream s) {
    std::lock_guard<std::mutex> lock(mutex);
    streams.push_back(s);
  }
} idle;

// follow has one stream wait for what another has been given so far.
void follow(c10::cuda::CUDAStream first, c10::cuda::CUDAStream then) {
  c10::Event done(c10::DeviceType::CUDA);
  done.record(first.unwrap());
  done.block(then.unwrap());
}

// Recording is a graph, and how to undo one that broke off. Of that libtorch leaves
// behind generators that believe for good that they are recorded, and draw no more;
// and allocators that ask the graph, which is gone, whether it is being recorded.
struct Recording : at::cuda::CUDAGraph {
  c10::MempoolId_t pool;
  c10::DeviceIndex device = c10::cuda::getCurrentCUDAStream().device_index();

  explicit Recording(const Recording *beside) : pool(beside ? beside->pool : at::cuda::graph_pool_handle()) {}

  void undo() {
    for (auto &entry : captured_generator_states_)
      entry.first->capturing_ = false;
    // A pool that the recording never took, or has left, is not to be left again:
    // another may have it.
    auto leave = [](auto end, auto release) {
      if (char *message = guarded(end))
        free(message);
      else
        free(guarded(release));
    };
    leave([&] { c10::cuda::CUDACachingAllocator::endAllocateToPool(device, pool); },
          [&] { c10::cuda::CUDACachingAllocator::releasePool(device, pool); });
    auto host = at::getHostAllocator(at::kCUDA);
    leave([&] { host->end_allocate_to_pool(pool); }, [&] { host->release_pool(pool); });
    (void)cudaGetLastError(); // what failed was said
  }
};

Recording *recording(void *graph) { return static_cast<Recording *>(graph); }

// make_room gives back what the allocator keeps of steps that were made plainly. A
// recording takes its memory anew, and while it is made nothing is given back. Where
// as much is free there is room without that.
void make_room(c10::DeviceIndex device) {
  size_t free = 0, total = 0;
  C10_CUDA_CHECK(cudaMemGetInfo(&free, &total));
  auto kept = c10::cuda::CUDACachingAllocator::getDeviceStats(device).reserved_bytes[0].current;
  if (free < static_cast<size_t>(kept))
    c10::cuda::CUDACachingAllocator::emptyCache();
}

} // namespace

extern "C" {

char *toolkit_graph_enter(int device, void **lane) {
  return guarded([&] {
    auto index = static_cast<c10::DeviceIndex>(device);
    auto before = c10::cuda::getCurrentCUDAStream(index), side = idle.take(index);
    follow(before, side);
    c10::cuda::setCurrentCUDAStream(side);
    *lane = new Lane{before, side};
  });
}

char *toolkit_graph_leave(void *lane) {
  return guarded([&] {
    std::unique_ptr<Lane> l(static_cast<Lane *>(lane));
    follow(l->side, l->before);
    c10::cuda::setCurrentCUDAStream(l->before);
    idle.give(l->side);
  });
}

// What draws random numbers draws them from the generator, an at::Generator* or
// none, on from where it is at each replay. The recording has the memory of another
// beside it, or of its own where that is none.
char *toolkit_graph_begin_beside(void *generator, void *beside, void **graph) {
  return guarded([&] {
    auto r = std::make_unique<Recording>(recording(beside));
    make_room(r->device);
    try {
      if (generator)
        r->register_generator_state(*static_cast<at::Generator *>(generator));
      r->capture_begin(r->pool);
    } catch (...) {
      r->undo();
      throw;
    }
    *graph = r.release();
  });
}

char *toolkit_graph_end(void *graph) {
  return guarded([&] { recording(graph)->capture_end(); });
}

// abandon ends a recording in which something failed.
void toolkit_graph_abandon(void *graph) {
  auto r = recording(graph);
  free(guarded([&] { r->capture_end(); }));
  r->undo();
  free(guarded([&] { delete r; }));
}

char *toolkit_graph_replay(void *graph) {
  return guarded([&] { recording(graph)->replay(); });
}

void toolkit_graph_free(void *graph) { delete recording(graph); }

} // extern "C"
