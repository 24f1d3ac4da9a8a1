import type { RandomStream } from '../../../random/stream.js';
import type { PlainHost } from './host.js';

/** Two different hosts in random order; there must be two. Both Finagle and Linkerd draw the second among the others like this. */
export function drawTwo(
  hosts: readonly PlainHost[],
  stream: RandomStream,
): { readonly first: PlainHost; readonly second: PlainHost } {
  const first = Math.floor(stream.next() * hosts.length);
  let second = Math.floor(stream.next() * (hosts.length - 1));
  if (second >= first) second += 1;
  return { first: hosts[first]!, second: hosts[second]! };
}
