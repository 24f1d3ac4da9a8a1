import { currentVu } from './vu.js';

/** Puts a job (a reaction of a promise) at the end of the virtual user's queue. */
export function addJob(job: Generator<unknown, unknown, unknown>): void {
  currentVu().jobs.push(job);
}

/** A promise was rejected, and nobody looks at it yet. */
export function noteRejection(promise: object, error: unknown): void {
  currentVu().rejections.set(promise, error);
}

/** Somebody does now. */
export function unnoteRejection(promise: object): void {
  currentVu().rejections.delete(promise);
}
