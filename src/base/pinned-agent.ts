/** Connections to addresses that were checked: no resolver is asked again. */
import { Agent as PlainAgent } from 'node:http';
import { Agent } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { TlsMaterial } from './tls-files.ts';

export interface PinnedAgentOptions {
  readonly protocol: 'https:' | 'http:';
  /** As `resolveHost` returned them; the first that answers is used. */
  readonly addresses: readonly string[];
  readonly tls?: TlsMaterial | undefined;
  /** Keeps at most so many connections open. Absent: each request has its own. */
  readonly connectionsMax?: number | undefined;
}

/** An agent that connects to these addresses, whatever a name resolves to meanwhile (DNS rebinding). The caller destroys it. */
export function pinnedAgent(options: PinnedAgentOptions): Agent | PlainAgent {
  const { protocol, addresses, tls = {}, connectionsMax } = options;
  const kept = connectionsMax === undefined ? {} : { keepAlive: true, maxSockets: connectionsMax };
  const lookup = pinnedLookup(addresses);
  return protocol === 'https:'
    ? new Agent({ ...tls, ...kept, lookup })
    : new PlainAgent({ ...kept, lookup });
}

function pinnedLookup(addresses: readonly string[]): LookupFunction {
  const pinned = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const [first = { address: '', family: 4 }] = pinned;
  return (_host, options, callback) => {
    if (options.all === true) callback(null, [...pinned]);
    else callback(null, first.address, first.family);
  };
}
