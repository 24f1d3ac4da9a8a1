import { goError } from './errors.js';
import { formText } from './forms.js';
import type { Selection } from './html.js';
import { beginRequest, endRequest } from './http.js';
import { resolved } from './redirects.js';
import { Response } from './response.js';
import { waitingFunction } from './waiting.js';

interface FormOptions {
  readonly formSelector?: unknown;
  readonly submitSelector?: unknown;
  readonly fields?: unknown;
  readonly params?: unknown;
}

interface LinkOptions {
  readonly selector?: unknown;
  readonly params?: unknown;
}

/** k6's `response.submitForm` (js/modules/k6/http/response.go). */
function beginSubmit(response: Response, options: FormOptions = {}): boolean {
  const selector = String(options.formSelector ?? 'form');
  const form = response.html(selector) as Selection;
  if (form.size() === 0) {
    throw goError(`no form found for selector '${selector}' in response '${response.url}'`);
  }
  const method = String(form.attr('method', 'GET')).toUpperCase();
  const action = form.attr('action');
  const url = action === undefined ? response.url : resolved(response.url, String(action));
  const values = form.serializeObject();
  const submit = form.find(String(options.submitSelector ?? '[type="submit"]'));
  const [name, value] = [submit.attr('name'), submit.val()];
  if (name !== undefined && value !== undefined) values[String(name)] = value;
  Object.assign(values, options.fields);
  if (method !== 'GET') return beginRequest(method, url, values, options.params);
  const query = formText(values).text;
  const whole = url.replace(/[?#].*$/, '') + (query === '' ? '' : `?${query}`);
  return beginRequest(method, whole, undefined, options.params);
}

/** k6's `response.clickLink`. */
function beginClick(response: Response, options: LinkOptions = {}): boolean {
  const selector = String(options.selector ?? 'a[href]');
  const link = response.html(selector) as Selection;
  if (link.size() === 0) {
    throw goError(`no element found for selector '${selector}' in response '${response.url}'`);
  }
  const href = link.attr('href');
  if (href === undefined) {
    throw goError(
      `no valid href attribute value found on element '${selector}' in response '${response.url}'`,
    );
  }
  return beginRequest('GET', resolved(response.url, String(href)), undefined, options.params);
}

const METHODS = {
  submitForm(this: Response, options?: FormOptions): boolean {
    return beginSubmit(this, options);
  },
  clickLink(this: Response, options?: LinkOptions): boolean {
    return beginClick(this, options);
  },
};

/** Gives responses their methods that wait: k6's client, which they send with, knows responses in turn. */
export function installLinks(): void {
  for (const [name, begin] of Object.entries(METHODS)) {
    const value = waitingFunction(begin, endRequest, `response.${name}`);
    Object.defineProperty(Response.prototype, name, { value, configurable: true, writable: true });
  }
}
