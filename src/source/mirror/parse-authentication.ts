/** Parses the values of a Secret into a way to authenticate. Argo CD and Flux use the same values under other names. */
import { createPrivateKey } from 'node:crypto';
import type { Authentication } from './credential.ts';

export interface AuthenticationValues {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  readonly sshPrivateKey?: string | undefined;
  readonly sshPassphrase?: string | undefined;
  readonly githubAppId?: string | undefined;
  readonly githubInstallationId?: string | undefined;
  readonly githubPrivateKey?: string | undefined;
  readonly githubApiUrl?: string | undefined;
}

export type ParsedAuthentication =
  | { readonly ok: true; readonly authentication: Authentication }
  /** Completes "The Secret …": names a key, and no value. */
  | { readonly ok: false; readonly reason: string };

const GITHUB_API = 'https://api.github.com';
const NUMBER = /^\d{1,20}$/u;
/** A line break would add a header of its own to the request. */
const TOKEN = /^[!-~]{1,65536}$/u;

/** The first way whose values are there, as both tools choose. */
export function parseAuthentication(values: AuthenticationValues): ParsedAuthentication {
  const { username, password, token, sshPrivateKey, githubPrivateKey } = values;
  if (sshPrivateKey !== undefined) return parseSsh(sshPrivateKey, values.sshPassphrase);
  if (githubPrivateKey !== undefined) return parseGithubApp(githubPrivateKey, values);
  if (token !== undefined) {
    return TOKEN.test(token.trim())
      ? known({ kind: 'bearer', token: token.trim() })
      : refuse('has a bearer token with characters that no token has');
  }
  if (password === undefined) return known({ kind: 'none' });
  return known({ kind: 'basic', username: username ?? 'x-token', password });
}

function parseSsh(privateKey: string, passphrase: string | undefined): ParsedAuthentication {
  // Nobody is there to type it, and a program that gives it to ssh would be another place for the secret.
  return passphrase === undefined && !isEncrypted(privateKey)
    ? known({ kind: 'ssh', privateKey })
    : refuse('has an ssh key with a passphrase: use a key without one');
}

function isEncrypted(privateKey: string): boolean {
  if (/ENCRYPTED/u.test(privateKey)) return true;
  const body = privateKey.replaceAll(/-----[^-]+-----|\s/gu, '');
  const start = Buffer.from(body.slice(0, OPENSSH_START_CHARS), 'base64').toString('latin1');
  // Source: openssh PROTOCOL.key: the magic, then the name of the cipher.
  return start.startsWith('openssh-key-v1\0') && !start.includes('\0\0\0\u{4}none');
}

/** Base64 of the magic and of the longest name of a cipher. */
const OPENSSH_START_CHARS = 64;

function parseGithubApp(privateKey: string, values: AuthenticationValues): ParsedAuthentication {
  const { githubAppId: appId = '', githubInstallationId: installationId = '' } = values;
  if (!NUMBER.test(appId.trim())) return refuse('has a GitHub App without the number of the app');
  if (!NUMBER.test(installationId.trim())) {
    return refuse('has a GitHub App without the number of its installation');
  }
  const apiUrl = values.githubApiUrl?.trim() ?? GITHUB_API;
  if (!URL.canParse(apiUrl) || new URL(apiUrl).protocol !== 'https:') {
    return refuse('has a GitHub App whose API is no https URL');
  }
  if (!isPrivateKey(privateKey)) return refuse('has a GitHub App whose private key is no PEM');
  return known({
    kind: 'github-app',
    appId: appId.trim(),
    installationId: installationId.trim(),
    privateKey,
    apiUrl,
  });
}

function isPrivateKey(text: string): boolean {
  try {
    return createPrivateKey(text).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

function known(authentication: Authentication): ParsedAuthentication {
  return { ok: true, authentication };
}

function refuse(reason: string): ParsedAuthentication {
  return { ok: false, reason };
}
