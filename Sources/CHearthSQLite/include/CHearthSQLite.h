// SPDX-License-Identifier: Apache-2.0

// What of SQLite only variadic C calls reach, and what is done for every pack.
#ifndef HEARTH_SQLITE_H
#define HEARTH_SQLITE_H

struct sqlite3;
struct sqlite3_stmt;

/// Closes what the store of packs does not use: writing to the schema table, triggers, views, loading of
/// code, attached files, and values larger than `largest_value` bytes. Each setting is read back.
/// Returns 0, or another number if one did not take.
int hearth_sqlite_harden(struct sqlite3 *connection, int largest_value);

/// Runs `change`, if there is one, then `question`, and compares the first column of its row, without
/// regard to case. Returns 0 if that is `expected`, -1 if it is not, or SQLite's code of the failure.
int hearth_sqlite_set(
    struct sqlite3 *connection, const char *change, const char *question, const char *expected);

/// Runs a statement with `id` as its only parameter, up to its first row. `bytes` gets the first
/// column, which stays until the statement is reset, and `count` its length, -1 if there is no row or
/// the column is null. Returns 0 or SQLite's code of the failure.
int hearth_sqlite_find(
    struct sqlite3_stmt *statement, long long id, const void **bytes, int *count);

/// The `errno` of the last call to the system that failed on this connection.
int hearth_sqlite_system_error(struct sqlite3 *connection);

/// Ends the run of a statement.
void hearth_sqlite_reset(struct sqlite3_stmt *statement);

#endif
