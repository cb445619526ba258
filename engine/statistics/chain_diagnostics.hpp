#pragma once

#include <span>
#include <vector>

namespace oligosim {

/// How well several Markov chains agree on one quantity, after Vehtari, Gelman, Simpson, Carpenter and Buerkner (2021).
struct ChainDiagnostics {
  double r_hat = 0;           // rank-normalized and split; near 1 where the chains agree
  double effective_size = 0;  // of all draws together, for the bulk of the distribution
};

/// `chains`: draws in their order, all chains of one length, at least 8 draws each. NaN where nothing varies.
ChainDiagnostics chain_diagnostics(const std::vector<std::vector<double>>& chains);

}  // namespace oligosim
