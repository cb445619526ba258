#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/study/study.hpp"

namespace oligosim {

/// A study at other sizes. With the patients go, in proportion, the events and patients that looks wait for and
/// final_events; the rate or the period of enrollment and everything else stay what they are. Scenarios keep only what
/// the size rests on of the plan: analyses that anything outside it names, and the one whose interval is wanted.
class SizedStudy {
 public:
  /// Of a study with a block `size`, to live as long as this. Throws InputError where the study can have no size
  /// between those wanted. Solves what the arms should show.
  SizedStudy(const Study& study, unsigned threads);

  const SizeWanted& wanted() const { return *study_.size; }
  std::uint64_t seed() const { return study_.seed; }
  std::uint32_t replicates() const { return study_.replicates; }
  /// Sizes are patients, or events, as the study counts them: whole multiples of `unit`, between two limits.
  std::size_t own_size() const { return own_size_; }
  std::size_t unit() const { return unit_; }
  std::size_t randomization_block() const { return block_; }
  std::size_t smallest() const { return smallest_; }
  std::size_t largest() const { return largest_; }
  /// The smallest size that is a multiple of the unit and not below `size`, within the limits.
  std::size_t rounded_up(double size) const;
  /// Patients: a whole number of randomization blocks.
  std::size_t patients(std::size_t size) const;
  /// Events planned at the end; 0: none are.
  std::size_t events(std::size_t size) const;
  /// What information goes with: events planned, else patients.
  double information(std::size_t size) const;
  /// The smallest size with that information, within the limits.
  std::size_t size_of(double information) const;

  /// Scenario `k` of wanted().in. Throws InputError where the design cannot have that size.
  Scenario scenario(std::size_t k, std::size_t size) const;
  const Scenario& own_scenario(std::size_t k) const { return scenarios_[k]; }
  /// The study file at a size: ready to run.
  YamlNode document(std::size_t size) const;
  /// The study's own design, as written out.
  const YamlNode& design() const { return *reduced_.find("design"); }
  /// The design at a size where it does not go in proportion.
  void put_design(std::size_t size, YamlNode design) { designs_[size] = std::move(design); }

 private:
  void check_power() const;
  void find_limits();
  bool can_be(std::size_t size, std::string* why) const;
  [[noreturn]] void refuse(const std::string& message, const char* key = "size.between") const;
  YamlNode sized(YamlNode tree, std::size_t size) const;

  const Study& study_;
  std::map<std::size_t, YamlNode> designs_;
  YamlNode reduced_;                 // the study's tree with what the size rests on
  std::vector<Scenario> scenarios_;  // of wanted().in at the study's own size, solved
  std::size_t own_patients_ = 0, own_events_ = 0, own_size_ = 0;
  std::size_t block_ = 1, unit_ = 1, smallest_ = 1, largest_ = 1;
};

}  // namespace oligosim
