/** Texts of k6's library by name. */
export const JSLIB_TEXTS: Readonly<Record<string, string>> = {};
