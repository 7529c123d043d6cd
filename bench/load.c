/* The callers: `load CALLS ADDRESS WARM_S SECONDS` prints its ports (two a call) and "ready", reads as many relay ports, then says 50 packets
   of G.711 a second on each socket, evenly spread, and measures what comes back at the other side of each call. Prints one JSON object.
   They rest 50 us between two looks, as a network card does between interrupts, and when a packet came is told by the kernel: were they woken
   for each packet, the relay would pay for it, and from 500 calls on they would fill their core, where the kernel stops a real-time thread
   for 50 ms of each second. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static int64_t ns(struct timespec t) { return t.tv_sec * 1000000000LL + t.tv_nsec; }
static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t); /* that of SO_TIMESTAMPNS */
  return ns(t);
}
/* One datagram, and when the kernel had it. */
static ssize_t hear(int fd, void *into, size_t room, int64_t *at) {
  union { char bytes[CMSG_SPACE(sizeof(struct timespec))]; struct cmsghdr align; } control;
  struct iovec part = {into, room};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t length = recvmsg(fd, &message, 0);
  struct cmsghdr *first = length < 0 ? NULL : CMSG_FIRSTHDR(&message);
  struct timespec t;
  if (first == NULL || first->cmsg_type != SCM_TIMESTAMPNS) return -1;
  memcpy(&t, CMSG_DATA(first), sizeof t);
  *at = ns(t);
  return length;
}
static int byValue(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  prctl(PR_SET_TIMERSLACK, 1);
  int legs = 2 * atoi(argv[1]), epoll = epoll_create1(0), buffer = 1 << 20, on = 1;
  int64_t warm = atof(argv[3]) * 1e9, span = atof(argv[4]) * 1e9, period = 20000000;
  int *fd = calloc(legs, sizeof *fd);
  uint32_t *turn = calloc(legs, sizeof *turn);
  for (int i = 0; i < legs; i++) {
    struct sockaddr_in at = {.sin_family = AF_INET};
    inet_pton(AF_INET, argv[2], &at.sin_addr);
    fd[i] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    setsockopt(fd[i], SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    setsockopt(fd[i], SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    socklen_t size = sizeof at;
    if (bind(fd[i], (struct sockaddr *)&at, size) || getsockname(fd[i], (struct sockaddr *)&at, &size)) return 1;
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd[i], &event);
    printf("%d\n", ntohs(at.sin_port));
  }
  printf("ready\n");
  fflush(stdout);
  for (int i = 0; i < legs; i++) {
    struct sockaddr_in to = {.sin_family = AF_INET};
    int port;
    if (scanf("%d", &port) != 1) return 1;
    inet_pton(AF_INET, argv[2], &to.sin_addr);
    to.sin_port = htons(port);
    if (connect(fd[i], (struct sockaddr *)&to, sizeof to)) return 1;
  }
  size_t room = (span / period + 2) * legs, received = 0, sent = 0, all = 0;
  uint32_t *latency = malloc(room * sizeof *latency);
  static struct epoll_event events[512];
  static unsigned char packet[172], heard[2048];
  memset(packet, 0xd5, sizeof packet);
  int64_t start = now() + 10000000, due = start, from = start + warm, until = from + span, end = until + 300000000;
  int began = 0;
  for (int64_t next = 0, at = now(); at < end; at = now()) {
    if (!began && at >= from) began = 1, printf("measuring\n"), fflush(stdout);
    if (began == 1 && at >= until) began = 2, printf("measured\n"), fflush(stdout);
    for (; due <= at && due < until; due = start + ++next * period / legs) {
      int i = next % legs;
      uint32_t n = turn[i]++, stamp = n * 160;
      int64_t sending = now();
      packet[0] = 0x80, packet[1] = 8, packet[2] = n >> 8, packet[3] = n;
      packet[4] = stamp >> 24, packet[5] = stamp >> 16, packet[6] = stamp >> 8, packet[7] = stamp;
      packet[8] = 0x5a, packet[9] = 0, packet[10] = i >> 8, packet[11] = i;
      memcpy(packet + 16, &sending, 8);
      memcpy(packet + 24, "load", 4);
      send(fd[i], packet, sizeof packet, 0);
      if (sending >= from) sent++;
    }
    int64_t wait = (due < until ? due : end) - now(), least = 50000, most = 1000000;
    struct timespec rest = {0, wait < least ? least : wait > most ? most : wait};
    nanosleep(&rest, NULL);
    int count = epoll_wait(epoll, events, 512, 0);
    for (int e = 0; e < count; e++) {
      int64_t sending, came;
      ssize_t length = hear(fd[events[e].data.u32], heard, sizeof heard, &came);
      if (length != 172 || memcmp(heard + 24, "load", 4)) continue;
      memcpy(&sending, heard + 16, 8);
      all++;
      if (sending >= from && received < room) latency[received++] = came - sending;
    }
  }
  qsort(latency, received, sizeof *latency, byValue);
  printf("{\"sent\":%zu,\"received\":%zu,\"all\":%zu,\"p50Us\":%.1f,\"p99Us\":%.1f,\"maxUs\":%.1f}\n", sent, received, all,
         received ? latency[received / 2] / 1e3 : -1, received ? latency[received * 99 / 100] / 1e3 : -1,
         received ? latency[received - 1] / 1e3 : -1);
}
