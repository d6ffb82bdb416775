// The collectives. Each returns when its result is there, on a GPU when it is
// queued on the current stream.
#include "guard.h"
#include <ATen/core/grad_mode.h>

namespace {

// bucket is gradients that travel as one tensor.
struct bucket {
  at::Tensor flat;
  std::vector<at::Tensor> params;
  c10::intrusive_ptr<c10d::Work> work;

  bucket(std::vector<at::Tensor> of, c10d::Backend &b) : params(std::move(of)) {
    std::vector<at::Tensor> rows;
    for (auto &p : params)
      rows.push_back(p.grad().defined() ? p.grad().reshape({-1}) : at::zeros({p.numel()}, p.options()));
    flat = at::cat(rows);
    std::vector<at::Tensor> one{flat};
    work = b.allreduce(one);
  }

  void finish(int size) {
    work->wait();
    flat.div_(size);
    int64_t at = 0;
    for (auto &p : params) {
      auto mean = flat.narrow(0, at, p.numel()).view(p.sizes());
      at += p.numel();
      if (p.grad().defined())
        p.mutable_grad().copy_(mean);
      else
        p.mutable_grad() = at::empty_like(p).copy_(mean); // which lies as the weight does
    }
  }
};

} // namespace

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

// A weight that no process has a gradient for is left without one, as in one
// process: the optimiser passes it over. The buckets are filled from the end,
// and one travels while the next is filled.
cerror cd_average_gradients(cbackend host, cbackend device, ct *params, int n, size_t limit) {
  return guarded([&] {
    at::NoGradGuard off;
    auto have = at::zeros({n}, at::kInt);
    auto flags = have.data_ptr<int>();
    for (int i = 0; i < n; i++)
      flags[i] = tensor(params[i]).grad().defined();
    std::vector<at::Tensor> one{have};
    backend(host)->allreduce(one)->wait();

    std::vector<bucket> sent;
    std::vector<at::Tensor> next;
    size_t bytes = 0;
    auto send = [&] {
      if (!next.empty())
        sent.emplace_back(std::move(next), *backend(device));
      next.clear();
      bytes = 0;
    };
    for (int i = n - 1; i >= 0; i--) {
      if (flags[i] == 0)
        continue;
      auto &p = tensor(params[i]);
      if (!next.empty() && (bytes + p.nbytes() > limit || next[0].scalar_type() != p.scalar_type()))
        send();
      next.push_back(p);
      bytes += p.nbytes();
    }
    send();
    for (auto &b : sent)
      b.finish(backend(device)->getSize());
  });
}

} // extern "C"
