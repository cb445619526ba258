#pragma once

#include <array>
#include <vector>

#include "models/disease/crossover.hpp"

namespace oligosim {

/// PFS and OS of an illness-death model whose hazards are piecewise constant in the time since randomization
/// (Fleischer, Gaschler-Markefski and Bluhmki 2009; Meller, Beyersmann and Rufibach 2019): from free of progression to
/// progressed or dead, from progressed to dead. The state occupation is exact in each piece.
class IllnessDeathCurve {
 public:
  struct Piece {
    double from_month = 0;                                                              // of the first piece 0
    double progression = 0, death_before_progression = 0, death_after_progression = 0;  // hazards per month
  };

  explicit IllnessDeathCurve(std::vector<Piece> pieces, Crossover crossover = {});

  double pfs(double month) const;
  double pfs_density(double month) const;
  double os(double month) const;
  double os_density(double month) const;
  std::vector<double> breaks() const;
  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  /// Probabilities of being free of progression, progressed on the treatment of before, and crossed over.
  using State = std::array<double, 3>;
  State advanced(const State& state, const Piece& piece, double months) const;
  State at(double month) const;
  std::size_t piece_at(double month) const;

  std::vector<Piece> pieces_;
  Crossover crossover_;
  std::vector<State> start_;  // of each piece
};

/// What a model with constant hazards is solved from.
struct IllnessDeathMedians {
  double pfs = 0, os = 0;  // months
};

/// Hazards whose PFS and OS have these medians, where a share `progress_first` of the PFS events are progressions.
/// Nothing where no hazard of death after progression gives the median OS.
std::vector<IllnessDeathCurve::Piece> solve_by_share(const IllnessDeathMedians& medians, double progress_first);
/// The same with this Pearson correlation of PFS and OS, both without censoring. Nothing where there is none.
std::vector<IllnessDeathCurve::Piece> solve_by_correlation(const IllnessDeathMedians& medians, double correlation);
/// The longest median OS that goes with a median PFS and a correlation: of patients who all progress before they die.
double longest_median_os(double median_pfs, double correlation);
/// Pearson correlation of PFS and OS under constant hazards (Fleischer et al. 2009).
double pfs_os_correlation(const IllnessDeathCurve::Piece& hazards);

}  // namespace oligosim
