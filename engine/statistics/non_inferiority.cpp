#include "engine/statistics/non_inferiority.hpp"

#include <cmath>
#include <limits>

#include "engine/numeric/normal.hpp"

namespace oligosim {

double noninferiority_probability(double log_ratio, double log_margin, double standard_error, double alpha) {
  return normal_cdf((log_margin - log_ratio) / standard_error + normal_quantile(alpha));
}

double shown_log_margin(double log_ratio, double standard_error, double alpha, double probability) {
  return log_ratio + standard_error * (normal_quantile(probability) - normal_quantile(alpha));
}

double noninferiority_events(double log_ratio, double log_margin, double alpha, double probability, double allocation) {
  const double distance = log_margin - log_ratio;
  if (distance <= 0) return std::numeric_limits<double>::infinity();
  const double z = normal_quantile(probability) - normal_quantile(alpha);
  return (1 + allocation) * (1 + allocation) / allocation * z * z / (distance * distance);
}

}  // namespace oligosim
