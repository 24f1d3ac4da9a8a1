import { ErrorCode } from '../model/call.js';
import type { ClientTarget } from '../model/client.js';
import { CLIENT_PLACE, type World } from './world.js';

/**
 * Which place of the model a script means by `host:port`.
 *
 * - A service's or an instance's name is that service or instance, whatever the port: `http://api-2:8000/health`.
 * - The first other host that is asked for is the model's entry, and stays it; so is the same port under another name of the
 *   own machine (`localhost`, `127.0.0.1`).
 * - Everybody else is not there: refused where it is an address (1212), an unknown name otherwise (1101), as for a real k6 in
 *   a network with nothing else in it.
 */
export class ScriptTargets {
  readonly targets: readonly ClientTarget[];
  private readonly byName = new Map<string, number>();
  private entry: Authority | undefined = undefined;

  /** @param blocked says with what error code a host is barred (k6's options `blockHostnames`, `blacklistIPs`). */
  constructor(
    { builder, entry }: World,
    private readonly blocked: (host: string) => number | undefined = () => undefined,
  ) {
    const targets: ClientTarget[] = [entry];
    const add = (name: string, target: ClientTarget) => {
      if (this.byName.has(name)) return;
      this.byName.set(name, targets.length);
      targets.push(target);
    };
    for (const instance of builder.instances) {
      add(instance.name, { links: [builder.createLink(CLIENT_PLACE, instance.service.name, instance)] });
    }
    for (const [service, instances] of builder.instancesOf) {
      const links = instances.map((instance) => builder.createLink(CLIENT_PLACE, service, instance));
      if (links.length > 0) add(service, { links });
    }
    this.targets = targets;
  }

  /** The client's target; below 0 where nobody is, see `RequestPlan.target`. */
  readonly targetOf = (text: string): number => {
    const authority = authorityOf(text);
    const code = this.blocked(authority.host);
    if (code !== undefined) return -code;
    const named = this.byName.get(authority.host);
    if (named !== undefined) return named;
    this.entry ??= authority;
    if (isSame(authority, this.entry)) return 0;
    return -(isAddress(authority.host) ? ErrorCode.dialRefused : ErrorCode.noSuchHost);
  };
}

interface Authority {
  readonly host: string;
  readonly port: string;
}

function authorityOf(text: string): Authority {
  const match = /^(.*?)(?::(\d+))?$/.exec(text.toLowerCase())!;
  return { host: match[1]!, port: match[2] ?? '' };
}

function isSame(left: Authority, right: Authority): boolean {
  if (left.port !== right.port) return false;
  return left.host === right.host || (isOwn(left.host) && isOwn(right.host));
}

function isOwn(host: string): boolean {
  return ['localhost', '[::1]', '0.0.0.0', 'host.docker.internal'].includes(host) || host.startsWith('127.');
}

function isAddress(host: string): boolean {
  return isOwn(host) || host.startsWith('[') || /^\d+(?:\.\d+){3}$/.test(host);
}
