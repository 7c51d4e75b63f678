// SPDX-License-Identifier: Apache-2.0

// System calls that Swift cannot make by itself, or must not make through a library that allocates:
// variadic calls, terminal modes, durable writes. No function here allocates memory.
#ifndef HEARTH_SYSTEM_H
#define HEARTH_SYSTEM_H

#include <stdbool.h>
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

/// As above for the shared lock, which others may hold too.
int hearth_flock_shared_try(int descriptor);

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

/// Opens a file for reading and for writing at its end; makes it, for its owner alone, if it is not
/// there. A last name that is a link is refused. Returns the descriptor, or -1 with errno.
int hearth_open_private(const char *path);

/// From now on the signals are told as bytes (their numbers) to read from the descriptor that is
/// returned, and no longer end the process; a write to a closed pipe fails with EPIPE. To be called
/// once. Returns -1 with errno if that cannot be had.
int hearth_signals_as_bytes(const int *signals, int count);

/// Puts a key under `name` into the user's keyring in the kernel, for `seconds`; one of that name is
/// replaced. Only processes of this user that reach that keyring can read it. Returns 0, or -1 with
/// errno: ENOSYS or EPERM where there is no keyring for this process.
int hearth_session_key_put(const char *name, const uint8_t *key, size_t length, unsigned seconds);

/// Reads such a key. Returns its length, or -1 with errno: ENOKEY, EKEYEXPIRED or EKEYREVOKED if
/// there is none (any more), ERANGE if it does not fit.
ssize_t hearth_session_key_get(const char *name, uint8_t *key, size_t capacity);

/// Ends such a key at once. Returns 0, or -1 with errno as above.
int hearth_session_key_end(const char *name);

// The worker process.

// How a worker that crashed ends, and one whose sandbox was required and is not in force.
#define HEARTH_WORKER_CRASHED 70
#define HEARTH_WORKER_OUT_OF_MEMORY 71
#define HEARTH_WORKER_UNPROTECTED 72
#define HEARTH_WORKER_BAD_REQUEST 73

#define HEARTH_WORKER_FIRST_COMPANION 7      // descriptor of the first of
#define HEARTH_WORKER_COMPANIONS 256         // further files of one recording
#define HEARTH_WORKER_SLOTS 4                // parts of the shared memory
#define HEARTH_WORKER_SLOT_BYTES (1 << 21)   // of each
#define HEARTH_WORKER_CPU_SECONDS 30         // and one more for each 4 MiB of the input
#define HEARTH_WORKER_MEMORY_BYTES (1 << 30) // of address space

// The layers of the worker's sandbox; bits of `hearth_sandbox_report.layers`.
#define HEARTH_SANDBOX_HYGIENE 1u
#define HEARTH_SANDBOX_LIMITS 2u
#define HEARTH_SANDBOX_NO_NEW_PRIVS 4u
#define HEARTH_SANDBOX_MDWE 8u
#define HEARTH_SANDBOX_LANDLOCK 16u
#define HEARTH_SANDBOX_SECCOMP 32u
#define HEARTH_SANDBOX_SELF_TEST 64u  // opening a file and a socket failed, as they must

/// Which layers are in force.
struct hearth_sandbox_report {
    unsigned layers;
    unsigned landlock_abi;
};

/// Gives up every right that parsing does not need, for good: limits of memory, time, files and
/// processes; no new privileges; no memory both writable and executable; Landlock without any rule;
/// and a filter of system calls that ends the process at a forbidden one. Call it first in the worker's
/// `main`, before any thread exists; descriptors above those of the worker are closed.
///
/// `without` leaves layers out (HEARTH_SANDBOX_LANDLOCK, HEARTH_SANDBOX_SECCOMP), for tests of the
/// others. The report is for the process that started the worker, which decides what is enough.
void hearth_sandbox_enter(unsigned without, struct hearth_sandbox_report *report);

/// Makes this thread take text for UTF-8 until `hearth_locale_restore` is handed the result.
void *hearth_locale_utf8(void);
void hearth_locale_restore(void *before);

/// Ends the process at once, without the work that libraries left for the end.
_Noreturn void hearth_exit(int code);

/// The path of the running program, not ended by a zero. Returns its length, or -1.
ssize_t hearth_executable_path(char *buffer, size_t capacity);

/// Makes a pipe that no other program inherits, with room for `bytes` where the system grants it.
/// Returns 0, or -1 with errno.
int hearth_pipe(int descriptors[2], int bytes);

/// Bytes that a pipe holds, or -1.
int hearth_pipe_bytes(int descriptor);

/// Makes a write to a full pipe fail instead of wait.
void hearth_never_wait(int descriptor);

/// Whether this user may run the program at `path`.
bool hearth_is_executable(const char *path);

/// Makes memory of `bytes` that two processes can map and neither can make longer or shorter.
/// Returns its descriptor, which no other program inherits, or -1 with errno.
int hearth_shared_memory(size_t bytes);

/// Maps such memory for reading and writing; NULL if that fails.
void *hearth_map_shared(int descriptor, size_t bytes);
void hearth_unmap(void *address, size_t bytes);

/// What a worker is handed; -1 is not allowed.
struct hearth_worker_descriptors {
    int input;
    int result;
    int request;
    int turns;
    int memory;
    const int *companions;
    int companion_count;
};

/// Starts the program at `path` with an empty environment and these descriptors alone: 0 is the
/// input, 1 and 2 lead nowhere, 3 is the result, 4 the request, 5 the turns, 6 the memory, 7 and up
/// are the companions. Returns 0, or -1 with errno.
int hearth_worker_start(
    const char *path, const struct hearth_worker_descriptors *handed, pid_t *process);

/// Waits until the descriptor can be read or has ended. Returns 1 if so, 0 after the time, or -1.
int hearth_wait_readable(int descriptor, int milliseconds);

/// How a worker ended: by a signal, or with a code; and what it used.
struct hearth_worker_outcome {
    int signal;
    int code;
    int64_t cpu_milliseconds;
    int64_t peak_bytes;
};

/// Waits for the worker's end; `stop` ends it first. Returns 0, or -1 with errno.
int hearth_worker_end(pid_t process, int stop, struct hearth_worker_outcome *outcome);

#endif
