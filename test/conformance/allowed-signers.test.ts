/**
 * Lines of allowed_signers, read by the real ssh-keygen and by Holdfast. Where both differ, the row says why: Holdfast refuses a file
 * in which ssh-keygen passes over a line.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAllowedSigners } from '../../src/signature/ssh/parse-allowed-signers.ts';
import { NOTHING_REVOKED } from '../../src/signature/ssh/revoked-keys.ts';
import { verifySshSignature } from '../../src/signature/ssh/verify-ssh-signature.ts';
import { openGitWorkshop } from '../support/signatures/git-workshop.ts';

const PAYLOAD = Buffer.from('what was signed');
const SIGNER = 'alice@example.com';
const AT_MS = Date.UTC(2026, 0, 1, 12);

interface Row {
  /** KEY is the key that signed. */
  readonly line: string;
  readonly keygen: boolean;
  readonly holdfast: 'verified' | 'rejected' | 'invalid';
  readonly because?: string;
}

const ROWS: readonly Row[] = [
  { line: 'alice@example.com KEY', keygen: true, holdfast: 'verified' },
  { line: '  alice@example.com\t\tKEY comment = "x', keygen: true, holdfast: 'verified' },
  { line: 'alice@example.com KEY\r', keygen: true, holdfast: 'verified' },
  { line: '"alice@example.com" KEY', keygen: true, holdfast: 'verified' },
  { line: 'ben,alice@example.com KEY', keygen: true, holdfast: 'verified' },
  { line: '*@example.com KEY', keygen: true, holdfast: 'verified' },
  { line: 'al?ce@* KEY', keygen: true, holdfast: 'verified' },
  { line: '*,!alice@* KEY', keygen: false, holdfast: 'rejected' },
  { line: '!ben KEY', keygen: false, holdfast: 'rejected' },
  { line: 'Alice@example.com KEY', keygen: false, holdfast: 'rejected' },
  { line: '# alice@example.com KEY', keygen: false, holdfast: 'rejected' },
  { line: '\n\nalice@example.com KEY', keygen: true, holdfast: 'verified' },
  { line: 'alice@example.com cert-authority KEY', keygen: false, holdfast: 'rejected' },
  { line: 'alice@example.com namespaces="git" KEY', keygen: true, holdfast: 'verified' },
  { line: 'alice@example.com NameSpaces="git" KEY', keygen: true, holdfast: 'verified' },
  { line: 'alice@example.com namespaces="x y,git" KEY', keygen: true, holdfast: 'verified' },
  { line: 'alice@example.com namespaces="g*" KEY', keygen: true, holdfast: 'verified' },
  { line: 'alice@example.com namespaces="file" KEY', keygen: false, holdfast: 'rejected' },
  { line: 'alice@example.com namespaces=git KEY', keygen: false, holdfast: 'invalid' },
  { line: 'alice@example.com namespaces="git KEY', keygen: false, holdfast: 'invalid' },
  { line: 'alice@example.com namespaces="git", KEY', keygen: false, holdfast: 'invalid' },
  {
    line: 'alice@example.com namespaces="git",namespaces="git" KEY',
    keygen: false,
    holdfast: 'invalid',
  },
  { line: 'alice@example.com verify-required KEY', keygen: false, holdfast: 'invalid' },
  {
    line: 'alice@example.com valid-after="20260101120000Z" KEY',
    keygen: true,
    holdfast: 'verified',
  },
  {
    line: 'alice@example.com valid-after="20260101120001Z" KEY',
    keygen: false,
    holdfast: 'rejected',
  },
  {
    line: 'alice@example.com valid-before="20260101120000Z" KEY',
    keygen: true,
    holdfast: 'verified',
  },
  {
    line: 'alice@example.com valid-before="202601011159Z" KEY',
    keygen: false,
    holdfast: 'rejected',
  },
  { line: 'alice@example.com valid-before="20260101" KEY', keygen: false, holdfast: 'rejected' },
  { line: 'alice@example.com valid-before="20260102" KEY', keygen: true, holdfast: 'verified' },
  { line: 'alice@example.com valid-before="2026" KEY', keygen: false, holdfast: 'invalid' },
  { line: 'alice@example.com valid-before="20261301" KEY', keygen: false, holdfast: 'invalid' },
  {
    line: 'alice@example.com valid-after="20260102",valid-before="20260101" KEY',
    keygen: false,
    holdfast: 'invalid',
  },
  { line: 'alice@example.com', keygen: false, holdfast: 'invalid' },
  { line: 'alice@example.com ssh-ed25519 AAAA', keygen: false, holdfast: 'invalid' },
  {
    line: 'alice@example.com KEY\nben ssh-ed25519 AAAA',
    keygen: true,
    holdfast: 'invalid',
    because: 'ssh-keygen stops at the first line that fits, and never reads the next',
  },
  {
    line: 'alice@example.com valid-after="20260230" KEY',
    keygen: false,
    holdfast: 'invalid',
  },
  {
    line: 'ben,,alice@example.com KEY',
    keygen: true,
    holdfast: 'invalid',
    because: 'an empty pattern is a typing error',
  },
];

describe('allowed_signers', () => {
  for (const { line, keygen, holdfast, because } of ROWS) {
    it(`reads ${JSON.stringify(line)}: ssh-keygen ${keygen}, Holdfast ${holdfast}`, async (t) => {
      const workshop = await openGitWorkshop(t);
      const key = await workshop.makeKey('key', '-t', 'ed25519');
      const signature = await workshop.sign(key.path, PAYLOAD);
      const text = `${line.replace('KEY', key.text)}\n`;
      const file = await workshop.write('allowed_signers', text);
      const signatureFile = await workshop.write('signature', signature);

      const argv = ['-f', file, '-I', SIGNER, '-s', signatureFile];
      const accepts = await workshop.acceptsSignature(
        PAYLOAD,
        ...argv,
        '-Overify-time=20260101120000Z',
      );

      assert.deepEqual([accepts, judge(text, signature)], [keygen, holdfast]);
      const agree = keygen === (holdfast === 'verified');
      assert.equal(because === undefined, agree, 'a difference has its reason, and only that');
    });
  }
});

function judge(text: string, signature: Buffer): Row['holdfast'] {
  const file = parseAllowedSigners(Buffer.from(text));
  if (file.status === 'invalid') return 'invalid';
  const verdict = verifySshSignature({
    payload: PAYLOAD,
    signature,
    trust: {
      allowedSigners: file.value,
      revoked: NOTHING_REVOKED,
      keyValidity: 'atSigning',
      committerMatch: true,
    },
    committer: { email: SIGNER },
    committedAtMs: AT_MS,
    nowMs: AT_MS,
  });
  return verdict.status === 'verified' ? 'verified' : 'rejected';
}
