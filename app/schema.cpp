#include <string>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "models/schema/documents.hpp"
#include "models/schema/reference.hpp"

namespace oligosim {

int schema_command(const std::string& kind) {
  for (const DocumentKind& known : document_kinds())
    if (kind == known.name) print_result("{}\n", schema_of(known).dump(1));
  return done;
}

int reference_command() {
  print_result("{}", reference_text());
  return done;
}

}  // namespace oligosim
