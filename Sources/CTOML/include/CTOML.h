#ifndef CTOML_H
#define CTOML_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A TOML document as a sequence of events, each with its line: toml++ behind a C interface.

typedef enum {
    CTOML_TABLE_BEGIN,
    CTOML_TABLE_END,
    CTOML_ARRAY_BEGIN,
    CTOML_ARRAY_END,
    // The key of the value that follows.
    CTOML_KEY,
    CTOML_STRING,
    CTOML_INTEGER,
    CTOML_FLOAT,
    CTOML_BOOLEAN,
    // Dates and times.
    CTOML_OTHER,
} ctoml_kind;

typedef struct {
    ctoml_kind kind;
    // From 1.
    uint32_t line;
    // Of keys and strings; valid during the call only.
    const char *text;
    size_t size;
    int64_t integer;
    double number;
} ctoml_event;

typedef void (*ctoml_visit)(void *context, const ctoml_event *event);

typedef struct {
    uint32_t line;
    uint32_t column;
    char message[256];
} ctoml_error;

// Reads a document and reports it, the root table included. Returns 0, or -1 with the error filled in.
int ctoml_parse(const char *text, size_t size, ctoml_visit visit, void *context, ctoml_error *error);

#ifdef __cplusplus
}
#endif

#endif
