#pragma once
#define FUSE_USE_VERSION 312
#include <fuse_lowlevel.h>
#include <errno.h>
#include <stdlib.h>

// Functions that newer versions of libfuse make macros of, and fields that are bits.

static inline struct fuse_session *jffs2_fuse_session(
    struct fuse_args *arguments, const struct fuse_lowlevel_ops *operations, void *userdata) {
    return fuse_session_new(arguments, operations, sizeof *operations, userdata);
}

// Serves until it is unmounted, with at most so many threads at a time.
static inline int jffs2_fuse_loop(struct fuse_session *session, unsigned threads) {
    if (threads <= 1) return fuse_session_loop(session);
    struct fuse_loop_config *config = fuse_loop_cfg_create();
    if (!config) return -ENOMEM;
    fuse_loop_cfg_set_max_threads(config, threads);
    fuse_loop_cfg_set_idle_threads(config, threads);
    int result = fuse_session_loop_mt(session, config);
    fuse_loop_cfg_destroy(config);
    return result;
}
