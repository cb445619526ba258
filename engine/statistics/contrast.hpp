#pragma once

#include "engine/statistics/estimate.hpp"

namespace oligosim {

/// estimate +- z standard errors.
void set_wald_interval(Estimate& e, double confidence);

/// The two-sided test that `z` is standard normal, positive in favour of the later level. z not a finite number, as
/// where a standard error is 0: no test, status `no_events`, or `singular` where there are events (n_events).
void set_normal_test(Estimate& e, double z);

/// Wald's test of a difference against another null hypothesis than 0, in the place of its own.
void test_against(Estimate& e, double null);

/// A contrast before its value: n and n_events of both groups together; `empty_group` where one is empty, otherwise the
/// first status that is not ok.
Estimate contrast_of(const Estimate& reference, const Estimate& later);

}  // namespace oligosim
