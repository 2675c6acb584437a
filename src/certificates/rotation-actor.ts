/** Carries out one step of the rotation. What it changes is read again before the next one. */
import type { WallMs } from '../base/clock.ts';
import type { CertificateCluster, Writing } from './certificate-cluster.ts';
import type { issueAuthority, issueLeaf } from './issue-certificate.ts';
import type { AlternativeNames } from './parse-alternative-names.ts';
import type { ParsedSecret, StoredCertificates } from './parse-certificate-secret.ts';
import type { RegisteredConfiguration } from './parse-registered.ts';
import type { RotationStep } from './plan-rotation.ts';
import { DAY } from '../settings/limit.ts';
import type { CertificatesSettings } from './settings.ts';

/** The steps that change something. */
export type ActingStep = Extract<
  RotationStep,
  { kind: 'make-authority' | 'trust' | 'distrust' | 'make-leaf' }
>;

/** Makes keys and certificates: `issue-certificate.ts`. */
export interface CertificateIssuer {
  readonly issueAuthority: typeof issueAuthority;
  readonly issueLeaf: typeof issueLeaf;
}

export interface ActingInput {
  readonly issuer: CertificateIssuer;
  readonly cluster: Pick<CertificateCluster, 'writeSecret' | 'applyBundle'>;
  /** As they were read for the plan. */
  readonly secret: ParsedSecret;
  readonly registered: readonly RegisteredConfiguration[];
  readonly names: AlternativeNames;
  /** By the clock of the API server. */
  readonly nowMs: WallMs;
  readonly settings: Pick<CertificatesSettings, 'leafLifetimeMs' | 'authorityLifetimeMs'>;
}

/** Whether the step is one that is carried out. */
export function isActing(step: RotationStep): step is ActingStep {
  return step.kind !== 'none' && step.kind !== 'wait' && step.kind !== 'blocked';
}

/** Never rejects for what the API server refuses. A step that fails is planned again from what is there then. */
export async function actOnRotation(step: ActingStep, input: ActingInput): Promise<Writing> {
  const { issuer, nowMs, names, settings } = input;
  switch (step.kind) {
    case 'make-authority': {
      const next = await issuer.issueAuthority({ nowMs, days: settings.authorityLifetimeMs / DAY });
      return await write({ ...step.kept, next }, input);
    }
    case 'make-leaf': {
      const { authority } = step;
      const days = settings.leafLifetimeMs / DAY;
      const leaf = await issuer.issueLeaf(authority, { nowMs, days, names });
      return await write({ authority, leaf }, input);
    }
    case 'trust':
    case 'distrust':
      return await register(step.bundlePem, input);
  }
}

function write(stored: StoredCertificates, { cluster, secret }: ActingInput): Promise<Writing> {
  const version = secret.status === 'ours' ? secret.resourceVersion : undefined;
  return cluster.writeSecret(stored, version);
}

/** One configuration after the other: the next plan sees where it stopped. */
async function register(bundlePem: string, { cluster, registered }: ActingInput): Promise<Writing> {
  for (const configuration of registered) {
    if (configuration.webhooks.length === 0) continue;
    const writing = await cluster.applyBundle(configuration, bundlePem);
    if (!writing.ok) return writing;
  }
  return { ok: true };
}
