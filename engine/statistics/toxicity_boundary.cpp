#include "engine/statistics/toxicity_boundary.hpp"

#include <boost/math/special_functions/beta.hpp>

namespace oligosim {

std::optional<std::size_t> fewest_too_many(const ToxicityRule& rule, std::size_t patients) {
  for (std::size_t events = 0; events <= patients; ++events) {
    const double a = rule.prior_events + static_cast<double>(events);
    const double b = rule.prior_others + static_cast<double>(patients - events);
    if (boost::math::ibetac(a, b, rule.limit) > rule.certainty) return events;
  }
  return {};
}

}  // namespace oligosim
