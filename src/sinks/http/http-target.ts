/** Posts to one configured URL, with its authorization and trust, and redacts secrets in the response. */
import { Agent as PlainAgent } from 'node:http';
import { Agent } from 'node:https';
import type { Clock } from '../../base/clock.ts';
import { parseRetryAfter } from '../../base/parse-retry-after.ts';
import { requestBounded } from '../../base/request-bounded.ts';
import { readTlsFiles } from '../../base/tls-files.ts';
import type { TlsMaterial } from '../../base/tls-files.ts';
import { readSecret } from '../../settings/secret.ts';
import { SECRET_LIMITS } from '../../settings/secret-reference.ts';
import type { SecretReference } from '../../settings/secret-reference.ts';
import { formatExcerpt } from '../format-excerpt.ts';
import type { HttpSinkSettings } from './settings.ts';

export interface HttpTargetDependencies {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface TargetRequest {
  readonly url: URL;
  /** @default POST */
  readonly method?: 'POST' | 'OPTIONS';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Further secrets to redact in a reason, for example a secret URL. */
  readonly secrets?: readonly string[];
  /** Only the status of the response matters: a longer body is not read. */
  readonly leavesExcess?: boolean;
}

export type TargetAnswer =
  | {
      readonly status: 'answered';
      readonly httpStatus: number;
      readonly retryAfterMs: number | undefined;
      readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
      readonly text: string;
      /** The beginning of the text, without our secrets. */
      readonly excerpt: string;
    }
  | { readonly status: 'unanswered'; readonly reason: string };

export interface HttpTarget {
  /** Never rejects. */
  readonly post: (request: TargetRequest, signal: AbortSignal) => Promise<TargetAnswer>;
  readonly close: () => void;
}

// A bulk response has a few hundred bytes for each of a thousand records.
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** Nothing is opened before the first post. */
export function createHttpTarget(
  settings: HttpSinkSettings,
  dependencies: HttpTargetDependencies,
): HttpTarget {
  const connections = new Connections();
  return {
    post: async (request, signal) => {
      const credentials = await readCredentials(settings, dependencies.environment);
      if (!credentials.ok) return unanswered(credentials.reason);
      const tls = await readTlsFiles(settings.tls, SECRET_LIMITS['secret.bytesMax'].default);
      if (!tls.ok) return unanswered(tls.reason);
      const answer = await requestBounded({
        url: request.url,
        method: request.method ?? 'POST',
        headers: { ...request.headers, ...credentials.headers },
        body: request.body,
        timeoutMs: settings.delivery.timeoutMs,
        answerBytesMax: ANSWER_BYTES_MAX,
        leavesExcess: request.leavesExcess,
        agent: connections.agentFor(request.url, tls.material),
        signal,
      });
      if (answer.status !== 'answered') return unanswered(answer.reason);
      const retryAfter = answer.headers['retry-after'];
      return {
        status: 'answered',
        httpStatus: answer.httpStatus,
        retryAfterMs: parseRetryAfter(
          typeof retryAfter === 'string' ? retryAfter : undefined,
          dependencies.clock.wallMs(),
        ),
        headers: answer.headers,
        text: answer.text,
        excerpt: formatExcerpt(answer.text, [...credentials.secrets, ...(request.secrets ?? [])]),
      };
    },
    close: () => {
      connections.close();
    },
  };
}

type Credentials =
  | {
      readonly ok: true;
      readonly headers: Readonly<Record<string, string>>;
      readonly secrets: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

async function readCredentials(
  settings: HttpSinkSettings,
  environment: HttpTargetDependencies['environment'],
): Promise<Credentials> {
  const headers: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [name, reference, format] of listHeaders(settings)) {
    const read = await readSecret(reference, environment);
    if (!read.ok) return { ok: false, reason: read.reason };
    headers[name] = format(read.secret);
    // The encoded form reveals the secret too.
    secrets.push(read.secret, format(read.secret).replace(/^(?:Basic|Bearer|ApiKey) /u, ''));
  }
  return { ok: true, headers, secrets };
}

type SecretHeader = readonly [
  name: string,
  reference: SecretReference,
  format: (secret: string) => string,
];

function listHeaders({
  bearerToken,
  apiKey,
  basic,
  secretHeaders = {},
}: HttpSinkSettings): readonly SecretHeader[] {
  const list: SecretHeader[] = Object.entries(secretHeaders).map(([name, reference]) => [
    name,
    reference,
    (secret) => secret,
  ]);
  if (bearerToken) list.push(['authorization', bearerToken, (secret) => `Bearer ${secret}`]);
  if (apiKey) list.push(['authorization', apiKey, (secret) => `ApiKey ${secret}`]);
  if (basic) {
    list.push([
      'authorization',
      basic.password,
      (secret) => `Basic ${Buffer.from(`${basic.username}:${secret}`).toString('base64')}`,
    ]);
  }
  return list;
}

function unanswered(reason: string): TargetAnswer {
  return { status: 'unanswered', reason };
}

/** One kept connection, replaced when its TLS files change. */
class Connections {
  #agent: Agent | PlainAgent | undefined;
  #material = '';

  agentFor({ protocol }: URL, tls: TlsMaterial): Agent | PlainAgent {
    const material = JSON.stringify([protocol, tls.ca, tls.cert, tls.key]);
    if (this.#agent !== undefined && material === this.#material) return this.#agent;
    this.#agent?.destroy();
    this.#material = material;
    const keep = { keepAlive: true, maxSockets: 1 };
    this.#agent =
      protocol === 'https:'
        ? new Agent({ ...keep, ...tls, minVersion: 'TLSv1.2' })
        : new PlainAgent(keep);
    return this.#agent;
  }

  close(): void {
    this.#agent?.destroy();
  }
}

/**
 * Joins the base of a service with the path of its API; the base may have a path, for example behind a proxy,
 * and a query.
 */
export function appendPath(base: string, path: string): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/u, '')}${path}`;
  return url;
}
