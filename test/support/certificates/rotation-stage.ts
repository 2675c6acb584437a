/** Replicas that keep their certificates in one cluster in memory, each with files of its own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monotonicMs } from '../../../src/base/clock.ts';
import type { Clock } from '../../../src/base/clock.ts';
import { CertificateCluster } from '../../../src/certificates/certificate-cluster.ts';
import { CertificateKeeper } from '../../../src/certificates/certificate-keeper.ts';
import { matchAuthorities } from '../../../src/certificates/match-trust.ts';
import { parseCertificates } from '../../../src/certificates/parse-certificates.ts';
import { CERTIFICATE_LIMITS } from '../../../src/certificates/settings.ts';
import type { CertificatesSettings } from '../../../src/certificates/settings.ts';
import type { LeaderElection } from '../../../src/kubernetes/leader-election/leader-election.ts';
import { makeFolder } from '../../../src/base/make-folder.ts';
import { recordTelemetry } from '../recording-telemetry.ts';
import type { RecordingTelemetry } from '../recording-telemetry.ts';
import { issueFromPool } from './issued.ts';
import { MemoryApi, NAMESPACE, WEBHOOKS } from './memory-api.ts';

export const DAY_MS = 86_400_000;
export const START_MS = Date.UTC(2026, 10, 21);

export interface StagedReplica {
  readonly name: string;
  readonly keeper: CertificateKeeper;
  readonly telemetry: RecordingTelemetry;
  /** The certificate in its files; empty before there is one. */
  readonly certificatePem: () => string;
  /** What a server does when its files change. */
  readonly reload: () => void;
}

export interface ReplicaOptions {
  readonly leads?: boolean | (() => boolean);
  /** Waits before each call of the API server. */
  readonly gate?: (what: string) => Promise<void>;
  /** How far the clock of its machine is off. */
  readonly clockOffMs?: number;
  readonly dnsNames?: readonly string[];
  /** Whose keys it makes: two that must not be alike have two labels. */
  readonly label?: string;
}

export class RotationStage {
  readonly api = new MemoryApi(START_MS);
  readonly settings: CertificatesSettings;
  readonly #folder: string;
  readonly #statuses = new Map<string, string>();
  #passedMs = 0;

  constructor(folder: string, overrides: Partial<CertificatesSettings> = {}) {
    this.#folder = folder;
    this.settings = {
      manage: true,
      dnsNames: [],
      ipAddresses: [],
      leafLifetimeMs: 90 * DAY_MS,
      authorityLifetimeMs: 90 * DAY_MS,
      overlapMs: 0,
      settleMs: 0,
      turnMs: CERTIFICATE_LIMITS['certificates.turnMs'].default,
      startMs: CERTIFICATE_LIMITS['certificates.startMs'].default,
      ...overrides,
    };
  }

  /** Time passes for the API server and every replica. */
  pass(durationMs: number): void {
    this.#passedMs += durationMs;
    this.api.nowMs += durationMs;
  }

  /** A replica of this name, whose files are those of one of this name before it. */
  replica(name: string, options: ReplicaOptions = {}): StagedReplica {
    const { gate, clockOffMs = 0, dnsNames = ['holdfast.holdfast-system.svc'] } = options;
    const folder = join(this.#folder, name);
    makeFolder(folder);
    const files = { certificateFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
    const clock: Clock = {
      wallMs: () => START_MS + this.#passedMs + clockOffMs,
      monotonicMs: () => monotonicMs(this.#passedMs),
    };
    const telemetry = recordTelemetry();
    const keeper = new CertificateKeeper({
      cluster: new CertificateCluster({
        client: this.api.client(gate),
        clock,
        namespace: NAMESPACE,
        registrationName: 'holdfast',
        webhookNames: new Set(Object.values(WEBHOOKS).flat()),
        ownWebhookName: 'self.holdfast.dev',
      }),
      election: this.#elect(name, options),
      issuer: issueFromPool(options.label ?? 'replica'),
      replica: name,
      files,
      names: { dnsNames, ipAddresses: [] },
      settings: this.settings,
      clock,
      ...telemetry,
    });
    const certificatePem = (): string => {
      try {
        return readFileSync(files.certificateFile, 'utf8');
      } catch {
        return '';
      }
    };
    return {
      name,
      keeper,
      telemetry,
      certificatePem,
      reload: () => keeper.serve(certificatePem()),
    };
  }

  /** How many webhooks have a bundle by which a certificate is not trusted. */
  untrusting(certificatePem: string): number {
    const chain = parseCertificates(certificatePem);
    return this.api.bundles().filter((bundle) => {
      const authorities = parseCertificates(bundle);
      return matchAuthorities({ chain, authorities, nowMs: this.api.nowMs }).length === 0;
    }).length;
  }

  #elect(name: string, { leads = false }: ReplicaOptions): LeaderElection {
    return {
      renew: (status) => {
        this.#statuses.set(name, status);
        const others = [...this.#statuses].filter(([replica]) => replica !== name);
        return Promise.resolve({
          leads: typeof leads === 'boolean' ? leads : leads(),
          others: others.map(([replica, text]) => ({ replica, heartbeat: '', text })),
        });
      },
      holds: () => true,
      release: () => {
        this.#statuses.delete(name);
        return Promise.resolve();
      },
    };
  }
}
