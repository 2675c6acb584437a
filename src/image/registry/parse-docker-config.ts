/**
 * Credentials of registries as `docker login` and Secrets of the type kubernetes.io/dockerconfigjson keep them.
 *
 * A credential is for one host, compared as a whole: `registry.example.com` must not receive what is for
 * `registry.example.com.evil.org`. Patterns and paths, which Kubernetes knows, match nothing here; programs that give out
 * credentials are not started.
 */
import { z } from 'zod';
import { parseStrictJson } from '../../base/strict-json.ts';
import { DOCKER_HUB } from '../parse-reference.ts';

export type RegistryCredential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** A refresh token of OAuth 2. */
  | { readonly kind: 'identity-token'; readonly token: string };

/** By registry, as in a reference: `docker.io`, `registry.example.com:5000`. */
export type RegistryCredentials = ReadonlyMap<string, RegistryCredential>;

export type DockerConfigReading =
  | { readonly ok: true; readonly credentials: RegistryCredentials }
  | {
      readonly ok: false;
      /** Contains no value of the file. */
      readonly reason: string;
    };

const entrySchema = z.looseObject({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
});

const tableSchema = z.record(z.string(), entrySchema);
const configSchema = z.looseObject({ auths: tableSchema.default({}) });

/** Two levels of objects, and what other programs keep in the same file. */
const DEPTH_MAX = 16;

/** Reads the file. An entry that cannot be read refuses it: it could be the one that is needed. */
export function parseDockerConfig(bytes: Uint8Array): DockerConfigReading {
  const json = parseStrictJson(bytes, { depthMax: DEPTH_MAX });
  if (!json.ok) return { ok: false, reason: 'it is no JSON' };
  const config = configSchema.safeParse(json.value);
  return config.success
    ? readEntries(config.data.auths)
    : { ok: false, reason: '"auths" is no table of credentials' };
}

/** The same of the older file, which is the table alone: Secrets of the type kubernetes.io/dockercfg. */
export function parseLegacyDockerConfig(bytes: Uint8Array): DockerConfigReading {
  const json = parseStrictJson(bytes, { depthMax: DEPTH_MAX });
  if (!json.ok) return { ok: false, reason: 'it is no JSON' };
  const table = tableSchema.safeParse(json.value);
  return table.success
    ? readEntries(table.data)
    : { ok: false, reason: 'it is no table of credentials' };
}

function readEntries(entries: z.output<typeof tableSchema>): DockerConfigReading {
  const credentials = new Map<string, RegistryCredential>();
  for (const [key, entry] of Object.entries(entries)) {
    const registry = readRegistry(key);
    if (registry === undefined) continue;
    const credential = readCredential(entry);
    if (credential === 'malformed') {
      return { ok: false, reason: `the credential for "${registry}" cannot be read` };
    }
    if (credential !== undefined && !credentials.has(registry)) {
      credentials.set(registry, credential);
    }
  }
  return { ok: true, credentials };
}

const KEY = /^(?:https?:\/\/)?(?<host>[^/*?]+)(?:\/(?:v[12]\/?)?)?$/u;
const HUB_NAMES: ReadonlySet<string> = new Set(['index.docker.io', 'registry-1.docker.io']);

/** Undefined for keys that name no single registry. */
function readRegistry(key: string): string | undefined {
  const host = KEY.exec(key)?.groups?.['host']?.toLowerCase().replace(/:443$/u, '');
  return host !== undefined && HUB_NAMES.has(host) ? DOCKER_HUB : host;
}

/** Undefined: an entry without a credential, as `docker login` leaves it where a program has the credential. */
function readCredential(
  entry: z.output<typeof entrySchema>,
): RegistryCredential | 'malformed' | undefined {
  const { auth, username, password, identitytoken: token } = entry;
  if (token !== undefined && token !== '') return { kind: 'identity-token', token };
  if (username !== undefined && password !== undefined) {
    return { kind: 'password', username, password };
  }
  if (auth === undefined || auth === '') return undefined;
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return 'malformed';
  return { kind: 'password', username: text.slice(0, colon), password: text.slice(colon + 1) };
}
