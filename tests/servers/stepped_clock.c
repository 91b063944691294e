/* Adds to the wall clock what a shared file says; the monotonic clocks stay true.
 *
 * Loaded by LD_PRELOAD into redis-server. The file, named by STEPPED_CLOCK,
 * holds one 64-bit number of microseconds; a test changes it while the
 * server runs. System calls are used directly, so that nothing recurses.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *step;

__attribute__((constructor)) static void open_step(void) {
    const char *path = getenv("STEPPED_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *page = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) step = page;
    close(file);
}

static int64_t microseconds(void) {
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000 + (step ? *step : 0);
}

int clock_gettime(clockid_t clock, struct timespec *told) {
    if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
        return (int)syscall(SYS_clock_gettime, clock, told);
    int64_t now = microseconds();
    told->tv_sec = now / 1000000;
    told->tv_nsec = now % 1000000 * 1000;
    return 0;
}

int gettimeofday(struct timeval *told, void *zone) {
    (void)zone;
    int64_t now = microseconds();
    told->tv_sec = now / 1000000;
    told->tv_usec = now % 1000000;
    return 0;
}

time_t time(time_t *told) {
    time_t now = (time_t)(microseconds() / 1000000);
    if (told) *told = now;
    return now;
}
