#pragma once

#include "engine/statistics/sequential/sequential_design.hpp"
#include "models/design/design.hpp"

namespace oligosim {

/// What designs have in common that plan later stages anew at an interim look: looks by events of one endpoint, and
/// stages that are combined with the weights of the information planned, one-sided. Efficacy is claimed at an interim
/// look only where the study has `efficacy`.
class CombinedStages : public Design {
 public:
  std::span<const double> efficacy_boundaries() const override { return boundaries_; }
  bool combines() const override { return true; }

 protected:
  /// `primary`, `alpha`, `looks`, `efficacy` and `latest_month`. `most_looks`: 2, or more.
  void read_stages(DesignInput& input, std::size_t most_looks);
  std::size_t events(std::size_t look) const { return *looks_[look].events; }

  std::vector<double> boundaries_;  // one a look
  std::optional<SequentialDesign> sequential_;
  bool ready_ = false;  // false: what was read has mistakes

 private:
  void make_boundaries(const EfficacyRule& rule);
};

}  // namespace oligosim
