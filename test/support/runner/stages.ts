/** Every stage of the tests: which files or program it runs, which programs must be built for it, and how. */
import type { ProgramName } from '../assets/programs.ts';

/** In the order in which they run: the cheap ones first, then those whose programs are built first. */
export const STAGE_NAMES = [
  'types',
  'lint',
  'format',
  'dead-code',
  'tidy',
  'docs',
  'unit',
  'conformance',
  'integration',
  'coverage',
  'rego',
  'cluster',
  'deploy',
  'targets',
  'exhaustive',
  'attack',
  'matrix',
  'e2e',
  'versions',
] as const;

export type StageName = (typeof STAGE_NAMES)[number];

/** `checks` and `default` are what `npm test` runs, `rest` is what `npm run test:all` runs besides. */
export type StageGroup = 'checks' | 'default' | 'rest';

export type StageWork =
  /** A program of a package that counts as one test. */
  | { readonly kind: 'tool'; readonly argv: readonly string[] }
  | { readonly kind: 'files'; readonly files: FilesWork }
  | { readonly kind: 'coverage' }
  | {
      readonly kind: 'rego';
      /** Folders with Rego tests. */
      readonly folders: readonly string[];
      /** Folders with Rego, each a bundle of its own. */
      readonly sources: readonly string[];
    };

export interface FilesWork {
  /** Test files, and folders with a slash at the end. */
  readonly paths: readonly string[];
  /** Files below `paths` that belong to another stage. */
  readonly except?: readonly string[];
  /** The slowest files: they start first, so that none of them runs alone at the end. */
  readonly first?: readonly string[];
  /** Files of one folder share a process, except those below these folders, each of which has its own. @default none share */
  readonly shareExcept?: readonly string[];
  /** How many processes run at once. */
  readonly atOnce: number;
  /** A process that takes longer is stopped and fails. */
  readonly deadlineMs: number;
  /**
   * Whose cluster the files run against: each its own; one that those share which ask for it; or one with Argo CD and an
   * application for each. @default own
   */
  readonly cluster?: 'own' | 'shared' | 'gitops';
}

export interface Stage {
  readonly group: StageGroup;
  readonly work: StageWork;
  /** Programs that are there before the stage begins, in the order of their builds. */
  readonly needs: readonly ProgramName[];
  /** Whether V8 writes down what the stage covers of `src/`. */
  readonly isCovered?: boolean;
}

/** Two cores are what the smallest build machine has. */
const CORES = 2;
const MINUTE_MS = 60_000;
/** Ten times what the slowest file takes on an idle machine: a file that takes longer hangs. */
const FILE_DEADLINE_MS = 10 * MINUTE_MS;

/** Twenty minutes on an idle machine. */
const EXHAUSTIVE_DEADLINE_MS = 120 * MINUTE_MS;

/** As above, for a machine that does other things beside. */
const MATRIX_DEADLINE_MS = 40 * MINUTE_MS;

/** Attacks on what lies on disk need no cluster, and cover what verifies it: they run where coverage is counted. */
const OFFLINE_ATTACKS = [
  'test/attack/journal-tampering.test.ts',
  'test/attack/journal-tampering-heads.test.ts',
];

/** Unit tests that wait for threads and files for seconds: others go on beside them. */
const SLOW_UNITS = [
  'test/unit/compose/delivery-supervisor.test.ts',
  'test/unit/compose/service.test.ts',
  'test/unit/certificates/ensure-certificates.test.ts',
];

/** The rules of the repository run with their own stages. */
const TIDY = ['test/tidy.test.ts', 'test/support/tidy/'];
const DOCS = ['test/docs.test.ts', 'test/support/docs/'];

const REGO_SOURCES = [
  'policies',
  'test/bench/policies',
  'test/bench/policies-runaway',
  'test/fixtures/policies/judging',
  'test/fixtures/policies/successor',
];

/** The file that needs the real Loki, whose build takes longer than all the other targets together. */
export const LOKI_FILE = 'test/targets/loki.test.ts';

function check(...argv: readonly string[]): Stage {
  return { group: 'checks', work: { kind: 'tool', argv }, needs: [] };
}

function runFiles(
  group: StageGroup,
  needs: readonly ProgramName[],
  files: Pick<FilesWork, 'paths'> & Partial<FilesWork>,
): Stage {
  const limits = { atOnce: CORES, deadlineMs: FILE_DEADLINE_MS };
  return { group, needs, work: { kind: 'files', files: { ...limits, ...files } } };
}

/** The table. */
export const STAGES: Readonly<Record<StageName, Stage>> = {
  types: check('node_modules/typescript/bin/tsc', '-p', '.'),
  lint: check('node_modules/oxlint/bin/oxlint', '--deny-warnings', '--format=unix'),
  format: check('node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  'dead-code': check('node_modules/knip/bin/knip.js', '--no-progress'),
  tidy: runFiles('checks', [], { paths: TIDY }),
  docs: runFiles('checks', [], { paths: DOCS }),
  unit: {
    ...runFiles('default', ['opa'], {
      paths: ['test/unit/', 'test/support/'],
      except: [...TIDY, ...DOCS],
      shareExcept: ['test/support/', ...SLOW_UNITS],
      first: [...SLOW_UNITS, 'test/unit/compose/bind-guards.test.ts'],
    }),
    isCovered: true,
  },
  conformance: {
    ...runFiles('default', ['opa', 'opa-cases'], {
      paths: ['test/conformance/'],
      first: ['test/conformance/opa-cases-v0.test.ts', 'test/conformance/opa-cases-v1.test.ts'],
    }),
    isCovered: true,
  },
  integration: {
    ...runFiles('default', ['opa'], {
      paths: ['test/integration/', ...OFFLINE_ATTACKS],
      first: [
        'test/integration/journal-crash.test.ts',
        'test/integration/typed-documents.test.ts',
        'test/integration/serve-command.test.ts',
      ],
    }),
    isCovered: true,
  },
  coverage: { group: 'default', work: { kind: 'coverage' }, needs: [] },
  rego: {
    group: 'default',
    work: { kind: 'rego', folders: ['policies'], sources: REGO_SOURCES },
    needs: ['opa'],
  },
  cluster: runFiles('default', ['opa', 'control-plane', 'helm'], {
    paths: ['test/cluster/'],
    // A third of the time, a file waits for what a cluster does.
    atOnce: 3,
    first: ['test/cluster/watch.test.ts', 'test/cluster/innocents.test.ts'],
    cluster: 'shared',
  }),
  deploy: runFiles('default', ['opa', 'control-plane', 'helm', 'kubeconform', 'promtool'], {
    paths: ['test/deploy/'],
  }),
  // What the default stages do with a sample: every mutant of the policies, a thousand power failures.
  exhaustive: runFiles('rest', ['opa'], {
    paths: ['test/exhaustive/'],
    first: [
      'test/exhaustive/policy-mutants.test.ts',
      'test/exhaustive/journal-faulty-disk.test.ts',
    ],
    deadlineMs: EXHAUSTIVE_DEADLINE_MS,
  }),
  targets: runFiles(
    'rest',
    [
      'opa',
      'nats-server',
      'rsyslogd',
      'alertmanager',
      'prometheus',
      'registry',
      'referrers-registry',
      'cosign',
      'fulcio',
      'rekor-server',
      'tesseract',
      'timestamp-server',
    ],
    {
      paths: ['test/targets/'],
    },
  ),
  attack: runFiles('rest', ['opa', 'control-plane', 'argocd'], {
    paths: ['test/attack/'],
    except: OFFLINE_ATTACKS,
    cluster: 'gitops',
  }),
  // One cluster answers tens of thousands of requests: the slowest file there is, on an idle machine some minutes.
  matrix: runFiles('rest', ['opa', 'control-plane'], {
    paths: ['test/matrix/'],
    atOnce: 1,
    deadlineMs: MATRIX_DEADLINE_MS,
  }),
  // The older programs are built last: no other stage waits for them.
  versions: runFiles(
    'rest',
    ['opa', 'control-plane', 'previous-control-plane', 'previous-argocd', 'previous-flux'],
    { paths: ['test/versions/'] },
  ),
  // Half the time, a file waits for what Argo CD or Flux do.
  e2e: runFiles('rest', ['opa', 'control-plane', 'argocd', 'flux', 'helm'], {
    paths: ['test/e2e/'],
    first: ['test/e2e/manifests.test.ts', 'test/e2e/hub.test.ts', 'test/e2e/soak.test.ts'],
  }),
};
