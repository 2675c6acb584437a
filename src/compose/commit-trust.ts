/** Whom the configuration trusts to sign commits: its key files, read and checked as a whole. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import { readBounded } from '../base/read-bounded.ts';
import { HoldfastError } from '../errors.ts';
import { CMS_LIMITS } from '../signature/cms/settings.ts';
import { importTrustedRoot } from '../signature/sigstore/import-trusted-root.ts';
import type { AcceptedIdentity } from '../signature/sigstore/match-identity.ts';
import type { TrustedRoot } from '../signature/sigstore/sigstore-library.ts';
import { verifyGitsignSignature } from '../signature/gitsign/verify-gitsign-signature.ts';
import { importKeyring } from '../signature/openpgp/import-keyring.ts';
import { fingerprintOf, type Keyring } from '../signature/openpgp/keyring.ts';
import { OPENPGP_LIMITS } from '../signature/openpgp/settings.ts';
import { verifyOpenpgpSignature } from '../signature/openpgp/verify-openpgp-signature.ts';
import { SIGNATURE_LIMITS } from '../signature/settings.ts';
import { parseAllowedSigners } from '../signature/ssh/parse-allowed-signers.ts';
import { parseRevokedKeys } from '../signature/ssh/parse-revoked-keys.ts';
import { NOTHING_REVOKED } from '../signature/ssh/revoked-keys.ts';
import { formatTrustFileProblems, type TrustFile } from '../signature/ssh/trust-file.ts';
import { verifySshSignature, type SshTrust } from '../signature/ssh/verify-ssh-signature.ts';
import type { TrustProblem } from '../signature/trust/find-rule-problems.ts';
import { findUnknownSigners } from '../signature/trust/find-unknown-signers.ts';
import type { KeyringMembers } from '../signature/trust/match-signer.ts';
import type { CommitRule, CommitsSettings } from '../signature/trust/settings.ts';
import type { SignatureVerifier, SignatureVerifiers } from '../signature/verify-object.ts';
import { importCaBundle } from '../signature/x509/import-ca-bundle.ts';
import { verifyX509Signature, type X509Trust } from '../signature/x509/verify-x509-signature.ts';

export interface CommitTrust {
  /** Of the settings and of every key file: what was verified with another one is verified again. */
  readonly hash: string;
  readonly keyrings: KeyringMembers;
  readonly verifiersFor: (rule: CommitRule) => SignatureVerifiers;
  /** Signers of rules whom no key file knows. A running process goes on: a key is also taken back by its removal. */
  readonly unknownSigners: readonly TrustProblem[];
  /** What a forge signs itself; only asked for merges. */
  readonly forgeVerifiersFor: (rule: CommitRule) => SignatureVerifiers;
}

/**
 * Reads every key file of the settings.
 *
 * @throws HoldfastError `trust_file_invalid` with the file, the place and the remedy. A file is never used in part: what cannot be
 *   read may be a revocation.
 */
export async function loadCommitTrust(settings: CommitsSettings): Promise<CommitTrust> {
  const hash = createHash('sha256').update(canonicalJson(settings));
  const files = new TrustFiles((bytes) => hash.update(bytes));
  const keyrings = new Map<string, Keyring>();
  for (const { name, file } of settings.keyrings) keyrings.set(name, await files.keyring(file));
  const forge: Keyring[] = [];
  for (const { file } of settings.forgeKeyrings) forge.push(await files.keyring(file));
  const ssh = await files.ssh(settings);
  const root = await files.trustedRoot(settings.trustedRootFile);
  const authorities = await files.authorities(settings.caBundleFile);
  return {
    hash: hash.digest('hex'),
    unknownSigners: findUnknownSigners(settings.rules, {
      keyrings,
      allowedSigners: ssh?.allowedSigners ?? [],
    }),
    keyrings: new Map([...keyrings].map(([name, keyring]) => [name, membersOf(keyring)])),
    verifiersFor: (rule) => ({
      ...(keyrings.size > 0 && { openpgp: openpgpVerifier(join([...keyrings.values()]), rule) }),
      ...(ssh !== undefined && { ssh: sshVerifier(ssh, rule) }),
      ...((root !== undefined || authorities !== undefined) && {
        x509: cmsVerifier({ root, authorities }, rule),
      }),
    }),
    forgeVerifiersFor: (rule) =>
      forge.length === 0 ? {} : { openpgp: openpgpVerifier(join(forge), rule) },
  };
}

/** All files that `loadCommitTrust` reads. */
export function listCommitTrustFiles(settings: CommitsSettings): readonly string[] {
  const { keyrings, forgeKeyrings, allowedSignersFile, revokedKeysFile } = settings;
  const { trustedRootFile, caBundleFile } = settings;
  const single = [allowedSignersFile, revokedKeysFile, trustedRootFile, caBundleFile];
  return [
    ...[...keyrings, ...forgeKeyrings].map(({ file }) => file),
    ...single.filter((file) => file !== undefined),
  ];
}

function membersOf({ keys }: Keyring): ReadonlySet<string> {
  return new Set(keys.map(fingerprintOf));
}

function join(keyrings: readonly Keyring[]): Keyring {
  return { keys: keyrings.flatMap(({ keys }) => keys) };
}

// Whether the committer must be the signer is decided for all schemes in one place, by the rule.
function openpgpVerifier(keyring: Keyring, { keyValidity }: CommitRule): SignatureVerifier {
  const trust = { keyring, keyValidity: validityOf(keyValidity), committerMatch: false };
  return ({ payload, signature, nowMs }) =>
    verifyOpenpgpSignature({ payload, signature, trust, nowMs });
}

type SshKeys = Omit<SshTrust, 'keyValidity' | 'committerMatch'>;

function sshVerifier(keys: SshKeys, { keyValidity }: CommitRule): SignatureVerifier {
  const trust = { ...keys, keyValidity: validityOf(keyValidity), committerMatch: false };
  return (content) => verifySshSignature({ ...content, trust });
}

interface CmsKeys {
  readonly root: TrustedRoot | undefined;
  readonly authorities: X509Trust['authorities'] | undefined;
}

/** gitsign and corporate certificates share a format: the rule says which of them it accepts. */
function cmsVerifier({ root, authorities }: CmsKeys, rule: CommitRule): SignatureVerifier {
  const identities = rule.signers.flatMap((signer) =>
    signer.scheme === 'gitsign' ? identityOf(signer) : [],
  );
  const keyValidity = validityOf(rule.keyValidity);
  return ({ payload, signature, nowMs }) => {
    if (root !== undefined && identities.length > 0) {
      const trust = { roots: [root], identities, committerMatch: false };
      const verification = verifyGitsignSignature({ payload, signature, trust, nowMs });
      if (verification.status === 'verified' || authorities === undefined) return verification;
    }
    const trust = {
      authorities: authorities ?? [],
      revocationLists: [],
      keyValidity,
      committerMatch: false,
    };
    return verifyX509Signature({ payload, signature, trust, nowMs });
  };
}

function identityOf({
  issuer,
  subject,
}: Extract<CommitRule['signers'][number], { scheme: 'gitsign' }>): AcceptedIdentity {
  const kind = subject.includes('*') ? 'pattern' : 'exact';
  return { issuer, subject: { kind, value: subject } };
}

function validityOf(validity: CommitRule['keyValidity']): 'now' | 'atSigning' {
  return validity === 'now' ? 'now' : 'atSigning';
}

/** Reads the files, and shows each to whoever hashes them. */
class TrustFiles {
  readonly #onRead: (bytes: Uint8Array) => void;

  constructor(onRead: (bytes: Uint8Array) => void) {
    this.#onRead = onRead;
  }

  async keyring(file: string): Promise<Keyring> {
    const text = await this.#text(
      file,
      OPENPGP_LIMITS['signature.openpgp.keyringBytesMax'].default,
    );
    const { keyring, problems } = await importKeyring(text);
    const [problem] = problems;
    if (problem !== undefined) throw invalid(`${file}, ${problem.place}: ${problem.message}`);
    return keyring;
  }

  async ssh({
    allowedSignersFile,
    revokedKeysFile,
  }: CommitsSettings): Promise<SshKeys | undefined> {
    const revoked =
      revokedKeysFile === undefined
        ? NOTHING_REVOKED
        : accept(
            revokedKeysFile,
            parseRevokedKeys(
              await this.#bytes(
                revokedKeysFile,
                SIGNATURE_LIMITS['signature.ssh.revokedKeysBytesMax'].default,
              ),
            ),
          );
    if (allowedSignersFile === undefined) return undefined;
    const bytesMax = SIGNATURE_LIMITS['signature.ssh.allowedSignersBytesMax'].default;
    const bytes = await this.#bytes(allowedSignersFile, bytesMax);
    return { allowedSigners: accept(allowedSignersFile, parseAllowedSigners(bytes)), revoked };
  }

  async trustedRoot(file: string | undefined): Promise<TrustedRoot | undefined> {
    if (file === undefined) return undefined;
    const text = await this.#text(file, CMS_LIMITS['signature.cms.trustedRootBytesMax'].default);
    const reading = importTrustedRoot(text);
    if (reading.status === 'refused') throw invalid(`${file}: ${reading.problems.join('; ')}`);
    return reading.root;
  }

  async authorities(file: string | undefined): Promise<X509Trust['authorities'] | undefined> {
    if (file === undefined) return undefined;
    const text = await this.#text(file, CMS_LIMITS['signature.cms.caBundleBytesMax'].default);
    const { authorities, problems } = importCaBundle(text);
    const [problem] = problems;
    if (problem !== undefined) throw invalid(`${file}:${problem.line}: ${problem.message}`);
    return authorities;
  }

  async #text(file: string, bytesMax: number): Promise<string> {
    return Buffer.from(await this.#bytes(file, bytesMax)).toString('utf8');
  }

  async #bytes(file: string, bytesMax: number): Promise<Uint8Array> {
    const read = await readBounded(file, bytesMax);
    if (!read.ok) throw invalid(`"${file}" cannot be read: ${read.reason}`);
    this.#onRead(read.bytes);
    return read.bytes;
  }
}

function accept<Value>(file: string, content: TrustFile<Value>): Value {
  if (content.status === 'read') return content.value;
  throw invalid(formatTrustFileProblems(file, content.problems));
}

function invalid(message: string): HoldfastError {
  return new HoldfastError('trust_file_invalid', message);
}
