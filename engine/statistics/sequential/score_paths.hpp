#pragma once

#include <vector>

namespace oligosim {

/// The score statistic S = z sqrt(I) at a look, over the paths that no boundary has stopped before. Its increments are
/// independent normals with mean drift * dI and variance dI (I: information, drift: E z = drift sqrt(I)). Recursive
/// integration of the sub-density (Armitage, McPherson and Rowe 1969; Jennison and Turnbull 2000, ch. 19) without
/// drift; a drift multiplies the density of each path by exp(drift S - drift^2 I / 2), so one grid serves all drifts
/// below about 5 per sqrt(I) to 1e-12.
class ScorePaths {
 public:
  /// At the first look.
  explicit ScorePaths(double information);

  double information() const { return information_; }
  /// P(not stopped before, S >= score).
  double above(double score, double drift) const;
  /// P(not stopped before, S < score).
  double below(double score, double drift) const;
  /// The z with above() = level without drift: infinite where there is nothing to spend, -infinity where there is more
  /// to spend than paths are left.
  double upper_boundary(double level) const;
  /// The z with below() = level under a drift: -infinity where there is nothing to spend, infinity where paths lack.
  double lower_boundary(double level, double drift) const;
  /// At a later look, of the paths that this one leaves between two scores. More information than here.
  ScorePaths next(double low, double high, double information) const;

 private:
  ScorePaths() = default;
  template <class Use>
  double sum(double low, double high, const Use& use) const;
  template <class Use>
  double sum_with(double drift, const Use& use) const;
  double density(double score) const;
  void add_panels(const ScorePaths& before, double low, double high, double finest);

  double information_ = 0.0;
  double before_ = 0.0;       // information at the look before
  std::vector<double> node_;  // scores at the look before, ascending
  std::vector<double> mass_;  // of the paths without drift
};

}  // namespace oligosim
