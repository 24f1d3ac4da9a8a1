const { stringify, parse } = JSON;

/** `JSON.stringify` as it was before any script could replace it. */
export function toJson(value: unknown): string {
  return stringify(value) as string;
}

/** `JSON.parse` as it was before any script could replace it. */
export function fromJson(text: string): unknown {
  return parse(text);
}
