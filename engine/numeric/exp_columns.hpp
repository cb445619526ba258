#pragma once

#include <span>

namespace oligosim {

/// Each number replaced by its elementary::exp(). The same bits by all three: on this processor, on any, and on one of
/// level v4.
void to_exp(std::span<double> values);
void to_exp_v3(std::span<double> values);
void to_exp_v4(std::span<double> values);

/// Each replaced by its root, elementary::exp(elementary::log(x) / degree), in the same way.
void to_roots(std::span<double> values, double degree);
void to_roots_v3(std::span<double> values, double degree);
void to_roots_v4(std::span<double> values, double degree);

}  // namespace oligosim
