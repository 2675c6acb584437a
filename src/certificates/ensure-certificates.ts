/** Keeps a folder of certificates valid: read, plan, issue, explain. Idempotent. */
import { X509Certificate } from 'node:crypto';
import type { WallMs } from '../base/clock.ts';
import { HoldfastError } from '../errors.ts';
import {
  certificateFiles,
  makeCertificateFolder,
  readPair,
  writePair,
} from './certificate-folder.ts';
import type { CertificateFiles } from './certificate-folder.ts';
import { readCertificateFacts } from './certificate-facts.ts';
import type { PemPair } from './certificate-facts.ts';
import { issueAuthority, issueLeaf } from './issue-certificate.ts';
import { parseRequestedNames } from './parse-alternative-names.ts';
import type { AlternativeNames } from './parse-alternative-names.ts';
import { planCertificates } from './plan-certificates.ts';
import type { CertificatePlan } from './plan-certificates.ts';

export interface EnsureCertificatesOptions {
  readonly folder: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly nowMs: WallMs;
  /** @default 365 */
  readonly leafDays?: number | undefined;
  /** @default false */
  readonly force?: boolean | undefined;
}

export interface EnsuredCertificates {
  readonly plan: CertificatePlan;
  readonly files: CertificateFiles;
  readonly names: AlternativeNames;
  /** For `clientConfig.caBundle` of a webhook configuration. */
  readonly authorityPem: string;
  readonly notAfterMs: number;
}

/** Ten years: replacing it requires a new registration of the webhook, in every cluster at once. */
const AUTHORITY_DAYS = 3650;
const LEAF_DAYS_DEFAULT = 365;

/** Ensures that the folder contains a CA and a server certificate for these names. */
export async function ensureCertificates(
  options: EnsureCertificatesOptions,
): Promise<EnsuredCertificates> {
  const { folder, nowMs, force = false } = options;
  const checked = parseRequestedNames(options);
  if (!checked.ok) throw new HoldfastError('certificate_names_invalid', checked.reason);
  const { names } = checked;
  const files = certificateFiles(folder);
  const oldAuthority = await readPair(files.authorityCertificate, files.authorityKey);
  const oldLeaf = await readPair(files.leafCertificate, files.leafKey);
  const plan = planCertificates({
    authority: readCertificateFacts(oldAuthority),
    leaf: readCertificateFacts(oldLeaf, oldAuthority?.certificatePem ?? ''),
    names,
    nowMs,
    force,
  });
  makeCertificateFolder(folder);
  const authority = await issueOrKeep(plan.authority.regenerate ? undefined : oldAuthority, {
    issue: () => issueAuthority({ nowMs, days: AUTHORITY_DAYS }),
    certificateFile: files.authorityCertificate,
    keyFile: files.authorityKey,
  });
  const leaf = await issueOrKeep(plan.leaf.regenerate ? undefined : oldLeaf, {
    issue: () =>
      issueLeaf(authority, { nowMs, days: options.leafDays ?? LEAF_DAYS_DEFAULT, names }),
    certificateFile: files.leafCertificate,
    keyFile: files.leafKey,
  });
  return {
    plan,
    files,
    names,
    authorityPem: authority.certificatePem,
    notAfterMs: Date.parse(new X509Certificate(leaf.certificatePem).validTo),
  };
}

async function issueOrKeep(
  kept: PemPair | undefined,
  {
    issue,
    certificateFile,
    keyFile,
  }: {
    readonly issue: () => Promise<PemPair>;
    readonly certificateFile: string;
    readonly keyFile: string;
  },
): Promise<PemPair> {
  if (kept !== undefined) return kept;
  const issued = await issue();
  await writePair(issued, { certificateFile, keyFile });
  return issued;
}
