import { type Field, fail, mapOf, text } from '../options/fields.js';

/** A header's name: a token of RFC 9110. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Headers of an answer, by name. */
export function headersField(): Field<Record<string, string> | undefined> {
  return mapOf(text())
    .superRefine((headers, context) => {
      for (const name of Object.keys(headers)) {
        if (!HEADER_NAME.test(name)) fail(context, name, 'the name of a header');
      }
    })
    .optional();
}
