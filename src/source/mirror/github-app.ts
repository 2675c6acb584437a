/**
 * Installation tokens of a GitHub App. A token is valid for an hour; it is kept until shortly before. Source: docs.github.com
 * "Authenticating as a GitHub App installation".
 */
import { z } from 'zod';
import type { Clock, WallMs } from '../../base/clock.ts';
import { signAppToken } from '../../base/json-web-signature.ts';
import { pinnedAgent } from '../../base/pinned-agent.ts';
import { requestBounded } from '../../base/request-bounded.ts';
import { resolveHost, type HostRules } from '../../base/resolve-host.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import { KIB, MINUTE, SECOND } from '../../settings/limit.ts';
import type { Authentication } from './credential.ts';

export type GithubApp = Extract<Authentication, { readonly kind: 'github-app' }>;

export type InstallationToken =
  | { readonly ok: true; readonly token: string }
  /** Contains no part of the key or of an answer. */
  | { readonly ok: false; readonly reason: string };

export interface GithubAppOptions {
  readonly clock: Clock;
  readonly hosts: HostRules;
}

const answerSchema = z.looseObject({
  token: z.string().regex(/^[!-~]{1,1024}$/u),
  expires_at: z.iso.datetime({ offset: true }),
});

/** The API answers in less than a second. */
const TIMEOUT_MS = 10 * SECOND;
/** An answer lists the permissions of the installation. */
const ANSWER_BYTES_MAX = 256 * KIB;
/** The token is a member of the answer, and permissions are one level below. */
const ANSWER_DEPTH_MAX = 20;
/** A fetch that begins with the token ends before it does, usually. */
const RENEW_BEFORE_MS = 5 * MINUTE;
/** GitHub accepts ten minutes at most; the start lies in the past because clocks differ. */
const JWT_SECONDS = { before: 60, after: 540 } as const;

interface KeptToken {
  readonly token: string;
  readonly expiresAtMs: WallMs;
}

/** Asks for tokens, and keeps them in memory. */
export class GithubApps {
  readonly #options: GithubAppOptions;
  readonly #kept = new Map<string, KeptToken>();

  constructor(options: GithubAppOptions) {
    this.#options = options;
  }

  /** Never rejects. The authorities, in PEM, are those of an Enterprise Server; absent: the platform's. */
  async token(app: GithubApp, authorities?: string): Promise<InstallationToken> {
    // The key belongs to the name: a rotated or wrong key never gets the token of the right one.
    const name = JSON.stringify([app.apiUrl, app.appId, app.installationId, app.privateKey]);
    const kept = this.#kept.get(name);
    const nowMs = this.#options.clock.wallMs();
    if (kept !== undefined && kept.expiresAtMs - nowMs > RENEW_BEFORE_MS) {
      return { ok: true, token: kept.token };
    }
    this.#kept.delete(name);
    const asked = await this.#ask(app, { nowMs, authorities });
    if (!asked.ok) return asked;
    this.#kept.set(name, asked.value);
    return { ok: true, token: asked.value.token };
  }

  async #ask(
    app: GithubApp,
    { nowMs, authorities }: { readonly nowMs: WallMs; readonly authorities: string | undefined },
  ): Promise<
    { readonly ok: true; readonly value: KeptToken } | (InstallationToken & { ok: false })
  > {
    const jwt = await signAppToken(app, { nowMs, ...JWT_SECONDS });
    if (!jwt.ok) return refuse(`The private key of the GitHub App cannot be used: ${jwt.reason}`);
    const base = new URL(app.apiUrl);
    const place = await resolveHost(base.hostname, this.#options.hosts);
    if (place.status !== 'resolved') return refuse(place.reason);
    const agent = pinnedAgent({
      protocol: 'https:',
      addresses: place.addresses,
      ...(authorities !== undefined && { tls: { ca: authorities } }),
    });
    const answer = await requestBounded({
      url: new URL(
        `${base.pathname.replace(/\/$/u, '')}/app/installations/${app.installationId}/access_tokens`,
        base,
      ),
      method: 'POST',
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${jwt.token}`,
        'user-agent': 'holdfast',
      },
      timeoutMs: TIMEOUT_MS,
      answerBytesMax: ANSWER_BYTES_MAX,
      agent,
    });
    agent.destroy();
    if (answer.status !== 'answered') return refuse(`GitHub gave no token: ${answer.reason}`);
    if (answer.httpStatus !== 201) {
      return refuse(`GitHub gave no token: it answered with status ${answer.httpStatus}`);
    }
    return parseAnswer(answer.text);
  }
}

function parseAnswer(
  text: string,
): { readonly ok: true; readonly value: KeptToken } | (InstallationToken & { ok: false }) {
  const json = parseStrictJson(Buffer.from(text), { depthMax: ANSWER_DEPTH_MAX });
  const parsed = answerSchema.safeParse(json.ok ? json.value : undefined);
  if (!parsed.success) return refuse('GitHub gave no token: its answer cannot be read');
  const { token, expires_at: expiresAt } = parsed.data;
  return { ok: true, value: { token, expiresAtMs: Date.parse(expiresAt) } };
}

/** Connects to a checked address only. */
function refuse(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
