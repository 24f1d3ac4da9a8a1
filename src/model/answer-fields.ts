import { either, type Field, fail, list, mapOf, problem, text } from '../options/fields.js';

/** A header's name: a token of RFC 9110. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What is between the values of a header that an answer has several times: no header can hold it. */
export const BETWEEN_VALUES = '\n';

/** Headers of an answer, by name; a list of values (`Set-Cookie`) is one text, with {@link BETWEEN_VALUES} between them. */
export function headersField(): Field<Record<string, string> | undefined> {
  const several = list(text()).transform((values) => values.join(BETWEEN_VALUES));
  const value = either([text(), several], {
    error: (issue) => problem(issue.input, 'text, or a list of texts'),
  });
  return mapOf(value)
    .superRefine((headers, context) => {
      for (const name of Object.keys(headers)) {
        if (!HEADER_NAME.test(name)) fail(context, name, 'the name of a header');
      }
    })
    .optional();
}
