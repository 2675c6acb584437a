/** Signatures of every scheme with what verifies them, made on the spot: by gpg and ssh-keygen where those are what people use. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WallMs } from '../../src/base/clock.ts';
import type { AttachedLayer } from '../../src/signature/cosign/candidate.ts';
import type { ImageAuthority } from '../../src/signature/cosign/image-rule.ts';
import { parseObject } from '../../src/signature/git/parse-object.ts';
import { formatLogBody } from '../../src/signature/gitsign/format-log-body.ts';
import { importKeyring } from '../../src/signature/openpgp/import-keyring.ts';
import { verifyOpenpgpSignature } from '../../src/signature/openpgp/verify-openpgp-signature.ts';
import { parseAllowedSigners } from '../../src/signature/ssh/parse-allowed-signers.ts';
import { NOTHING_REVOKED } from '../../src/signature/ssh/revoked-keys.ts';
import { verifySshSignature } from '../../src/signature/ssh/verify-ssh-signature.ts';
import type { Verification } from '../../src/signature/verification.ts';
import { verifyCmsSignature, type CmsRequest } from '../../src/signature/verify-cms-signature.ts';
import { verifyObject, type SignatureVerifiers } from '../../src/signature/verify-object.ts';
import { importCaBundle } from '../../src/signature/x509/import-ca-bundle.ts';
import { OTHER_DIGEST, statement } from '../support/images/image-samples.ts';
import {
  ada,
  byCertificate,
  byKey,
  DIGEST,
  EMAIL,
  instance,
  ISSUER,
  keyBundle,
  keylessBundle,
  keys,
  legacy,
  root,
  verify as verifyLayer,
} from '../support/images/judge-candidate.ts';
import { emailName, issue, pem } from '../support/signatures/certificate-builder.ts';
import { buildSignature } from '../support/signatures/cms-builder.ts';
import { makeCommit, signCommit } from '../support/signatures/commit-samples.ts';
import { octets } from '../support/signatures/der.ts';
import { GpgHome } from '../support/signatures/gpg-home.ts';

type Verify = () => Promise<Verification> | Verification;
type KeyKind = 'RSA 3072' | 'Ed25519' | 'ECDSA P-256';

/** One scheme. */
export interface SignatureCase {
  readonly name: string;
  /** From the bytes of the commit or layer to the verdict. */
  readonly verify: Verify;
  /** The same of content that was changed after it was signed. */
  readonly verifyChanged: Verify;
  /** What makes the signature itself. */
  readonly keyKind: KeyKind;
}

/** `verify` of node:crypto with a key of each kind, over the bytes of a commit. */
export function makeReferences(): Readonly<Record<KeyKind, () => boolean>> {
  const bytes = makeCommit();
  const reference = (
    hash: string | null,
    { publicKey, privateKey }: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
  ) => {
    const signature = sign(hash, bytes, privateKey);
    return () => verify(hash, bytes, publicKey, signature);
  };
  return {
    'RSA 3072': reference('sha512', generateKeyPairSync('rsa', { modulusLength: 3072 })),
    Ed25519: reference(null, generateKeyPairSync('ed25519')),
    'ECDSA P-256': reference('sha256', generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  };
}

/** Makes keys and signatures; files are left in the folder. */
export async function makeSignatureCases(workFolder: string): Promise<readonly SignatureCase[]> {
  return [
    await openpgpCase('rsa3072', 'RSA 3072'),
    await openpgpCase('ed25519', 'Ed25519'),
    sshCase(workFolder, 'ed25519', 'Ed25519'),
    sshCase(workFolder, 'ecdsa', 'ECDSA P-256'),
    x509Case(),
    gitsignCase(),
    ...imageCases(),
  ];
}

async function openpgpCase(algorithm: string, keyKind: KeyKind): Promise<SignatureCase> {
  const home = new GpgHome();
  try {
    const key = home.generate({ userId: `Ada <${EMAIL}>`, algorithm });
    const { keyring, problems } = await importKeyring(home.exportKey(key));
    assert.deepEqual(problems, []);
    const trust = { keyring, keyValidity: 'now', committerMatch: false } as const;
    return commitCase(
      { name: `OpenPGP ${algorithm}`, keyKind },
      {
        makeSignature: (input) =>
          home.run(['--armor', '--detach-sign', '--local-user', key], { input }),
        verifiers: {
          openpgp: ({ payload, signature, nowMs }) =>
            verifyOpenpgpSignature({ payload, signature, trust, nowMs }),
        },
      },
    );
  } finally {
    home.close();
  }
}

function sshCase(folder: string, type: 'ed25519' | 'ecdsa', keyKind: KeyKind): SignatureCase {
  const file = join(folder, type);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', type, '-f', file]);
  const line = `${EMAIL} namespaces="git" ${readFileSync(`${file}.pub`, 'utf8')}`;
  const signers = parseAllowedSigners(Buffer.from(line));
  assert.ok(signers.status === 'read');
  const trust = {
    allowedSigners: signers.value,
    revoked: NOTHING_REVOKED,
    keyValidity: 'now',
    committerMatch: false,
  } as const;
  return commitCase(
    { name: `SSH ${type}`, keyKind },
    {
      makeSignature: (input) =>
        execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'git', '-f', file], {
          input,
          stdio: ['pipe', 'pipe', 'ignore'],
        }),
      verifiers: { ssh: (content) => verifySshSignature({ ...content, trust }) },
    },
  );
}

function x509Case(): SignatureCase {
  const authority = issue({ commonName: 'Root', isAuthority: true });
  const signer = issue({ commonName: 'Ada', issuer: authority, names: [emailName(EMAIL)] });
  const { authorities, problems } = importCaBundle(pem(authority.certificate));
  assert.deepEqual(problems, []);
  const x509 = { authorities, revocationLists: [], keyValidity: 'now', committerMatch: false };
  return commitCase(
    { name: 'X.509 (CMS), one authority', keyKind: 'ECDSA P-256' },
    {
      makeSignature: (payload) => buildSignature({ payload, signer }).armored,
      verifiers: cmsVerifiers({ x509: { ...x509, keyValidity: 'now' } }),
    },
  );
}

function gitsignCase(): SignatureCase {
  const identities = [{ issuer: ISSUER, subject: { kind: 'exact', value: EMAIL } }] as const;
  return commitCase(
    { name: 'gitsign, certificate and log', keyKind: 'ECDSA P-256', nowMs: instance.atMs },
    {
      makeSignature: signByGitsign,
      verifiers: cmsVerifiers({ gitsign: { roots: [root], identities, committerMatch: false } }),
    },
  );
}

function signByGitsign(payload: Buffer): Buffer {
  return buildSignature({ payload, signer: ada }, ({ value, signedBytes }) => {
    const body = formatLogBody('0.0.1', {
      certificate: ada.certificate,
      publicKey: ada.publicKey,
      signature: value,
      hash: 'sha256',
      digest: createHash('sha256').update(signedBytes).digest(),
    });
    return new Map([['1.3.6.1.4.1.57264.3.1', octets(instance.log(body, '0.0.1'))]]);
  }).armored;
}

function cmsVerifiers(trust: CmsRequest['trust']): SignatureVerifiers {
  return {
    x509: ({ payload, signature, nowMs }) =>
      verifyCmsSignature({ payload, signature, trust, nowMs }),
  };
}

function commitCase(
  {
    name,
    keyKind,
    nowMs = Date.now(),
  }: { readonly name: string; readonly keyKind: KeyKind; readonly nowMs?: WallMs },
  {
    makeSignature,
    verifiers,
  }: {
    readonly makeSignature: (payload: Buffer) => Buffer;
    readonly verifiers: SignatureVerifiers;
  },
): SignatureCase {
  const commit = signCommit(makeCommit(), makeSignature);
  const changed = Buffer.from(commit.toString('latin1').replace('Release', 'release'), 'latin1');
  const verifier = (bytes: Buffer): Verify => {
    return () => {
      const object = parseObject(bytes, { kind: 'commit', algorithm: 'sha1' });
      return object.status === 'parsed' ? verifyObject(object.value, verifiers, nowMs) : object;
    };
  };
  return {
    name: `commit: ${name}`,
    keyKind,
    verify: verifier(commit),
    verifyChanged: verifier(changed),
  };
}

function imageCases(): readonly SignatureCase[] {
  const authority = byKey(keys);
  const other = statement(OTHER_DIGEST);
  const layer = legacy();
  const bytes = Buffer.from(layer.bytes.toString().replace('shop', 'Shop'));
  return [
    imageCase('image: cosign key, simple signing', layer, {
      authority,
      changed: { ...layer, bytes },
    }),
    imageCase('image: cosign key, bundle', keyBundle(statement(DIGEST)), {
      authority,
      changed: keyBundle(other),
    }),
    imageCase('image: keyless bundle, certificate and log', keylessBundle(), {
      authority: byCertificate(),
      changed: keylessBundle(ada, other),
    }),
  ];
}

function imageCase(
  name: string,
  layer: AttachedLayer,
  { authority, changed }: { readonly authority: ImageAuthority; readonly changed: AttachedLayer },
): SignatureCase {
  return {
    name,
    keyKind: 'ECDSA P-256',
    verify: () => verifyLayer(layer, { authority }),
    verifyChanged: () => verifyLayer(changed, { authority }),
  };
}
