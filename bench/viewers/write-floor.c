/*
 * What any server must pay per frame and viewer on this machine: one write() of a whole message to the TCP socket of
 * another process, paced like the audience of the frames benchmark, and nothing else. It answers every upgrade, and reads
 * nothing after that.
 *
 * argv    bytes of a message, frames per second
 * stdout  its port
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_VIEWERS = 1024 };

static const char SWITCHING[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static int listen_anywhere(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, MAX_VIEWERS) ||
      getsockname(listener, (struct sockaddr *)&address, &length)) {
    perror("listen");
    exit(1);
  }
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

/* One that has asked for its upgrade, and got it. */
static int accept_viewer(int listener) {
  int viewer = accept(listener, NULL, NULL);
  char request[2048];
  int one = 1;
  if (viewer < 0) return -1;
  setsockopt(viewer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (read(viewer, request, sizeof request) <= 0 || write(viewer, SWITCHING, sizeof SWITCHING - 1) < 0) {
    close(viewer);
    return -1;
  }
  fcntl(viewer, F_SETFL, O_NONBLOCK);
  return viewer;
}

int main(int count, char **values) {
  if (count != 3) return 2;
  size_t bytes = strtoul(values[1], NULL, 10);
  double interval = 1.0 / atof(values[2]);
  int viewers[MAX_VIEWERS], total = 0;
  char *message = malloc(bytes);
  struct pollfd listener = {.fd = listen_anywhere(), .events = POLLIN};
  signal(SIGPIPE, SIG_IGN);
  memset(message, 7, bytes);
  for (double next = seconds_now() + interval;; next += interval) {
    for (double left; (left = next - seconds_now()) > 0;) {
      if (poll(&listener, 1, (int)(left * 1000)) <= 0) continue;
      int viewer = accept_viewer(listener.fd);
      if (viewer >= 0 && total < MAX_VIEWERS) viewers[total++] = viewer;
    }
    for (int i = 0; i < total; i++) {
      ssize_t written = write(viewers[i], message, bytes);
      /* One that reads too slowly has had its message cut, which only its bytes count. */
      if (written < 0 && errno != EAGAIN) {
        close(viewers[i]);
        viewers[i--] = viewers[--total];
      }
    }
  }
}
