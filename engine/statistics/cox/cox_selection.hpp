#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/cox/cox.hpp"

namespace oligosim {

/// The columns of a model as terms, which enter and leave whole: the indicators of a categorical variable together.
/// Sets of terms are bits: bit t for term t.
struct CoxTerms {
  std::span<const std::uint16_t> of_column;  // term of each column, ascending from 0, each term with a column
  std::size_t count = 0;                     // at most max_cox_terms
  std::span<const std::uint32_t> within;     // element t: terms that term t is part of (`a` of `a:b`); empty: none

  std::uint32_t all() const { return count == 32 ? ~std::uint32_t{0} : (std::uint32_t{1} << count) - 1; }
};

/// The model of some of the terms.
struct CoxModel {
  std::uint32_t terms = 0;
  std::span<double> coefficient;  // one a column of all terms; 0 where the term is out, NaN where status is not ok
  Status status = Status::ok;
};

/// Backward elimination: while the largest p value of a term's Wald test, with as many degrees of freedom as it has
/// columns, is above `p_out` that term leaves and the model is fitted again (refits step by step, not the approximate
/// ones of Lawless and Singhal 1978). A term stays as long as one that it is part of. p_out = 0.157 is Akaike's
/// criterion for a term of one column (Sauerbrei and Schumacher 1992). `whole`: the fit of all terms with these
/// weights. It may end without any term; a refit that is not ok gives its status. `options.initial` has no part.
CoxModel eliminate_backward(const SurvivalTable& table, const CoxCovariates& covariates, const CoxTerms& terms,
                            const CoxFit& whole, std::span<const double> weight, double p_out,
                            const CoxOptions& options, Arena& arena);

}  // namespace oligosim
