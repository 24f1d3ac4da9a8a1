import { type Checked, count, fail, list, record, text } from '../../options/fields.js';
import { ipBytes, isInNetwork, maybeNetwork } from '../ip-address.js';
import type { GatewayRequest, Policy } from '../policy.js';
import type { KongPluginPlug } from '../products/kong/plugin.js';
import { isAtLeast } from '../version.js';

/** From this version on the answer names the address. */
const NAMING_VERSION = [3, 4];

const network = () =>
  text().transform((value, context) => {
    const parsed = maybeNetwork(value);
    if (parsed === undefined)
      fail(context, value, 'an address or a network, like 10.0.0.0/8 or 2001:db8::/32');
    return parsed!;
  });

const options = record({
  allow: list(network()).default([]).describe('networks that may come; all others may not'),
  deny: list(network()).default([]).describe('networks that may not come'),
  status: count({ min: 100, max: 599 }).default(403).describe('of the answer that refuses'),
  message: text().optional().describe('of the answer that refuses'),
}).superRefine((value, context) => {
  if (value.allow.length + value.deny.length > 0) return;
  fail(context, 'neither', '`allow` or `deny` with at least one network');
});

/** Kong's `ip-restriction`: addresses that may come, and addresses that may not. */
export const kongIpRestriction: KongPluginPlug<typeof options> = {
  name: 'kong-ip-restriction',
  product: 'kong',
  word: 'ip-restriction',
  priority: 990,
  summary: 'lets pass the addresses that are allowed and not denied; 403 for all others',
  source: 'Kong 3.9, kong/plugins/ip-restriction/handler.lua',
  options,
  example: 'plugins: [ { name: ip-restriction, config: { allow: [10.0.0.0/8] } } ]',
  create: (checked, context) => new IpRestriction(checked, context.version),
};

class IpRestriction implements Policy {
  /** Answers by address: there are as many as users. */
  private readonly verdicts = new Map<string, boolean>();

  constructor(
    private readonly config: Checked<typeof options>,
    private readonly version: string,
  ) {}

  admit(request: GatewayRequest): number {
    const address = request.subject.clientAddress;
    let isAllowed = this.verdicts.get(address);
    if (isAllowed === undefined) {
      isAllowed = this.judge(address);
      this.verdicts.set(address, isAllowed);
    }
    if (isAllowed) return 0;
    if (ipBytes(address) === undefined) {
      request.message = 'Cannot identify the client IP address, unix domain sockets are not supported.';
      return -403;
    }
    request.message = this.config.message ?? this.refusal(address);
    return -this.config.status;
  }

  private judge(address: string): boolean {
    const bytes = ipBytes(address);
    if (bytes === undefined) return false;
    const { allow, deny } = this.config;
    if (deny.some((denied) => isInNetwork(bytes, denied))) return false;
    return allow.length === 0 || allow.some((allowed) => isInNetwork(bytes, allowed));
  }

  private refusal(address: string): string {
    return isAtLeast(this.version, NAMING_VERSION)
      ? `IP address not allowed: ${address}`
      : 'Your IP address is not allowed';
  }
}
