#include "engine/statistics/estimate.hpp"

namespace oligosim {

std::string_view name(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::no_events:
      return "no_events";
    case Status::not_reached:
      return "not_reached";
    case Status::separation:
      return "separation";
    case Status::singular:
      return "singular";
    case Status::empty_group:
      return "empty_group";
    case Status::did_not_converge:
      return "did_not_converge";
    case Status::degenerate_resamples:
      return "degenerate_resamples";
    case Status::dropped:
      return "dropped";
  }
  return "unknown";
}

}  // namespace oligosim
