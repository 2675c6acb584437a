/**
 * Commits signed with SSH certificates, made on the spot by the real ssh-keygen and git: what `git verify-commit` says and what Holdfast
 * says. Where both differ, the row says why.
 */
import { signCommit } from '../support/signatures/commit-samples.ts';
import { makeKrl, makeRoot, testRows, type Row } from '../support/signatures/ssh-matrix.ts';

interface Certified {
  readonly options?: readonly string[];
  readonly line?: string;
  /** Lines of a KRL about certificates of the authority. */
  readonly krl?: string;
}

/** A commit signed with a certificate; CA is the authority. */
function certified({ options = [], line, krl }: Certified): Row['arrange'] {
  return async (workshop) => {
    const key = await workshop.makeKey('key', '-t', 'ed25519');
    const authority = await workshop.makeKey('ca', '-t', 'ecdsa');
    await workshop.keygen(
      '-s',
      authority.path,
      '-I',
      'alice-1',
      '-z',
      '7',
      ...(options.includes('-n') ? [] : ['-n', 'alice@example.com']),
      ...options,
      `${key.path}.pub`,
    );
    const unsigned = makeRoot();
    const signature = await workshop.sign(`${key.path}-cert.pub`, unsigned);
    const id = await workshop.storeObject(signCommit(unsigned, () => signature));
    const lines = (line ?? '*@example.com cert-authority CA\n').replace('CA', authority.text);
    if (krl === undefined) return { id, lines };
    const revoked = await makeKrl(workshop, krl, '-s', `${authority.path}.pub`);
    return { id, lines, revoked };
  };
}

const serial = (text: string): Certified => ({ krl: `serial: ${text}\n` });

const CERTIFICATES: readonly Row[] = [
  { what: 'a certificate of an authority', arrange: certified({}), git: 'G', holdfast: 'verified' },
  {
    what: 'a certificate that is valid then and now',
    arrange: certified({ options: ['-V', '20251201Z:20260701Z'] }),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'a certificate that was valid then',
    arrange: certified({ options: ['-V', '20251201Z:20260201Z'] }),
    git: 'G',
    holdfast: 'key_not_valid',
    because: 'whoever has the old key can date a commit back',
  },
  {
    what: 'the same, where keys must be valid at signing',
    arrange: certified({ options: ['-V', '20251201Z:20260201Z'] }),
    keyValidity: 'atSigning',
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'a certificate that was not valid then',
    arrange: certified({ options: ['-V', '20260201Z:20270101Z'] }),
    git: 'U',
    holdfast: 'key_not_valid',
  },
  {
    what: 'a certificate for another principal',
    arrange: certified({ options: ['-n', 'ben@example.org'] }),
    git: 'U',
    holdfast: 'identity_not_accepted',
  },
  {
    what: 'a certificate of a host',
    arrange: certified({ options: ['-h'] }),
    git: 'U',
    holdfast: 'certificate_invalid',
  },
  {
    what: 'an authority in a line without cert-authority',
    arrange: certified({ line: '*@example.com CA\n' }),
    git: 'U',
    holdfast: 'unknown_key',
  },
  {
    what: 'a critical option',
    arrange: certified({ options: ['-O', 'force-command=/bin/true'] }),
    git: 'G',
    holdfast: 'certificate_invalid',
    because: 'PROTOCOL.certkeys wants unknown options refused, and none of them allows signing',
  },
  {
    what: 'a revoked serial number',
    arrange: certified(serial('7')),
    git: 'B',
    holdfast: 'key_revoked',
  },
  {
    what: 'a revoked range',
    arrange: certified(serial('1-1000')),
    git: 'B',
    holdfast: 'key_revoked',
  },
  // Many numbers near to each other become a bitmap.
  {
    what: 'a revoked number in a bitmap',
    arrange: certified({
      krl: [1, 3, 5, 7, 9, 11, 13, 15, 17, 20].map((n) => `serial: ${n}\n`).join(''),
    }),
    git: 'B',
    holdfast: 'key_revoked',
  },
  {
    what: 'its neighbours in a bitmap',
    arrange: certified({
      krl: [1, 3, 5, 6, 8, 11, 13, 15, 17, 20].map((n) => `serial: ${n}\n`).join(''),
    }),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'a revoked key ID',
    arrange: certified({ krl: 'id: alice-1\n' }),
    git: 'B',
    holdfast: 'key_revoked',
  },
  {
    what: 'other revoked numbers and IDs',
    arrange: certified({ krl: 'serial: 8-99\nid: alice-2\n' }),
    git: 'G',
    holdfast: 'verified',
  },
];

testRows('SSH certificates', CERTIFICATES);
