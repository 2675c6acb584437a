/** Reads the credential that our own configuration has for a repository. */
import { readBounded } from '../../base/read-bounded.ts';
import { SECRET_LIMITS } from '../../settings/secret-reference.ts';
import { readSecret } from '../../settings/secret.ts';
import type { RepositoryUrl } from '../parse-repository-url.ts';
import type { Authentication, Credential, CredentialReading } from './credential.ts';
import { isBelow } from './match-credential.ts';
import type { CredentialSettings } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The one with the longest URL; `undefined` if none is for the repository. */
export async function readConfiguredCredential(
  repository: RepositoryUrl,
  settings: readonly CredentialSettings[],
  environment: Environment,
): Promise<CredentialReading | undefined> {
  const [chosen] = settings
    .filter(({ url }) => isBelow(repository, url))
    .toSorted((left, right) => right.url.length - left.url.length);
  if (chosen === undefined) return undefined;
  try {
    return { ok: true, credential: await readCredential(chosen, environment) };
  } catch (fault) {
    if (fault instanceof UnreadableSecret) return { ok: false, reason: fault.message };
    throw fault;
  }
}

/** Its message names the place and no part of the secret. */
class UnreadableSecret extends Error {}

async function readCredential(
  settings: CredentialSettings,
  environment: Environment,
): Promise<Credential> {
  const { caFile, certificateFile, keyFile, ssh } = settings;
  const authorities = await readSome(caFile);
  const certificate = await readSome(certificateFile);
  const key = await readSome(keyFile);
  const knownHosts = await readSome(ssh?.knownHostsFile);
  return {
    authentication: await readAuthentication(settings, environment),
    origin: `mirrors.credentials ${settings.url}`,
    ...(authorities !== undefined && { authorities }),
    ...(knownHosts !== undefined && { knownHosts }),
    ...(certificate !== undefined &&
      key !== undefined && { clientCertificate: { certificate, key } }),
  };
}

async function readAuthentication(
  { basic, token, ssh, githubApp }: CredentialSettings,
  environment: Environment,
): Promise<Authentication> {
  const read = async (reference: Parameters<typeof readSecret>[0]): Promise<string> => {
    const found = await readSecret(reference, environment);
    if (!found.ok) throw new UnreadableSecret(found.reason);
    return found.secret;
  };
  if (basic !== undefined) {
    return { kind: 'basic', username: basic.username, password: await read(basic.password) };
  }
  if (token !== undefined) return { kind: 'bearer', token: await read(token) };
  if (ssh !== undefined) return { kind: 'ssh', privateKey: await read(ssh.privateKey) };
  if (githubApp === undefined) return { kind: 'none' };
  const { appId, installationId, apiUrl, privateKey } = githubApp;
  return {
    kind: 'github-app',
    appId,
    installationId,
    apiUrl,
    privateKey: await read(privateKey),
  };
}

async function readSome(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const read = await readBounded(file, SECRET_LIMITS['secret.bytesMax'].default);
  if (!read.ok) throw new UnreadableSecret(`The file "${file}" cannot be read: ${read.reason}`);
  return Buffer.from(read.bytes).toString('utf8');
}
