#include "engine/statistics/sequential/binomial_design.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oligosim {
namespace {

/// P(X = x) of X responses of a number of patients, which starts at none. All terms are sums of positive ones.
class Binomial {
 public:
  explicit Binomial(double p) : p_(p) {}

  void add_patient() {
    mass_.push_back(0);
    for (std::size_t x = mass_.size() - 1; x > 0; --x) mass_[x] = (1 - p_) * mass_[x] + p_ * mass_[x - 1];
    mass_[0] *= 1 - p_;
  }
  const std::vector<double>& mass() const { return mass_; }

  /// P(X > x), x = 0, ..., patients.
  std::vector<double> tail() const {
    std::vector<double> above(mass_.size(), 0);
    for (std::size_t x = mass_.size() - 1; x > 0; --x) above[x - 1] = above[x] + mass_[x];
    return above;
  }

 private:
  double p_;
  std::vector<double> mass_{1};
};

/// The smallest x with P(X > x) at most alpha.
std::size_t critical(const std::vector<double>& tail, double alpha) {
  return static_cast<std::size_t>(std::ranges::partition_point(tail, [alpha](double above) { return above > alpha; }) -
                                  tail.begin());
}

/// Binomials of each number of patients, made as far as asked for.
class BinomialTable {
 public:
  explicit BinomialTable(double p) : last_(p) {}

  void grow(std::size_t patients) {
    while (mass_.size() <= patients) {
      mass_.push_back(last_.mass());
      tail_.push_back(last_.tail());
      last_.add_patient();
    }
  }
  const std::vector<double>& mass(std::size_t n) const { return mass_[n]; }
  const std::vector<double>& tail(std::size_t n) const { return tail_[n]; }

 private:
  Binomial last_;
  std::vector<std::vector<double>> mass_, tail_;
};

struct TwoStages {
  std::size_t n1, r1, n, r;
};

class SimonSearch {
 public:
  explicit SimonSearch(const BinomialDemand& demand) : demand_(demand), null_(demand.p0), wanted_(demand.p1) {}

  std::optional<SimonDesigns> run() {
    for (std::size_t n = 1; n <= most_binomial_patients; ++n) {
      null_.grow(n), wanted_.grow(n);
      if (most_powerful(n) < demand_.power) continue;
      if (!search(n) && optimal_) return SimonDesigns{stages(*optimal_), stages(*minimax_)};
    }
    return {};
  }

 private:
  static std::vector<BinomialStage> stages(const TwoStages& d) { return {{d.n1, d.r1}, {d.n, d.r}}; }

  /// Power of the randomized test of n patients: no rule about them with the same level has more (Neyman-Pearson).
  double most_powerful(std::size_t n) const {
    const std::size_t r = critical(null_.tail(n), demand_.alpha);
    const double left = (demand_.alpha - null_.tail(n)[r]) / null_.mass(n)[r];
    return wanted_.tail(n)[r] + left * wanted_.mass(n)[r];
  }

  double expected(const TwoStages& d) const {
    return static_cast<double>(d.n1) + null_.tail(d.n1)[d.r1] * static_cast<double>(d.n - d.n1);
  }

  static double reject(const BinomialTable& at, const TwoStages& d) {
    const std::vector<double>&first = at.mass(d.n1), &second = at.tail(d.n - d.n1);
    double sum = 0;
    for (std::size_t x = d.r1 + 1; x <= d.n1; ++x) {
      const std::size_t needed = d.r < x ? 0 : d.r - x;
      if (needed < second.size()) sum += first[x] * (d.r < x ? 1 : second[needed]);
    }
    return sum;
  }

  /// All first stages of a trial of n patients. False: none of them can expect fewer than the best so far, nor can
  /// they with more patients.
  bool search(std::size_t n) {
    bool promising = false;
    for (std::size_t n1 = 1; n1 < n; ++n1) {
      const std::vector<double>& tail = wanted_.tail(n1);
      if (tail[0] < demand_.power) continue;  // stopping without a response costs too much power already
      const auto too_high =
          std::ranges::partition_point(tail, [&](double above) { return above >= demand_.power; }) - tail.begin();
      TwoStages d{n1, static_cast<std::size_t>(too_high) - 1, n, critical(null_.tail(n), demand_.alpha)};
      if (expected(d) >= least_) continue;
      promising = true;
      search_thresholds(d);
    }
    return promising;
  }

  /// From the highest threshold of the first stage down, which expects ever more patients: the first that holds.
  void search_thresholds(TwoStages d) {
    while (d.r > d.r1 && reject(null_, {d.n1, d.r1, d.n, d.r - 1}) <= demand_.alpha) --d.r;
    for (;; --d.r1) {
      while (reject(null_, d) > demand_.alpha) ++d.r;
      if (expected(d) >= least_) return;
      if (reject(wanted_, d) >= demand_.power) return keep(d);
      if (d.r1 == 0) return;
    }
  }

  void keep(const TwoStages& d) {
    optimal_ = d;
    least_ = expected(d);
    if (!minimax_ || minimax_->n == d.n) minimax_ = d;
  }

  BinomialDemand demand_;
  BinomialTable null_, wanted_;
  std::optional<TwoStages> optimal_, minimax_;
  double least_ = std::numeric_limits<double>::infinity();
};

/// Kullback-Leibler divergence of a probability from another.
double divergence(double from, double to) {
  return from * std::log(from / to) + (1 - from) * std::log((1 - from) / (1 - to));
}

/// From so many patients on every number holds the demand: P(X >= c n) and P(X < c n) are at most exp(-n divergence)
/// (Chernoff 1952), with c where both bounds come to what is demanded at the same n.
double surely_enough(const BinomialDemand& demand) {
  const double level = -std::log(demand.alpha), miss = -std::log(1 - demand.power);
  double low = demand.p0, high = demand.p1;
  for (int k = 0; k < 60; ++k) {
    const double c = (low + high) / 2;
    (level * divergence(c, demand.p1) > miss * divergence(c, demand.p0) ? low : high) = c;
  }
  return std::ceil(std::max(level / divergence(high, demand.p0), miss / divergence(low, demand.p1)));
}

}  // namespace

BinomialCharacteristics binomial_characteristics(std::span<const BinomialStage> stages, double probability) {
  BinomialCharacteristics result;
  std::vector<double> reached{1};  // probability of being there with x responses
  std::size_t patients = 0;
  double there = 1;
  for (const BinomialStage& stage : stages) {
    Binomial added(probability);
    for (; patients < stage.patients; ++patients) added.add_patient();
    result.expected_patients += there * static_cast<double>(added.mass().size() - 1);
    std::vector<double> now(stage.patients + 1, 0);
    for (std::size_t x = 0; x < reached.size(); ++x)
      for (std::size_t y = 0; y < added.mass().size(); ++y) now[x + y] += reached[x] * added.mass()[y];
    double stop = 0;
    there = 0;
    for (std::size_t x = 0; x < now.size(); ++x) (x > stage.above ? there : stop) += now[x];
    std::fill_n(now.begin(), std::min(stage.above + 1, now.size()), 0.0);
    result.stop.push_back(stop);
    reached = std::move(now);
  }
  result.stop.pop_back();
  result.reject = there;
  return result;
}

std::size_t critical_responses(std::size_t patients, double p0, double alpha) {
  Binomial null(p0);
  for (std::size_t n = 0; n < patients; ++n) null.add_patient();
  return critical(null.tail(), alpha);
}

std::optional<BinomialStage> single_stage_design(const BinomialDemand& demand, bool every_larger) {
  const double last = every_larger ? surely_enough(demand) : static_cast<double>(most_binomial_patients);
  if (last > 20 * static_cast<double>(most_binomial_patients)) return {};
  Binomial null(demand.p0), wanted(demand.p1);
  std::optional<BinomialStage> found;
  for (std::size_t n = 1; static_cast<double>(n) <= last && (every_larger || !found); ++n) {
    null.add_patient(), wanted.add_patient();
    const std::size_t r = critical(null.tail(), demand.alpha);
    if (wanted.tail()[r] < demand.power)
      found.reset();
    else if (!found)
      found = BinomialStage{n, r};
  }
  if (found && found->patients > most_binomial_patients) return {};
  return found;
}

std::optional<SimonDesigns> simon_designs(const BinomialDemand& demand) { return SimonSearch(demand).run(); }

}  // namespace oligosim
