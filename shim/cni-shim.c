/*
 * The shim that plugin links lead to in resident mode: hands the call to the
 * running daemon, or executes `cni` beside it as if there were no daemon.
 * It executes as long as the daemon has not said that it begins ('A'); from
 * then on a lost connection is an error object of code 11, so that no call
 * runs twice. See docs/resident.md for the protocol.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef BUILD_ID
#error "compile with -DBUILD_ID=\"...\": the daemon declines other builds"
#endif

#define SOCKET "/run/cni/daemon.sock"
/* The daemon says every second that it is alive ('.'); after this it is not. */
#ifndef SILENCE_S
#define SILENCE_S 10
#endif
/* A larger configuration is not for the daemon, whose memory is all calls'. */
#define MAX_STDIN (16 << 20)

struct buffer {
  char *bytes;
  size_t length, capacity;
};

static int append(struct buffer *to, const void *bytes, size_t length) {
  if (to->capacity - to->length < length) {
    size_t capacity = (to->capacity + length) * 2;
    char *grown = realloc(to->bytes, capacity);
    if (grown == NULL) return -1;
    to->bytes = grown;
    to->capacity = capacity;
  }
  if (length > 0) memcpy(to->bytes + to->length, bytes, length);
  to->length += length;
  return 0;
}

/* Appends a text with its terminating NUL. */
static int append_text(struct buffer *to, const char *text) { return append(to, text, strlen(text) + 1); }

/* To a socket without SIGPIPE, which must stay what it is for `cni`. */
static int write_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = send(fd, bytes, length, MSG_NOSIGNAL);
    if (written < 0 && errno == ENOTSOCK) written = write(fd, bytes, length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return -1;
    bytes += written;
    length -= (size_t)written;
  }
  return 0;
}

/* Prints an error object (CNI 1.1.0, section 5); returns the exit status. */
static int fail(int code, const char *message, const char *reason, const char *remedy) {
  char text[512];
  int length = snprintf(text, sizeof text,
    "{\n    \"code\": %d,\n    \"msg\": \"%s\",\n    \"details\": \"%s: %s\"\n}",
    code, message, reason, remedy);
  (void)write_all(STDOUT_FILENO, text, (size_t)length);
  return 1;
}

/* What a call ends with that the daemon has begun and not finished. */
static int lost_call(const char *reason) {
  return fail(11, "Lost the cni daemon during the call", reason,
              "what was done is not known; delete the attachment, then add it again");
}

/* The last part of a path. */
static char *name_of(char *path) {
  char *slash = strrchr(path, '/');
  return slash == NULL ? path : slash + 1;
}

/* The folder of this very program, with room for a name after it. */
static int find_folder(char *path, size_t size) {
  ssize_t length = readlink("/proc/self/exe", path, size - 1);
  if (length <= 0) return -1;
  path[length] = '\0';
  char *name = name_of(path);
  *name = '\0';
  return (size_t)(name - path) + sizeof "cni" > size ? -1 : 0;
}

/* Executes `cni` beside this program under the name that this one has. */
static int execute(char *const argv[], int stdin_copy) {
  char path[PATH_MAX];
  if (stdin_copy >= 0 && (lseek(stdin_copy, 0, SEEK_SET) < 0 || dup2(stdin_copy, STDIN_FILENO) < 0))
    return fail(999, "Cannot hand stdin on", strerror(errno), "try again");
  size_t count = 0;
  while (argv[count] != NULL) count++;
  char **words = calloc(count + 2, sizeof *words);
  if (find_folder(path, sizeof path) == 0 && words != NULL) {
    strcat(path, "cni");
    memcpy(words + 1, argv, count * sizeof *words);
    words[0] = argv[0];
    /* A script gets its own path as $0, so the name stands before the words. */
    words[1] = name_of(argv[0]);
    execv(path, words);
  }
  return fail(999, "Cannot execute cni beside cni-shim", strerror(errno), "install it again");
}

/* Reads all of stdin into a memfd, for the program that may be executed. */
static int copy_stdin(struct buffer *into) {
  int copy = memfd_create("stdin", MFD_CLOEXEC);
  char chunk[65536];
  for (;;) {
    ssize_t length = read(STDIN_FILENO, chunk, sizeof chunk);
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return copy;
    if (copy < 0 || append(into, chunk, (size_t)length) < 0 || write_all(copy, chunk, (size_t)length) < 0)
      exit(fail(5, "Cannot keep stdin", strerror(errno), "free some memory"));
  }
}

/* Which namespace this process is in, as the daemon knows its own. */
static int append_namespace(struct buffer *to, const char *path) {
  struct stat found;
  char text[64];
  if (stat(path, &found) < 0) return -1;
  snprintf(text, sizeof text, "%ju:%ju", (uintmax_t)found.st_dev, (uintmax_t)found.st_ino);
  return append_text(to, text);
}

/* Build, namespaces, name, folder, variables: a NUL after each. */
static int make_header(struct buffer *header, char *argv0) {
  char cwd[PATH_MAX];
  if (getcwd(cwd, sizeof cwd) == NULL) cwd[0] = '\0';
  if (append_text(header, BUILD_ID) < 0 || append_namespace(header, "/proc/self/ns/net") < 0 ||
      append_namespace(header, "/proc/self/ns/mnt") < 0 ||
      append_text(header, name_of(argv0)) < 0 || append_text(header, cwd) < 0) return -1;
  /* All of them: plugins that the daemon executes inherit them. */
  for (char **one = environ; *one != NULL; one++) {
    if (append_text(header, *one) < 0) return -1;
  }
  return 0;
}

static int connect_daemon(void) {
  const char *path = getenv("CNI_DAEMON_SOCKET");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  struct timeval limit = { .tv_sec = SILENCE_S };
  if (path == NULL || *path == '\0') path = SOCKET;
  if (strlen(path) >= sizeof address.sun_path) return -1;
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

/* Reads exactly `length` bytes; -1 at an early end, an error or silence. */
static int read_all(int fd, char *bytes, size_t length) {
  while (length > 0) {
    ssize_t got = recv(fd, bytes, length, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) errno = ECONNRESET;
    if (got <= 0) return -1;
    bytes += got;
    length -= (size_t)got;
  }
  return 0;
}

static const char *reason_of(int error) { return error == EAGAIN ? "it did not answer in time" : strerror(error); }

/* Passes on what the daemon has answered: lengths and status, then texts. */
static int pass_reply_on(int fd) {
  char line[64], *rest = line;
  size_t used = 0;
  for (;;) {
    if (used == sizeof line - 1 || read_all(fd, line + used, 1) < 0) return lost_call(reason_of(errno));
    if (line[used] == '\n') break;
    /* Before the reply: a sign of life. */
    if (used > 0 || line[used] != '.') used++;
  }
  line[used] = '\0';
  long status = strtol(rest, &rest, 10);
  size_t lengths[2] = { strtoul(rest, &rest, 10), strtoul(rest, &rest, 10) };
  char *texts[2] = { malloc(lengths[0] + 1), malloc(lengths[1] + 1) };
  for (int i = 0; i < 2; i++) {
    if (texts[i] == NULL || read_all(fd, texts[i], lengths[i]) < 0) return lost_call(reason_of(errno));
  }
  signal(SIGPIPE, SIG_IGN);
  (void)write_all(STDERR_FILENO, texts[1], lengths[1]);
  if (write_all(STDOUT_FILENO, texts[0], lengths[0]) == 0) return (int)status;
  dprintf(STDERR_FILENO, "Cannot write to stdout: %s\n", strerror(errno));
  /* An ADD whose result is known to no one is taken back; then there is another reply. */
  return status == 0 && write_all(fd, "U", 1) == 0 ? pass_reply_on(fd) : 1;
}

/* `cni-shim --net=PATH -- PROGRAM`: as nsenter, which takes longer to start than most programs. */
static int enter(char *const argv[]) {
  const char *path = argv[1] + strlen("--net=");
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fprintf(stderr, "nsenter: cannot open %s: %s\n", path, strerror(errno)), 1;
  if (setns(fd, CLONE_NEWNET) < 0)
    return fprintf(stderr, "nsenter: reassociate to namespace 'ns/net' failed: %s\n", strerror(errno)), 1;
  execvp(argv[3], argv + 3);
  return fprintf(stderr, "nsenter: failed to execute %s: %s\n", argv[3], strerror(errno)), 127;
}

int main(int argc, char *argv[]) {
  struct buffer header = { 0 }, input = { 0 }, request = { 0 };
  char sizes[64], answer, *command = getenv("CNI_COMMAND");
  /* Where a result cannot be written, `cni` says so. */
  if (fcntl(STDOUT_FILENO, F_GETFD) < 0) return execute(argv, -1);
  /* What is opened below must not take the place of a closed stream. */
  for (int fd = 0; fd <= STDERR_FILENO; fd++) {
    if (fcntl(fd, F_GETFD) < 0) (void)!open("/dev/null", O_RDWR);
  }
  if (argc > 3 && !strncmp(argv[1], "--net=", 6) && !strcmp(name_of(argv[0]), "cni-shim")) return enter(argv);
  if (argc != 1 || command == NULL || *command == '\0' ||
      getenv("CNI_DELEGATIONS") != NULL /* a plugin calls */) return execute(argv, -1);
  int fd = make_header(&header, argv[0]) < 0 ? -1 : connect_daemon();
  if (fd < 0) return execute(argv, -1);
  /* VERSION answers without its stdin, which may never end. */
  int copy = strcmp(command, "VERSION") == 0 ? -1 : copy_stdin(&input);
  int length = snprintf(sizes, sizeof sizes, "CNI1 %zu %zu\n", header.length, input.length);
  if (input.length > MAX_STDIN || append(&request, sizes, (size_t)length) < 0 ||
      append(&request, header.bytes, header.length) < 0 || append(&request, input.bytes, input.length) < 0 ||
      write_all(fd, request.bytes, request.length) < 0) return execute(argv, copy);
  do {
    if (read_all(fd, &answer, 1) < 0)
      return errno == EAGAIN ? lost_call(reason_of(errno)) : execute(argv, copy);
  } while (answer == '.');
  return answer == 'A' ? pass_reply_on(fd) : execute(argv, copy);
}
