/*
 * What any server must pay per forwarded packet on this machine: libsrtp's protection and one sendto() to a socket of
 * another process, paced like the audience of the fan-out benchmark, and nothing else.
 *
 * argv    viewers, packets per second to each, seconds, SRTP protection profile
 * stdout  packets sent and processor seconds of the sender, as JSON
 */
#include <arpa/inet.h>
#include <signal.h>
#include <srtp2/srtp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PACKET = 1150, MAX_VIEWERS = 1024, BURST = 9 };

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* The audience: reads everything and keeps nothing. */
static void receive_forever(const int *sockets, int count) {
  int epoll_fd = epoll_create1(0);
  for (int i = 0; i < count; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = sockets[i]};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, sockets[i], &event);
  }
  uint8_t packet[2048];
  struct epoll_event events[256];
  for (;;) {
    int ready = epoll_wait(epoll_fd, events, 256, -1);
    for (int i = 0; i < ready; i++)
      while (recv(events[i].data.fd, packet, sizeof packet, MSG_DONTWAIT) > 0) {}
  }
}

static srtp_t make_session(const char *profile, uint32_t ssrc) {
  static uint8_t key[46] = {1, 2, 3};
  srtp_policy_t policy;
  memset(&policy, 0, sizeof policy);
  if (strstr(profile, "GCM")) {
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
  } else {
    srtp_crypto_policy_set_rtp_default(&policy.rtp);
    srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
  }
  policy.ssrc.type = ssrc_specific;
  policy.ssrc.value = ssrc;
  policy.key = key;
  policy.window_size = 128;
  srtp_t session;
  if (srtp_create(&session, &policy) != srtp_err_status_ok) fail("srtp_create");
  return session;
}

int main(int argc, char **argv) {
  if (argc < 5) return fprintf(stderr, "viewers packets-per-second seconds profile\n"), 2;
  int viewers = atoi(argv[1]);
  double rate = atof(argv[2]), duration = atof(argv[3]);
  if (viewers < 1 || viewers > MAX_VIEWERS) return 2;
  static int sockets[MAX_VIEWERS];
  static struct sockaddr_in places[MAX_VIEWERS];
  static srtp_t sessions[MAX_VIEWERS];
  srtp_init();
  for (int i = 0; i < viewers; i++) {
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof places[i];
    sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(sockets[i], (struct sockaddr *)&place, sizeof place)) fail("bind");
    getsockname(sockets[i], (struct sockaddr *)&places[i], &length);
    sessions[i] = make_session(argv[4], 0x1000 + i);
  }
  pid_t audience = fork();
  if (audience == 0) receive_forever(sockets, viewers);

  int out = socket(AF_INET, SOCK_DGRAM, 0);
  uint8_t packet[PACKET + 64];
  long sent = 0, sequence = 0;
  double begun = seconds_now();
  while (seconds_now() - begun < duration) {
    if (sequence >= (seconds_now() - begun) * rate) {
      usleep(1000);
      continue;
    }
    for (int burst = 0; burst < BURST; burst++, sequence++)
      for (int i = 0; i < viewers; i++) {
        memset(packet, 7, PACKET);
        packet[0] = 0x80, packet[1] = 96, packet[2] = sequence >> 8, packet[3] = sequence;
        uint32_t ssrc = htonl(0x1000 + i);
        memcpy(packet + 8, &ssrc, 4);
        int length = PACKET;
        if (srtp_protect(sessions[i], packet, &length) != srtp_err_status_ok) fail("srtp_protect");
        sendto(out, packet, length, 0, (struct sockaddr *)&places[i], sizeof places[i]);
        sent++;
      }
  }
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  kill(audience, SIGKILL);
  printf("{\"sent\":%ld,\"cpuSeconds\":%.4f}\n", sent,
         used.ru_utime.tv_sec + used.ru_utime.tv_usec / 1e6 + used.ru_stime.tv_sec + used.ru_stime.tv_usec / 1e6);
  return 0;
}
