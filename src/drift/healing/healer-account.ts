/**
 * The token by which healing is written: that of a service account which can do nothing else, asked for when it is needed and kept in
 * memory alone. So the rights to write Applications are not those of the account that serves admission, and every such write has its
 * own name in the audit log. Source: kubernetes.io, TokenRequest v1 (authentication.k8s.io).
 */
import { z } from 'zod';
import { addMs, type Clock, type MonotonicMs } from '../../base/clock.ts';
import { HoldfastError } from '../../errors.ts';
import type { ClusterWriter } from '../../kubernetes/client/cluster-client.ts';
import { HEALER_ACCOUNT } from './settings.ts';

export interface HealerAccountOptions {
  /** Of the account of Holdfast, which may ask for this one token. */
  readonly client: ClusterWriter;
  /** The namespace that Holdfast runs in. */
  readonly namespace: string;
  readonly clock: Clock;
}

/** The shortest that the API server gives. */
const TOKEN_SECONDS = 600;
/** Renewed long before it ends; the API server may give a shorter one. */
const TOKEN_KEPT_MS = 5 * 60_000;
/** An API server that needs longer is asked again with the next write. */
const ANSWER_MS = 10_000;

const answerSchema = z.looseObject({ status: z.looseObject({ token: z.string().min(1) }) });

/** Gives a token that is valid for some minutes. Rejects with `drift_healer_refused` where the API server gives none. */
export function createHealerToken({
  client,
  namespace,
  clock,
}: HealerAccountOptions): () => Promise<string> {
  let kept: { readonly token: string; readonly untilMs: MonotonicMs } | undefined;
  return async () => {
    const nowMs = clock.monotonicMs();
    if (kept !== undefined && nowMs < kept.untilMs) return kept.token;
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${HEALER_ACCOUNT}/token`;
    const written = await client.write(path, {
      method: 'POST',
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: TOKEN_SECONDS },
      },
      deadlineAtMs: addMs(nowMs, ANSWER_MS),
    });
    const parsed = written.status === 'written' ? answerSchema.safeParse(written.body) : undefined;
    if (parsed?.success !== true) {
      const reason = 'reason' in written ? written.reason : `the answer was "${written.status}"`;
      throw new HoldfastError(
        'drift_healer_refused',
        `No token of the service account ${namespace}/${HEALER_ACCOUNT}: ${reason}`,
      );
    }
    kept = { token: parsed.data.status.token, untilMs: addMs(nowMs, TOKEN_KEPT_MS) };
    return kept.token;
  };
}
