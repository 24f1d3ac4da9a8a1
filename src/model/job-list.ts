import type { Job } from './job.js';

/** The jobs of one instance, in the order they came: a linked list through the jobs themselves, so that a request costs no allocation. */
export class JobList {
  /** How many there are. */
  size = 0;
  private first: Job | undefined = undefined;
  private last: Job | undefined = undefined;

  add(job: Job): void {
    job.previous = this.last;
    if (this.last === undefined) this.first = job;
    else this.last.next = job;
    this.last = job;
    this.size += 1;
  }

  /** `job` must be in the list. */
  delete(job: Job): void {
    if (job.previous === undefined) this.first = job.next;
    else job.previous.next = job.next;
    if (job.next === undefined) this.last = job.previous;
    else job.next.previous = job.previous;
    job.previous = undefined;
    job.next = undefined;
    this.size -= 1;
  }

  /** Empties the list; returns what was in it. */
  takeAll(): Job[] {
    const jobs: Job[] = [];
    for (let job = this.first; job !== undefined; job = this.first) {
      this.delete(job);
      jobs.push(job);
    }
    return jobs;
  }
}
