/** Credentials of each format, drawn anew for each call: none of them opens anything. */
import { generateKeyPairSync, randomInt } from 'node:crypto';
import type { CredentialKind } from '../../src/plaintext/credential-formats.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ALPHANUMERIC = `${LETTERS}0123456789`;
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** So many characters. */
export function drawText(length: number, characters = ALPHANUMERIC): string {
  return Array.from({ length }, () => characters[randomInt(characters.length)]).join('');
}

/** What is no word under any name: letters and digits take turns. */
export function drawPassword(length = 20): string {
  return Array.from({ length }, (_, index) =>
    drawText(1, index % 2 === 0 ? LETTERS : '23456789'),
  ).join('');
}

/** Of PEM; an encrypted one has a passphrase. */
export function drawPrivateKey(passphrase?: string): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const options = { type: 'pkcs8', format: 'pem' } as const;
  return privateKey
    .export(passphrase === undefined ? options : { ...options, cipher: 'aes-256-cbc', passphrase })
    .toString();
}

function drawJsonWebToken(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: drawText(8) })}.${drawText(43)}`;
}

/** One of each format. */
export const SAMPLE_CREDENTIALS: Readonly<
  Record<Exclude<CredentialKind, 'named secret'>, () => string>
> = {
  'AWS access key': () => `AKIA${drawText(16, UPPER)}`,
  'Azure storage key': () => `AccountName=shop;AccountKey=${drawText(86)}==`,
  'DigitalOcean token': () => `dop_v1_${drawText(64, '0123456789abcdef')}`,
  'GitHub token': () => `ghp_${drawText(36)}`,
  'GitLab token': () => `glpat-${drawText(20)}`,
  'Google API key': () => `AIza${drawText(35)}`,
  'JSON web token': drawJsonWebToken,
  'Slack token': () => `xoxb-${drawText(12, '0123456789')}-${drawText(24)}`,
  'Slack webhook': () =>
    `https://hooks.slack.com/services/T${drawText(8)}/B${drawText(8)}/${drawText(24)}`,
  'Stripe key': () => `sk_live_${drawText(24)}`,
  'Vault token': () => `hvs.${drawText(90)}`,
  'SendGrid key': () => `SG.${drawText(22)}.${drawText(43)}`,
  'URL with a password': () => `postgres://shop:${drawPassword(12)}@db.example.com/shop`,
  'age key': () => `AGE-SECRET-KEY-1${drawText(58, UPPER)}`,
  'npm token': () => `npm_${drawText(36)}`,
  'private key': drawPrivateKey,
  'PyPI token': () => `pypi-AgEIcHlwaS5vcmc${drawText(60)}`,
  'registry login': () => `{"auths":{"registry.example.com":{"auth":"${drawText(24)}"}}}`,
};
