/* System 1's ramp over two instances with shared processors: ramp.mjs in plain C. */
#include "kernel.h"

#define USERS 1000
#define INSTANCES 2
#define THINK_NS 1e9
#define NETWORK_NS 2e5
#define DEMAND_NS 3e6

enum { START, ARRIVE, RETURN, AWAKE, DEPART };

typedef struct { double seconds; double target; } Stage;
static const Stage stages[] = {{60, 100}, {120, 300}, {120, 700}, {60, 1000}, {30, 0}};

typedef struct { Heap jobs; double virtual_ns; double updated; double departure; uint64_t departure_sequence; uint64_t sequence; } Instance;

static double start_at[USERS + 2], stop_at[USERS + 2], sent_at[USERS + 2];
static Instance instances[INSTANCES];
static Heap queue;
static uint64_t sequence;
static double now;

static void plan(void) {
  double at = 0, from = 0;
  start_at[USERS + 1] = INFINITY;
  for (unsigned index = 0; index < sizeof stages / sizeof *stages; index += 1) {
    double target = stages[index].target;
    double length = stages[index].seconds * 1e9;
    for (double user = from + 1; user <= target; user += 1) {
      start_at[(int)user] = at + floor(((user - from) * length) / (target - from) + 0.5);
    }
    for (double user = from; user > target; user -= 1) {
      stop_at[(int)user] = at + floor(((from - user) * length) / (from - target) + 0.5);
    }
    at += length;
    from = target;
  }
}

static inline void schedule(double at, int kind, int user) { heap_push(&queue, (Record){at, sequence++, kind, user}); }

static inline void synchronize(Instance *instance) {
  if (instance->jobs.size > 0) instance->virtual_ns += (now - instance->updated) / instance->jobs.size;
  instance->updated = now;
}

static inline void rearm(Instance *instance) {
  if (instance->jobs.size == 0) {
    instance->departure = INFINITY;
    return;
  }
  double work = instance->jobs.records[0].key - instance->virtual_ns;
  double at = now + work * instance->jobs.size;
  double whole = (double)(int64_t)at;
  if (whole < at) whole += 1;
  instance->departure = whole > now ? whole : now;
  instance->departure_sequence = sequence++;
}

int main(void) {
  Alea demands = alea("1/demands");
  long events = 0, requests = 0;
  int next = 0;
  double sum = 0;
  double began = seconds();
  plan();
  for (int index = 0; index < INSTANCES; index += 1) instances[index].departure = INFINITY;
  schedule(start_at[1], START, 1);
  for (;;) {
    double at = queue.size ? queue.records[0].key : INFINITY;
    uint64_t at_sequence = queue.size ? queue.records[0].sequence : UINT64_MAX;
    Instance *leaving = 0;
    for (int index = 0; index < INSTANCES; index += 1) {
      Instance *instance = &instances[index];
      if (instance->departure < at || (instance->departure == at && instance->departure_sequence < at_sequence)) {
        at = instance->departure;
        at_sequence = instance->departure_sequence;
        leaving = instance;
      }
    }
    if (at == INFINITY) break;
    now = at;
    events += 1;
    if (leaving) {
      mix(now, DEPART);
      synchronize(leaving);
      Record job = heap_pop(&leaving->jobs);
      leaving->virtual_ns = leaving->jobs.size ? job.key : 0;
      rearm(leaving);
      schedule(now + NETWORK_NS, RETURN, job.payload);
      continue;
    }
    Record event = heap_pop(&queue);
    int user = event.payload;
    mix(now, event.kind);
    switch (event.kind) {
      case START:
        if (user < USERS) schedule(start_at[user + 1], START, user + 1);
        sent_at[user] = now;
        schedule(now + NETWORK_NS, ARRIVE, user);
        break;
      case ARRIVE: {
        Instance *instance = &instances[next];
        next = next + 1 == INSTANCES ? 0 : next + 1;
        synchronize(instance);
        double demand = exponential(&demands, DEMAND_NS);
        heap_push(&instance->jobs, (Record){instance->virtual_ns + demand, instance->sequence++, 0, user});
        rearm(instance);
        break;
      }
      case RETURN:
        sum += now - sent_at[user];
        requests += 1;
        schedule(now + THINK_NS, AWAKE, user);
        break;
      default:
        if (now < stop_at[user]) {
          sent_at[user] = now;
          schedule(now + NETWORK_NS, ARRIVE, user);
        }
    }
  }
  report(events, requests, sum, seconds() - began);
  return 0;
}
