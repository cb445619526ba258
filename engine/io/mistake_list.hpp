#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/io/yaml.hpp"

namespace oligosim {

/// What the user should know although the input is accepted; listed as Problems are.
struct Warnings : Problems {};

/// Mistakes of one kind in a long file: the first of them in the file are listed, the others counted.
class MistakeList {
 public:
  explicit MistakeList(Problems& problems, std::size_t most = 20) : problems_(problems), most_(most) {}

  void add(const Place& place, const std::string& path, const std::string& message);
  /// One more, where the caller goes down the file and there are enough already: spares finding its place.
  void add_unlisted() { ++count_; }
  bool enough() const { return count_ > most_; }
  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  /// Hands over to the Problems, the count of those not listed at the place where they begin.
  void finish();

 private:
  struct Mistake {
    Place place;
    std::string path, message;
  };

  Problems& problems_;
  std::size_t most_;
  std::size_t count_ = 0;
  std::vector<Mistake> first_;  // the most_ + 1 first ones, by line and column
};

}  // namespace oligosim
