/** Asks the leader to have one finding healed: writes it into the ConfigMap of requests, under the account of whoever asks. */
import { addMs, type Clock } from '../../base/clock.ts';
import type { ClusterClient, ClusterWriter } from '../../kubernetes/client/cluster-client.ts';
import { parseObject } from '../../kubernetes/lookup/parse-object.ts';
import { parseRequests, REQUESTS_NAME } from './parse-requests.ts';

export interface RequestOptions {
  readonly client: Pick<ClusterClient, 'read'> & ClusterWriter;
  /** The namespace that Holdfast runs in. */
  readonly namespace: string;
  readonly clock: Clock;
}

/** Others may ask at the same time: two are likely, five are not. */
const ATTEMPTS_MAX = 5;
/** As long as commands wait for an API server elsewhere; for the reading and the writing together. */
const ANSWER_MS = 10_000;

/** Why it could not be asked for; `undefined` where it was. Forgets requests that count no more. */
export async function requestHealing(
  options: RequestOptions,
  decisionId: string,
): Promise<string | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const reason = await tryRequest(options, decisionId);
    if (reason !== CONFLICT) return reason;
  }
  return CONFLICT;
}

const CONFLICT = 'others write the requests at the same time, again and again';

async function tryRequest(
  { client, namespace, clock }: RequestOptions,
  decisionId: string,
): Promise<string | undefined> {
  const deadlineAtMs = addMs(clock.monotonicMs(), ANSWER_MS);
  const collection = `/api/v1/namespaces/${namespace}/configmaps`;
  const path = `${collection}/${REQUESTS_NAME}`;
  const reading = await client.read(path, { deadlineAtMs });
  if (reading.status === 'unavailable') return reading.reason;
  const stored = reading.status === 'read' ? parseObject(reading.body) : undefined;
  const nowMs = clock.wallMs();
  const asked = { [decisionId]: new Date(nowMs).toISOString() };
  const written = await client.write(stored === undefined ? collection : path, {
    method: stored === undefined ? 'POST' : 'PUT',
    body: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: stored?.metadata ?? { name: REQUESTS_NAME, namespace },
      data: { ...parseRequests(stored, nowMs), ...asked },
    },
    deadlineAtMs,
  });
  switch (written.status) {
    case 'written':
      return undefined;
    case 'conflict':
      return CONFLICT;
    case 'absent':
      return `the namespace ${namespace} is not there`;
    case 'refused':
    case 'unavailable':
      return written.reason;
  }
}
