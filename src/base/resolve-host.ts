/** Finds the addresses of a host, and refuses private ones unless they are allowed. */
import { lookup } from 'node:dns/promises';
import { errorCode } from './error-details.ts';
import { classifyAddress } from './classify-address.ts';

export interface ResolvedAddress {
  readonly address: string;
}

/** The resolver of the system. */
export type ResolveHost = (host: string) => Promise<readonly ResolvedAddress[]>;

/** `getaddrinfo`, all addresses. */
export async function resolveBySystem(host: string): Promise<readonly ResolvedAddress[]> {
  return await lookup(host, { all: true });
}

export type HostResolution =
  | { readonly status: 'resolved'; readonly addresses: readonly string[] }
  | { readonly status: 'refused'; readonly reason: string }
  | { readonly status: 'unavailable'; readonly reason: string };

export interface HostRules {
  /** Names of hosts whose address may be private. */
  readonly privateHosts: readonly string[];
  readonly resolve: ResolveHost;
  readonly timeoutMs: number;
  /** How to allow a private address: completes the message `The host … has a private address; `. */
  readonly remedy: string;
}

/**
 * Resolves once. The caller connects to the returned addresses and asks no resolver again: a name that answers with
 * another address the second time (DNS rebinding) gains nothing.
 */
export async function resolveHost(host: string, rules: HostRules): Promise<HostResolution> {
  const name = host.replaceAll(/^\[|\]$/gu, '');
  let found: readonly ResolvedAddress[];
  try {
    found = await within(rules.timeoutMs, rules.resolve(name));
  } catch (error) {
    const code = errorCode(error) ?? 'an unknown error';
    return { status: 'unavailable', reason: `The host ${host} cannot be resolved (${code})` };
  }
  const addresses = found.map(({ address }) => address);
  if (addresses.length === 0) {
    return { status: 'unavailable', reason: `The host ${host} has no address` };
  }
  if (rules.privateHosts.includes(host)) return { status: 'resolved', addresses };
  // One private address among public ones is an attempt to be taken for public.
  const isPublic = addresses.every((address) => classifyAddress(address) === 'public');
  return isPublic
    ? { status: 'resolved', addresses }
    : {
        status: 'refused',
        reason: `The host ${host} has a private address; ${rules.remedy}`,
      };
}

/** The resolver cannot be stopped: it is left behind, and its answer is ignored. */
async function within<Value>(timeoutMs: number, work: Promise<Value>): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(Object.assign(new Error('The resolver did not answer'), { code: 'ETIMEDOUT' }));
  }, timeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
