#pragma once

#include <algorithm>
#include <vector>

namespace oligosim {

/// The sum of integral(from, to) over the pieces of [0, end] between breaks, in any order, those outside left out:
/// quadrature needs a function without jumps.
template <class F>
double by_pieces(std::vector<double> breaks, double end, const F& integral) {
  breaks.push_back(0);
  breaks.push_back(end);
  std::erase_if(breaks, [end](double t) { return t < 0 || t > end; });
  std::ranges::sort(breaks);
  double sum = 0;
  for (std::size_t k = 1; k < breaks.size(); ++k)
    if (breaks[k] > breaks[k - 1]) sum += integral(breaks[k - 1], breaks[k]);
  return sum;
}

}  // namespace oligosim
