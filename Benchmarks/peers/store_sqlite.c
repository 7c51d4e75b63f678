// SPDX-License-Identifier: Apache-2.0
// store_sqlite FILE ROWS [KEY]: rows of time and value through prepared inserts, 100,000 a transaction, in WAL
// with synchronous FULL; then a night and all of them read back. Built against SQLite, or against SQLCipher,
// where the key is given. The rows are those of hearth-bench vault.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include STORE_HEADER

static const int64_t start = 1704067200000000000, step = 3000000000;

static double clock_of(clockid_t which) {
    struct timespec at;
    clock_gettime(which, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static double now(void) { return clock_of(CLOCK_MONOTONIC); }
// Of the whole process: steadier where others use the machine too.
static double cpu(void) { return clock_of(CLOCK_PROCESS_CPUTIME_ID); }

static void run(sqlite3 *db, const char *sql) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
        exit(1);
    }
}

static sqlite3 *open_store(const char *path, const char *key) {
    sqlite3 *db;
    char pragma[200];
    if (sqlite3_open(path, &db) != SQLITE_OK) exit(1);
    if (key != NULL) {
        snprintf(pragma, sizeof pragma, "PRAGMA key = '%s'", key);
        run(db, pragma);
    }
    run(db, "PRAGMA journal_mode = WAL");
    run(db, "PRAGMA synchronous = FULL");
    return db;
}

static void write_rows(sqlite3 *db, int64_t rows) {
    sqlite3_stmt *insert;
    uint32_t state = 1;
    int32_t rate = 60;
    run(db, "CREATE TABLE sample(time INTEGER PRIMARY KEY, value REAL NOT NULL)");
    sqlite3_prepare_v2(db, "INSERT INTO sample VALUES(?, ?)", -1, &insert, NULL);
    for (int64_t row = 0; row < rows; row++) {
        if (row % 100000 == 0) run(db, row == 0 ? "BEGIN" : "COMMIT; BEGIN");
        state = state * 1664525u + 1013904223u;
        rate += (int32_t)(state >> 30) - 1 - ((int32_t)(state >> 28) & 1);
        if (rate < 45) rate = 45 + (int32_t)(state >> 24 & 7);
        if (rate > 120) rate = 120 - (int32_t)(state >> 24 & 7);
        sqlite3_bind_int64(insert, 1, start + row * step);
        sqlite3_bind_double(insert, 2, rate);
        if (sqlite3_step(insert) != SQLITE_DONE) exit(1);
        sqlite3_reset(insert);
    }
    run(db, "COMMIT");
    sqlite3_finalize(insert);
}

static void read_rows(sqlite3 *db, const char *name, const char *what, int64_t from) {
    sqlite3_stmt *query;
    double begin = now(), used = cpu(), sum = 0;
    long count = 0;
    sqlite3_prepare_v2(db, "SELECT time, value FROM sample WHERE time >= ?", -1, &query, NULL);
    sqlite3_bind_int64(query, 1, from);
    while (sqlite3_step(query) == SQLITE_ROW) {
        sum += sqlite3_column_double(query, 1);
        count++;
    }
    sqlite3_finalize(query);
    printf("%s read %s: %.4f s, CPU %.4f s\nrows %ld sum %.1f\n", name, what, now() - begin,
        cpu() - used, count, sum);
}

int main(int count, char **words) {
    if (count < 3) return 64;
    const char *key = count > 3 ? words[3] : NULL, *name = key != NULL ? "sqlcipher" : "sqlite";
    int64_t rows = atoll(words[2]);
    struct stat status;
    remove(words[1]);
    sqlite3 *db = open_store(words[1], key);
    double begin = now(), used = cpu();
    write_rows(db, rows);
    printf("%s write %lld rows: %.4f s, CPU %.4f s\n", name, (long long)rows, now() - begin,
        cpu() - used);
    sqlite3_close(db);
    db = open_store(words[1], key);
    run(db, "SELECT count(*) FROM sqlite_master");
    read_rows(db, name, "last night", start + rows * step - 8LL * 3600 * 1000000000);
    read_rows(db, name, "a year", start);
    sqlite3_close(db);
    if (stat(words[1], &status) == 0)
        printf("%s bytes a row: %.3f\n", name, (double)status.st_size / (double)rows);
    return 0;
}
