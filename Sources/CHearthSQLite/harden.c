// SPDX-License-Identifier: Apache-2.0

#include "CHearthSQLite.h"

#include <sqlite3.h>
#include <stddef.h>

static int set(sqlite3 *connection, int option, int wanted) {
    int found = !wanted;
    return sqlite3_db_config(connection, option, wanted, &found) == SQLITE_OK && found == wanted;
}

static int limit(sqlite3 *connection, int id, int most) {
    (void)sqlite3_limit(connection, id, most);
    // A library built with a lower limit keeps it.
    return sqlite3_limit(connection, id, -1) <= most;
}

int hearth_sqlite_harden(struct sqlite3 *connection, int largest_value) {
    static const struct { int option, value; } settings[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
    };
    const struct { int id, most; } limits[] = {
        {SQLITE_LIMIT_LENGTH, largest_value},
        {SQLITE_LIMIT_SQL_LENGTH, 1 << 18},
        {SQLITE_LIMIT_COLUMN, 32},
        {SQLITE_LIMIT_EXPR_DEPTH, 50},
        {SQLITE_LIMIT_COMPOUND_SELECT, 10},
        {SQLITE_LIMIT_FUNCTION_ARG, 8},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 16},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };
    if (connection == NULL) {
        return __LINE__;
    }
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        if (!set(connection, settings[i].option, settings[i].value)) {
            return settings[i].option;
        }
    }
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        if (!limit(connection, limits[i].id, limits[i].most)) {
            return __LINE__;
        }
    }
    return 0;
}
