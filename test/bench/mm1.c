/* M/M/1, first in first out, load 0.8: mm1.mjs in plain C. Arrivals are events; the departure is kept outside the heap. */
#include "kernel.h"

#define EVENTS 4000000
#define GAP_NS 1250000.0
#define SERVICE_NS 1000000.0
#define RING (1 << 16)

static double arrived_at[RING];

int main(void) {
  Alea gaps = alea("1/arrivals");
  Alea services = alea("1/services");
  Heap queue = {0};
  uint64_t sequence = 0;
  uint64_t departure_sequence = 0;
  double departure = INFINITY;
  unsigned head = 0, tail = 0;
  long events = 0, requests = 0;
  double sum = 0;
  double start = seconds();
  heap_push(&queue, (Record){exponential(&gaps, GAP_NS), sequence++, 0, 0});
  while (events < EVENTS) {
    double at = queue.size ? queue.records[0].key : INFINITY;
    events += 1;
    if (departure < at || (departure == at && departure_sequence < queue.records[0].sequence)) {
      double now = departure;
      mix(now, 1);
      sum += now - arrived_at[head++ & (RING - 1)];
      requests += 1;
      if (head != tail) {
        departure = now + exponential(&services, SERVICE_NS);
        departure_sequence = sequence++;
      } else {
        departure = INFINITY;
      }
    } else {
      Record event = heap_pop(&queue);
      double now = event.key;
      mix(now, 0);
      heap_push(&queue, (Record){now + exponential(&gaps, GAP_NS), sequence++, 0, 0});
      if (head == tail) {
        departure = now + exponential(&services, SERVICE_NS);
        departure_sequence = sequence++;
      }
      arrived_at[tail++ & (RING - 1)] = now;
    }
  }
  report(events, requests, sum, seconds() - start);
  return 0;
}
