/** Texts of V8's exceptions, and what k6's engine (sobek) says instead. */
const TEXTS: readonly (readonly [RegExp, string])[] = [
  [
    /^Cannot read properties of (?:undefined|null) \(reading '(.*)'\)$/s,
    "Cannot read property '$1' of undefined",
  ],
  [/^Cannot set properties of (?:undefined|null) .*$/s, 'Cannot convert undefined or null to object'],
  [/^Cannot destructure .*$/s, 'Value is not object coercible'],
  [/^.* is not iterable.*$/s, 'object is not iterable'],
  [/^\(intermediate value\)\.([\w$]+) is not a function$/s, "Object has no member '$1'"],
  [/^(?:.*[.)\]])?\.([\w$]+) is not a function$/s, "Object has no member '$1'"],
  [/^[\w$]+(?:\.[\w$]+)*\.([\w$]+) is not a function$/s, "Object has no member '$1'"],
  [/^.* is not a function$/s, 'Value is not an object: undefined'],
  [/^.* is not a constructor$/s, 'Value is not a constructor'],
  [
    /^Class constructor .* cannot be invoked without 'new'$/s,
    "Class constructor cannot be invoked without 'new'",
  ],
  [/^Cannot access '.*' before initialization$/s, 'Cannot access a variable before initialization'],
  [/^Cannot use 'in' operator to search for '.*' in (.*)$/s, 'Value is not an object: $1'],
  [/^Cannot assign to read only property '(.*?)' of object .*$/s, "Cannot assign to read only property '$1'"],
  [/^Cannot set property (\S+) of .* which has only a getter$/s, "Cannot assign to read only property '$1'"],
  [/^Reduce of empty array with no initial value$/, 'No initial value'],
  [/^Invalid count value: .*$/s, 'Invalid count value'],
  [/^toFixed\(\) digits argument must be/, 'toFixed() precision must be'],
  [/^URI malformed$/, 'Malformed URI'],
];

const seen = new WeakSet<object>();

/** Gives an exception of the engine the text that k6's would have; others stay as they are. Returns what it was given. */
export function inSobeksWords(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || seen.has(thrown)) return thrown;
  seen.add(thrown);
  const descriptor = Object.getOwnPropertyDescriptor(thrown, 'message');
  if (descriptor === undefined || typeof descriptor.value !== 'string' || !descriptor.configurable)
    return thrown;
  const text = descriptor.value;
  for (const [pattern, words] of TEXTS) {
    if (!pattern.test(text)) continue;
    Object.defineProperty(thrown, 'message', { ...descriptor, value: text.replace(pattern, words) });
    break;
  }
  return thrown;
}
