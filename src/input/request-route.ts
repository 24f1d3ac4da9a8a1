const ORIGIN = /^https?:\/\/[^/?#]*/i;

/**
 * What a request asks for, as a model's `routes` write it: method and path, without host, query and fragment (`GET /cpu`). A name that is
 * neither a URL nor a path (k6's `tags: { name: 'orders' }`) stands as it is.
 */
export function requestRoute(method: string, name: string): string {
  const withoutOrigin = name.replace(ORIGIN, '');
  const isUrl = withoutOrigin.length < name.length;
  if (!isUrl && !name.startsWith('/')) return name;
  const path = withoutOrigin.replace(/[?#].*$/s, '');
  const shown = path === '' ? '/' : path;
  return method === '' ? shown : `${method} ${shown}`;
}
