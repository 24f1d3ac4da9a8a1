import type { K6Check, K6Group } from './k6-summary.js';
import { md5 } from './md5.js';

/** Between the names of nested groups, and before the first. */
export const GROUP_SEPARATOR = '::';

/** A group that still grows. */
interface OpenGroup {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly groups: OpenGroup[];
  readonly checks: OpenCheck[];
}

interface OpenCheck extends K6Check {
  passes: number;
  fails: number;
}

/** The tree of groups with their checks, built from samples of `group_duration` and `checks` (lib/test_state.go). */
export class GroupTree {
  private readonly root = openGroup('', '');
  private readonly byPath = new Map<string, OpenGroup>([['', this.root]]);

  /** Makes sure that the group of that tag (`::a::b`, empty for the root) is there, and those around it. */
  group(tag: string): OpenGroup {
    const known = this.byPath.get(tag);
    if (known !== undefined) return known;
    const [, ...names] = tag.split(GROUP_SEPARATOR);
    let group = this.root;
    for (const name of names) group = childOf(group, name);
    this.byPath.set(tag, group);
    return group;
  }

  /** One outcome of a check. */
  check(tag: string, name: string, passed: boolean): void {
    const group = this.group(tag);
    let check = group.checks.find((other) => other.name === name);
    if (check === undefined) {
      const path = `${group.path}${GROUP_SEPARATOR}${name}`;
      check = { name, path, id: md5(path), passes: 0, fails: 0 };
      group.checks.push(check);
    }
    if (passed) check.passes += 1;
    else check.fails += 1;
  }

  /** The whole tree as it stands; not a copy. */
  toGroup(): K6Group {
    return this.root;
  }
}

function childOf(parent: OpenGroup, name: string): OpenGroup {
  let group = parent.groups.find((other) => other.name === name);
  if (group === undefined) {
    group = openGroup(name, `${parent.path}${GROUP_SEPARATOR}${name}`);
    parent.groups.push(group);
  }
  return group;
}

function openGroup(name: string, path: string): OpenGroup {
  return { name, path, id: md5(path), groups: [], checks: [] };
}
