#pragma once

#include <vector>

namespace oligosim {

/// Families of spending functions. obrien_fleming, pocock: Lan and DeMets (1983), 2(1 - Phi(z_{level/2}/sqrt t)) and
/// level log(1 + (e - 1)t); hwang_shih_decani (1990): level (1 - exp(-gamma t))/(1 - exp(-gamma)); kim_demets (1987):
/// level t^rho; user: straight lines between points.
enum class Spending { obrien_fleming, pocock, hwang_shih_decani, kim_demets, user };

/// How much of an error's level may be spent by an information fraction.
struct SpendingFunction {
  SpendingFunction(Spending chosen = Spending::obrien_fleming, double value = 0) : family(chosen), parameter(value) {}

  Spending family;
  double parameter;                 // gamma or rho
  std::vector<double> information;  // of user: increasing, the last 1 ...
  std::vector<double> share;        // ... and the share of the level spent there
};

/// Cumulative level spent at information fraction t: 0 at 0; what there is to spend from 1 on.
double spent(const SpendingFunction& function, double level, double t);

}  // namespace oligosim
