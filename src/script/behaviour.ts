import type { Call } from '../model/call.js';
import type { Behaviour, VirtualUser } from '../model/virtual-user.js';
import type { ScriptRun } from './script-run.js';

/** The behaviour of a scenario's virtual users: an exported function of a script, once per iteration. */
export class ScriptBehaviour implements Behaviour {
  /** @param exec name of the export. */
  constructor(
    private readonly run: ScriptRun,
    private readonly exec: string,
  ) {}

  begin(vu: VirtualUser): void {
    this.run.begin(vu, this.exec);
  }

  advance(vu: VirtualUser): boolean {
    if (!this.run.advance(vu)) return false;
    if (this.run.stateOf(vu).threw) this.logThrown(vu, this.run.thrown(vu.id));
    return true;
  }

  cut(vu: VirtualUser): void {
    this.run.cut(vu);
  }

  answered(vu: VirtualUser, call: Call): void {
    this.run.answered(vu, call);
  }

  /** As k6 does: the iteration counts all the same. */
  private logThrown(vu: VirtualUser, text: string): void {
    const source = text.startsWith('Uncaught (in promise)') ? '' : 'stacktrace';
    this.run.options.log({ level: 'error', text, source, vu: vu.id, scenario: vu.scenario });
  }
}

/**
 * The behaviour of the one virtual user, fresh and without scenario, that runs `setup`, `teardown` or `handleSummary`: one
 * iteration, whose result {@link result} has afterwards.
 */
export class LifecycleBehaviour implements Behaviour {
  /** What the function returned, as JSON (of `handleSummary`: see `returnedFiles`), and what it threw; set at its end. */
  result: { readonly returned: string; readonly files: string; readonly thrown: string } | undefined =
    undefined;

  /** @param argument as JSON; none if empty. */
  constructor(
    private readonly run: ScriptRun,
    private readonly name: string,
    private readonly argument: string,
  ) {}

  begin(vu: VirtualUser): void {
    this.run.beginWith(vu, this.name, this.argument);
  }

  advance(vu: VirtualUser): boolean {
    if (!this.run.advance(vu)) return false;
    const { entry } = this.run.engine;
    this.result = {
      returned: entry.returned(vu.id),
      files: entry.returnedFiles(vu.id),
      thrown: this.run.thrown(vu.id),
    };
    this.run.drop(vu.id);
    return true;
  }

  cut(vu: VirtualUser): void {
    this.run.cut(vu);
  }

  answered(vu: VirtualUser, call: Call): void {
    this.run.answered(vu, call);
  }
}
