#include "models/analysis/methods/interval_table.hpp"

#include <map>
#include <mutex>
#include <utility>

namespace oligosim {

IntervalTable::IntervalTable(ProportionInterval kind, double confidence) : kind_(kind), confidence_(confidence) {
  static std::mutex mutex;
  static std::map<std::pair<ProportionInterval, double>, std::shared_ptr<const std::vector<Estimate>>> made;
  const std::lock_guard lock(mutex);
  auto& shared = made[{kind, confidence}];
  if (!shared) {
    std::vector<Estimate> table;
    for (std::size_t n = 0; n <= tabulated; ++n)
      for (std::size_t x = 0; x <= n; ++x)
        table.push_back(proportion(static_cast<double>(x), static_cast<double>(n), kind, confidence));
    shared = std::make_shared<const std::vector<Estimate>>(std::move(table));
  }
  table_ = shared;
}

}  // namespace oligosim
