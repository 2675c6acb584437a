/** What a replica says about the trust that is registered for what it serves. */
import type { X509Certificate } from 'node:crypto';
import type { WallMs } from '../base/clock.ts';
import { matchAuthorities } from './match-trust.ts';
import type { RegisteredWebhook } from './parse-registered.ts';

export interface TrustFacts {
  /** What this replica serves, the leaf first. */
  readonly chain: readonly X509Certificate[];
  readonly webhooks: readonly RegisteredWebhook[];
  readonly nowMs: WallMs;
}

export type Trust =
  /** Nothing of ours is registered with a caBundle. */
  | { readonly status: 'unregistered' }
  | {
      readonly status: 'trusted';
      /** When the registered authorities stop to be trusted. */
      readonly untilMs: number;
    }
  | {
      readonly status: 'untrusted';
      /** The webhooks whose calls fail. */
      readonly webhooks: readonly string[];
    };

/** A webhook without a caBundle is left out: the API server's own trust decides there, which nobody can read from here. */
export function classifyTrust({ chain, webhooks, nowMs }: TrustFacts): Trust {
  const bundled = webhooks.filter(({ hasBundle }) => hasBundle);
  if (bundled.length === 0) return { status: 'unregistered' };
  const results = bundled.map(({ name, authorities }) => ({
    name,
    matching: matchAuthorities({ chain, authorities, nowMs }),
  }));
  const untrusted = results.filter(({ matching }) => matching.length === 0);
  if (untrusted.length > 0) {
    return { status: 'untrusted', webhooks: untrusted.map(({ name }) => name) };
  }
  const ends = results.map(({ matching }) =>
    Math.max(...matching.map(({ validToDate }) => validToDate.getTime())),
  );
  return { status: 'trusted', untilMs: Math.min(...ends) };
}
