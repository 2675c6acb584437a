/*
 * A disk that fails, preloaded into a process: what SQLite and Node.js ask of the kernel below one folder is answered as
 * by a real disk, or as by a broken one. A second folder is what the disk would hold if the power went now.
 *
 * Written sectors (512 bytes) are dirty until a flush copies them to the second folder. Then:
 *  - a failed flush marks them clean without copying them, as Linux does, and may evict them from the page cache
 *  - a lying flush returns success and copies nothing
 *  - when the power goes, each dirty sector is on the disk or is not, so that pages are torn; from then on nothing works
 *  - removals and renames are applied in their order, at the latest with the next flush, as a journalling file system does
 *
 * Commands are file names given to open(2), which then fails with ENOENT:
 *   /faulty-disk|begin|SEED|LIES|POWER|LIVE FOLDER|DISK FOLDER   LIES: 1 in so many flushes lies; 0 none. POWER: the operation
 *                                                                at which the power goes
 *   /faulty-disk|off       the power goes now, where it has not gone before; the file "DISK FOLDER.off" then says so
 *   /faulty-disk|calm      from now on no call fails, but for a power failure
 *   /faulty-disk|trouble   calls fail again; reads more rarely, for whoever opens the same files often
 *   /faulty-disk|end       the kernel answers for itself
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { SECTOR = 512, SECTORS_MAX = 65536, FILES_MAX = 8192, DESCRIPTORS_MAX = 4096, PENDING_MAX = 1024, NAME_MAX_BYTES = 200, PATH_BYTES = 1024 };

struct file {
  char name[NAME_MAX_BYTES];
  int exists;
  int resized;
  uint8_t dirty[SECTORS_MAX / 8];
};

struct pending {
  int is_rename;
  char from[NAME_MAX_BYTES];
  char to[NAME_MAX_BYTES];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file *files[FILES_MAX];
static int file_count;
static int file_of[DESCRIPTORS_MAX];
static struct pending pendings[PENDING_MAX];
static int pending_count;
static char live[PATH_BYTES];
static char disk[PATH_BYTES];
static uint64_t random_state = 1;
static unsigned lies;
static unsigned long power_at;
static unsigned long operations;
static int is_active;
static int is_off;
static int is_calm;
static unsigned reads_for_fault = 400;

#define REAL(type, name, ...) \
  static type (*real_##name)(__VA_ARGS__); \
  if (real_##name == NULL) real_##name = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static int raw_open(const char *path, int flags, int mode) {
  REAL(int, open, const char *, int, ...);
  return real_open(path, flags, mode);
}

static int raw_close(int fd) {
  REAL(int, close, int);
  return real_close(fd);
}

static ssize_t raw_pread(int fd, void *bytes, size_t count, off_t at) {
  REAL(ssize_t, pread, int, void *, size_t, off_t);
  return real_pread(fd, bytes, count, at);
}

static ssize_t raw_pwrite(int fd, const void *bytes, size_t count, off_t at) {
  REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
  return real_pwrite(fd, bytes, count, at);
}

static int raw_truncate(int fd, off_t size) {
  REAL(int, ftruncate, int, off_t);
  return real_ftruncate(fd, size);
}

/* xorshift64*, so that a seed gives the same faults on each machine. */
static uint64_t next_random(void) {
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return random_state * 2685821657736338717ULL;
}

/* Of the faults of single calls. */
static int fault_in(unsigned count) {
  return !is_calm && count != 0 && next_random() % count == 0;
}

static int one_in(unsigned count) {
  return count != 0 && next_random() % count == 0;
}

static void path_of(char *path, const char *folder, const char *name) {
  snprintf(path, PATH_BYTES, "%s/%s", folder, name);
}

static const char *name_below(const char *path) {
  size_t length = strlen(live);
  if (!is_active || length == 0 || strncmp(path, live, length) != 0 || path[length] != '/') return NULL;
  const char *name = path + length + 1;
  size_t end = strlen(name);
  /* The index of the log is memory that SQLite shares by a file; it is made anew after a crash. */
  if (end >= 4 && strcmp(name + end - 4, "-shm") == 0) return NULL;
  if (end >= NAME_MAX_BYTES || strchr(name, '/') != NULL) return NULL;
  return name;
}

static int find_file(const char *name) {
  for (int index = 0; index < file_count; index += 1)
    if (files[index]->exists && strcmp(files[index]->name, name) == 0) return index;
  return -1;
}

static int make_file(const char *name) {
  int index = find_file(name);
  if (index >= 0) return index;
  if (file_count == FILES_MAX) abort();
  files[file_count] = calloc(1, sizeof(struct file));
  strcpy(files[file_count]->name, name);
  files[file_count]->exists = 1;
  file_count += 1;
  return file_count - 1;
}

static int is_dirty(const struct file *file, long sector) {
  return (file->dirty[sector / 8] >> (sector % 8)) & 1;
}

static void set_dirty(struct file *file, long sector, int value) {
  uint8_t bit = (uint8_t)(1 << (sector % 8));
  if (value) file->dirty[sector / 8] |= bit;
  else file->dirty[sector / 8] &= (uint8_t)~bit;
}

static void apply_pending(int count) {
  REAL(int, rename, const char *, const char *);
  REAL(int, unlink, const char *);
  char from[PATH_BYTES], to[PATH_BYTES];
  for (int index = 0; index < count; index += 1) {
    path_of(from, disk, pendings[index].from);
    path_of(to, disk, pendings[index].to);
    if (pendings[index].is_rename) real_rename(from, to);
    else real_unlink(from);
  }
  memmove(pendings, pendings + count, (size_t)(pending_count - count) * sizeof(struct pending));
  pending_count -= count;
}

static void add_pending(int is_rename, const char *from, const char *to) {
  if (pending_count == PENDING_MAX) apply_pending(pending_count);
  struct pending *added = &pendings[pending_count];
  added->is_rename = is_rename;
  strcpy(added->from, from);
  strcpy(added->to, to);
  pending_count += 1;
}

/* Copies dirty sectors from one folder to the other; `chance` of 100 is all of them. */
static void copy_dirty(struct file *file, const char *from_folder, const char *to_folder, unsigned chance, int resize) {
  char from_path[PATH_BYTES], to_path[PATH_BYTES], bytes[SECTOR];
  path_of(from_path, from_folder, file->name);
  path_of(to_path, to_folder, file->name);
  int from = raw_open(from_path, O_RDONLY, 0);
  if (from < 0) return;
  int to = raw_open(to_path, O_RDWR | O_CREAT, 0600);
  struct stat status;
  if (to >= 0 && fstat(from, &status) == 0) {
    for (long sector = 0; sector < SECTORS_MAX; sector += 1) {
      if (file->dirty[sector / 8] == 0) {
        sector |= 7;
        continue;
      }
      if (!is_dirty(file, sector) || next_random() % 100 >= chance) continue;
      ssize_t count = raw_pread(from, bytes, SECTOR, sector * SECTOR);
      if (count > 0) raw_pwrite(to, bytes, (size_t)count, sector * SECTOR);
    }
    if (resize) raw_truncate(to, status.st_size);
    raw_close(to);
  }
  raw_close(from);
}

static int has_dirty(const struct file *file) {
  for (size_t index = 0; index < sizeof file->dirty; index += 1)
    if (file->dirty[index] != 0) return 1;
  return 0;
}

static void clean(struct file *file) {
  memset(file->dirty, 0, sizeof file->dirty);
  file->resized = 0;
}

static void lose_power(void) {
  if (is_off) return;
  is_off = 1;
  char said[PATH_BYTES + 4];
  snprintf(said, sizeof said, "%s.off", disk);
  raw_close(raw_open(said, O_WRONLY | O_CREAT, 0600));
  apply_pending(pending_count == 0 ? 0 : (int)(next_random() % (unsigned)(pending_count + 1)));
  unsigned chances[] = {0, 50, 90, 100};
  for (int index = 0; index < file_count; index += 1) {
    struct file *file = files[index];
    char path[PATH_BYTES];
    path_of(path, disk, file->name);
    /* A file whose creation or new name is not on the disk has no sectors there either. */
    if (!file->exists || (access(path, F_OK) != 0 && (!has_dirty(file) || one_in(2)))) continue;
    copy_dirty(file, live, disk, chances[next_random() % 4], 0);
  }
}

/* Whether the power is gone, before or with this operation. */
static int count_operation(void) {
  operations += 1;
  if (operations >= power_at) lose_power();
  return is_off;
}

static int flush_file(int index) {
  struct file *file = files[index];
  if (count_operation()) return EIO;
  if (fault_in(60)) {
    if (one_in(2)) copy_dirty(file, disk, live, 100, 0);
    clean(file);
    return EIO;
  }
  if (one_in(lies)) return 0;
  apply_pending(pending_count);
  copy_dirty(file, live, disk, 100, 1);
  clean(file);
  return 0;
}

static void end_files(void) {
  for (int index = 0; index < file_count; index += 1) free(files[index]);
  for (int fd = 0; fd < DESCRIPTORS_MAX; fd += 1) file_of[fd] = -1;
  file_count = 0;
  pending_count = 0;
}

static int obey(const char *path) {
  static const char prefix[] = "/faulty-disk|";
  if (strncmp(path, prefix, sizeof prefix - 1) != 0) return 0;
  const char *command = path + sizeof prefix - 1;
  pthread_mutex_lock(&lock);
  if (strncmp(command, "off", 3) == 0) {
    if (is_active) lose_power();
  } else if (strncmp(command, "calm", 4) == 0 || strncmp(command, "trouble", 7) == 0) {
    is_calm = command[0] == 'c';
    reads_for_fault = 4000;
  } else {
    unsigned long long seed = 1;
    end_files();
    is_active = sscanf(command, "begin|%llu|%u|%lu|%1023[^|]|%1023[^|]", &seed, &lies, &power_at, live, disk) == 5;
    random_state = (uint64_t)seed * 0x9E3779B97F4A7C15ULL + 1;
    operations = 0;
    is_off = 0;
    is_calm = 0;
    reads_for_fault = 400;
  }
  pthread_mutex_unlock(&lock);
  return 1;
}

static int open_file(const char *path, int flags, int mode) {
  if (obey(path)) {
    errno = ENOENT;
    return -1;
  }
  const char *name = name_below(path);
  pthread_mutex_lock(&lock);
  int fd = -1;
  if (name == NULL) {
    /* The number may have been that of one of our files, which was closed by another call than close(2). */
    fd = raw_open(path, flags, mode);
    if (fd >= 0 && fd < DESCRIPTORS_MAX) file_of[fd] = -1;
    pthread_mutex_unlock(&lock);
    return fd;
  }
  if (is_off) errno = EIO;
  else if (fault_in(200)) errno = EMFILE;
  else fd = raw_open(path, flags, mode);
  if (fd >= DESCRIPTORS_MAX) abort();
  if (fd >= 0) {
    file_of[fd] = make_file(name);
    if (flags & O_TRUNC) files[file_of[fd]]->resized = 1;
  }
  pthread_mutex_unlock(&lock);
  return fd;
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, int) : 0;
  va_end(rest);
  return open_file(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, int) : 0;
  va_end(rest);
  return open_file(path, flags, mode);
}

static int index_of(int fd) {
  return is_active && fd >= 0 && fd < DESCRIPTORS_MAX ? file_of[fd] : -1;
}

int close(int fd) {
  pthread_mutex_lock(&lock);
  if (index_of(fd) >= 0) file_of[fd] = -1;
  pthread_mutex_unlock(&lock);
  return raw_close(fd);
}

static ssize_t write_at(int fd, const void *bytes, size_t count, off_t at) {
  struct file *file = files[file_of[fd]];
  if (count_operation()) {
    errno = EIO;
    return -1;
  }
  if (fault_in(150)) {
    errno = one_in(2) ? ENOSPC : EIO;
    return -1;
  }
  if (count > 1 && fault_in(50)) count /= 2;
  ssize_t written = raw_pwrite(fd, bytes, count, at);
  for (off_t byte = at; written > 0 && byte < at + written; byte += SECTOR - byte % SECTOR) {
    if (byte / SECTOR >= SECTORS_MAX) abort();
    set_dirty(file, byte / SECTOR, 1);
  }
  return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  pthread_mutex_lock(&lock);
  ssize_t written = index_of(fd) < 0 ? raw_pwrite(fd, bytes, count, at) : write_at(fd, bytes, count, at);
  pthread_mutex_unlock(&lock);
  return written;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  return pwrite(fd, bytes, count, at);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  REAL(ssize_t, write, int, const void *, size_t);
  pthread_mutex_lock(&lock);
  ssize_t written;
  if (index_of(fd) < 0) {
    pthread_mutex_unlock(&lock);
    return real_write(fd, bytes, count);
  }
  int is_appending = fcntl(fd, F_GETFL) & O_APPEND;
  off_t at = lseek(fd, 0, is_appending ? SEEK_END : SEEK_CUR);
  written = write_at(fd, bytes, count, at);
  if (written > 0) lseek(fd, at + written, SEEK_SET);
  pthread_mutex_unlock(&lock);
  return written;
}

static int fails_reading(int fd) {
  pthread_mutex_lock(&lock);
  int fails = index_of(fd) >= 0 && (is_off || fault_in(reads_for_fault));
  pthread_mutex_unlock(&lock);
  if (fails) errno = EIO;
  return fails;
}

ssize_t pread(int fd, void *bytes, size_t count, off_t at) {
  return fails_reading(fd) ? -1 : raw_pread(fd, bytes, count, at);
}

ssize_t pread64(int fd, void *bytes, size_t count, off64_t at) {
  return pread(fd, bytes, count, at);
}

ssize_t read(int fd, void *bytes, size_t count) {
  REAL(ssize_t, read, int, void *, size_t);
  return fails_reading(fd) ? -1 : real_read(fd, bytes, count);
}

static int flush(int fd) {
  pthread_mutex_lock(&lock);
  int fault = index_of(fd) < 0 ? 0 : flush_file(file_of[fd]);
  pthread_mutex_unlock(&lock);
  if (fault == 0) return 0;
  errno = fault;
  return -1;
}

int fsync(int fd) { return flush(fd); }

int fdatasync(int fd) { return flush(fd); }

int ftruncate(int fd, off_t size) {
  pthread_mutex_lock(&lock);
  int result = -1;
  if (index_of(fd) < 0) {
    result = raw_truncate(fd, size);
  } else if (count_operation()) {
    errno = EIO;
  } else {
    struct file *file = files[file_of[fd]];
    result = raw_truncate(fd, size);
    file->resized = 1;
    for (long sector = (size + SECTOR - 1) / SECTOR; sector < SECTORS_MAX; sector += 1) set_dirty(file, sector, 0);
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

int unlink(const char *path) {
  REAL(int, unlink, const char *);
  const char *name = name_below(path);
  if (name == NULL) return real_unlink(path);
  pthread_mutex_lock(&lock);
  int result = -1;
  if (count_operation()) errno = EIO;
  else result = real_unlink(path);
  if (result == 0) {
    int index = find_file(name);
    if (index >= 0) files[index]->exists = 0;
    add_pending(0, name, "");
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int remove(const char *path) {
  REAL(int, remove, const char *);
  return name_below(path) == NULL ? real_remove(path) : unlink(path);
}

int rename(const char *from, const char *to) {
  REAL(int, rename, const char *, const char *);
  const char *from_name = name_below(from);
  const char *to_name = name_below(to);
  if (from_name == NULL || to_name == NULL) return real_rename(from, to);
  pthread_mutex_lock(&lock);
  int result = -1;
  if (count_operation()) errno = EIO;
  else result = real_rename(from, to);
  if (result == 0) {
    int replaced = find_file(to_name);
    if (replaced >= 0) files[replaced]->exists = 0;
    int index = find_file(from_name);
    if (index >= 0) strcpy(files[index]->name, to_name);
    add_pending(1, from_name, to_name);
  }
  pthread_mutex_unlock(&lock);
  return result;
}
