/** Keys that sign commits of a test, made by the real ssh-keygen and gpg, and the files that say who is trusted. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GpgHome } from '../signatures/gpg-home.ts';

/** What git is told to sign with: settings of a repository. */
export type SigningSettings = Readonly<Record<string, string>>;

export interface SigningKeys {
  readonly folder: string;
  /** Of the one who is trusted, grace@example.com. */
  readonly accepted: SigningSettings;
  /** Of somebody whom no file names. */
  readonly stranger: SigningSettings;
  /** An OpenPGP key of the keyring that has expired. */
  readonly expired: SigningSettings;
  readonly none: SigningSettings;
  /** The keys' part of the section `commits`. */
  readonly commits: {
    readonly allowedSignersFile: string;
    readonly keyrings: readonly { readonly name: string; readonly file: string }[];
  };
  readonly close: () => void;
}

/** Makes them at once: a cluster needs them before it starts. */
export function makeSigningKeys(): SigningKeys {
  const folder = mkdtempSync(join(tmpdir(), 'hf-keys-'));
  const gpg = new GpgHome();
  const ssh = (name: string): SigningSettings => {
    const file = join(folder, name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
    return { ...SIGNED, 'gpg.format': 'ssh', 'user.signingKey': file };
  };
  const accepted = ssh('accepted');
  const allowedSignersFile = join(folder, 'allowed_signers');
  const key = readFileSync(join(folder, 'accepted.pub'), 'utf8');
  writeFileSync(allowedSignersFile, `grace@example.com namespaces="git" ${key}`);
  const fingerprint = gpg.generate({
    userId: 'Grace <grace@example.com>',
    algorithm: 'ed25519',
    expires: '1d',
    at: '20250101T000000',
  });
  const file = join(folder, 'keyring.asc');
  writeFileSync(file, gpg.exportKey(fingerprint));
  // gpg signs with an expired key only if it takes the time to be another one.
  const program = join(folder, 'gpg-of-then');
  const options = `--homedir '${gpg.folder}' --faked-system-time '20250101T060000!'`;
  const secret = "--batch --pinentry-mode loopback --passphrase ''";
  writeFileSync(program, `#!/bin/sh\nexec gpg ${options} ${secret} "$@"\n`, { mode: 0o700 });
  return {
    folder,
    accepted,
    stranger: ssh('stranger'),
    expired: {
      ...SIGNED,
      'gpg.format': 'openpgp',
      'gpg.program': program,
      'user.signingKey': fingerprint,
    },
    none: { 'commit.gpgSign': 'false' },
    commits: { allowedSignersFile, keyrings: [{ name: 'people', file }] },
    close: () => {
      gpg.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A key of its own for a program that commits. */
export interface ProgramKey {
  /** Of the private key. */
  readonly file: string;
  readonly principal: string;
}

/** Makes the key of Argo CD's hydrator and names it beside those of people. */
export function makeHydratorKey({ folder, commits }: SigningKeys): ProgramKey {
  const file = join(folder, 'hydrator');
  const principal = 'argo-cd@example.com';
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'hydrator', '-f', file]);
  const key = readFileSync(`${file}.pub`, 'utf8');
  appendFileSync(commits.allowedSignersFile, `${principal} namespaces="git" ${key}`);
  return { file, principal };
}

const SIGNED: SigningSettings = { 'commit.gpgSign': 'true' };
