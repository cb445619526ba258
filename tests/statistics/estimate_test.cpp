#include "engine/statistics/estimate.hpp"

#include <gtest/gtest.h>

namespace oligosim {
namespace {

TEST(Estimate, ContractNamesOfStatus) {
  EXPECT_EQ(name(Status::ok), "ok");
  EXPECT_EQ(name(Status::no_events), "no_events");
  EXPECT_EQ(name(Status::not_reached), "not_reached");
  EXPECT_EQ(name(Status::separation), "separation");
  EXPECT_EQ(name(Status::singular), "singular");
  EXPECT_EQ(name(Status::empty_group), "empty_group");
  EXPECT_EQ(name(Status::did_not_converge), "did_not_converge");
}

}  // namespace
}  // namespace oligosim
