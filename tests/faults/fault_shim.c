/* An LD_PRELOAD library that makes chosen system and library calls of a process fail.
 *
 *   CBSIM_FAULT=KIND[@main|@worker]:N:WHAT   the N-th call of the kind (from 1; 0: never)
 *     KIND   open read write sync rename close mkdir unlink truncate flock stat   calls on files,
 *            file     any of those,
 *            alloc thread
 *     WHAT   ENOSPC, EIO, ...  that call fails with this error
 *            ENOSPC+           so do all after it, as on a full disk; memory is then got only as
 *                              far as some is given back
 *            SHORT             that write takes half of its bytes
 *            KILL              SIGKILL at that call
 *   CBSIM_FAULT_ROOT   only calls on files below this folder count
 *   CBSIM_FAULT_LOG    a file that gets a line for each fault that fired, and the counts at the end
 *   CBSIM_FAULT_STEP   microseconds by which each look at the steady clock moves it on, but for
 *                      those of the main thread: what a run does by the clock it then does by count
 *
 * Calls count from main() to its end, so that the loader and static objects are left alone. No
 * process may be started: each attempt fails with EPERM and is logged as "spawn". */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum Kind {
  OPEN,
  READ,
  WRITE,
  SYNC,
  RENAME,
  CLOSE,
  MKDIR,
  UNLINK,
  TRUNCATE,
  FLOCK,
  STAT,
  ALLOC,
  THREAD,
  FILE_CALL,
  KINDS
};
static const char* const kind_names[KINDS] = {"open",  "read",  "write",  "sync",     "rename",
                                              "close", "mkdir", "unlink", "truncate", "flock",
                                              "stat",  "alloc", "thread", "file"};
enum Threads { ALL_THREADS, MAIN_THREAD, WORKER_THREADS };
enum What { FAIL, SHORT_WRITE, DIE };

static int fault_kind = -1, fault_error, fault_repeats;
static enum Threads fault_threads;
static enum What fault_what;
static long fault_at;
static atomic_long counts[KINDS];
static atomic_int armed;
static __thread int is_main;

static char root[4096], log_path[4096];
static size_t root_size;
static long clock_step;
static atomic_long clock_looks;
static atomic_long given_back; /* bytes, since memory ran out */

#define MOST_FILES 65536
static unsigned char is_ours[MOST_FILES];

static const struct {
  const char* name;
  int number;
} errors[] = {{"ENOSPC", ENOSPC}, {"EIO", EIO},       {"EINTR", EINTR},   {"EAGAIN", EAGAIN},
              {"ENOMEM", ENOMEM}, {"EACCES", EACCES}, {"EMFILE", EMFILE}, {"EROFS", EROFS},
              {"EDQUOT", EDQUOT}, {"EPERM", EPERM},   {"EINVAL", EINVAL}, {"ENOLCK", ENOLCK}};

/* Into the log, by system calls that no fault concerns and without memory. */
static void note(const char* line) {
  if (log_path[0] == '\0') return;
  const int saved = errno;
  const long fd =
      syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (fd >= 0) {
    if (syscall(SYS_write, fd, line, strlen(line)) < 0) abort();
    syscall(SYS_close, fd);
  }
  errno = saved;
}

static void wrong(const char* text) {
  fprintf(stderr, "fault_shim: %s\n", text);
  _exit(99);
}

static void parse_fault(const char* text) {
  char kind[32], threads[32] = "", what[32];
  if (sscanf(text, "%31[a-z]@%31[a-z]:%ld:%31s", kind, threads, &fault_at, what) != 4) {
    threads[0] = '\0';
    if (sscanf(text, "%31[a-z]:%ld:%31s", kind, &fault_at, what) != 3) wrong("CBSIM_FAULT");
  }
  for (int i = 0; i < KINDS; ++i) {
    if (strcmp(kind, kind_names[i]) == 0) fault_kind = i;
  }
  if (fault_kind < 0) wrong("CBSIM_FAULT: unknown kind");
  if (strcmp(threads, "main") == 0) fault_threads = MAIN_THREAD;
  if (strcmp(threads, "worker") == 0) fault_threads = WORKER_THREADS;
  if (strcmp(what, "KILL") == 0) {
    fault_what = DIE;
  } else if (strcmp(what, "SHORT") == 0) {
    fault_what = SHORT_WRITE;
  } else {
    char* plus = strchr(what, '+');
    if (plus != NULL) *plus = '\0';
    fault_repeats = plus != NULL;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; ++i) {
      if (strcmp(what, errors[i].name) == 0) fault_error = errors[i].number;
    }
    if (fault_error == 0) wrong("CBSIM_FAULT: unknown error");
  }
}

__attribute__((constructor)) static void set_up(void) {
  const char* text = getenv("CBSIM_FAULT_ROOT");
  if (text != NULL) root_size = (size_t)snprintf(root, sizeof root, "%s", text);
  text = getenv("CBSIM_FAULT_LOG");
  if (text != NULL) snprintf(log_path, sizeof log_path, "%s", text);
  text = getenv("CBSIM_FAULT_STEP");
  if (text != NULL) clock_step = atol(text);
  text = getenv("CBSIM_FAULT");
  if (text != NULL) parse_fault(text);
}

/* Whether this call of a kind is the one that shall fail; counts it. */
static int fires_as(enum Kind kind, const char* path) {
  if (fault_threads == MAIN_THREAD && !is_main) return 0;
  if (fault_threads == WORKER_THREADS && is_main) return 0;
  const long number = atomic_fetch_add(&counts[kind], 1) + 1;
  if ((int)kind != fault_kind || fault_at == 0) return 0;
  if (fault_repeats ? number < fault_at : number != fault_at) return 0;
  if (kind == ALLOC && number > fault_at) return 2;
  if (kind == ALLOC) atomic_store(&given_back, 0);
  if (number == fault_at) {
    char line[4400];
    snprintf(line, sizeof line, "fired %s %ld %s\n", kind_names[kind], number, path ? path : "");
    note(line);
  }
  if (fault_what == DIE) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }
  errno = fault_error;
  return 1;
}

static int fires(enum Kind kind, const char* path) {
  if (!atomic_load(&armed)) return 0;
  const int as_itself = fires_as(kind, path);
  return kind < ALLOC && fires_as(FILE_CALL, path) ? 1 : as_itself;
}

static int below_root(const char* path) {
  if (root_size == 0 || path == NULL) return 0;
  char folder[4096];
  if (path[0] != '/') {
    if (syscall(SYS_getcwd, folder, sizeof folder) < 0) return 0;
    path = folder;
  }
  return strncmp(path, root, root_size) == 0;
}

static int ours(int fd) { return fd >= 0 && fd < MOST_FILES && is_ours[fd]; }

static int ours_at(int fd, const char* path) {
  return path[0] == '/' || fd == AT_FDCWD ? below_root(path) : ours(fd);
}

static int keep(int fd, int own) {
  if (fd >= 0 && fd < MOST_FILES) is_ours[fd] = (unsigned char)own;
  return fd;
}

static const char* path_of(int fd, char* buffer, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const long got = syscall(SYS_readlinkat, AT_FDCWD, link, buffer, size - 1);
  buffer[got < 0 ? 0 : got] = '\0';
  return buffer;
}

static int fires_on(enum Kind kind, int fd) {
  if (!ours(fd) || !atomic_load(&armed)) return 0;
  char path[4096];
  const int saved = errno;
  path_of(fd, path, sizeof path);
  errno = saved;
  return fires(kind, path);
}

#define REAL(type, name, ...)       \
  static type (*real)(__VA_ARGS__); \
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, name)

/* Start and end */

static int (*real_main)(int, char**, char**);

static int counted_main(int argc, char** argv, char** environment) {
  is_main = 1;
  atomic_store(&armed, 1);
  const int code = real_main(argc, argv, environment);
  atomic_store(&armed, 0);
  for (int i = 0; i < KINDS; ++i) {
    char line[64];
    snprintf(line, sizeof line, "count %s %ld\n", kind_names[i], atomic_load(&counts[i]));
    note(line);
  }
  return code;
}

int __libc_start_main(int (*main)(int, char**, char**), int argc, char** argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void* stack_end) {
  REAL(int, "__libc_start_main", int (*)(int, char**, char**), int, char**, void (*)(void),
       void (*)(void), void (*)(void), void*);
  real_main = main;
  return real(counted_main, argc, argv, init, fini, rtld_fini, stack_end);
}

int clock_gettime(clockid_t id, struct timespec* time) {
  const int result = (int)syscall(SYS_clock_gettime, id, time);
  if (clock_step == 0 || id != CLOCK_MONOTONIC || is_main || !atomic_load(&armed)) return result;
  const long added = clock_step * (atomic_fetch_add(&clock_looks, 1) + 1);
  time->tv_sec += added / 1000000;
  time->tv_nsec += added % 1000000 * 1000;
  if (time->tv_nsec >= 1000000000) {
    time->tv_nsec -= 1000000000;
    ++time->tv_sec;
  }
  return result;
}

/* Memory: glibc's own names of it need no dlsym, which allocates. */

static int no_memory(size_t size) {
  const int failed = fires(ALLOC, NULL);
  if (failed != 2) return failed;
  if (atomic_fetch_sub(&given_back, (long)size) >= (long)size) return 0;
  atomic_fetch_add(&given_back, (long)size);
  errno = ENOMEM;
  return 1;
}

void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void __libc_free(void*);

void free(void* block) {
  if (fault_kind == ALLOC && fault_repeats && block != NULL) {
    atomic_fetch_add(&given_back, (long)malloc_usable_size(block));
  }
  __libc_free(block);
}

void* malloc(size_t size) { return no_memory(size) ? NULL : __libc_malloc(size); }
void* calloc(size_t n, size_t size) { return no_memory(n * size) ? NULL : __libc_calloc(n, size); }
void* realloc(void* old, size_t size) {
  return size > 0 && no_memory(size) ? NULL : __libc_realloc(old, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  return no_memory(size) ? NULL : __libc_memalign(alignment, size);
}
void* memalign(size_t alignment, size_t size) {
  return no_memory(size) ? NULL : __libc_memalign(alignment, size);
}
int posix_memalign(void** result, size_t alignment, size_t size) {
  if (no_memory(size)) return ENOMEM;
  *result = __libc_memalign(alignment, size);
  return *result == NULL ? ENOMEM : 0;
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                   void* argument) {
  REAL(int, "pthread_create", pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  if (fires(THREAD, NULL)) return errno;
  return real(thread, attributes, start, argument);
}

/* Opening and closing */

static int opens(int folder, const char* path, int flags, mode_t mode) {
  const int own = ours_at(folder, path);
  if (own && fires(OPEN, path)) return -1;
  return keep((int)syscall(SYS_openat, folder, path, flags, mode), own);
}

#define OPEN_FUNCTION(name, folder, ...)      \
  int name(__VA_ARGS__, int flags, ...) {     \
    va_list rest;                             \
    va_start(rest, flags);                    \
    const mode_t mode = va_arg(rest, mode_t); \
    va_end(rest);                             \
    return opens(folder, path, flags, mode);  \
  }
OPEN_FUNCTION(open, AT_FDCWD, const char* path)
OPEN_FUNCTION(open64, AT_FDCWD, const char* path)
OPEN_FUNCTION(openat, folder, int folder, const char* path)
OPEN_FUNCTION(openat64, folder, int folder, const char* path)

int creat(const char* path, mode_t mode) {
  return opens(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

static FILE* opens_stream(const char* path, const char* mode) {
  REAL(FILE*, "fopen64", const char*, const char*);
  const int own = below_root(path);
  if (own && fires(OPEN, path)) return NULL;
  FILE* file = real(path, mode);
  if (file != NULL) keep(fileno(file), own);
  return file;
}
FILE* fopen(const char* path, const char* mode) { return opens_stream(path, mode); }
FILE* fopen64(const char* path, const char* mode) { return opens_stream(path, mode); }

DIR* opendir(const char* path) {
  REAL(DIR*, "opendir", const char*);
  const int own = below_root(path);
  if (own && fires(OPEN, path)) return NULL;
  DIR* folder = real(path);
  if (folder != NULL) keep(dirfd(folder), own);
  return folder;
}

DIR* fdopendir(int fd) {
  REAL(DIR*, "fdopendir", int);
  if (fires_on(OPEN, fd)) return NULL;
  return real(fd);
}

int close(int fd) {
  const int failed = fires_on(CLOSE, fd), reason = errno;
  keep(fd, 0);
  const int result = (int)syscall(SYS_close, fd);
  if (!failed) return result;
  errno = reason;
  return -1;
}

int fclose(FILE* file) {
  REAL(int, "fclose", FILE*);
  const int fd = fileno(file), failed = fires_on(CLOSE, fd), reason = errno;
  keep(fd, 0);
  const int result = real(file);
  if (!failed) return result;
  errno = reason;
  return EOF;
}

int closedir(DIR* folder) {
  REAL(int, "closedir", DIR*);
  keep(dirfd(folder), 0);
  return real(folder);
}

/* Reading */

ssize_t read(int fd, void* bytes, size_t size) {
  if (fires_on(READ, fd)) return -1;
  return syscall(SYS_read, fd, bytes, size);
}

static ssize_t reads_at(int fd, void* bytes, size_t size, off_t at) {
  if (fires_on(READ, fd)) return -1;
  return syscall(SYS_pread64, fd, bytes, size, at);
}
ssize_t pread(int fd, void* b, size_t size, off_t at) { return reads_at(fd, b, size, at); }
ssize_t pread64(int fd, void* b, size_t size, off_t at) { return reads_at(fd, b, size, at); }

static struct dirent* reads_entry(DIR* folder) {
  REAL(struct dirent*, "readdir64", DIR*);
  if (fires_on(READ, dirfd(folder))) return NULL;
  return real(folder);
}
struct dirent* readdir(DIR* folder) {
  return reads_entry(folder);
}
struct dirent64* readdir64(DIR* folder) {
  return (struct dirent64*)reads_entry(folder);
}

/* Writing */

static int shortens(size_t* size) {
  if (fault_what != SHORT_WRITE) return 0;
  if (*size > 1) *size /= 2;
  return 1;
}

ssize_t write(int fd, const void* bytes, size_t size) {
  if (fires_on(WRITE, fd) && !shortens(&size)) return -1;
  return syscall(SYS_write, fd, bytes, size);
}

static ssize_t writes_at(int fd, const void* bytes, size_t size, off_t at) {
  if (fires_on(WRITE, fd) && !shortens(&size)) return -1;
  return syscall(SYS_pwrite64, fd, bytes, size, at);
}
ssize_t pwrite(int fd, const void* b, size_t size, off_t at) { return writes_at(fd, b, size, at); }
ssize_t pwrite64(int fd, const void* b, size_t size, off_t at) {
  return writes_at(fd, b, size, at);
}

ssize_t writev(int fd, const struct iovec* pieces, int count) {
  if (fires_on(WRITE, fd)) return -1;
  return syscall(SYS_writev, fd, pieces, count);
}

ssize_t sendfile(int to, int from, off_t* at, size_t size) {
  if (fires_on(WRITE, to) && !shortens(&size)) return -1;
  return syscall(SYS_sendfile, to, from, at, size);
}
ssize_t sendfile64(int to, int from, off_t* at, size_t size) {
  return sendfile(to, from, at, size);
}

size_t fwrite(const void* bytes, size_t size, size_t count, FILE* file) {
  REAL(size_t, "fwrite", const void*, size_t, size_t, FILE*);
  if (fires_on(WRITE, fileno(file))) return 0;
  return real(bytes, size, count, file);
}

int ftruncate(int fd, off_t size) {
  if (fires_on(TRUNCATE, fd)) return -1;
  return (int)syscall(SYS_ftruncate, fd, size);
}
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

int fsync(int fd) { return fires_on(SYNC, fd) ? -1 : (int)syscall(SYS_fsync, fd); }
int fdatasync(int fd) { return fires_on(SYNC, fd) ? -1 : (int)syscall(SYS_fdatasync, fd); }
int syncfs(int fd) { return fires_on(SYNC, fd) ? -1 : (int)syscall(SYS_syncfs, fd); }
int flock(int fd, int how) { return fires_on(FLOCK, fd) ? -1 : (int)syscall(SYS_flock, fd, how); }

/* Names */

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  if (ours_at(to_folder, to) && fires(RENAME, to)) return -1;
  return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}
int renameat(int from_folder, const char* from, int to_folder, const char* to) {
  return renameat2(from_folder, from, to_folder, to, 0);
}
int rename(const char* from, const char* to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }

int mkdirat(int folder, const char* path, mode_t mode) {
  if (ours_at(folder, path) && fires(MKDIR, path)) return -1;
  return (int)syscall(SYS_mkdirat, folder, path, mode);
}
int mkdir(const char* path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

int unlinkat(int folder, const char* path, int flags) {
  if (ours_at(folder, path) && fires(UNLINK, path)) return -1;
  return (int)syscall(SYS_unlinkat, folder, path, flags);
}
int unlink(const char* path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char* path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char* path) {
  const int result = unlinkat(AT_FDCWD, path, 0);
  return result < 0 && errno == EISDIR ? unlinkat(AT_FDCWD, path, AT_REMOVEDIR) : result;
}

int stat(const char* path, struct stat* status) {
  if (below_root(path) && fires(STAT, path)) return -1;
  return (int)syscall(SYS_newfstatat, AT_FDCWD, path, status, 0);
}
int lstat(const char* path, struct stat* status) {
  if (below_root(path) && fires(STAT, path)) return -1;
  return (int)syscall(SYS_newfstatat, AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}
int fstat(int fd, struct stat* status) {
  return fires_on(STAT, fd) ? -1 : (int)syscall(SYS_fstat, fd, status);
}
int stat64(const char* path, struct stat64* status) { return stat(path, (struct stat*)status); }
int lstat64(const char* path, struct stat64* status) { return lstat(path, (struct stat*)status); }
int fstat64(int fd, struct stat64* status) { return fstat(fd, (struct stat*)status); }

/* Processes */

static int refuse(const char* name) {
  char line[64];
  snprintf(line, sizeof line, "spawn %s\n", name);
  note(line);
  errno = EPERM;
  return -1;
}

pid_t fork(void) { return refuse("fork"); }
pid_t vfork(void) { return refuse("vfork"); }
int execve(const char* p, char* const a[], char* const e[]) {
  return (void)p, (void)a, (void)e, refuse("execve");
}
int execv(const char* p, char* const a[]) { return (void)p, (void)a, refuse("execv"); }
int execvp(const char* p, char* const a[]) { return (void)p, (void)a, refuse("execvp"); }
int system(const char* command) { return (void)command, refuse("system"); }
FILE* popen(const char* command, const char* mode) {
  return (void)command, (void)mode, refuse("popen"), NULL;
}
int posix_spawn(pid_t* id, const char* p, const posix_spawn_file_actions_t* f,
                const posix_spawnattr_t* s, char* const a[], char* const e[]) {
  return (void)id, (void)p, (void)f, (void)s, (void)a, (void)e, refuse("posix_spawn"), EPERM;
}
int posix_spawnp(pid_t* id, const char* p, const posix_spawn_file_actions_t* f,
                 const posix_spawnattr_t* s, char* const a[], char* const e[]) {
  return (void)id, (void)p, (void)f, (void)s, (void)a, (void)e, refuse("posix_spawnp"), EPERM;
}
