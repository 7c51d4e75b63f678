// SPDX-License-Identifier: Apache-2.0

// Settings of SQLite that only variadic C calls reach.
#ifndef HEARTH_SQLITE_H
#define HEARTH_SQLITE_H

struct sqlite3;

/// Closes what the store of packs does not use: writing to the schema table, triggers, views, loading of
/// code, attached files, and values larger than `largest_value` bytes. Each setting is read back.
/// Returns 0, or another number if one did not take.
int hearth_sqlite_harden(struct sqlite3 *connection, int largest_value);

#endif
