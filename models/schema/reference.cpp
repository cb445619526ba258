#include "models/schema/reference.hpp"

#include <array>
#include <utility>

#include "engine/io/schema_reference.hpp"
#include "models/schema/documents.hpp"
#include "models/schema/notes.hpp"

namespace oligosim {
namespace {

constexpr const char* head =
    "# Every key of every file\n\n"
    "Made by `oligosim reference` from what the program asks of its files; `oligosim schema` has the same for "
    "editors.\n"
    "Times are in months since randomization unless a key says otherwise. NAME is a name of your own; `key[]` is an\n"
    "entry of a list. Where several values are named any of them may stand; a key without a default may be left out\n"
    "unless it is required.\n";

/// What the end of a key's name says of its unit; the first that fits.
constexpr std::array<std::pair<const char*, const char*>, 13> units{{
    {"rate_per_month", "patients per month"},
    {"rate_per_month.rate", "patients per month"},
    {"cost.per_month", ""},
    {"log_months", "log of months"},
    {"days_per_month", "days"},
    {"per_month", "per month"},
    {"months", "months"},
    {"month", "months"},
    {"age_years.median", "years"},
    {"age_years.minimum", "years"},
    {"age_years.maximum", "years"},
    {"size_cm.from", "cm"},
    {"size_cm.scale", "cm"},
}};

std::string unit_of(const std::string& path) {
  for (const auto& [end, unit] : units)
    if (path.ends_with(end)) return unit;
  return "";
}

/// The published cohort is a study, and described as one.
const MappingShape& published_study(const MappingShape& disease) {
  return *disease.find("published").value.mapping->find("study").value.mapping;
}

}  // namespace

std::string reference_text() {
  SchemaReference reference(note_of, unit_of);
  std::string text = head;
  for (const DocumentKind& kind : document_kinds()) {
    reference.elsewhere(kind.shape(), kind.path, kind.name);
    if (std::string(kind.name) == "disease")
      reference.elsewhere(published_study(kind.shape()), std::string(kind.path) + ".published.study", "study");
    text += "- [" + std::string(kind.name) + "](#" + kind.name + "): " + kind.title + "\n";
  }
  for (const DocumentKind& kind : document_kinds())
    text += "\n<a id=\"" + std::string(kind.name) + "\"></a>\n## " + kind.title + "\n" +
            reference.document(kind.shape(), kind.path);
  return text;
}

}  // namespace oligosim
