#pragma once

namespace oligosim {

/// What the data since an earlier look show on their own: z of a statistic with independent increments, as a log-rank
/// test has at its numbers of events. NaN without new information.
double increment(double z_before, double information_before, double z, double information);

/// Two stages whose z are combined with weights fixed beforehand, so that the second may be planned anew in the light
/// of the first (Cui, Hung and Wang 1999; Lehmacher and Wassmer 1999). One-sided.
struct CombinationTest {
  double first_share;  // of the planned information, in the first stage
  double boundary;     // of the combined z at the end

  /// `second`: of the data since the first stage alone.
  double combined(double first, double second) const;
  /// The probability to reach the boundary with so much further information, at a drift E z = drift sqrt(information).
  double conditional_power(double first, double drift, double further) const;
  /// The least further information at which it is `power`; infinity where no amount is enough. 0 < power < 1.
  double further_information(double first, double drift, double power) const;

 private:
  double needed(double first) const;  // z of the second stage
};

}  // namespace oligosim
