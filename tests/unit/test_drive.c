/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drives: the option, what is refused, writing through and not, hashes.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "files.h"

#include "isa/drive.h"

#define SECTORS 16

static uint8_t contents[SECTORS * DRIVE_SECTOR];
static char message[512];

static const char *disk(const char *name)
{
    for (size_t i = 0; i < sizeof contents; i++)
        contents[i] = (uint8_t)(i / DRIVE_SECTOR + i);
    return file_make(name, contents, sizeof contents);
}

static struct drive *opened(const char *option, bool snapshot)
{
    struct drive *d = drive_open(option, snapshot, message, sizeof message);
    if (!d)
        fail_msg("%s", message);
    return d;
}

static const char *with(const char *before, const char *path, const char *after)
{
    static char option[700];
    snprintf(option, sizeof option, "%s%s%s", before, path, after);
    return option;
}

/* What the file has at a sector's first byte. */
static int in_file(const char *path, unsigned sector)
{
    FILE *f = fopen(path, "rb");
    fseek(f, sector * DRIVE_SECTOR, SEEK_SET);
    int byte = fgetc(f);
    fclose(f);
    return byte;
}

/* --- the option ------------------------------------------------------------------------------------------------------ */

static void option(const char *text, const char *path, bool readonly)
{
    struct drive *d = opened(text, true);
    assert_string_equal(drive_path(d), path);
    assert_int_equal(drive_readonly(d), readonly);
    assert_int_equal(drive_sectors(d), SECTORS);
    drive_close(d);
}

static void options_are_understood(void **state)
{
    (void)state;
    const char *path = disk("disk"), *strange = disk("a,b=c"), *doubled = file_path("a,,b=c");
    option(path, path, false);
    option(with("", path, ",readonly"), path, true);
    option(with("", path, ",readonly=on"), path, true);
    option(with("", path, ",readonly,readonly=off"), path, false);
    option(with("file=", path, ",readonly=on,format=raw"), path, true);
    option(with("format=raw,if=none,file=", path, ""), path, false);
    option(with("", doubled, ",readonly"), strange, true);
    option(with("file=", doubled, ""), strange, false);
}

static void refused(const char *text, const char *start, const char *part)
{
    assert_null(drive_open(text, false, message, sizeof message));
    assert_message(message, start, part);
}

static void bad_options_are_refused(void **state)
{
    (void)state;
    const char *path = disk("disk");
    refused(with("", path, ",writable"), "--drive ", "cannot make sense of 'writable'; it takes FILE[,readonly]");
    refused(with("", path, ",format=qcow2"), "--drive ", "'format=qcow2'");
    refused(with("", path, ",,readonly"), path, ",readonly: No such file");
    refused("", "--drive ", "cannot make sense of ''");
    refused("readonly", "--drive readonly", "names no file");
    refused("file=", "--drive file=", "names no file");
}

static void bad_files_are_refused(void **state)
{
    (void)state;
    refused(file_path("none"), file_path("none"), "No such file");
    refused(files_folder, files_folder, "is a directory");
    refused("/dev/null", "/dev/null", "is not a regular file");
    refused(file_make("empty", "", 0), file_path("empty"), "is empty");
    refused(file_make("odd", contents, 513), file_path("odd"), "513 bytes are not whole sectors of 512 bytes");
    refused("/proc/self/exe", "/proc/self/exe", "for writing; add ,readonly");
    const char *path = disk("protected");
    chmod(path, 0400);
    if (access(path, W_OK)) /* root may write all the same */
        refused(path, path, "Permission denied for writing; add ,readonly");
    drive_close(opened(with("", path, ",readonly"), false));
}

/* --- sectors --------------------------------------------------------------------------------------------------------- */

static void writes_go_through(void **state)
{
    (void)state;
    const char *path = disk("disk");
    struct drive *d = opened(path, false);
    uint8_t bytes[2 * DRIVE_SECTOR];
    assert_true(drive_transfer(d, false, 3, 2, bytes));
    assert_memory_equal(bytes, contents + 3 * DRIVE_SECTOR, sizeof bytes);
    memset(bytes, 0x77, sizeof bytes);
    assert_true(drive_transfer(d, true, SECTORS - 2, 2, bytes));
    assert_int_equal(in_file(path, SECTORS - 1), 0x77);
    assert_int_equal(in_file(path, SECTORS - 3), contents[(SECTORS - 3) * DRIVE_SECTOR]);
    assert_true(drive_flush(d));
    assert_null(drive_error(d));
    drive_close(d);
}

static void snapshots_keep_to_themselves(void **state)
{
    (void)state;
    const char *path = disk("disk");
    struct drive *one = opened(path, true), *two = opened(path, true);
    uint8_t bytes[SECTORS * DRIVE_SECTOR];
    memset(bytes, 0x55, sizeof bytes);
    assert_true(drive_transfer(one, true, 2, 3, bytes));
    assert_true(drive_transfer(one, true, 9, 1, bytes));
    assert_true(drive_flush(one));
    assert_true(drive_transfer(two, false, 0, SECTORS, bytes));
    assert_memory_equal(bytes, contents, sizeof bytes);
    assert_int_equal(in_file(path, 2), contents[2 * DRIVE_SECTOR]);
    assert_true(drive_transfer(one, false, 0, SECTORS, bytes));
    for (unsigned sector = 0; sector < SECTORS; sector++)
        for (unsigned i = 0; i < DRIVE_SECTOR; i++) {
            unsigned at = sector * DRIVE_SECTOR + i;
            assert_int_equal(bytes[at], (sector >= 2 && sector < 5) || sector == 9 ? 0x55 : contents[at]);
        }
    drive_close(one);
    drive_close(two);
}

static void a_snapshot_needs_no_right_to_write(void **state)
{
    (void)state;
    const char *path = disk("disk");
    struct drive *d = opened(with("", path, ",readonly"), true);
    assert_false(drive_transfer(d, true, 0, 1, contents));
    assert_null(drive_error(d)); /* the guest's mistake, not the host's */
    drive_close(d);
}

static void the_drive_has_an_end(void **state)
{
    (void)state;
    uint8_t bytes[2 * DRIVE_SECTOR];
    for (int snapshot = 0; snapshot < 2; snapshot++) {
        struct drive *d = opened(disk("disk"), snapshot);
        for (int write = 0; write < 2; write++) {
            assert_true(drive_transfer(d, write, SECTORS - 1, 1, bytes));
            assert_true(drive_transfer(d, write, SECTORS, 0, bytes));
            assert_false(drive_transfer(d, write, SECTORS - 1, 2, bytes));
            assert_false(drive_transfer(d, write, SECTORS, 1, bytes));
            assert_false(drive_transfer(d, write, UINT64_MAX, 2, bytes));
            assert_false(drive_transfer(d, write, 1, UINT64_MAX, bytes));
        }
        drive_close(d);
    }
}

static void errors_of_the_host_are_remembered(void **state)
{
    (void)state;
    const char *path = disk("disk");
    uint8_t bytes[DRIVE_SECTOR];
    struct drive *d = opened(path, false);
    assert_int_equal(truncate(path, 5 * DRIVE_SECTOR), 0);
    assert_true(drive_transfer(d, false, 4, 1, bytes));
    assert_false(drive_transfer(d, false, 5, 1, bytes));
    assert_message(drive_error(d), path, "reading at sector 5: the file has become shorter");
    uint64_t hash;
    struct drive *drives[] = {d};
    assert_false(drive_hash(drives, 1, &hash));
    assert_int_equal(hash, 0);
    drive_close(d);
}

static void a_full_disk_is_an_error(void **state)
{
    (void)state;
    struct rlimit old, limit;
    const char *path = disk("disk");
    struct drive *d = opened(path, false);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    limit = (struct rlimit){4 * DRIVE_SECTOR, old.rlim_max};
    assert_int_equal(truncate(path, 0), 0);
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_true(drive_transfer(d, true, 3, 1, contents));
    assert_false(drive_transfer(d, true, 3, 2, contents));
    setrlimit(RLIMIT_FSIZE, &old);
    assert_message(drive_error(d), path, "writing at sector 4: File too large");
    drive_close(d);
}

static void hashes_are_of_what_the_guest_sees(void **state)
{
    (void)state;
    uint8_t abc[DRIVE_SECTOR] = "abc", zero[DRIVE_SECTOR] = {0};
    uint64_t hash, other, both;
    struct drive *d[2] = {opened(file_make("one", abc, sizeof abc), true),
                          opened(file_make("two", zero, sizeof zero), true)};
    assert_true(drive_hash(d, 1, &hash));
    assert_true(drive_hash(d + 1, 1, &other));
    assert_true(drive_hash(d, 2, &both));
    assert_true(hash != other && both != hash && both != other);
    assert_true(drive_transfer(d[0], true, 0, 1, zero));
    assert_true(drive_hash(d, 1, &hash));
    assert_int_equal(hash, other);
    assert_true(drive_hash(NULL, 0, &hash));
    assert_int_equal(hash, 0xef46db3751d8e999); /* of nothing, by the definition of xxh64 */
    drive_close(d[0]);
    drive_close(d[1]);
    drive_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_understood),       cmocka_unit_test(bad_options_are_refused),
        cmocka_unit_test(bad_files_are_refused),        cmocka_unit_test(writes_go_through),
        cmocka_unit_test(snapshots_keep_to_themselves), cmocka_unit_test(a_snapshot_needs_no_right_to_write),
        cmocka_unit_test(the_drive_has_an_end),         cmocka_unit_test(errors_of_the_host_are_remembered),
        cmocka_unit_test(a_full_disk_is_an_error),      cmocka_unit_test(hashes_are_of_what_the_guest_sees),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
