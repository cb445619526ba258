#include "engine/io/mistake_list.hpp"

#include <algorithm>
#include <tuple>

namespace oligosim {

void MistakeList::add(const Place& place, const std::string& path, const std::string& message) {
  ++count_;
  const auto before = [](const Place& a, const Mistake& b) {
    return std::tuple(a.line, a.column) < std::tuple(b.place.line, b.place.column);
  };
  if (first_.size() > most_ && !before(place, first_.back())) return;
  first_.insert(std::upper_bound(first_.begin(), first_.end(), place, before), {place, path, message});
  if (first_.size() > most_ + 1) first_.pop_back();
}

void MistakeList::finish() {
  for (std::size_t i = 0; i < std::min(first_.size(), most_); ++i)
    problems_.add(first_[i].place, first_[i].path, first_[i].message);
  if (count_ > most_)
    problems_.add(first_.back().place, "", "from here on " + std::to_string(count_ - most_) + " more like these");
  first_.clear();
  count_ = 0;
}

}  // namespace oligosim
