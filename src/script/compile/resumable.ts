import { apiKind, BLOCKING_NAMES, isResponseMethod } from './api.js';
import { COMPUTED, ITERATION, type ProgramFacts } from './facts.js';
import type { Binding, FunctionUnit, Target } from './scope.js';

/**
 * Decides which functions may have to wait: those that call a blocking function of k6, or something that may. What a call
 * may reach is found without running anything, over the whole script: by the name it is called by, and where a value is
 * called that came from somewhere, any function whose value goes anywhere. A function that is wrongly left out is not run
 * wrongly: it throws where it would have to wait (see the prelude's `refuse`).
 */
export class Reach {
  private unknownWaits = false;
  private iterationWaits = false;

  constructor(private readonly program: ProgramFacts) {
    this.unknownWaits = [...program.taken].some((binding) => this.isBlockingValue(binding));
    let changed = true;
    while (changed) changed = this.pass();
  }

  /** True where a call to one of these may wait. */
  waits(targets: readonly Target[]): boolean {
    return targets.some((target) => this.targetWaits(target));
  }

  private pass(): boolean {
    let changed = false;
    for (const unit of this.program.units) {
      if (unit.resumable || !canWait(unit)) continue;
      if (!unit.calls.some(({ targets }) => this.waits(targets))) continue;
      unit.resumable = true;
      changed = true;
    }
    const unknown =
      this.unknownWaits || this.program.units.some(({ escapes, resumable }) => escapes && resumable);
    const taken = [...this.program.taken].some((binding) => this.bindingUnit(binding)?.resumable);
    const iteration = this.program.units.some(({ generator, resumable }) => generator && resumable);
    if ((unknown || taken) && !this.unknownWaits) {
      this.unknownWaits = true;
      changed = true;
    }
    if ((iteration || this.nameWaits('next')) && !this.iterationWaits) {
      this.iterationWaits = true;
      changed = true;
    }
    return changed;
  }

  private targetWaits(target: Target): boolean {
    switch (target.kind) {
      case 'blocking':
        return true;
      case 'unit':
        return target.unit.resumable;
      case 'unknown':
        return this.unknownWaits;
      case 'name':
        return target.name === ITERATION ? this.iterationWaits : this.nameWaits(target.name);
      case 'binding':
        return this.bindingWaits(target.binding);
    }
  }

  private bindingWaits(binding: Binding): boolean {
    const real = binding.source ?? binding;
    if (real.origin !== undefined) {
      const kind = apiKind(real.origin);
      return kind === undefined ? this.unknownWaits : kind === 'blocking';
    }
    if (real.kind === 'class') return false;
    const unit = real.only;
    return unit === undefined ? this.unknownWaits : unit.resumable;
  }

  private bindingUnit(binding: Binding): FunctionUnit | undefined {
    return (binding.source ?? binding).value;
  }

  private isBlockingValue(binding: Binding): boolean {
    const { origin } = binding.source ?? binding;
    if (origin === undefined) return false;
    if (apiKind(origin) === 'blocking') return true;
    return origin.specifier === 'k6/http' && (origin.imported === '*' || origin.imported === 'default');
  }

  private nameWaits(name: string): boolean {
    if (isResponseMethod(name) || (this.iterationWaits && STEPS.has(name))) return true;
    return this.knownNameWaits(name) || this.knownNameWaits(COMPUTED);
  }

  private knownNameWaits(name: string): boolean {
    const values = this.program.named.get(name);
    if (values === undefined) return BLOCKING_NAMES.has(name) && this.unknownWaits;
    if (values.unknown && this.unknownWaits) return true;
    for (const unit of values.units) if (unit.resumable) return true;
    for (const binding of values.bindings) if (this.bindingWaits(binding)) return true;
    return BLOCKING_NAMES.has(name) && this.unknownWaits;
  }
}

/** Methods of generators. */
const STEPS: ReadonlySet<string> = new Set(['next', 'return', 'throw']);

/** Constructors, getters, setters, field initialisers and the top level of modules are called by the language itself. */
function canWait(unit: FunctionUnit): boolean {
  return unit.kind === 'function' || unit.kind === 'arrow' || unit.kind === 'method';
}
