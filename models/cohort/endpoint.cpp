#include "models/cohort/endpoint.hpp"

#include <cmath>

#include "engine/io/number.hpp"
#include "engine/io/words.hpp"

namespace oligosim {

std::uint8_t EndpointCoding::state_of(double code) const {
  if (std::isnan(code)) return missing_state;
  switch (kind) {
    case Kind::event:
      return code == event ? 1 : code == censored ? censored_state : unknown_state;
    case Kind::censor:
      if (!std::isfinite(code) || code < 0 || code != std::trunc(code)) return unknown_state;
      return code == 0 ? 1 : censored_state;
    case Kind::cause:
      if (code == 0) return censored_state;
      for (std::size_t k = 0; k < causes.size(); ++k)
        if (causes[k].code == code) return static_cast<std::uint8_t>(k + 1);
      return unknown_state;
  }
  return unknown_state;
}

std::string EndpointCoding::in_words() const {
  if (kind == Kind::event) return unrounded(event) + " event, " + unrounded(censored) + " censored";
  if (kind == Kind::censor) return "0 event, a positive whole number censored";
  std::vector<std::string> codes{"0 censored"};
  for (const Cause& cause : causes) codes.push_back(unrounded(cause.code) + " " + cause.name);
  return either(codes);
}

}  // namespace oligosim
