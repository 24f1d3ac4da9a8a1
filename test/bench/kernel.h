/*
 * The kernel's algorithms in plain C, for the benches: the same generator, logarithm, event order and fingerprint as
 * src/random/stream.ts, src/random/math.ts, src/kernel/queue.ts and src/kernel/fingerprint.ts. A C program and ours that
 * print one event count and one fingerprint did the same work.
 *
 * Times are whole nanoseconds in doubles, as there. Compile without contraction to fused multiply-add.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Alea (Johannes Baagoe), as in the npm package seedrandom 3.0.5, lib/alea.js. */
typedef struct { double s0, s1, s2, c; } Alea;

static double mash(double *n, const char *text) {
  for (; *text; text += 1) {
    *n += (unsigned char)*text;
    double h = 0.02519603282416938 * *n;
    *n = (double)(uint32_t)h;
    h -= *n;
    h *= *n;
    *n = (double)(uint32_t)h;
    h -= *n;
    *n += h * 4294967296.0;
  }
  return (double)(uint32_t)(uint64_t)*n * 2.3283064365386963e-10;
}

static Alea alea(const char *key) {
  double n = 0xefc8249dU;
  Alea a = {0, 0, 0, 1};
  a.s0 = mash(&n, " ");
  a.s1 = mash(&n, " ");
  a.s2 = mash(&n, " ");
  a.s0 -= mash(&n, key);
  if (a.s0 < 0) a.s0 += 1;
  a.s1 -= mash(&n, key);
  if (a.s1 < 0) a.s1 += 1;
  a.s2 -= mash(&n, key);
  if (a.s2 < 0) a.s2 += 1;
  return a;
}

static inline double alea_next(Alea *a) {
  double t = 2091639 * a->s0 + a->c * 2.3283064365386963e-10;
  a->s0 = a->s1;
  a->s1 = a->s2;
  a->c = (double)(int32_t)t;
  a->s2 = t - a->c;
  return a->s2;
}

/* src/random/math.ts, for normal positive numbers. */
static inline double own_log(double x) {
  uint64_t bits;
  memcpy(&bits, &x, 8);
  uint32_t high = (uint32_t)(bits >> 32) + (0x3ff00000 - 0x3fe6a09e);
  int exponent = (int)(high >> 20) - 0x3ff;
  uint64_t scale_bits = (uint64_t)(0x3ff - exponent) << 52;
  double scale;
  memcpy(&scale, &scale_bits, 8);
  double f = x * scale - 1;
  double half_square = 0.5 * f * f;
  double s = f / (2 + f);
  double z = s * s;
  double w = z * z;
  double even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  double odd =
      z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  return s * (half_square + (odd + even)) + exponent * 1.9082149292705877e-10 - half_square + f +
         exponent * 6.9314718036912382e-1;
}

static inline double exponential(Alea *a, double mean) {
  return (double)(int64_t)(-mean * own_log(1 - alea_next(a)) + 0.5);
}

/* src/kernel/fingerprint.ts. */
static uint32_t print_low = 0x811c9dc5U;
static uint32_t print_high = 0x9e3779b9U;

static inline void mix(double time, int kind) {
  uint64_t value = (uint64_t)(int64_t)time * 8 + (uint64_t)kind;
  print_low = (print_low ^ (uint32_t)value) * 0x01000193U;
  print_low ^= print_low >> 15;
  print_high = (print_high ^ (uint32_t)(value >> 32) ^ print_low) * 0x85ebca6bU;
  print_high ^= print_high >> 13;
}

/* A binary heap of records, ordered by (key, sequence); the event queue, and the jobs of a shared processor. */
typedef struct { double key; uint64_t sequence; int kind; int payload; } Record;
typedef struct { Record *records; int size; int capacity; } Heap;

static inline int before(const Record *a, const Record *b) {
  return a->key < b->key || (a->key == b->key && a->sequence < b->sequence);
}

static void heap_push(Heap *heap, Record record) {
  if (heap->size == heap->capacity) {
    heap->capacity = heap->capacity ? heap->capacity * 2 : 1024;
    heap->records = realloc(heap->records, sizeof(Record) * heap->capacity);
  }
  Record *records = heap->records;
  int position = heap->size++;
  while (position > 0) {
    int parent = (position - 1) >> 1;
    if (!before(&record, &records[parent])) break;
    records[position] = records[parent];
    position = parent;
  }
  records[position] = record;
}

static Record heap_pop(Heap *heap) {
  Record *records = heap->records;
  Record top = records[0];
  int size = --heap->size;
  if (size == 0) return top;
  Record last = records[size];
  int position = 0;
  for (;;) {
    int child = 2 * position + 1;
    if (child >= size) break;
    if (child + 1 < size && before(&records[child + 1], &records[child])) child += 1;
    if (!before(&records[child], &last)) break;
    records[position] = records[child];
    position = child;
  }
  records[position] = last;
  return top;
}

/* CPU time of this process: other load on the machine does not count. */
static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

/* One line of JSON, as the programs of the other side print it. */
static void report(long events, long requests, double sum_ns, double elapsed) {
  printf("{\"events\":%ld,\"fingerprint\":\"%08x%08x\",\"requests\":%ld,\"meanNs\":%.17g,\"seconds\":%.6f}\n", events,
         print_high, print_low, requests, sum_ns / requests, elapsed);
}
