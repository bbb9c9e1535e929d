/* A library that the tests load into the server's process with LD_PRELOAD. It makes calls on files under one folder
 * fail, and shifts the clock. The test writes what is to happen into a file that is mapped here.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* The same layout as `Orders` in interposer.rs: four numbers of eight bytes. */
struct orders {
    _Atomic int64_t error;      /* the errno of a call that fails; 0: no call fails */
    _Atomic int64_t operations; /* which calls fail: the bits below */
    _Atomic int64_t one_in;     /* one in this many of them fails */
    _Atomic int64_t clock_ns;   /* what is added to the time of day */
};
enum { WRITE = 1, SYNC = 2, READ = 4 };

static struct orders *orders;
static const char *folder;
static _Atomic int64_t calls;

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("ENDURANCE_ORDERS");
    folder = getenv("ENDURANCE_FOLDER");
    int file = path && folder ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof(struct orders), PROT_READ, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED) orders = mapped;
    close(file);
}

/* Whether this call is to fail; if so, errno is set. */
static int fails(int operation, int file) {
    int64_t error = orders ? orders->error : 0;
    if (error == 0 || !(orders->operations & operation)) return 0;
    char link[40] = "/proc/self/fd/", path[512], digits[12];
    int length = 0, place = 14;
    for (int rest = file; rest > 0 || length == 0; rest /= 10) digits[length++] = (char)('0' + rest % 10);
    while (length > 0) link[place++] = digits[--length];
    ssize_t size = readlink(link, path, sizeof path);
    size_t start = strlen(folder);
    if (size < (ssize_t)start || memcmp(path, folder, start) != 0) return 0;
    int64_t one_in = orders->one_in > 0 ? orders->one_in : 1;
    if (atomic_fetch_add(&calls, 1) % one_in != 0) return 0;
    errno = (int)error;
    return 1;
}

#define NEXT(name) \
    static __typeof__(&name) next; \
    if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int file, const void *bytes, size_t size) {
    NEXT(write);
    return fails(WRITE, file) ? -1 : next(file, bytes, size);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    NEXT(writev);
    return fails(WRITE, file) ? -1 : next(file, parts, count);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) {
    NEXT(pwrite);
    return fails(WRITE, file) ? -1 : next(file, bytes, size, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at) {
    NEXT(pwrite64);
    return fails(WRITE, file) ? -1 : next(file, bytes, size, at);
}

int ftruncate(int file, off_t size) {
    NEXT(ftruncate);
    return fails(WRITE, file) ? -1 : next(file, size);
}

int ftruncate64(int file, off64_t size) {
    NEXT(ftruncate64);
    return fails(WRITE, file) ? -1 : next(file, size);
}

int fsync(int file) {
    NEXT(fsync);
    return fails(SYNC, file) ? -1 : next(file);
}

int fdatasync(int file) {
    NEXT(fdatasync);
    return fails(SYNC, file) ? -1 : next(file);
}

ssize_t read(int file, void *bytes, size_t size) {
    NEXT(read);
    return fails(READ, file) ? -1 : next(file, bytes, size);
}

ssize_t pread(int file, void *bytes, size_t size, off_t at) {
    NEXT(pread);
    return fails(READ, file) ? -1 : next(file, bytes, size, at);
}

ssize_t pread64(int file, void *bytes, size_t size, off64_t at) {
    NEXT(pread64);
    return fails(READ, file) ? -1 : next(file, bytes, size, at);
}

static int64_t shift(void) { return orders ? orders->clock_ns : 0; }

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*next)(clockid_t, struct timespec *);
    if (!next) next = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = next ? next(clock, time) : (int)syscall(SYS_clock_gettime, clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t ns = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec + shift();
        time->tv_sec = ns / 1000000000;
        time->tv_nsec = ns % 1000000000;
    }
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    struct timespec now;
    int result = clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return result;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}
