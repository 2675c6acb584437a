/**
 * Credentials of registries of Azure, by Microsoft Entra Workload ID: the token of the service account is exchanged for one of Entra,
 * and that at the registry for a refresh token.
 *
 * The token of Entra is good for registries alone (its audience), and is sent to hosts of the domains of Azure's registries. A
 * registry of another customer gets it from Azure no more than ours does.
 *
 * Source: Microsoft Entra, "Microsoft identity platform and the OAuth 2.0 client credentials flow" (federated credential); Azure
 * Container Registry, "ACR AAD integration" (POST /oauth2/exchange).
 */
import { z } from 'zod';
import type { Clock } from '../../../base/clock.ts';
import { parseStrictJson } from '../../../base/strict-json.ts';
import type { ImageFailure } from '../../image-failure.ts';
import type { RegistryTransport } from '../registry-transport.ts';
import { REGISTRY_LIMITS } from '../settings.ts';
import {
  cloudUnavailable,
  type CloudFailure,
  type CloudProvider,
  type CloudReading,
  type Environment,
} from './cloud-provider.ts';
import type { SendToCloud } from './cloud-sender.ts';
import { findAzureCloud, parseAcrHost } from './parse-acr-host.ts';
import { readCloudAnswer } from './read-cloud-answer.ts';
import { readTokenFile } from './read-token-file.ts';
import { TokenCache, type TokenReading } from './token-cache.ts';

export interface AcrProviderOptions {
  readonly environment: Environment;
  readonly send: SendToCloud;
  /** Registries are asked by the rules of registries: a private address is named there. */
  readonly transport: Pick<RegistryTransport, 'send'>;
  readonly clock: Clock;
}

const MS_PER_SECOND = 1000;
/** Refresh tokens of Azure say when they end; one that does not is asked for again soon. */
const LIFE_MS_DEFAULT = 300 * MS_PER_SECOND;
/** Of the public cloud. */
const AUTHORITY = 'https://login.microsoftonline.com/';
const USERNAME = '00000000-0000-0000-0000-000000000000';
/** For registries of all national clouds, and for nothing else. */
const SCOPE = 'https://containerregistry.azure.net/.default';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ANSWER_BYTES_MAX = REGISTRY_LIMITS['image.registry.cloudAnswerBytesMax'].default;
/** Claims are flat. */
const DEPTH_MAX = 8;

const tokenSchema = z.string().regex(/^[!-~]+$/u);
const entraSchema = z.looseObject({ access_token: tokenSchema, expires_in: z.number().min(0) });
const exchangeSchema = z.looseObject({ refresh_token: tokenSchema });
const claimsSchema = z.looseObject({ exp: z.number() });

/** They are parts of a path and of forms. */
const ID = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})$/u;

/** Registries of Azure, each with a credential of its own. */
export class AcrProvider implements CloudProvider {
  readonly name = 'acr';
  readonly #options: AcrProviderOptions;
  /** By the server that gave it: one for all registries of a cloud. */
  readonly #entra: TokenCache<string>;

  constructor(options: AcrProviderOptions) {
    this.#options = options;
    this.#entra = new TokenCache(options.clock);
  }

  scopeOf(registry: string): string | undefined {
    return parseAcrHost(registry) === undefined ? undefined : registry;
  }

  async ask(registry: string): Promise<CloudReading> {
    const cloud = parseAcrHost(registry);
    if (cloud === undefined) return failed(NOT_OURS);
    const identity = this.#readEnvironment();
    if ('problem' in identity) return failed(identity);
    const { authority } = identity;
    // Who writes a manifest must not be able to have our tokens sent to the operator of another cloud.
    if (findAzureCloud(authority.host) !== cloud) return failed(ELSEWHERE);
    const entra = await this.#entra.get(authority.host, () => this.#askEntra(identity));
    if (entra.status !== 'kept') return entra;
    const form = new URLSearchParams({
      grant_type: 'access_token',
      service: registry,
      tenant: identity.tenant,
      access_token: entra.value,
    });
    const answer = await this.#options.transport.send({
      url: new URL(`https://${registry}/oauth2/exchange`),
      method: 'POST',
      accept: 'application/json',
      body: form.toString(),
      answerBytesMax: ANSWER_BYTES_MAX,
      follows: false,
    });
    if (answer.status !== 'answered') return answer;
    const reading = readCloudAnswer(answer, { host: registry, schema: exchangeSchema });
    if (!reading.ok) {
      const { problem, isRefusal } = reading;
      return failed({ problem, remedy: isRefusal ? formatRoleRemedy(registry) : LATER });
    }
    const { refresh_token: password } = reading.value;
    const lifeMs = this.#readLifeMs(password);
    return { status: 'read', value: { kind: 'password', username: USERNAME, password }, lifeMs };
  }

  #readEnvironment(): AzureIdentity | CloudFailure {
    const { environment } = this.#options;
    const file = environment['AZURE_FEDERATED_TOKEN_FILE'];
    const client = environment['AZURE_CLIENT_ID'];
    const tenant = environment['AZURE_TENANT_ID'];
    if (!file || !client || !tenant) return NOTHING_NAMED;
    const text = environment['AZURE_AUTHORITY_HOST'] || AUTHORITY;
    const authority = URL.canParse(text) ? new URL(text) : undefined;
    const isPlain = authority?.protocol !== 'https:' || authority.username !== '';
    if (authority === undefined || isPlain || authority.pathname !== '/') {
      return {
        problem: 'AZURE_AUTHORITY_HOST is no https address of a server',
        remedy: `correct it, such as ${AUTHORITY}`,
      };
    }
    return ID.test(client) && ID.test(tenant)
      ? { file, client, tenant, authority }
      : {
          problem: 'AZURE_CLIENT_ID or AZURE_TENANT_ID is malformed',
          remedy: "correct the annotations of Holdfast's service account",
        };
  }

  async #askEntra({
    file,
    client,
    tenant,
    authority,
  }: AzureIdentity): Promise<TokenReading<string> | ImageFailure> {
    const identity = await readTokenFile('AZURE_FEDERATED_TOKEN_FILE', file);
    if (!identity.ok) return unavailable(identity.problem, FILE_REMEDY);
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client,
      scope: SCOPE,
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: identity.token,
    });
    const answer = await this.#options.send({
      url: new URL(`https://${authority.host}/${tenant}/oauth2/v2.0/token`),
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    const reading = readCloudAnswer(answer, { host: authority.host, schema: entraSchema });
    if (!reading.ok) {
      return unavailable(reading.problem, reading.isRefusal ? FEDERATION_REMEDY : LATER);
    }
    const { access_token: value, expires_in: seconds } = reading.value;
    return { status: 'read', value, lifeMs: seconds * MS_PER_SECOND };
  }

  /** It says itself when it ends; whether it is genuine is for the registry to judge, which alone reads it. */
  #readLifeMs(token: string): number {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url');
    const json = parseStrictJson(payload, { depthMax: DEPTH_MAX });
    const claims = claimsSchema.safeParse(json.ok ? json.value : undefined).data;
    if (claims === undefined) return LIFE_MS_DEFAULT;
    return claims.exp * MS_PER_SECOND - this.#options.clock.wallMs();
  }
}

interface AzureIdentity {
  readonly file: string;
  readonly client: string;
  readonly tenant: string;
  readonly authority: URL;
}

const LATER = 'it is asked again';
const FILE_REMEDY = "look at the projected token volume of Holdfast's pods";
const FEDERATION_REMEDY =
  'add a federated credential for the service account of Holdfast to the identity in AZURE_CLIENT_ID';

const NOT_OURS: CloudFailure = {
  problem: 'the registry is none of Azure',
  remedy: 'name another provider for it',
};

const ELSEWHERE: CloudFailure = {
  problem: 'the registry is in another national cloud of Azure than AZURE_AUTHORITY_HOST',
  remedy: 'read it with a pull secret',
};

const NOTHING_NAMED: CloudFailure = {
  problem: 'the environment names no workload identity of Microsoft Entra',
  remedy:
    'label Holdfast\'s pods with azure.workload.identity/use: "true", annotate its service account with the client id, and restart the pods',
};

function formatRoleRemedy(registry: string): string {
  return `give Holdfast's identity the role AcrPull on ${registry}, or name the registries that are yours in "registries" of the provider: others are then asked anonymously`;
}

function unavailable(problem: string, remedy: string): ImageFailure {
  return cloudUnavailable('acr', { problem, remedy });
}

function failed(failure: CloudFailure): CloudReading {
  return cloudUnavailable('acr', failure);
}
