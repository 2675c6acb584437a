/**
 * Sends requests to the servers of clouds: bounded in time and bytes, and to no other place than the one that is named.
 *
 * Unlike those of registries, these addresses may be private: a cloud is reached by private links, and metadata servers have
 * link-local addresses. Nobody who writes manifests chooses them: the names are made here, from the domains of the clouds, and the
 * certificate of each is checked.
 */
import type { Agent as PlainAgent } from 'node:http';
import type { Agent } from 'node:https';
import { requestBounded, type BoundedAnswer } from '../../../base/request-bounded.ts';
import { REGISTRY_LIMITS } from '../settings.ts';

export interface CloudRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** Never rejects, and follows no redirect. */
export type SendToCloud = (request: CloudRequest) => Promise<BoundedAnswer>;

export interface CloudSenderOptions {
  /** Ends what is under way. */
  readonly signal: AbortSignal;
  /** How connections are opened. Absent: as the platform does it, with the authorities that Node.js trusts. */
  readonly agentFor?: ((url: URL) => Agent | PlainAgent) | undefined;
}

const TIMEOUT_MS = REGISTRY_LIMITS['image.registry.cloudTimeoutMs'].default;
const ANSWER_BYTES_MAX = REGISTRY_LIMITS['image.registry.cloudAnswerBytesMax'].default;

/** Answers are asked for once an hour: no pool of connections is kept for them. */
export function createCloudSender({ signal, agentFor }: CloudSenderOptions): SendToCloud {
  return async ({ url, method, headers, body }) =>
    await requestBounded({
      url,
      method,
      headers: { 'user-agent': 'holdfast', accept: 'application/json', ...headers },
      body,
      timeoutMs: TIMEOUT_MS,
      answerBytesMax: ANSWER_BYTES_MAX,
      agent: agentFor?.(url),
      signal,
    });
}
