// SPDX-License-Identifier: Apache-2.0

#include "CHearthSQLite.h"

#include <sqlite3.h>
#include <stddef.h>

struct comparison {
    const char *expected;
    int is_equal;
};

static int compare(void *context, int columns, char **values, char **names) {
    struct comparison *wanted = context;
    (void)names;
    wanted->is_equal = columns > 0 && values[0] != NULL
        && sqlite3_stricmp(values[0], wanted->expected) == 0;
    return 0;
}

int hearth_sqlite_set(
    struct sqlite3 *connection, const char *change, const char *question, const char *expected) {
    struct comparison wanted = {expected, 0};
    int code = change != NULL ? sqlite3_exec(connection, change, NULL, NULL, NULL) : SQLITE_OK;
    if (code == SQLITE_OK) {
        code = sqlite3_exec(connection, question, compare, &wanted, NULL);
    }
    if (code != SQLITE_OK) {
        return code;
    }
    return wanted.is_equal ? 0 : -1;
}

int hearth_sqlite_find(
    struct sqlite3_stmt *statement, long long id, const void **bytes, int *count) {
    *bytes = NULL;
    *count = -1;
    int code = sqlite3_reset(statement);
    if (code == SQLITE_OK) {
        code = sqlite3_bind_int64(statement, 1, id);
    }
    if (code != SQLITE_OK) {
        return code;
    }
    code = sqlite3_step(statement);
    if (code == SQLITE_DONE) {
        return SQLITE_OK;
    }
    if (code != SQLITE_ROW) {
        return code;
    }
    if (sqlite3_column_type(statement, 0) != SQLITE_NULL) {
        // In this order: the bytes may have to be converted, or memory for them may be missing.
        *bytes = sqlite3_column_blob(statement, 0);
        *count = sqlite3_column_bytes(statement, 0);
        if (*bytes == NULL && *count > 0) {
            return SQLITE_NOMEM;
        }
    }
    return SQLITE_OK;
}

int hearth_sqlite_system_error(struct sqlite3 *connection) {
    return sqlite3_system_errno(connection);
}

void hearth_sqlite_reset(struct sqlite3_stmt *statement) {
    (void)sqlite3_reset(statement);
}
