import { host } from './host.js';

const RealDate = Date;

/** The clock of the virtual user: simulated time, on top of the moment that the test is said to begin. */
function dateNow(): number {
  return Math.floor(host.dateMs());
}

/** `Date`, by the virtual clock. */
function ScriptDate(...values: unknown[]): unknown {
  if (new.target === undefined) return new RealDate(dateNow()).toString();
  return Reflect.construct(RealDate, values.length === 0 ? [dateNow()] : values, new.target);
}

/** Makes `Date` the virtual clock's; the real one cannot be reached afterwards. */
export function installDate(): unknown {
  const hidden = (value: unknown) => ({ value, writable: true, configurable: true, enumerable: false });
  const method = { now: () => dateNow() };
  Object.defineProperties(ScriptDate, {
    name: { value: 'Date', configurable: true },
    length: { value: 7, configurable: true },
    prototype: { value: RealDate.prototype, writable: false },
    now: hidden(method.now),
    parse: hidden(RealDate.parse),
    UTC: hidden(RealDate.UTC),
  });
  Object.defineProperty(RealDate.prototype, 'constructor', hidden(ScriptDate));
  return ScriptDate;
}
