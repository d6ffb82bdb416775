// CUDA graphs. Their class needs CUDA's headers, and is therefore compiled apart
// (cudagraph/plugin.cpp, scripts/plugins.sh) and opened here.
#include "guard.h"

#include <dlfcn.h>

namespace {

// What the library exports. Each returns NULL or a message.
struct Plugin {
  gerr (*enter)(int, void **);
  gerr (*leave)(void *);
  gerr (*begin)(void *, void *, void **);
  gerr (*end)(void *);
  void (*abandon)(void *);
  gerr (*replay)(void *);
  void (*free)(void *);
} plugin;

template <class F> void find(void *library, const char *name, F &f) {
  f = reinterpret_cast<F>(dlsym(library, name));
  TORCH_CHECK(f, "it has no ", name, ": build it anew");
}

} // namespace

extern "C" {

gerr gs_graph_open(const char *path) {
  return guarded([&] {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    TORCH_CHECK(library, dlerror());
    find(library, "toolkit_graph_enter", plugin.enter);
    find(library, "toolkit_graph_leave", plugin.leave);
    find(library, "toolkit_graph_begin_beside", plugin.begin);
    find(library, "toolkit_graph_end", plugin.end);
    find(library, "toolkit_graph_abandon", plugin.abandon);
    find(library, "toolkit_graph_replay", plugin.replay);
    find(library, "toolkit_graph_free", plugin.free);
  });
}

gerr gs_graph_enter(int device, void **lane) { return plugin.enter(device, lane); }
gerr gs_graph_leave(void *lane) { return plugin.leave(lane); }
gerr gs_graph_begin(ggen g, void *beside, void **graph) { return plugin.begin(g, beside, graph); }
gerr gs_graph_end(void *graph) { return plugin.end(graph); }
void gs_graph_abandon(void *graph) { plugin.abandon(graph); }
gerr gs_graph_replay(void *graph) { return plugin.replay(graph); }
void gs_graph_free(void *graph) { plugin.free(graph); }

} // extern "C"
