#include "CTOML.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace {

struct failed_assertion : std::logic_error {
    using std::logic_error::logic_error;
};

} // namespace

// toml++ 3.3.0 asserts what some broken files do not keep ("[[" and a control character): an exception, not the end of
// the program; and never an assumption for the optimizer.
#undef NDEBUG
#define TOML_ASSERT(condition) ((condition) ? void() : throw failed_assertion(#condition))

#include <toml++/toml.h>

namespace {

struct Reporter {
    ctoml_visit visit;
    void *context;

    void send(ctoml_kind kind, const toml::node &node, std::string_view text = {}, int64_t integer = 0,
              double number = 0) const {
        ctoml_event event{kind, node.source().begin.line, text.data(), text.size(), integer, number};
        visit(context, &event);
    }

    void report(const toml::node &node) const {
        if (auto *table = node.as_table()) {
            send(CTOML_TABLE_BEGIN, node);
            for (auto &&[key, value] : *table) {
                ctoml_event event{CTOML_KEY, key.source().begin.line, key.str().data(), key.str().size(), 0, 0};
                visit(context, &event);
                report(value);
            }
            send(CTOML_TABLE_END, node);
        } else if (auto *array = node.as_array()) {
            send(CTOML_ARRAY_BEGIN, node);
            for (auto &&element : *array) report(element);
            send(CTOML_ARRAY_END, node);
        } else if (auto *string = node.as_string()) {
            send(CTOML_STRING, node, string->get());
        } else if (auto *integer = node.as_integer()) {
            send(CTOML_INTEGER, node, {}, integer->get(), static_cast<double>(integer->get()));
        } else if (auto *number = node.as_floating_point()) {
            send(CTOML_FLOAT, node, {}, 0, number->get());
        } else if (auto *boolean = node.as_boolean()) {
            send(CTOML_BOOLEAN, node, {}, boolean->get());
        } else {
            send(CTOML_OTHER, node);
        }
    }
};

void fill(ctoml_error *error, std::string_view message, toml::source_position place) {
    error->line = place.line;
    error->column = place.column;
    auto size = std::min(message.size(), sizeof error->message - 1);
    std::memcpy(error->message, message.data(), size);
    error->message[size] = 0;
}

// How many lines it takes from the beginning until an assertion fails: what follows never matters, the parser reads once.
uint32_t line_of_assertion(std::string_view text) {
    std::vector<size_t> ends;
    for (size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\n') ends.push_back(at + 1);
    }
    auto holds = [&](size_t end) {
        try {
            (void)toml::parse(text.substr(0, end));
        } catch (const failed_assertion &) {
            return false;
        } catch (const std::exception &) {
        }
        return true;
    };
    return static_cast<uint32_t>(std::partition_point(ends.begin(), ends.end(), holds) - ends.begin() + 1);
}

} // namespace

int ctoml_parse(const char *text, size_t size, ctoml_visit visit, void *context, ctoml_error *error) {
    try {
        auto document = toml::parse(std::string_view(text, size));
        Reporter{visit, context}.report(document);
        return 0;
    } catch (const toml::parse_error &caught) {
        fill(error, caught.description(), caught.source().begin);
    } catch (const failed_assertion &) {
        fill(error, "this is no TOML", {line_of_assertion({text, size}), 1});
    } catch (const std::exception &caught) {
        fill(error, caught.what(), {});
    }
    return -1;
}
