/* The practical limit to compare with: a relay of RTP in C, one connected socket per leg, epoll, no rewriting. `relay CALLS ADDRESS
   [REST_US]` prints its ports, two a call, and relays until its input ends; with REST_US it rests before each look, as ours does. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct { int fd, peer, connected; } Leg;

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int legs = 2 * atoi(argv[1]), epoll = epoll_create1(0), buffer = 256 * 1024, rest = argc > 3 ? atoi(argv[3]) : 0;
  Leg *leg = calloc(legs, sizeof *leg);
  for (int i = 0; i < legs; i++) {
    struct sockaddr_in at = {.sin_family = AF_INET};
    inet_pton(AF_INET, argv[2], &at.sin_addr);
    leg[i] = (Leg){socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), i ^ 1, 0};
    setsockopt(leg[i].fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    socklen_t size = sizeof at;
    if (bind(leg[i].fd, (struct sockaddr *)&at, size) || getsockname(leg[i].fd, (struct sockaddr *)&at, &size)) return 1;
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    epoll_ctl(epoll, EPOLL_CTL_ADD, leg[i].fd, &event);
    printf("%d\n", ntohs(at.sin_port));
  }
  struct epoll_event input = {.events = EPOLLIN | EPOLLHUP, .data.u32 = legs};
  epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &input);
  printf("ready\n");
  fflush(stdout);
  static unsigned char packet[2048];
  static struct epoll_event events[512];
  for (;;) {
    if (rest) usleep(rest);
    int count = epoll_wait(epoll, events, 512, 100);
    for (int e = 0; e < count; e++) {
      if ((int)events[e].data.u32 == legs) return 0;
      Leg *from = &leg[events[e].data.u32], *to = &leg[from->peer];
      struct sockaddr_in source;
      socklen_t size = sizeof source;
      ssize_t length = from->connected ? recv(from->fd, packet, sizeof packet, 0)
                                       : recvfrom(from->fd, packet, sizeof packet, 0, (struct sockaddr *)&source, &size);
      if (length < 12) continue;
      if (!from->connected) from->connected = connect(from->fd, (struct sockaddr *)&source, size) == 0;
      if (to->connected) send(to->fd, packet, length, 0);
    }
  }
}
