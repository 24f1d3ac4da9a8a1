/** k6's texts of requests without a response, by error code (lib/netext/httpext/error_codes.go). */
export const HTTP_ERRORS: Readonly<Record<number, string>> = {
  1000: 'EOF',
  1020: 'invalid URL',
  1050: 'request timeout',
  1101: 'lookup: no such host',
  1110: 'ip is blacklisted',
  1111: 'hostname is blocked',
  1201: 'write: broken pipe',
  1211: 'dial: i/o timeout',
  1212: 'dial: connection refused',
  1220: 'read: connection reset by peer',
};
