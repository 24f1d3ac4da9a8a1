/**
 * A place to evaluate code in which nothing of the host can be reached: own globals, no way to make code of texts, no
 * modules. What is evaluated first (the prelude) decides what else can be seen there.
 */
export interface Realm {
  /**
   * Evaluates an expression. Its value belongs to the realm: the host calls it, or hands it back, but reads nothing of it
   * that a script may have touched.
   *
   * @param name what stack traces call the text.
   */
  evaluate(text: string, name: string): unknown;
}
