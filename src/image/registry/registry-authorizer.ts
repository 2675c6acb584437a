/**
 * Answers the challenges of registries: Basic, Bearer tokens, and OAuth 2 with a refresh token. Tokens are kept by repository until
 * shortly before they end: one for each request would be what registries limit first.
 *
 * Source: distribution, docs/spec/auth (token.md, oauth.md); RFC 6749 section 6; RFC 7617.
 */
import { z } from 'zod';
import { addMs, type Clock, type MonotonicMs } from '../../base/clock.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import { imageUnavailable, rejectImage, type ImageFailure } from '../image-failure.ts';
import type { Challenge } from './parse-challenges.ts';
import type { CloudCredentials } from './providers/cloud-credentials.ts';
import type { RegistryCredential, RegistryCredentials } from './parse-docker-config.ts';
import type { RegistryTransport } from './registry-transport.ts';
import { REGISTRY_LIMITS } from './settings.ts';

export interface AuthorizerOptions {
  readonly transport: RegistryTransport;
  readonly credentials: RegistryCredentials;
  /** Asked for registries that `credentials` has nothing for: what a Pod or an operator names comes first. */
  readonly cloud?: Pick<CloudCredentials, 'find'> | undefined;
  readonly clock: Clock;
  /** What tokens are asked for. @default pull */
  readonly actions?: 'pull' | 'pull,push' | undefined;
}

/** What is asked for: one repository. */
export interface Scope {
  readonly registry: string;
  readonly repository: string;
}

export type Authorization =
  | { readonly status: 'authorized'; readonly header: string }
  | { readonly status: 'failed'; readonly failure: ImageFailure };

/** What is shown to a registry, and where it comes from. */
interface FoundCredential {
  readonly status: 'found';
  /** Undefined: the registry is asked anonymously. */
  readonly credential: RegistryCredential | undefined;
  /** That of a cloud is for the registry alone, whatever its challenge says. */
  readonly provider?: string | undefined;
  readonly endsAtMs?: MonotonicMs | undefined;
}

interface KeptHeader {
  readonly header: string;
  readonly endsAtMs: MonotonicMs;
}

interface Life {
  readonly lifeSeconds: number;
  /** A password that is over is no header any more. */
  readonly endsAtMs?: MonotonicMs | undefined;
}

const TOKEN_BYTES_MAX = REGISTRY_LIMITS['image.registry.tokenBytesMax'].default;
const TOKENS_MAX = REGISTRY_LIMITS['image.registry.tokensMax'].default;
/** A token that ends while the request is on its way is refused. */
const RENEW_BEFORE_SECONDS = 10;
/** What the specification says of an answer without `expires_in`. */
const LIFE_SECONDS_DEFAULT = 60;
/** A token that is said to live longer is asked for again: rights can be taken away. */
const LIFE_SECONDS_MAX = 3600;
const MS_PER_SECOND = 1000;
const OK = 200;
/** A token and a refusal have no nested parts. */
const DEPTH_MAX = 8;

const tokenSchema = z.string().regex(/^[!-~]+$/u);
const answerSchema = z.looseObject({
  token: tokenSchema.optional(),
  access_token: tokenSchema.optional(),
  expires_in: z.number().min(0).optional(),
});

/** Keeps tokens for one set of credentials. */
export class RegistryAuthorizer {
  readonly #options: AuthorizerOptions;
  readonly #kept = new Map<string, KeptHeader>();
  readonly #asking = new Map<string, Promise<Authorization>>();

  constructor(options: AuthorizerOptions) {
    this.#options = options;
  }

  /** The header that this repository has accepted before. */
  known(scope: Scope): string | undefined {
    const kept = this.#kept.get(keyOf(scope));
    return kept !== undefined && kept.endsAtMs > this.#options.clock.monotonicMs()
      ? kept.header
      : undefined;
  }

  /** Answers the challenges; requests for one repository at the same time share the answer. */
  async answer(challenges: readonly Challenge[], scope: Scope): Promise<Authorization> {
    const key = keyOf(scope);
    const running = this.#asking.get(key);
    if (running !== undefined) return await running;
    const asking = this.#answer(challenges, scope);
    this.#asking.set(key, asking);
    try {
      return await asking;
    } finally {
      this.#asking.delete(key);
    }
  }

  async #answer(challenges: readonly Challenge[], scope: Scope): Promise<Authorization> {
    const found = await this.#find(scope.registry);
    // Anonymously, the registry would refuse: nobody would see that a credential could not be had.
    if (found.status !== 'found') return { status: 'failed', failure: found };
    const { credential, endsAtMs } = found;
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined) return await this.#askForToken(bearer, scope, found);
    if (!challenges.some(({ scheme }) => scheme === 'basic')) {
      return deny(`${scope.registry} asks for an authentication that is not known`);
    }
    if (credential?.kind !== 'password') {
      return deny(`${scope.registry} asks for a password, and there is none for it`);
    }
    if (this.#options.transport.isPlainHttp(scope.registry)) return denyPlainHttp(scope.registry);
    return this.#keep(scope, basic(credential), { lifeSeconds: LIFE_SECONDS_MAX, endsAtMs });
  }

  /** A Pod's pull secrets, then the configured file, then the provider of the cloud. */
  async #find(registry: string): Promise<FoundCredential | ImageFailure> {
    const credential = this.#options.credentials.get(registry);
    if (credential !== undefined) return { status: 'found', credential };
    const found = await this.#options.cloud?.find(registry);
    return found ?? { status: 'found', credential: undefined };
  }

  async #askForToken(
    { parameters }: Challenge,
    scope: Scope,
    { credential, provider }: FoundCredential,
  ): Promise<Authorization> {
    const { registry, repository } = scope;
    const realm = parameters.get('realm') ?? '';
    if (!URL.canParse(realm)) return deny(`${registry} does not say where it gives out tokens`);
    const { host, protocol } = new URL(realm);
    if (credential !== undefined && protocol === 'http:') return denyPlainHttp(host);
    // Clouds give out tokens at the registry itself: a token for all that Holdfast may read goes nowhere else.
    if (provider !== undefined && host !== registry) return denyElsewhere(registry, host);
    // Only what we need, whatever the challenge asks for.
    const { actions = 'pull' } = this.#options;
    const scopeText = `repository:${repository}:${actions}`;
    const wanted = { service: parameters.get('service'), scope: scopeText };
    const answer = await this.#options.transport.send({
      ...formatTokenRequest(new URL(realm), wanted, credential),
      accept: 'application/json',
      answerBytesMax: TOKEN_BYTES_MAX,
      follows: false,
    });
    if (answer.status !== 'answered') return { status: 'failed', failure: answer };
    if (answer.httpStatus !== OK) {
      const whose = formatWhose({ credential, provider });
      return deny(`${host} gives no token ${whose} (status ${answer.httpStatus})`);
    }
    const json = parseStrictJson(answer.bytes, { depthMax: DEPTH_MAX });
    const token = answerSchema.safeParse(json.ok ? json.value : undefined).data;
    const text = token?.token ?? token?.access_token;
    if (token === undefined || text === undefined) {
      return { status: 'failed', failure: imageUnavailable(`${host} answers with no token`) };
    }
    const lifeSeconds = token.expires_in ?? LIFE_SECONDS_DEFAULT;
    return this.#keep(scope, `Bearer ${text}`, { lifeSeconds });
  }

  #keep(scope: Scope, header: string, { lifeSeconds, endsAtMs }: Life): Authorization {
    const seconds = Math.min(lifeSeconds, LIFE_SECONDS_MAX) - RENEW_BEFORE_SECONDS;
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= TOKENS_MAX && oldest !== undefined) this.#kept.delete(oldest);
    const ownEndsAtMs = addMs(this.#options.clock.monotonicMs(), seconds * MS_PER_SECOND);
    const isSooner = endsAtMs !== undefined && endsAtMs < ownEndsAtMs;
    this.#kept.set(keyOf(scope), { header, endsAtMs: isSooner ? endsAtMs : ownEndsAtMs });
    return { status: 'authorized', header };
  }
}

function formatTokenRequest(
  realm: URL,
  wanted: { readonly service: string | undefined; readonly scope: string },
  credential: RegistryCredential | undefined,
) {
  const fields = new URLSearchParams();
  if (wanted.service !== undefined) fields.set('service', wanted.service);
  fields.set('scope', wanted.scope);
  if (credential?.kind === 'identity-token') {
    fields.set('grant_type', 'refresh_token');
    fields.set('client_id', 'holdfast');
    fields.set('refresh_token', credential.token);
    return { url: realm, method: 'POST', body: fields.toString() } as const;
  }
  const url = new URL(realm);
  for (const [name, value] of fields) url.searchParams.set(name, value);
  const authorization = credential === undefined ? undefined : basic(credential);
  return { url, authorization };
}

function basic({ username, password }: Extract<RegistryCredential, { readonly kind: 'password' }>) {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** No part of a repository's name is a space. */
function keyOf({ registry, repository }: Scope): string {
  return `${registry} ${repository}`;
}

function formatWhose({ credential, provider }: Omit<FoundCredential, 'status'>): string {
  if (provider !== undefined) return `for the identity of the provider ${provider}`;
  return credential === undefined ? 'without a credential' : 'for our credential';
}

function denyElsewhere(registry: string, host: string): Authorization {
  const reason = `${registry} asks for the credential of its cloud to be sent to ${host}, which is another host`;
  return { status: 'failed', failure: rejectImage('image_registry_refused', reason) };
}

function denyPlainHttp(host: string): Authorization {
  return deny(`A credential is not sent to ${host} by http: use https`);
}

function deny(reason: string): Authorization {
  return { status: 'failed', failure: rejectImage('image_access_denied', reason) };
}
