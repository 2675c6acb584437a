/** A home of the real gpg in a temporary folder, with keys made on the spot. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How gpg is called. */
export interface GpgCall {
  /** The time that gpg takes for now: `20250101T000000`. */
  readonly at?: string | undefined;
  readonly input?: string | Buffer | undefined;
}

/** A new key. */
export interface NewKey extends GpgCall {
  readonly userId: string;
  /** As `--quick-generate-key` takes it, for example `ed25519`. */
  readonly algorithm: string;
  /** @default sign */
  readonly usage?: string;
  /** @default never */
  readonly expires?: string;
}

/** Has an agent of its own; `close()` stops it. */
export class GpgHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'hf-gpg-'));

  constructor() {
    chmodSync(this.folder, 0o700);
  }

  close(): void {
    spawnSync('gpgconf', ['--homedir', this.folder, '--kill', 'all']);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs gpg and returns what it wrote. */
  run(argv: readonly string[], { at, input }: GpgCall = {}): Buffer {
    const options = ['--homedir', this.folder, '--batch', '--no-tty', '--yes'];
    const time = at === undefined ? [] : ['--faked-system-time', `${at}!`];
    const secret = ['--pinentry-mode', 'loopback', '--passphrase', ''];
    return execFileSync('gpg', [...options, ...time, ...secret, ...argv], {
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  /** Answers gpg's questions line by line. */
  answer(argv: readonly string[], lines: readonly string[], { at }: GpgCall = {}): Buffer {
    const options = ['--homedir', this.folder, '--no-tty', '--command-fd', '0', '--yes'];
    const time = at === undefined ? [] : ['--faked-system-time', `${at}!`];
    const secret = ['--pinentry-mode', 'loopback', '--passphrase', ''];
    return execFileSync('gpg', [...options, ...time, ...secret, ...argv], {
      input: `${lines.join('\n')}\n`,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  /** Makes a key and returns its fingerprint. */
  generate({ userId, algorithm, usage = 'sign', expires = 'never', at }: NewKey): string {
    this.run(['--quick-generate-key', userId, algorithm, usage, expires], { at });
    const fingerprint = this.fingerprints(userId)[0];
    assert.ok(fingerprint !== undefined, `gpg made no key for ${userId}`);
    return fingerprint;
  }

  /** Of the primary key and its subkeys. */
  fingerprints(key: string): readonly string[] {
    const listing = this.run(['--with-colons', '--list-keys', key]).toString();
    return [...listing.matchAll(/^fpr:{9}(?<fingerprint>[0-9A-F]+):/gmu)].map(
      ({ groups }) => groups?.['fingerprint'] ?? '',
    );
  }

  /** The armored public key. */
  exportKey(fingerprint: string): string {
    return this.run(['--armor', '--export', fingerprint]).toString();
  }

  /** Revokes a key for a reason of gpg's list: 0 none, 1 compromised, 2 superseded, 3 retired. */
  revokeKey(fingerprint: string, reason: 0 | 1 | 2 | 3, call: GpgCall = {}): void {
    const certificate = this.answer(
      ['--armor', '--gen-revoke', fingerprint],
      ['y', String(reason), '', 'y'],
      call,
    );
    this.run(['--import'], { input: certificate });
  }

  /** A program for Git's `gpg.program` that uses this home, with these options besides. */
  program(name: string, options: readonly string[] = []): string {
    const path = join(this.folder, name);
    const words = ['gpg', '--homedir', this.folder, '--batch', '--no-tty', ...options];
    writeFileSync(path, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 });
    return path;
  }
}
