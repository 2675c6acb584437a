/** A scanner with an API server, a journal and a state in memory. */
import { AdmissionJudge, type OwnAdmission } from '../../src/drift/admission/admission-judge.ts';
import { createAdmissionComparer } from '../../src/drift/admission/compare-admission.ts';
import { DriftScanner } from '../../src/drift/drift-scanner.ts';
import type { DriftFinding } from '../../src/drift/drift-finding.ts';
import { DriftState, type ObjectRow, type OpenFinding } from '../../src/drift/drift-state.ts';
import { FindingBook } from '../../src/drift/finding-book.ts';
import { RecentDecisions } from '../../src/drift/recent-decisions.ts';
import { reduceObject } from '../../src/drift/reduce-object.ts';
import { driftSchema } from '../../src/drift/settings.ts';
import type { ApiReading } from '../../src/kubernetes/client/cluster-client.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { HIDE_SECRETS } from '../../src/ownership/change.ts';
import { createMarkFinder } from '../../src/ownership/find-mark.ts';
import { GITOPS_MANAGERS } from '../../src/ownership/parse-field-owners.ts';
import type { ObjectEvent } from '../../src/drift/object-event.ts';
import { OWN_ADMISSION } from './drift-admission-samples.ts';
import { CONFIG_MAP_KEY, CONFIG_MAPS } from './drift-samples.ts';
import { MemoryJournal } from './memory-journal.ts';
import { recordTelemetry } from './recording-telemetry.ts';
import { clockOf, settle } from './simulated-time.ts';
import { waitUntil } from './wait-until.ts';

export const STAGE_TIME_MS = Date.UTC(2026, 0, 5, 8);

export interface DriftStageOptions {
  readonly journal?: MemoryJournal;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Called where other replicas are asked. */
  readonly hearOthers?: (decisions: RecentDecisions) => void;
  /** What it is about. @default the ConfigMap `checkout` */
  readonly place?: ObjectPlace;
  /** What the API server has beside the object. @default nothing */
  readonly readBeside?: (path: string) => ApiReading;
  /** @default OWN_ADMISSION */
  readonly own?: Partial<OwnAdmission>;
}

const ABSENT: ApiReading = { status: 'absent' };

type ObjectPlace = Pick<ObjectEvent, 'served' | 'key' | 'namespace' | 'name'>;

const CHECKOUT: ObjectPlace = {
  served: CONFIG_MAPS,
  key: CONFIG_MAP_KEY,
  namespace: 'shop',
  name: 'checkout',
};

export class DriftStage {
  readonly journal: MemoryJournal;
  readonly rows = new Map<string, ObjectRow>();
  readonly open = new Map<string, OpenFinding>();
  readonly told: DriftFinding[] = [];
  readonly telemetry = recordTelemetry();
  readonly scanner: DriftScanner;
  readonly state: DriftState;
  /** How often the API server was asked. */
  reads = 0;
  /** Set to make reads fail. */
  fault: ApiReading | undefined;
  #stored: KubernetesObject | undefined;
  readonly #place: ObjectPlace;

  constructor(options: DriftStageOptions = {}) {
    const { journal = new MemoryJournal(), settings = {}, hearOthers } = options;
    const { readBeside = () => ABSENT } = options;
    this.#place = options.place ?? CHECKOUT;
    this.journal = journal;
    this.state = new DriftState(journal.state);
    const { controllers, mutators, ...limits } = driftSchema.parse({ settleMs: 0, ...settings });
    const decisions = new RecentDecisions({ journal, afterSequence: 0, decisionsMax: 1000 });
    const findMark = createMarkFinder({
      argocd: { namespace: 'argocd', trackingMethod: 'annotation' },
    });
    const book = new FindingBook({
      ...this.telemetry,
      open: this.open,
      openMax: limits.openMax,
      state: this.state,
      leads: () => true,
      record: (finding) => {
        this.told.push(finding);
        return Promise.resolve(`D${this.told.length}`);
      },
    });
    const sets = { gitopsManagers: new Set(GITOPS_MANAGERS), controllers: new Set(controllers) };
    const clock = clockOf(() => STAGE_TIME_MS);
    const admission = new AdmissionJudge({
      ...sets,
      findManager: (object, { group, kind, namespace = '', name }) => {
        const mark = findMark(object, { group, kind, namespace, name });
        return mark?.self === true ? { tool: mark.tool, app: mark.app } : undefined;
      },
      client: { read: (path) => Promise.resolve(readBeside(path)) },
      rows: this.rows,
      mutators,
      own: { ...OWN_ADMISSION, ...options.own },
      argocdNamespace: 'argocd',
      clock,
    });
    this.scanner = new DriftScanner({
      ...this.telemetry,
      read: () => {
        this.reads += 1;
        return Promise.resolve(this.fault ?? this.#answer());
      },
      state: this.state,
      rows: this.rows,
      book,
      decisions,
      hearOthers: () => {
        hearOthers?.(decisions);
        return Promise.resolve();
      },
      admission,
      findManager: admission.findManager,
      reduce: (object) => reduceObject(object, { hider: HIDE_SECRETS, isSecret: false }),
      compare: createAdmissionComparer({
        ...sets,
        textCharsMax: 120,
        nodesMax: 100_000,
        fieldNodesMax: 100_000,
        instanceLabelKey: () => undefined,
        isManaged: admission.isManaged,
        isKnownMutator: admission.isKnownMutator,
      }),
      settings: limits,
      clock,
      // A turn of the event loop: what is tried again and again must not keep it.
      wait: () => settle(),
    });
  }

  /** Loads what an earlier stage with the same journal has left. */
  async resume(): Promise<void> {
    const { rows, open } = await this.state.load();
    for (const [key, row] of rows) this.rows.set(key, row);
    for (const [key, one] of open) this.open.set(key, one);
  }

  /** The API server has this now, and its watch says so; resolves when that has an outcome. */
  async see(object: KubernetesObject | undefined, isFirst = false): Promise<void> {
    this.store(object);
    this.offer(object, isFirst);
    await this.idle();
  }

  /** Only the API server has it. */
  store(object: KubernetesObject | undefined): void {
    this.#stored = object;
  }

  offer(metadata: KubernetesObject | undefined, isFirst = false): void {
    this.scanner.offer({ ...this.#place, metadata, isFirst });
  }

  async idle(): Promise<void> {
    await waitUntil(() => this.scanner.waiting === 0);
  }

  #answer(): ApiReading {
    return this.#stored === undefined
      ? { status: 'absent' }
      : { status: 'read', body: structuredClone(this.#stored) };
  }
}
