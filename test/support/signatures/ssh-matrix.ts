/** Cases of SSH signatures on commits, made by the real ssh-keygen and git, and what git and Holdfast say of each. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { parseObject } from '../../../src/signature/git/parse-object.ts';
import { parseAllowedSigners } from '../../../src/signature/ssh/parse-allowed-signers.ts';
import { parseRevokedKeys } from '../../../src/signature/ssh/parse-revoked-keys.ts';
import { verifySshSignature } from '../../../src/signature/ssh/verify-ssh-signature.ts';
import type { KeyValidity } from '../../../src/signature/key-validity.ts';
import { verifyObject } from '../../../src/signature/verify-object.ts';
import { makeCommit, signCommit, type CommitSampleOptions } from './commit-samples.ts';
import { openGitWorkshop, type GitWorkshop } from './git-workshop.ts';

const NOW = Date.UTC(2026, 5, 1);
/** What a trust asks for where a row says nothing else. */
export const DEFAULTS = { keyValidity: 'now', committerMatch: false } as const;

/** A raw commit whose history is whole: git reads parents before it verifies. */
export function makeRoot(options: CommitSampleOptions = {}): Buffer {
  return makeCommit({ parents: [], ...options });
}

export interface Arranged {
  readonly id: string;
  /** Lines of allowed_signers. */
  readonly lines: string;
  readonly revoked?: string | Buffer;
}

export interface Row {
  readonly what: string;
  readonly arrange: (workshop: GitWorkshop) => Promise<Arranged>;
  /** `%G?`: G good, U unknown key, B bad, N none. Of these, git accepts G alone. */
  readonly git: string;
  readonly holdfast: string;
  /** Where the two differ on purpose. */
  readonly because?: string;
  readonly keyValidity?: KeyValidity;
  readonly committerMatch?: boolean;
}

interface Asked {
  readonly keyValidity: KeyValidity;
  readonly committerMatch: boolean;
}

/** What Holdfast says of a commit: `verified`, or the code of its refusal. */
export async function ask(
  workshop: GitWorkshop,
  { id, lines, revoked = '' }: Arranged,
  options: Asked,
) {
  const kind = 'commit';
  const algorithm = id.length === 40 ? 'sha1' : 'sha256';
  const object = parseObject(await workshop.readObject(id), { kind, algorithm });
  if (object.status === 'rejected') return object.code;
  assert.equal(object.value.id, id);
  const allowedSigners = parseAllowedSigners(Buffer.from(lines));
  const revokedKeys = parseRevokedKeys(Buffer.from(revoked));
  assert.ok(allowedSigners.status === 'read' && revokedKeys.status === 'read');
  const trust = { allowedSigners: allowedSigners.value, revoked: revokedKeys.value, ...options };
  const verdict = await verifyObject(
    object.value,
    { ssh: (content) => verifySshSignature({ ...content, trust }) },
    NOW,
  );
  return verdict.status === 'rejected' ? verdict.code : verdict.status;
}

async function judge(workshop: GitWorkshop, row: Row) {
  const arranged = await row.arrange(workshop);
  const allowedSigners = await workshop.write('allowed_signers', arranged.lines);
  const revokedKeys =
    arranged.revoked === undefined ? undefined : await workshop.write('revoked', arranged.revoked);
  const { keyValidity = DEFAULTS.keyValidity, committerMatch = DEFAULTS.committerMatch } = row;
  return {
    git: await workshop.askGit(arranged.id, { allowedSigners, revokedKeys }),
    holdfast: await ask(workshop, arranged, { keyValidity, committerMatch }),
  };
}

/** A commit by `git commit -S`, and the line that trusts its key. */
export function signedBy(...argv: readonly string[]): Row['arrange'] {
  return async (workshop) => {
    const key = await workshop.makeKey('key', ...argv);
    return {
      id: await workshop.commit({ key: key.path }),
      lines: `alice@example.com ${key.text}\n`,
    };
  };
}

export const signed = signedBy('-t', 'ed25519');

/** The same with another line: KEY is the key. */
export function withLine(line: string): Row['arrange'] {
  return async (workshop) => {
    const { id, lines } = await signed(workshop);
    return { id, lines: line.replace('KEY', lines.split(' ').slice(1).join(' ')) };
  };
}

/** A signed commit whose bytes were changed afterwards. */
export function changed(change: (object: string) => string): Row['arrange'] {
  return async (workshop) => {
    const { id, lines } = await signed(workshop);
    const object = (await workshop.readObject(id)).toString('latin1');
    const stored = await workshop.storeObject(Buffer.from(change(object), 'latin1'));
    return { id: stored, lines };
  };
}

/** A raw commit with a signature of `ssh-keygen -Y sign`. */
export function signedRaw(unsigned: Buffer, ...argv: readonly string[]): Row['arrange'] {
  return async (workshop) => {
    const key = await workshop.makeKey('key', '-t', 'ed25519');
    const signature = await workshop.sign(key.path, unsigned, ...argv);
    const id = await workshop.storeObject(signCommit(unsigned, () => signature));
    return { id, lines: `alice@example.com ${key.text}\n` };
  };
}

/** A revocation of the key, made by a function of its line and the workshop. */
export function revokedBy(
  revoke: (workshop: GitWorkshop, key: string) => Promise<string | Buffer> | string,
): Row['arrange'] {
  return async (workshop) => {
    const { id, lines } = await signed(workshop);
    return { id, lines, revoked: await revoke(workshop, lines.split(' ').slice(1).join(' ')) };
  };
}

/** A KRL of `ssh-keygen -k` from the lines of its specification. */
export async function makeKrl(
  workshop: GitWorkshop,
  specification: string,
  ...argv: readonly string[]
) {
  const file = await workshop.write('specification', specification);
  await workshop.keygen('-k', '-f', `${workshop.folder}/krl`, ...argv, file);
  return await workshop.read('krl');
}

/** One test for each row: both verdicts are the table's, and a difference has its reason. */
export function testRows(name: string, rows: readonly Row[]): void {
  describe(name, () => {
    for (const row of rows) {
      it(`${row.what}: git ${row.git}, Holdfast ${row.holdfast}`, (test) => check(test, row));
    }
  });
}

async function check(test: TestContext, row: Row): Promise<void> {
  const { git, holdfast } = await judge(await openGitWorkshop(test), row);

  assert.deepEqual(
    { git, holdfast },
    { git: { letter: row.git, isAccepted: row.git === 'G' }, holdfast: row.holdfast },
  );
  const agree = (row.git === 'G') === (row.holdfast === 'verified');
  assert.equal(row.because === undefined, agree, 'a difference has its reason, and only that');
}
