// SPDX-License-Identifier: Apache-2.0

// Tries what a parser must never do, each act in a process of its own that is in the worker's sandbox.
// An act counts as denied if it failed or was the process's end by a forbidden call.
//
//   hearth-sandbox-check                   all layers
//   hearth-sandbox-check --none            no sandbox: shows that the acts work where they may
//   hearth-sandbox-check --without-seccomp, --without-landlock   the other layers alone
//
// One line an act, `denied NAME how` or `ALLOWED NAME`, then the counts. Exit code 1 if any was allowed.

#define _GNU_SOURCE
#include "CHearthSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];
static char file[96];
static char other[96];

static long call_open(const char *path, int flags) {
    return syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
}

// Each act returns 0 or more if it worked.
static long open_read(void) { return call_open("/etc/passwd", O_RDONLY); }
static long open_write(void) { return call_open(file, O_WRONLY); }
static long open_create(void) { return call_open(other, O_WRONLY | O_CREAT); }
static long open_folder(void) { return call_open("/", O_RDONLY | O_DIRECTORY); }
static long open_proc(void) { return call_open("/proc/self/mem", O_RDWR); }
static long open_device(void) { return call_open("/dev/urandom", O_RDONLY); }
static long open_unnamed(void) { return call_open(folder, O_TMPFILE | O_RDWR); }
static long open_libc(void) { return open("/etc/hostname", O_RDONLY); }
static long open2(void) {
    const uint64_t how[3] = {O_RDONLY, 0, 0};
    return syscall(437, AT_FDCWD, "/etc/passwd", how, sizeof how);
}
static long list_folder(void) {
    char buffer[4096];
    return syscall(SYS_getdents64, open("/", O_RDONLY | O_DIRECTORY), buffer, sizeof buffer);
}
static long status_of_path(void) { struct stat s; return stat("/etc/passwd", &s); }
static long access_path(void) { return syscall(SYS_faccessat, AT_FDCWD, "/etc/passwd", R_OK); }
static long remove_file(void) { return unlinkat(AT_FDCWD, file, 0); }
static long rename_file(void) { return renameat(AT_FDCWD, file, AT_FDCWD, other); }
static long link_file(void) { return linkat(AT_FDCWD, file, AT_FDCWD, other, 0); }
static long symlink_file(void) { return symlinkat(file, AT_FDCWD, other); }
static long make_folder(void) { return mkdirat(AT_FDCWD, other, 0700); }
static long make_fifo(void) { return mknodat(AT_FDCWD, other, S_IFIFO | 0600, 0); }
static long change_mode(void) { return fchmodat(AT_FDCWD, file, 0644, 0); }
static long change_owner(void) { return fchownat(AT_FDCWD, file, getuid(), getgid(), 0); }
static long truncate_file(void) { return truncate(file, 0); }
static long change_times(void) { return utimensat(AT_FDCWD, file, NULL, 0); }
static long change_folder(void) { return chdir("/tmp"); }
static long change_root(void) { return chroot("/"); }
static long run_program(void) {
    char *const arguments[] = {(char *)"true", NULL};
    return execve("/bin/true", arguments, arguments + 1);  // success ends with code 0
}
static long run_program_at(void) {
    char *const arguments[] = {(char *)"true", NULL};
    return syscall(SYS_execveat, AT_FDCWD, "/bin/true", arguments, arguments + 1, 0);
}
static long fork_process(void) {
    const long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0) { _exit(0); }
    return child;
}
static long fork_libc(void) {
    const pid_t child = fork();
    if (child == 0) { _exit(0); }
    return child;
}
static long clone3_process(void) {
    uint64_t arguments[8] = {0, 0, 0, 0, SIGCHLD, 0, 0, 0};
    const long child = syscall(435, arguments, sizeof arguments);
    if (child == 0) { _exit(0); }
    return child;
}
static long socket_local(void) { return syscall(SYS_socket, 1, 1, 0); }
static long socket_ipv4(void) { return syscall(SYS_socket, 2, 1, 0); }
static long socket_ipv6(void) { return syscall(SYS_socket, 10, 1, 0); }
static long socket_udp(void) { return syscall(SYS_socket, 2, 2, 0); }
static long socket_raw_netlink(void) { return syscall(SYS_socket, 16, 3, 0); }
static long socket_packet(void) { return syscall(SYS_socket, 17, 3, 0); }
static long socket_vsock(void) { return syscall(SYS_socket, 40, 1, 0); }
static long socket_bluetooth(void) { return syscall(SYS_socket, 31, 3, 1); }
static long socket_pair(void) { int pair[2]; return syscall(SYS_socketpair, 1, 1, 0, pair); }
static long connect_any(void) {
    const uint8_t address[16] = {2, 0, 0, 80, 127, 0, 0, 1};
    const long result = syscall(SYS_connect, syscall(SYS_socket, 2, 2, 0), address, 16);
    return result;
}
static long bind_any(void) {
    const uint8_t address[16] = {2, 0, 0, 0, 127, 0, 0, 1};
    return syscall(SYS_bind, syscall(SYS_socket, 2, 1, 0), address, 16);
}
static long send_datagram(void) {
    const uint8_t address[16] = {2, 0, 0, 9, 127, 0, 0, 1};
    return syscall(SYS_sendto, syscall(SYS_socket, 2, 2, 0), "x", 1, 0, address, 16);
}
static long signal_parent(void) { return kill(getppid(), 0); }
static long signal_all(void) { return kill(0, 0); }
static long signal_thread_of_parent(void) {
    return syscall(SYS_tgkill, getppid(), getppid(), 0);
}
static long trace_parent(void) { return ptrace(PTRACE_SEIZE, getppid(), 0, 0); }
static long trace_me(void) { return ptrace(PTRACE_TRACEME, 0, 0, 0); }
static long read_parent(void) {
    char byte;
    const struct { void *base; size_t count; } own = {&byte, 1}, theirs = {file, 1};
    return syscall(SYS_process_vm_readv, getppid(), &own, 1, &theirs, 1, 0);
}
static long open_process(void) { return syscall(434, getppid(), 0); }
static long regain_dump(void) { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }
static long rename_process(void) { return prctl(PR_SET_NAME, "x", 0, 0, 0); }
static long raise_limit(void) {
    const struct rlimit more = {64, 64};
    return setrlimit(RLIMIT_NOFILE, &more);
}
static long raise_limit_other_call(void) {
    const struct rlimit more = {10, 10};
    return syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, &more, NULL);
}
static long map_code(void) {
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            == MAP_FAILED ? -1 : 0;
}
static long map_writable_code(void) {
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            == MAP_FAILED ? -1 : 0;
}
static long make_code(void) {
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}
static long make_code_with_key(void) {
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return syscall(SYS_pkey_mprotect, page, 4096, PROT_READ | PROT_EXEC, -1);
}
static long memory_file(void) { return syscall(SYS_memfd_create, "x", 0); }
static long secret_memory(void) { return syscall(447, 0); }
static long set_up_ring(void) {
    uint8_t parameters[120] = {0};
    return syscall(425, 4, parameters);
}
static long load_program(void) {
    uint8_t attributes[128] = {0};
    attributes[0] = 1;  // an array
    attributes[4] = 4; attributes[8] = 4; attributes[12] = 1;
    return syscall(SYS_bpf, 0, attributes, sizeof attributes);
}
static long add_key(void) { return syscall(SYS_add_key, "user", "x", "y", 1, -3); }
static long key_control(void) { return syscall(SYS_keyctl, 0, -3, 1); }
static long mount_something(void) {
    const long result = syscall(SYS_mount, "none", folder, "tmpfs", 0, NULL);
    if (result == 0) { (void)syscall(SYS_umount2, folder, 2); }
    return result;
}
static long new_namespaces(void) { return syscall(SYS_unshare, 0x10000000); }
static long enter_namespace(void) { return syscall(SYS_setns, 0, 0x40000000); }
static long count_events(void) {
    uint32_t attributes[32] = {1, sizeof(uint32_t) * 32};
    return syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0);
}
static long fault_handler(void) { return syscall(SYS_userfaultfd, 1); }
static long name_handle(void) {
    uint32_t handle[34] = {128};
    int mount = 0;
    return syscall(SYS_name_to_handle_at, AT_FDCWD, "/etc/passwd", handle, &mount, 0);
}
static long shared_memory(void) { return syscall(SYS_shmget, 0, 4096, 01600); }
static long message_queue(void) { return syscall(SYS_msgget, 0, 01600); }
static long semaphores(void) { return syscall(SYS_semget, 0, 1, 01600); }
static long posix_queue(void) { return syscall(SYS_mq_open, "x", 0102, 0600, NULL); }
static long watch_files(void) { return syscall(SYS_inotify_init1, 0); }
static long event_descriptor(void) { return syscall(SYS_eventfd2, 0, 0); }
static long timer_descriptor(void) { return syscall(SYS_timerfd_create, 1, 0); }
static long new_pipe(void) { int pair[2]; return syscall(SYS_pipe2, pair, 0); }
static long copy_descriptor(void) { return dup(0); }
static long write_regular_file(void) { return write(0, "x", 1); }  // opened for writing too
static long write_unlisted(void) { return write(100, "x", 1); }
static long change_user(void) { return syscall(SYS_setuid, getuid()); }
static long set_time(void) {
    // A clock that there is not, for the same reason.
    const long now[2] = {0, 0};
    return syscall(SYS_clock_settime, 1 << 20, now) == -1 && errno == EINVAL ? 0 : -1;
}
static long set_host_name(void) {
    // Never a name: a length that no kernel takes, so that the answer alone tells who refused.
    return syscall(SYS_sethostname, "x", (size_t)-1) == -1 && errno == EINVAL ? 0 : -1;
}
static long terminal_control(void) { return syscall(SYS_ioctl, 0, 0x5401, folder); }
static long new_filter(void) { return syscall(SYS_seccomp, 2, 0, &(uint32_t){0x7fff0000}); }
static long new_rules(void) { return syscall(444, NULL, 0, 1); }
static long new_handler(void) { return signal(SIGUSR1, SIG_IGN) == SIG_ERR ? -1 : 0; }
static long replace_handler(void) { return (long)(signal(SIGSYS, SIG_IGN) == SIG_ERR ? -1 : 0); }
static long wait_for_others(void) { return syscall(SYS_epoll_create1, 0); }
static long splice_pages(void) { return syscall(SYS_vmsplice, 3, NULL, 0, 0); }
static long read_link(void) { char b[64]; return readlinkat(AT_FDCWD, "/proc/self/exe", b, 64); }

static const struct { const char *name; long (*act)(void); } acts[] = {
#define ACT(name) {#name, name}
    ACT(open_read), ACT(open_write), ACT(open_create), ACT(open_folder), ACT(open_proc),
    ACT(open_device), ACT(open_unnamed), ACT(open_libc), ACT(open2), ACT(list_folder),
    ACT(status_of_path), ACT(access_path), ACT(remove_file), ACT(rename_file), ACT(link_file),
    ACT(symlink_file), ACT(make_folder), ACT(make_fifo), ACT(change_mode), ACT(change_owner),
    ACT(truncate_file), ACT(change_times), ACT(change_folder), ACT(change_root), ACT(run_program),
    ACT(run_program_at), ACT(fork_process), ACT(fork_libc), ACT(clone3_process), ACT(socket_local),
    ACT(socket_ipv4), ACT(socket_ipv6), ACT(socket_udp), ACT(socket_raw_netlink),
    ACT(socket_packet), ACT(socket_vsock), ACT(socket_bluetooth), ACT(socket_pair),
    ACT(connect_any), ACT(bind_any), ACT(send_datagram), ACT(signal_parent), ACT(signal_all),
    ACT(signal_thread_of_parent), ACT(trace_parent), ACT(trace_me), ACT(read_parent),
    ACT(open_process), ACT(regain_dump), ACT(rename_process), ACT(raise_limit),
    ACT(raise_limit_other_call), ACT(map_code), ACT(map_writable_code), ACT(make_code),
    ACT(make_code_with_key), ACT(memory_file), ACT(secret_memory), ACT(set_up_ring),
    ACT(load_program), ACT(add_key), ACT(key_control), ACT(mount_something), ACT(new_namespaces),
    ACT(enter_namespace), ACT(count_events), ACT(fault_handler), ACT(name_handle),
    ACT(shared_memory), ACT(message_queue), ACT(semaphores), ACT(posix_queue), ACT(watch_files),
    ACT(event_descriptor), ACT(timer_descriptor), ACT(new_pipe), ACT(copy_descriptor),
    ACT(write_regular_file), ACT(write_unlisted), ACT(change_user), ACT(set_time),
    ACT(set_host_name), ACT(terminal_control), ACT(new_filter), ACT(new_rules), ACT(new_handler),
    ACT(replace_handler), ACT(wait_for_others), ACT(splice_pages), ACT(read_link),
};

enum { worked = 90, refused = 91 };

/// Each act begins with the same file and nothing beside it.
static void set_the_table(void) {
    (void)unlink(other);
    (void)rmdir(other);
    const int descriptor = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    (void)!write(descriptor, "x", 1);
    (void)dup2(descriptor, 0);
    (void)close(descriptor);
}

static int try_act(size_t index, int sandboxed, unsigned without, char *how, size_t size) {
    set_the_table();
    (void)fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        (void)setpgid(0, 0);
        struct hearth_sandbox_report report;
        if (sandboxed) {
            hearth_sandbox_enter(without, &report);
        }
        errno = 0;
        const long result = acts[index].act();
        hearth_exit(result >= 0 ? worked : refused);
    }
    int status = 0;
    (void)waitpid(child, &status, WUNTRACED);
    if (WIFSIGNALED(status)) {
        (void)snprintf(how, size, "ended by signal %d", WTERMSIG(status));
        return 1;
    }
    (void)snprintf(how, size, "refused");
    return WIFEXITED(status) && WEXITSTATUS(status) == refused;
}

/// A worker that misbehaves in the way that the input's first byte says; see IsolationTests.
static int misbehave(void) {
    struct hearth_sandbox_report report;
    char way = 0;
    (void)!pread(0, &way, 1, 16);
    if (way == 't') {
        const struct rlimit second = {1, 2};
        (void)setrlimit(RLIMIT_CPU, &second);
        for (volatile int spin = 0;; spin++) { }
    }
    if (way == 'k') { (void)kill(getpid(), SIGKILL); }
    // The memory must not be cut short under the reader's feet.
    if (way == 'z' && ftruncate(6, 0) == 0) {
        (void)!write(3, "\1\0\0\0", 4);
        (void)pause();
    }
    hearth_sandbox_enter(0, &report);
    switch (way) {
    case 's': (void)fork_process(); break;
    case 'c': { volatile int *volatile nowhere = (int *)8; *nowhere = 1; break; }
    case 'a': abort();
    case 'm':
        for (;;) {
            char *memory = malloc(64 << 20);
            if (memory == NULL) { __builtin_trap(); }
            memory[0] = 1;
        }
    case 'g': {  // noise in the place of the numbers that tell of slots
        char noise[4096];
        memset(noise, 0x5A, sizeof noise);
        for (int i = 0; i < 16; i++) { (void)!write(3, noise, sizeof noise); }
        break;
    }
    case 'n': {  // noise in a slot
        const size_t all = (size_t)HEARTH_WORKER_SLOTS * HEARTH_WORKER_SLOT_BYTES;
        void *memory = hearth_map_shared(6, all);
        const uint32_t told = 4096;
        if (memory != NULL) { memset(memory, 0x5A, all); }
        (void)!write(3, &told, sizeof told);
        break;
    }
    case 'l': {  // more than a slot holds
        const uint32_t told = (uint32_t)HEARTH_WORKER_SLOT_BYTES + 1;
        (void)!write(3, &told, sizeof told);
        break;
    }
    case 'w':  // slots of next to nothing, without waiting for a turn
        for (;;) {
            const uint32_t told = 1;
            if (write(3, &told, sizeof told) != sizeof told) { break; }
        }
        break;
    default: break;  // says nothing
    }
    return 0;
}

int main(int count, char **arguments) {
    if (count > 0 && strcmp(arguments[0], "hearth-worker") == 0) { return misbehave(); }
    int sandboxed = 1;
    unsigned without = 0;
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--none") == 0) { sandboxed = 0; }
        if (strcmp(arguments[i], "--without-seccomp") == 0) { without |= HEARTH_SANDBOX_SECCOMP; }
        if (strcmp(arguments[i], "--without-landlock") == 0) { without |= HEARTH_SANDBOX_LANDLOCK; }
    }
    (void)snprintf(folder, sizeof folder, "/tmp/hearth-sandbox-XXXXXX");
    if (mkdtemp(folder) == NULL) { return 2; }
    (void)snprintf(file, sizeof file, "%s/file", folder);
    (void)snprintf(other, sizeof other, "%s/other", folder);
    const size_t total = sizeof acts / sizeof acts[0];
    size_t denied = 0;
    for (size_t i = 0; i < total; i++) {
        char how[64];
        if (try_act(i, sandboxed, without, how, sizeof how)) {
            denied++;
            printf("denied  %s %s\n", acts[i].name, how);
        } else {
            printf("ALLOWED %s\n", acts[i].name);
        }
    }
    printf("%zu denied, %zu allowed, of %zu\n", denied, total - denied, total);
    (void)unlink(other);
    (void)rmdir(other);
    (void)unlink(file);
    (void)rmdir(folder);
    return denied == total ? 0 : 1;
}
