/** A healer with an API server and a state in memory, on a clock of its own. */
import { monotonicMs } from '../../src/base/clock.ts';
import type { OpenFinding } from '../../src/drift/drift-state.ts';
import type { HealingReport } from '../../src/drift/healing/format-healing-record.ts';
import { Healer } from '../../src/drift/healing/healer.ts';
import { HealingState } from '../../src/drift/healing/healing-state.ts';
import type { HealingHold } from '../../src/drift/healing/prepare-repair.ts';
import { healSchema } from '../../src/drift/healing/settings.ts';
import type {
  ApiReading,
  ApiWriting,
  WriteOptions,
} from '../../src/kubernetes/client/cluster-client.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import {
  applicationReference,
  type ObjectReference,
} from '../../src/kubernetes/object-reference.ts';
import { CONFIG_MAP_KEY, configMap, sampleFinding } from './drift-samples.ts';
import { MemoryJournal } from './memory-journal.ts';
import { recordTelemetry } from './recording-telemetry.ts';
import { settle } from './simulated-time.ts';

const START_MS = Date.UTC(2026, 0, 5, 8);
export const APPLICATION_PATH =
  '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/checkout';
export const OBJECT_PATH = '/api/v1/namespaces/shop/configmaps/checkout';
const SOURCE = { repoURL: 'https://git.example.com/shop' };

/** An Application that was synced once, and has nothing to do. */
export function syncedApplication(more: object = {}): object {
  return {
    metadata: { resourceVersion: '7' },
    spec: { source: SOURCE },
    status: { history: [{ revision: 'last', source: SOURCE }] },
    ...more,
  };
}

export interface HealingStageOptions {
  readonly journal?: MemoryJournal;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly application?: ObjectReference | undefined;
}

export class HealingStage {
  readonly journal: MemoryJournal;
  readonly open = new Map<string, OpenFinding>();
  readonly told: HealingReport[] = [];
  readonly writes: (WriteOptions & { readonly path: string })[] = [];
  readonly served = new Map<string, ApiReading>();
  readonly telemetry = recordTelemetry();
  intended: KubernetesObject | undefined = configMap();
  hold: HealingHold = { status: 'free' };
  answer: ApiWriting = { status: 'written', body: {} };
  /** Decision ids that somebody asked for by hand. */
  readonly requests = new Set<string>();
  /** Whether records can be kept. */
  keeps = true;
  #healer: Healer | undefined;
  #nowMs = START_MS;
  readonly #options: HealingStageOptions;

  constructor(options: HealingStageOptions = {}) {
    this.#options = options;
    this.journal = options.journal ?? new MemoryJournal();
    this.serve(APPLICATION_PATH, syncedApplication());
  }

  serve(path: string, body: unknown): void {
    this.served.set(path, { status: 'read', body });
  }

  find(key = CONFIG_MAP_KEY, more: Partial<OpenFinding> = {}): void {
    const finding = sampleFinding();
    this.open.set(key, { finding, decisionId: 'D1', reverted: false, passed: [], ...more });
  }

  /** Lets time pass, and looks at everything once. */
  async turn({ afterMs = 0, leads = true } = {}): Promise<void> {
    this.#nowMs += afterMs;
    this.#healer ??= await this.#start();
    this.#healer.takeTurn(leads);
    await this.#healer.close();
    await settle();
  }

  async #start(): Promise<Healer> {
    const { settings = {} } = this.#options;
    const application =
      'application' in this.#options
        ? this.#options.application
        : applicationReference('argocd', 'checkout');
    const state = new HealingState(this.journal.state);
    return new Healer({
      ...this.telemetry,
      settings: healSchema.parse({ applications: ['*'], ...settings }),
      open: this.open,
      readIntended: () => Promise.resolve(this.intended),
      findApplication: () => application,
      findHold: () => Promise.resolve(this.hold),
      readRequests: () => Promise.resolve(this.requests),
      client: {
        read: (path) => Promise.resolve(this.served.get(path) ?? { status: 'absent' }),
      },
      writer: {
        write: (path, options) => {
          this.writes.push({ ...options, path });
          return Promise.resolve(this.answer);
        },
      },
      record: (report) => {
        if (!this.keeps) return Promise.resolve(undefined);
        this.told.push(report);
        return Promise.resolve(`H${this.told.length}`);
      },
      state,
      remembered: await state.load(),
      clock: {
        wallMs: () => this.#nowMs,
        monotonicMs: () => monotonicMs(this.#nowMs - START_MS),
      },
    });
  }
}
