/*
 * Makes a disk fail on purpose: loaded into the node with LD_PRELOAD, switched while it runs by the first line of the
 * file that FAULT_CONTROL names: "OPERATION NUMBER".
 *   sync 5       fsync and fdatasync fail with errno 5 (EIO)
 *   write 28     writes fail with errno 28 (ENOSPC)
 *   short 0      writes take only half of what they are given
 *   slow 300     fsync and fdatasync take 300 ms more
 * Only files below FAULT_PATH whose name ends in FAULT_SUFFIX are concerned.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static int fault(int fd, const char *operation, int *number) {
    const char *control = getenv("FAULT_CONTROL"), *path = getenv("FAULT_PATH"), *suffix = getenv("FAULT_SUFFIX");
    if (!control || !path) return 0;
    int file = open(control, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    char text[64];
    ssize_t size = read(file, text, sizeof text - 1);
    close(file);
    if (size <= 0) return 0;
    text[size] = 0;
    char found[32];
    if (sscanf(text, "%31s %d", found, number) != 2 || strcmp(found, operation)) return 0;
    char link[64], name[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, name, sizeof name - 1);
    if (length < 0) return 0;
    name[length] = 0;
    if (!strstr(name, path)) return 0;
    size_t tail = suffix ? strlen(suffix) : 0;
    return tail == 0 || ((size_t)length >= tail && !strcmp(name + length - tail, suffix));
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static int sync_fault(int fd) {
    int number;
    if (fault(fd, "slow", &number)) usleep(number * 1000);
    if (fault(fd, "sync", &number)) { errno = number; return -1; }
    return 0;
}

int fsync(int fd) { REAL(int, fsync, int); return sync_fault(fd) ? -1 : real(fd); }
int fdatasync(int fd) { REAL(int, fdatasync, int); return sync_fault(fd) ? -1 : real(fd); }

int syncfs(int fd) {
    REAL(int, syncfs, int);
    int number;
    const char *suffix = getenv("FAULT_SUFFIX");
    char *kept = suffix ? strdup(suffix) : NULL;
    unsetenv("FAULT_SUFFIX"); /* A directory stands for all its files. */
    int failed = fault(fd, "sync", &number);
    if (kept) { setenv("FAULT_SUFFIX", kept, 1); free(kept); }
    if (failed) { errno = number; return -1; }
    return real(fd);
}

ssize_t write(int fd, const void *bytes, size_t size) {
    REAL(ssize_t, write, int, const void *, size_t);
    int number;
    if (fault(fd, "write", &number)) { errno = number; return -1; }
    if (size > 1 && fault(fd, "short", &number)) size /= 2;
    return real(fd, bytes, size);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset) {
    REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
    int number;
    if (fault(fd, "write", &number)) { errno = number; return -1; }
    if (size > 1 && fault(fd, "short", &number)) size /= 2;
    return real(fd, bytes, size, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    int number;
    if (fault(fd, "write", &number)) { errno = number; return -1; }
    if (count > 1 && fault(fd, "short", &number)) count = 1;
    return real(fd, parts, count);
}
