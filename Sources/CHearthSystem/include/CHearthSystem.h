// SPDX-License-Identifier: Apache-2.0

// System calls that Swift cannot make by itself, or must not make through a library that allocates:
// variadic calls, terminal modes, durable writes. No function here allocates memory.
#ifndef HEARTH_SYSTEM_H
#define HEARTH_SYSTEM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// What `hearth_crash_hygiene_missing` found not to be in force; bits of its result.
#define HEARTH_HYGIENE_SIGNALS 1u   // a crash signal still has a handler
#define HEARTH_HYGIENE_CORE 2u      // a core file could be written
#define HEARTH_HYGIENE_DUMPABLE 4u  // another process of this user may read our memory
#define HEARTH_HYGIENE_UMASK 8u     // new files could be readable by others

/// Makes a crash silent: crash signals go back to their default action (the Swift crash reporter
/// would print memory behind registers), no core file, not dumpable, umask 077, and child processes
/// start with the Swift crash reporter off. Call it first in `main`, before any thread exists.
///
/// Returns 0, or the HEARTH_HYGIENE bits of what could not be brought into force.
unsigned hearth_crash_hygiene(void);

/// Reads back what `hearth_crash_hygiene` sets; 0 if all of it is in force.
unsigned hearth_crash_hygiene_missing(void);

/// Reads one line without its line end from `descriptor`, byte by byte, so that nothing behind the
/// line is taken and no copy stays in a library's buffer. End of file ends the line too.
///
/// Returns the number of bytes, or -1 with errno; ERANGE if the line does not fit. After an error
/// the buffer holds zeros.
ssize_t hearth_read_line(int descriptor, uint8_t *buffer, size_t capacity);

/// Writes `prompt` to the controlling terminal and reads one line from it with echo off, straight
/// into `buffer`. The terminal's mode is restored before the function returns, also when a signal
/// such as control-C arrives, which then takes its usual effect.
///
/// Returns as `hearth_read_line` does; ENXIO if there is no terminal, EINTR if a signal ended
/// the reading and the process lives on.
ssize_t hearth_read_passphrase(const char *prompt, uint8_t *buffer, size_t capacity);

/// Tries to take the exclusive lock of an open file. Returns 0, 1 if another process holds it, or
/// -1 with errno. The lock ends when the descriptor is closed.
int hearth_flock_try(int descriptor);

/// Makes the file's bytes durable, with the size but not the times. Returns 0, or -1 with errno.
/// An error is final: do not try again on the same descriptor.
int hearth_sync_data(int descriptor);

/// Makes a file or a folder durable with its metadata. Returns 0, or -1 with errno; final as above.
int hearth_sync_file(int descriptor);

/// Reserves disk blocks for the first `length` bytes of a file and makes it at least that long.
/// Returns 0, or -1 with errno (ENOSPC if the disk is full).
int hearth_preallocate(int descriptor, int64_t length);

/// Names the file system below `path`, such as `ext4`, and its data journalling mode, such as
/// `ordered`; an empty string where there is no journal or nothing is known. Both are cut to their
/// capacity.
///
/// Returns 0, or -1 with errno.
int hearth_file_system(
    const char *path, char *type, size_t type_capacity, char *data_mode, size_t mode_capacity);

#endif
