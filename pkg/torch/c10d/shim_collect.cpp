// The collectives. Each returns when its result is there, on a GPU when it is
// queued on the current stream.
#include "bucket.h"
#include <ATen/core/grad_mode.h>

extern "C" {

cerror cd_all_reduce(cbackend b, ct x, int largest) {
  return guarded([&] {
    at::NoGradGuard off;
    std::vector<at::Tensor> one{tensor(x)};
    c10d::AllreduceOptions o;
    o.reduceOp = largest ? c10d::ReduceOp::MAX : c10d::ReduceOp::SUM;
    backend(b)->allreduce(one, o)->wait();
  });
}

cerror cd_broadcast(cbackend b, ct x, int root) {
  return guarded([&] {
    at::NoGradGuard off;
    auto to = tensor(x).detach();
    std::vector<at::Tensor> one{to.contiguous()};
    c10d::BroadcastOptions o;
    o.rootRank = root;
    backend(b)->broadcast(one, o)->wait();
    if (!one[0].is_same(to))
      to.copy_(one[0]);
  });
}

cerror cd_all_gather(cbackend b, ct x, ct out) {
  return guarded([&] {
    at::NoGradGuard off;
    std::vector<std::vector<at::Tensor>> rows{tensor(out).unbind(0)};
    std::vector<at::Tensor> one{tensor(x).detach().contiguous()};
    backend(b)->allgather(rows, one)->wait();
  });
}

cerror cd_barrier(cbackend b) {
  return guarded([&] { backend(b)->barrier()->wait(); });
}

// The buckets are filled from the end, and one travels while the next is filled.
cerror cd_average_gradients(cbackend host, cbackend device, ct *params, int n, size_t limit) {
  return guarded([&] {
    at::NoGradGuard off;
    std::vector<at::Tensor> learnt;
    for (int i = n - 1; i >= 0; i--)
      learnt.push_back(tensor(params[i]));
    auto have = with_gradients(*backend(host), learnt);
    std::vector<at::Tensor> some;
    for (size_t i = 0; i < learnt.size(); i++)
      if (have[i])
        some.push_back(learnt[i]);
    std::vector<bucket> sent;
    for (auto &part : parts_of(some, limit))
      sent.emplace_back(std::move(part), *backend(device));
    for (auto &b : sent)
      b.finish(backend(device)->getSize(), std::vector<bool>(b.params.size(), true));
  });
}

} // extern "C"
