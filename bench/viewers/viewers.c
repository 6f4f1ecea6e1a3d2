/*
 * Many WebRTC viewers in one cheap process: ICE (controlling), DTLS, receive reports; RTP is counted, not decrypted.
 *
 * stdin   ADD <id> <local ufrag> <local pwd> <remote ufrag> <remote pwd> <ip> <port> <1 if we are the DTLS server>
 *         RESET    forget what was counted        DUMP    print a line of counts        QUIT
 * stdout  FINGERPRINT <sha-256>    UP <id> <ms since ADD>    CLOSED <id>    ERROR <text>
 *         COUNTS {"viewers","up","receiving","packets","bytes","expected","received","worstLoss","cpuSeconds"}
 * argv    the SRTP protection profile to offer, SRTP_AES128_CM_SHA1_80 when absent
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <srtp2/srtp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_VIEWERS 8192
#define MAX_FLOWS 4
#define BATCH 64

enum State { CHECKING, HANDSHAKING, UP };

/* One RTP stream of one viewer: sequence numbers from first to highest tell what should have come. */
typedef struct {
  uint32_t ssrc, first, highest;
  uint64_t received;
} Flow;

typedef struct {
  int id, fd, dtls_server, asked_by_peer;
  enum State state;
  char local_ufrag[64], local_pwd[128], remote_ufrag[64], remote_pwd[128];
  struct sockaddr_in remote;
  uint8_t transaction[12];
  double added_at, checked_at, last_check, last_report;
  SSL *ssl;
  BIO *in, *out;
  srtp_t srtp;
  Flow flows[MAX_FLOWS];
  int flow_count;
  uint64_t packets, bytes;
} Viewer;

static Viewer *viewers[MAX_VIEWERS];
static int viewer_count, epoll_fd;
static SSL_CTX *dtls;

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static uint32_t read32(const uint8_t *b) { return (uint32_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3]; }
static void write16(uint8_t *b, unsigned v) { b[0] = v >> 8, b[1] = v; }
static void write32(uint8_t *b, uint32_t v) { write16(b, v >> 16), write16(b + 2, v); }

/* ---- STUN (RFC 8489) ---- */

static uint32_t crc32_of(const uint8_t *bytes, size_t length) {
  static uint32_t table[256];
  if (!table[1])
    for (uint32_t i = 0; i < 256; i++) {
      uint32_t c = i;
      for (int bit = 0; bit < 8; bit++) c = c & 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
      table[i] = c;
    }
  uint32_t crc = ~0u;
  while (length--) crc = table[(crc ^ *bytes++) & 255] ^ (crc >> 8);
  return ~crc;
}

static int put_attribute(uint8_t *message, int at, uint16_t type, const void *value, int length) {
  write16(message + at, type), write16(message + at + 2, length);
  if (length) memcpy(message + at + 4, value, length);
  int padding = (4 - length % 4) % 4;
  memset(message + at + 4 + length, 0, padding);
  return at + 4 + length + padding;
}

/* Adds MESSAGE-INTEGRITY and FINGERPRINT; each is computed with the length that includes itself. */
static int seal(uint8_t *message, int length, const char *password) {
  uint8_t digest[20];
  unsigned digest_length = sizeof digest;
  write16(message + 2, length - 20 + 24);
  HMAC(EVP_sha1(), password, strlen(password), message, length, digest, &digest_length);
  length = put_attribute(message, length, 0x0008, digest, sizeof digest);
  write16(message + 2, length - 20 + 8);
  uint8_t crc[4];
  write32(crc, crc32_of(message, length) ^ 0x5354554e);
  return put_attribute(message, length, 0x8028, crc, sizeof crc);
}

static void send_check(Viewer *v) {
  uint8_t message[512] = {0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42}, priority[4], tie_breaker[8] = {1, 2, 3, 4, 5, 6, 7, v->id};
  memcpy(message + 8, v->transaction, 12);
  char username[160];
  snprintf(username, sizeof username, "%s:%s", v->remote_ufrag, v->local_ufrag);
  write32(priority, 1853824767);
  int length = put_attribute(message, 20, 0x0006, username, strlen(username));
  length = put_attribute(message, length, 0x0024, priority, sizeof priority);
  length = put_attribute(message, length, 0x802A, tie_breaker, sizeof tie_breaker); /* ICE-CONTROLLING */
  length = put_attribute(message, length, 0x0025, NULL, 0);                         /* USE-CANDIDATE */
  send(v->fd, message, seal(message, length, v->remote_pwd), 0);
  v->last_check = now_ms();
}

static void answer_check(Viewer *v, const uint8_t *request) {
  uint8_t message[256] = {1, 1}, mapped[8] = {0, 1};
  memcpy(message + 4, request + 4, 16);
  write16(mapped + 2, ntohs(v->remote.sin_port) ^ 0x2112);
  write32(mapped + 4, ntohl(v->remote.sin_addr.s_addr) ^ 0x2112A442);
  int length = put_attribute(message, 20, 0x0020, mapped, sizeof mapped);
  send(v->fd, message, seal(message, length, v->local_pwd), 0);
}

/* ---- DTLS and SRTCP ---- */

static void flush_dtls(Viewer *v) {
  uint8_t record[4096];
  int length;
  while ((length = BIO_read(v->out, record, sizeof record)) > 0) send(v->fd, record, length, 0);
}

static void start_handshake(Viewer *v) {
  v->state = HANDSHAKING;
  v->ssl = SSL_new(dtls);
  v->in = BIO_new(BIO_s_mem());
  v->out = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(v->in, -1);
  SSL_set_bio(v->ssl, v->in, v->out);
  SSL_set_options(v->ssl, SSL_OP_NO_QUERY_MTU);
  SSL_set_mtu(v->ssl, 1200);
  if (v->dtls_server) SSL_set_accept_state(v->ssl);
  else SSL_set_connect_state(v->ssl);
  SSL_do_handshake(v->ssl);
  flush_dtls(v);
}

/* Keys for our own SRTCP only: what comes in is counted as it is. */
static void make_srtp(Viewer *v) {
  SRTP_PROTECTION_PROFILE *chosen = SSL_get_selected_srtp_profile(v->ssl);
  if (!chosen) {
    printf("ERROR no SRTP profile agreed on\n");
    return;
  }
  int key = 16, salt = 14;
  srtp_profile_t profile = srtp_profile_aes128_cm_sha1_80;
  if (chosen->id == SRTP_AEAD_AES_128_GCM) salt = 12, profile = srtp_profile_aead_aes_128_gcm;
  if (chosen->id == SRTP_AEAD_AES_256_GCM) key = 32, salt = 12, profile = srtp_profile_aead_aes_256_gcm;
  uint8_t material[128], master[48];
  SSL_export_keying_material(v->ssl, material, 2 * (key + salt), "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0);
  memcpy(master, material + (v->dtls_server ? key : 0), key);
  memcpy(master + key, material + 2 * key + (v->dtls_server ? salt : 0), salt);
  srtp_policy_t policy = {0};
  srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, profile);
  srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, profile);
  policy.ssrc.type = ssrc_any_outbound;
  policy.key = master;
  policy.window_size = 128;
  if (srtp_create(&v->srtp, &policy)) v->srtp = NULL;
}

/* A receiver report without losses (RFC 3550 §6.4.2): it tells the server that somebody is still watching. */
static void send_report(Viewer *v) {
  v->last_report = now_ms();
  if (!v->srtp) return;
  uint8_t packet[256] = {0};
  int blocks = v->flow_count > 2 ? 2 : v->flow_count, length = 8 + 24 * blocks;
  packet[0] = 0x80 | blocks, packet[1] = 201;
  write16(packet + 2, length / 4 - 1);
  write32(packet + 4, 0x1000 + v->id);
  for (int i = 0; i < blocks; i++) {
    write32(packet + 8 + 24 * i, v->flows[i].ssrc);
    write32(packet + 16 + 24 * i, v->flows[i].highest);
  }
  if (srtp_protect_rtcp(v->srtp, packet, &length) == srtp_err_status_ok) send(v->fd, packet, length, 0);
}

static void on_dtls(Viewer *v, const uint8_t *packet, int length) {
  if (v->state == CHECKING) {
    if (!v->dtls_server) return;
    start_handshake(v);
  }
  BIO_write(v->in, packet, length);
  if (v->state == UP) {
    uint8_t ignored[2048];
    if (SSL_read(v->ssl, ignored, sizeof ignored) <= 0 && SSL_get_shutdown(v->ssl) & SSL_RECEIVED_SHUTDOWN)
      printf("CLOSED %d\n", v->id);
    flush_dtls(v);
    return;
  }
  int result = SSL_do_handshake(v->ssl);
  flush_dtls(v);
  if (result == 1) {
    v->state = UP;
    make_srtp(v);
    printf("UP %d %.1f\n", v->id, now_ms() - v->added_at);
  } else if (SSL_get_error(v->ssl, result) == SSL_ERROR_SSL) {
    printf("ERROR DTLS of %d: %s\n", v->id, ERR_error_string(ERR_get_error(), NULL));
  }
}

static void count_rtp(Viewer *v, const uint8_t *packet, int length) {
  v->packets++, v->bytes += length;
  uint32_t ssrc = read32(packet + 8);
  uint16_t sequence = packet[2] << 8 | packet[3];
  for (int i = 0; i < v->flow_count; i++) {
    Flow *flow = &v->flows[i];
    if (flow->ssrc != ssrc) continue;
    int16_t ahead = sequence - (uint16_t)flow->highest;
    if (ahead > 0) flow->highest += ahead;
    flow->received++;
    return;
  }
  if (v->flow_count < MAX_FLOWS) v->flows[v->flow_count++] = (Flow){ssrc, sequence, sequence, 1};
}

static void on_packet(Viewer *v, uint8_t *packet, int length) {
  if (length < 12) return;
  if (packet[0] >= 128 && packet[0] <= 191) {
    if (packet[1] < 192 || packet[1] > 223) count_rtp(v, packet, length);
  } else if (packet[0] == 0 && packet[1] == 1) {
    answer_check(v, packet);
    v->asked_by_peer = 1;
    if (v->state == CHECKING && v->checked_at && !v->dtls_server) start_handshake(v);
  } else if (packet[0] == 1 && packet[1] == 1) {
    if (!v->checked_at) v->checked_at = now_ms();
    if (v->state == CHECKING && v->asked_by_peer && !v->dtls_server) start_handshake(v);
  } else if (packet[0] >= 20 && packet[0] <= 63) {
    on_dtls(v, packet, length);
  }
}

/* ---- the process ---- */

static int accept_any_certificate(int ok, X509_STORE_CTX *store) { return (void)ok, (void)store, 1; }

static void make_context(const char *profile) {
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86400 * 30);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, (uint8_t *)"viewer", -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  X509_sign(certificate, key, EVP_sha256());
  dtls = SSL_CTX_new(DTLS_method());
  SSL_CTX_use_certificate(dtls, certificate);
  SSL_CTX_use_PrivateKey(dtls, key);
  SSL_CTX_set_verify(dtls, SSL_VERIFY_PEER, accept_any_certificate);
  if (SSL_CTX_set_tlsext_use_srtp(dtls, profile)) {
    printf("ERROR unknown SRTP profile %s\n", profile);
    exit(2);
  }
  uint8_t digest[32];
  unsigned length = sizeof digest;
  X509_digest(certificate, EVP_sha256(), digest, &length);
  printf("FINGERPRINT ");
  for (unsigned i = 0; i < length; i++) printf("%s%02X", i ? ":" : "", digest[i]);
  printf("\n");
}

static void add_viewer(const char *line) {
  Viewer *v = calloc(1, sizeof *v);
  char ip[64];
  int port;
  if (viewer_count == MAX_VIEWERS || sscanf(line, "ADD %d %63s %127s %63s %127s %63s %d %d", &v->id, v->local_ufrag, v->local_pwd,
                                            v->remote_ufrag, v->remote_pwd, ip, &port, &v->dtls_server) != 8) {
    printf("ERROR cannot add: %s\n", line);
    free(v);
    return;
  }
  v->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  int receive_buffer = 4 << 20;
  setsockopt(v->fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  v->remote.sin_family = AF_INET;
  v->remote.sin_port = htons(port);
  inet_pton(AF_INET, ip, &v->remote.sin_addr);
  struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr = v->remote.sin_addr}; /* the server is on this machine */
  bind(v->fd, (void *)&local, sizeof local);
  connect(v->fd, (void *)&v->remote, sizeof v->remote);
  RAND_bytes(v->transaction, sizeof v->transaction);
  v->added_at = now_ms();
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = v};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, v->fd, &event);
  viewers[viewer_count++] = v;
  send_check(v);
}

static void dump_counts(void) {
  uint64_t packets = 0, bytes = 0, expected = 0, received = 0;
  int up = 0, receiving = 0;
  double worst = 0;
  for (int i = 0; i < viewer_count; i++) {
    Viewer *v = viewers[i];
    uint64_t own_expected = 0, own_received = 0;
    for (int k = 0; k < v->flow_count; k++) {
      own_expected += v->flows[k].highest - v->flows[k].first + 1;
      own_received += v->flows[k].received;
    }
    if (own_expected > own_received && (double)(own_expected - own_received) / own_expected > worst)
      worst = (double)(own_expected - own_received) / own_expected;
    expected += own_expected, received += own_received, packets += v->packets, bytes += v->bytes;
    up += v->state == UP, receiving += v->packets > 0;
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  printf("COUNTS {\"viewers\":%d,\"up\":%d,\"receiving\":%d,\"packets\":%lu,\"bytes\":%lu,\"expected\":%lu,\"received\":%lu,"
         "\"worstLoss\":%.6f,\"cpuSeconds\":%.3f}\n",
         viewer_count, up, receiving, packets, bytes, expected, received, worst, cpu);
}

static void obey(const char *line) {
  if (!strncmp(line, "ADD ", 4)) add_viewer(line);
  else if (!strcmp(line, "DUMP")) dump_counts();
  else if (!strcmp(line, "QUIT")) exit(0);
  else if (!strcmp(line, "RESET"))
    for (int i = 0; i < viewer_count; i++) viewers[i]->flow_count = 0, viewers[i]->packets = 0, viewers[i]->bytes = 0;
}

static void read_commands(void) {
  static char text[1 << 20];
  static int held;
  int length = read(0, text + held, sizeof text - held - 1);
  if (length == 0) exit(0);
  if (length < 0) return;
  held += length;
  text[held] = 0;
  char *start = text, *end;
  while ((end = strchr(start, '\n'))) {
    *end = 0;
    obey(start);
    start = end + 1;
  }
  held -= start - text;
  memmove(text, start, held);
}

static void maintain(double now) {
  for (int i = 0; i < viewer_count; i++) {
    Viewer *v = viewers[i];
    if (v->state == CHECKING && now - v->last_check > 100 && !v->checked_at) send_check(v);
    if (v->state == CHECKING && v->checked_at && now - v->checked_at > 200 && !v->dtls_server) start_handshake(v);
    if (v->state == HANDSHAKING) DTLSv1_handle_timeout(v->ssl), flush_dtls(v);
    if (v->state == UP && now - v->last_check > 5000) RAND_bytes(v->transaction, sizeof v->transaction), send_check(v);
    if (v->state == UP && now - v->last_report > 1000) send_report(v);
  }
}

int main(int argc, char **argv) {
  srtp_init();
  setvbuf(stdout, NULL, _IOLBF, 1 << 16);
  struct rlimit descriptors = {65536, 65536};
  setrlimit(RLIMIT_NOFILE, &descriptors);
  make_context(argc > 1 ? argv[1] : "SRTP_AES128_CM_SHA1_80");
  epoll_fd = epoll_create1(0);
  fcntl(0, F_SETFL, O_NONBLOCK);
  struct epoll_event commands = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, 0, &commands);

  static uint8_t buffers[BATCH][1600];
  struct iovec vectors[BATCH];
  struct mmsghdr messages[BATCH];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < BATCH; i++) {
    vectors[i] = (struct iovec){buffers[i], sizeof buffers[i]};
    messages[i].msg_hdr.msg_iov = &vectors[i], messages[i].msg_hdr.msg_iovlen = 1;
  }
  double maintained_at = now_ms();
  for (;;) {
    struct epoll_event events[256];
    int count = epoll_wait(epoll_fd, events, 256, 20), received;
    for (int i = 0; i < count; i++) {
      Viewer *v = events[i].data.ptr;
      if (!v) {
        read_commands();
        continue;
      }
      do {
        received = recvmmsg(v->fd, messages, BATCH, MSG_DONTWAIT, NULL);
        for (int k = 0; k < received; k++) on_packet(v, buffers[k], messages[k].msg_len);
      } while (received == BATCH);
    }
    double now = now_ms();
    if (now - maintained_at > 20) maintain(maintained_at = now);
  }
}
