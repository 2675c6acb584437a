/**
 * Which statements of a certificate its primary key really made.
 *
 * SHA-1 in self-signatures is accepted, as in gpg: a forger needs a second pre-image here, not a collision, and keys made
 * before 2014 have no others. Certifications by other keys are not read: who is trusted is what the keyring says.
 */
import type { Certificate, SignedPart } from './certificate-collector.ts';
import type { Binding, Revocation, SigningKey, TrustedKey, UserId } from './keyring.ts';
import {
  isSignedBy,
  SIGNATURE_TYPES,
  type KeyMaterial,
  type SignatureMaterial,
  type Signed,
} from './openpgp-library.ts';
import { OPENPGP_LIMITS } from './settings.ts';

/** The key, or why it cannot be trusted at all. */
export type CertificateVerification =
  | { readonly status: 'verified'; readonly key: TrustedKey }
  | { readonly status: 'refused'; readonly message: string };

const SELF_SIGNATURES_MAX = OPENPGP_LIMITS['signature.openpgp.selfSignaturesMax'].default;

/** RFC 9580 section 5.2.3.29: this key may sign data. */
const SIGN_DATA_FLAG = 0x02;

/** RFC 9580 section 5.2.3.31: superseded, retired, user ID no longer valid. Everything else may be a stolen key. */
const SOFT_REASONS: ReadonlySet<number> = new Set([1, 3, 32]);

/** Verifies every self-signature, revocation and binding. */
export async function verifyCertificate(
  certificate: Certificate,
): Promise<CertificateVerification> {
  const { primary } = certificate;
  const own = selectOwn(certificate);
  const parts = [own, ...own.users.values(), ...own.subkeys.values()];
  const count = parts.reduce((sum, { signatures }) => sum + signatures.length, 0);
  if (count > SELF_SIGNATURES_MAX) {
    return refuse(
      `the key ${primary.fingerprint} has ${count} signatures of its own, at most ${SELF_SIGNATURES_MAX} are verified: export it with "--export-options export-minimal"`,
    );
  }
  if (parts.some(({ signatures }) => signatures.some((one) => one.designatesRevoker))) {
    return refuse(
      `the key ${primary.fingerprint} lets another key revoke it, and such revocations are not verified: remove the designated revoker`,
    );
  }
  const direct = await keepSigned(own.signatures, primary, { kind: 'key', primary });
  const userIds = await verifyUsers(own, primary);
  const subkeys = await verifySubkeys(own, primary);
  const statements = direct.filter(({ type }) => type === SIGNATURE_TYPES.directKey);
  const bindings = statements.map((signature) => bindingOf(signature, primary));
  const primaryKey: SigningKey = {
    material: primary,
    bindings: newestFirst(bindings),
    revocations: revocationsOf(direct, SIGNATURE_TYPES.keyRevocation),
  };
  if (bindings.length === 0 && userIds.length === 0) {
    return refuse(`the key ${primary.fingerprint} has no valid self-signature`);
  }
  return { status: 'verified', key: { signingKeys: [primaryKey, ...subkeys], userIds } };
}

/** Leaves out what other keys have signed: it is not read, and anybody can add any number. */
function selectOwn({ primary, place, signatures, users, subkeys }: Certificate): Certificate {
  const isOwn = ({ issuerKeyId }: SignatureMaterial): boolean => issuerKeyId === primary.keyId;
  function select<Subject>(
    parts: ReadonlyMap<string, SignedPart<Subject>>,
  ): Map<string, SignedPart<Subject>> {
    return new Map(
      [...parts].map(([name, part]) => [
        name,
        { subject: part.subject, signatures: part.signatures.filter(isOwn) },
      ]),
    );
  }
  return {
    primary,
    place,
    signatures: signatures.filter(isOwn),
    users: select(users),
    subkeys: select(subkeys),
  };
}

async function verifyUsers(
  { users }: Certificate,
  primary: KeyMaterial,
): Promise<readonly UserId[]> {
  const verified: UserId[] = [];
  for (const { subject, signatures } of users.values()) {
    const signed = await keepSigned(signatures, primary, {
      kind: 'user',
      primary,
      userId: subject,
    });
    const certifications = signed.filter(({ type }) => isCertification(type));
    if (certifications.length === 0) continue;
    verified.push({
      text: Buffer.from(subject).toString('utf8'),
      certifications: newestFirst(certifications.map((signature) => bindingOf(signature, primary))),
      revokedMs: signed
        .filter(({ type }) => type === SIGNATURE_TYPES.certificationRevocation)
        .map(({ createdMs }) => createdMs),
    });
  }
  return verified;
}

async function verifySubkeys(
  { subkeys }: Certificate,
  primary: KeyMaterial,
): Promise<readonly SigningKey[]> {
  const verified: SigningKey[] = [];
  for (const { subject: subkey, signatures } of subkeys.values()) {
    const onSubkey: Signed = { kind: 'subkey', primary, subkey };
    const signed = await keepSigned(signatures, primary, onSubkey);
    const bindings: Binding[] = [];
    for (const signature of signed.filter(({ type }) => type === SIGNATURE_TYPES.subkeyBinding)) {
      const binding = bindingOf(signature, subkey);
      // RFC 9580 section 5.2.1.9: without the subkey's own signature, somebody could bind a stranger's subkey to their
      // key, and pass for the author of what the stranger has signed.
      const maySign = binding.maySign && (await isBoundBack(signature, subkey, onSubkey));
      bindings.push({ ...binding, maySign });
    }
    verified.push({
      material: subkey,
      bindings: newestFirst(bindings),
      revocations: revocationsOf(signed, SIGNATURE_TYPES.subkeyRevocation),
    });
  }
  return verified;
}

async function isBoundBack(
  { embedded }: SignatureMaterial,
  subkey: KeyMaterial,
  onSubkey: Signed,
): Promise<boolean> {
  return (
    embedded !== undefined &&
    embedded.type === SIGNATURE_TYPES.primaryKeyBinding &&
    (await isSignedBy(embedded, subkey, onSubkey))
  );
}

async function keepSigned(
  signatures: readonly SignatureMaterial[],
  key: KeyMaterial,
  signed: Signed,
): Promise<readonly SignatureMaterial[]> {
  const kept: SignatureMaterial[] = [];
  for (const signature of signatures) {
    if (await isSignedBy(signature, key, signed)) kept.push(signature);
  }
  return kept;
}

function bindingOf(signature: SignatureMaterial, key: KeyMaterial): Binding {
  const { createdMs, expiresMs, keyLifetimeMs, keyFlags } = signature;
  return {
    createdMs,
    expiresMs,
    keyExpiresMs: keyLifetimeMs === undefined ? undefined : key.createdMs + keyLifetimeMs,
    // RFC 4880 knows keys without flags: they may do what their algorithm can.
    maySign: keyFlags === undefined || (keyFlags & SIGN_DATA_FLAG) !== 0,
  };
}

function revocationsOf(
  signatures: readonly SignatureMaterial[],
  wanted: number,
): readonly Revocation[] {
  return signatures
    .filter(({ type }) => type === wanted)
    .map(({ createdMs, revocationReason }) => ({
      createdMs,
      isHard: revocationReason === undefined || !SOFT_REASONS.has(revocationReason),
    }));
}

function isCertification(type: number): boolean {
  return type >= SIGNATURE_TYPES.certificationFirst && type <= SIGNATURE_TYPES.certificationLast;
}

function newestFirst(bindings: readonly Binding[]): readonly Binding[] {
  return bindings.toSorted((a, b) => b.createdMs - a.createdMs);
}

function refuse(message: string): CertificateVerification {
  return { status: 'refused', message };
}
