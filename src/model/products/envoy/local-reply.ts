/** Reason phrases of the answers that Envoy makes itself. */
const REASONS: Readonly<Record<number, string>> = {
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** Length of an HTTP date. */
const DATE_BYTES = 'Thu, 01 Jan 1970 00:00:00 GMT'.length;

const RESET = 'upstream connect error or disconnect/reset before headers. ';

/** The bodies of Envoy's own answers (source/common/router/router.cc). */
export const replyBodies = {
  noHealthyUpstream: () => 'no healthy upstream',
  timeout: () => 'upstream request timeout',
  /** @param retries that were made. */
  reset: (reason: string, retries: number) =>
    `${RESET}${retries > 0 ? 'retried and the latest ' : ''}reset reason: ${reason}`,
} as const;

/** What an answer has that a circuit breaker made. */
export const overloadedHeaders = { 'x-envoy-overloaded': 'true' } as const;

/** Bytes of an answer that Envoy makes itself, head included; reckoned from its sources, not seen on the wire. */
export function replyBytes(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): number {
  const lines = Object.entries({
    'content-length': String(body.length),
    'content-type': 'text/plain',
    server: 'envoy',
    ...headers,
  });
  let bytes = `HTTP/1.1 ${status} ${REASONS[status]}\r\n`.length + `date: \r\n`.length + DATE_BYTES + 2;
  for (const [name, value] of lines) bytes += `${name}: ${value}\r\n`.length;
  return bytes + body.length;
}

/**
 * Bytes that Envoy adds to the head of an answer: `x-envoy-upstream-service-time`, and its own name instead of the server's.
 * Limits: the server calls itself `uvicorn`.
 * @param serviceMs from the request's end to the answer's head, whole ms.
 */
export function headBytesAdded(serviceMs: number): number {
  return `x-envoy-upstream-service-time: ${serviceMs}\r\n`.length + 'envoy'.length - 'uvicorn'.length;
}
