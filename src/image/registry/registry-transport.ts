/**
 * Sends requests to registries and to what they point at: bounded in time, bytes, redirects and number, to allowed addresses.
 *
 * The names of images come from whoever writes manifests. Without these rules they could let us connect to the metadata service
 * of the cloud or to a service behind the firewall, or send a credential to a host of their choice.
 */
import type { Agent as PlainAgent } from 'node:http';
import type { Agent } from 'node:https';
import type { Clock, MonotonicMs } from '../../base/clock.ts';
import { addMs } from '../../base/clock.ts';
import { parseRetryAfter } from '../../base/parse-retry-after.ts';
import { pinnedAgent } from '../../base/pinned-agent.ts';
import { requestBounded, type BoundedAnswer } from '../../base/request-bounded.ts';
import { resolveHost, type ResolveHost } from '../../base/resolve-host.ts';
import { Semaphore } from '../../base/semaphore.ts';
import type { TlsMaterial } from '../../base/tls-files.ts';
import {
  imageUnavailable,
  rejectImage,
  RETRY_AFTER_MS,
  type ImageFailure,
} from '../image-failure.ts';
import { REGISTRY_LIMITS } from './settings.ts';

/** How to allow what is refused: completes "allow it with". */
export interface TransportRemedies {
  readonly privateHost: (host: string) => string;
  readonly plainHttp: (host: string) => string;
}

export interface TransportOptions {
  /** Registries whose address may be private: `host` or `host:port`, as in a reference. */
  readonly privateHosts: readonly string[];
  /** Registries that are asked by http. */
  readonly plainHttpHosts: readonly string[];
  /** Authorities that are trusted. */
  readonly tls?: TlsMaterial | undefined;
  /** Instead of that for one host, as in a reference: a certificate of ours is shown to nobody else. */
  readonly hostTls?: ReadonlyMap<string, TlsMaterial> | undefined;
  /** Whether anything may be written. Absent: GET is sent, and forms to what gives out tokens. */
  readonly mayWrite?: boolean | undefined;
  readonly remedies: TransportRemedies;
  readonly resolve: ResolveHost;
  readonly clock: Clock;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

export interface TransportRequest {
  readonly url: URL;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly accept: string;
  /** For this host alone: it follows no redirect. */
  readonly authorization?: string | undefined;
  /** A form. */
  readonly body?: string | undefined;
  /** What is written, instead of a form. */
  readonly content?: { readonly mediaType: string; readonly bytes: Uint8Array } | undefined;
  readonly answerBytesMax: number;
  /** From the request to the last byte of the answer. @default image.registry.requestTimeoutMs */
  readonly timeoutMs?: number | undefined;
  /** Whether redirects are followed. */
  readonly follows: boolean;
}

export type TransportAnswer = Extract<BoundedAnswer, { readonly status: 'answered' }> & {
  /** The answer is not that of the host that was asked. */
  readonly isRedirected: boolean;
};

type Place =
  | { readonly status: 'open'; readonly agent: Agent | PlainAgent; readonly permits: Semaphore }
  | { readonly status: 'failed'; readonly failure: ImageFailure };

const TIMEOUT_MS = REGISTRY_LIMITS['image.registry.requestTimeoutMs'].default;
const TOTAL_TIMEOUT_MS = REGISTRY_LIMITS['image.registry.totalTimeoutMs'].default;
const RESOLVE_TIMEOUT_MS = REGISTRY_LIMITS['image.registry.resolveTimeoutMs'].default;
const REDIRECTS_MAX = REGISTRY_LIMITS['image.registry.redirectsMax'].default;
const REQUESTS_MAX = REGISTRY_LIMITS['image.registry.requestsMax'].default;
const WAITING_MAX = REGISTRY_LIMITS['image.registry.waitingMax'].default;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const TOO_MANY_REQUESTS = 429;
const SERVICE_UNAVAILABLE = 503;
const SERVER_ERROR = 500;
/** What Node makes of an answer that is no TLS. */
const NO_TLS = /\bEPROTO$/u;
const PLACES_MAX = REGISTRY_LIMITS['image.registry.hostsMax'].default;
/** A registry moves to another address. */
const PLACE_LIFE_MS = REGISTRY_LIMITS['image.registry.addressAgeMsMax'].default;

interface KeptPlace {
  readonly place: Promise<Place>;
  untilMs: MonotonicMs;
}

interface RetiredPlace {
  readonly place: Promise<Place>;
  /** No request can use it any more. */
  readonly endsAtMs: MonotonicMs;
}

/** Each host is resolved and checked, and so again every few minutes. `close` ends the connections. */
export class RegistryTransport {
  readonly #options: TransportOptions;
  readonly #places = new Map<string, KeptPlace>();
  #retired: readonly RetiredPlace[] = [];
  /** Hosts that asked us to wait. */
  readonly #pausedUntil = new Map<string, MonotonicMs>();

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** Whether this host is asked by http. */
  isPlainHttp(host: string): boolean {
    return this.#options.plainHttpHosts.includes(host);
  }

  close(): void {
    for (const { place } of [...this.#places.values(), ...this.#retired]) void destroy(place);
    this.#places.clear();
    this.#retired = [];
  }

  /** The answer, whatever its status below 500 is, or why there is none. Never rejects. */
  async send(request: TransportRequest): Promise<TransportAnswer | ImageFailure> {
    const { method = 'GET', body } = request;
    // Whatever a reader is told by a registry, it must not become a writer with our credential.
    if (method !== 'GET' && body === undefined && this.#options.mayWrite !== true) {
      return refuse(`Nothing may be written to ${request.url.host}`);
    }
    let { url, authorization } = request;
    for (let redirects = 0; ; redirects += 1) {
      const answer = await this.#sendOnce({ ...request, url, authorization });
      if (answer.status !== 'answered') return answer;
      const next = REDIRECTS.has(answer.httpStatus) ? answer.headers.location : undefined;
      if (next === undefined || !request.follows) {
        return { ...answer, isRedirected: redirects > 0 };
      }
      if (redirects === REDIRECTS_MAX) {
        return refuse(`${url.host} redirects more than ${REDIRECTS_MAX} times`);
      }
      if (!URL.canParse(next, url.href)) return refuse(`${url.host} redirects to what is no URL`);
      url = new URL(next, url);
      // A registry must not be able to send our credential to another host, or to another service on its own.
      authorization = undefined;
    }
  }

  async #sendOnce(
    request: TransportRequest,
  ): Promise<Extract<BoundedAnswer, { readonly status: 'answered' }> | ImageFailure> {
    const { url } = request;
    const fault = this.#findUrlFault(url) ?? this.#findPause(url.host);
    if (fault !== undefined) return fault;
    const place = await this.#open(url);
    if (place.status === 'failed') return place.failure;
    const { agent, permits } = place;
    const permit = await permits.acquire(TOTAL_TIMEOUT_MS);
    if (permit !== 'acquired') {
      return imageUnavailable(`${url.host} has too many requests to answer`);
    }
    try {
      return this.#judge(url, await this.#ask(request, agent));
    } finally {
      permits.release();
    }
  }

  async #ask(request: TransportRequest, agent: Agent | PlainAgent): Promise<BoundedAnswer> {
    const { url, method = 'GET', accept, authorization, body, content, answerBytesMax } = request;
    const type = body === undefined ? content?.mediaType : 'application/x-www-form-urlencoded';
    return await requestBounded({
      url,
      method,
      headers: {
        accept,
        'user-agent': 'holdfast',
        ...(authorization !== undefined && { authorization }),
        ...(type !== undefined && { 'content-type': type }),
      },
      body: body ?? content?.bytes,
      timeoutMs: request.timeoutMs ?? TIMEOUT_MS,
      answerBytesMax,
      agent,
      signal: this.#options.signal,
    });
  }

  #judge(
    { host, protocol }: URL,
    answer: BoundedAnswer,
  ): Extract<BoundedAnswer, { readonly status: 'answered' }> | ImageFailure {
    if (answer.status !== 'answered') {
      const isPlain = protocol === 'https:' && NO_TLS.test(answer.reason);
      const remedy = `; if it speaks http alone, allow that with ${this.#options.remedies.plainHttp(host)}`;
      return imageUnavailable(`${host}: ${answer.reason}${isPlain ? remedy : ''}`);
    }
    const { httpStatus, headers } = answer;
    const { clock } = this.#options;
    if (httpStatus < SERVER_ERROR && httpStatus !== TOO_MANY_REQUESTS) return answer;
    const asked = parseRetryAfter(headers['retry-after'], clock.wallMs());
    const isPause =
      httpStatus === TOO_MANY_REQUESTS ||
      (httpStatus === SERVICE_UNAVAILABLE && asked !== undefined);
    const waitMs = asked ?? RETRY_AFTER_MS;
    if (isPause) this.#pause(host, addMs(clock.monotonicMs(), waitMs));
    return imageUnavailable(`${host} answered with status ${httpStatus}`, waitMs);
  }

  #pause(host: string, untilMs: MonotonicMs): void {
    this.#pausedUntil.delete(host);
    this.#pausedUntil.set(host, untilMs);
    const [oldest] = this.#pausedUntil.keys();
    if (oldest !== undefined && this.#pausedUntil.size > PLACES_MAX) {
      this.#pausedUntil.delete(oldest);
    }
  }

  #findUrlFault(url: URL): ImageFailure | undefined {
    const { protocol, host, username, password } = url;
    if (`${username}${password}` !== '') return refuse(`A URL of ${host} has a credential in it`);
    const isAllowed = protocol === 'http:' && isNamed(url, this.#options.plainHttpHosts);
    if (protocol === 'https:' || isAllowed) return undefined;
    return refuse(
      `${host} is not asked by ${protocol.replace(':', '')}, as that can be read and changed on the way; allow it with ${this.#options.remedies.plainHttp(host)}`,
    );
  }

  /** Asking again before it is over would prolong it for everybody behind our address. */
  #findPause(host: string): ImageFailure | undefined {
    const restMs = (this.#pausedUntil.get(host) ?? 0) - this.#options.clock.monotonicMs();
    return restMs > 0 ? imageUnavailable(`${host} asked us to wait`, Math.ceil(restMs)) : undefined;
  }

  async #open(url: URL): Promise<Place> {
    const nowMs = this.#options.clock.monotonicMs();
    const found = this.#places.get(url.origin);
    if (found !== undefined && found.untilMs > nowMs) return await found.place;
    this.#retire(url.origin, nowMs);
    const kept = { place: this.#connect(url), untilMs: addMs(nowMs, PLACE_LIFE_MS) };
    this.#places.set(url.origin, kept);
    const [oldest] = this.#places.keys();
    if (oldest !== undefined && this.#places.size > PLACES_MAX) this.#retire(oldest, nowMs);
    const place = await kept.place;
    // A name that did not resolve may do so soon.
    if (place.status === 'failed') kept.untilMs = addMs(nowMs, RETRY_AFTER_MS);
    return place;
  }

  /** Requests under way keep their connection. */
  #retire(origin: string, nowMs: MonotonicMs): void {
    const over = this.#retired.filter(({ endsAtMs }) => endsAtMs <= nowMs);
    for (const { place } of over) void destroy(place);
    const kept = this.#places.get(origin);
    this.#places.delete(origin);
    this.#retired = [
      ...this.#retired.filter(({ endsAtMs }) => endsAtMs > nowMs),
      ...(kept === undefined
        ? []
        : [{ place: kept.place, endsAtMs: addMs(nowMs, TOTAL_TIMEOUT_MS + TIMEOUT_MS) }]),
    ];
  }

  #tlsOf(url: URL): TlsMaterial | undefined {
    const { tls, hostTls = new Map<string, TlsMaterial>() } = this.#options;
    const host = [...hostTls.keys()].find((one) => isNamed(url, [one]));
    return host === undefined ? tls : hostTls.get(host);
  }

  async #connect(url: URL): Promise<Place> {
    const { protocol, host, hostname } = url;
    const { privateHosts, resolve, remedies } = this.#options;
    const resolved = await resolveHost(hostname, {
      privateHosts: isNamed(url, privateHosts) ? [hostname] : [],
      resolve,
      timeoutMs: RESOLVE_TIMEOUT_MS,
      remedy: `allow it with ${remedies.privateHost(host)}`,
    });
    switch (resolved.status) {
      case 'refused':
        return { status: 'failed', failure: refuse(resolved.reason) };
      case 'unavailable':
        return { status: 'failed', failure: imageUnavailable(resolved.reason) };
      case 'resolved': {
        const { addresses } = resolved;
        const agent = pinnedAgent({
          protocol: protocol === 'https:' ? 'https:' : 'http:',
          addresses,
          tls: this.#tlsOf(url),
          connectionsMax: REQUESTS_MAX,
        });
        const permits = new Semaphore({ runningMax: REQUESTS_MAX, waitingMax: WAITING_MAX });
        return { status: 'open', agent, permits };
      }
    }
  }
}

async function destroy(opening: Promise<Place>): Promise<void> {
  const place = await opening;
  if (place.status === 'open') place.agent.destroy();
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** A URL drops the port of its protocol. */
function isNamed({ protocol, host, hostname, port }: URL, hosts: readonly string[]): boolean {
  return (
    hosts.includes(host) ||
    (port === '' && hosts.includes(`${hostname}:${DEFAULT_PORTS[protocol] ?? ''}`))
  );
}

function refuse(reason: string): ImageFailure {
  return rejectImage('image_registry_refused', reason);
}
