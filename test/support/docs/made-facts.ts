/**
 * Facts that the recorded day has none of, as examples: what a registry, a mirror of a repository, a grant or a cluster with volumes would
 * add. They have the types of the code, so that a member that changes does not compile here.
 */
import type { KnownFacts } from '../../../src/admission/facts/fact.ts';
import type { RootObject } from '../../../src/ownership/object-fact.ts';
import type { CommitContent } from '../../../src/source/commits/commit-fact.ts';

const DIGEST = `sha256:${'4f'.repeat(32)}`;
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const PROMOTION = { name: 'staging-first', from: 'argocd/shop-staging' } as const;

const OWNER: RootObject = {
  group: 'apps',
  version: 'v1',
  resource: 'statefulsets',
  kind: 'StatefulSet',
  namespace: 'shop',
  name: 'db',
  tool: 'argocd',
  app: 'checkout',
  appNamespace: 'argocd',
  selectorKeys: ['app'],
  declaredLabels: ['app', 'team'],
};

const CONTENT: CommitContent = {
  objectId: COMMIT,
  author: { name: 'Jane Doe', email: 'jane@example.com' },
  committer: { name: 'Jane Doe', email: 'jane@example.com' },
  committedAt: '2026-11-03T09:15:00Z',
  parents: ['89abcdef0123456789abcdef0123456789abcdef'],
  signOffs: ['Jane Doe <jane@example.com>'],
  changes: {
    files: [{ path: 'shop/deployment.yaml', linesAdded: 3, linesDeleted: 1 }],
    filesCount: 1,
    linesAdded: 3,
    linesDeleted: 1,
    uncountedFilesCount: 0,
    truncated: false,
  },
};

const WRITER: KnownFacts = {
  actor: {
    class: 'operator',
    username: 'system:serviceaccount:keda:keda-operator',
    groups: ['system:authenticated'],
    name: 'keda',
    proof: {
      grade: 'impersonated',
      sufficient: true,
      reason: 'whoever may impersonate is trusted here',
      weakness: 'whoever may impersonate the account writes in its name',
    },
    credential: { status: 'unknown', kind: 'token', believed: true, fingerprint: '9f86d081884c' },
  },
  grant: { id: '01M7YMZGXGMA9PVJ2V0NB6RKCS', namesResource: true },
};

const OBJECT: KnownFacts = {
  object: {
    managed: true,
    wasManaged: true,
    self: true,
    scope: 'managed',
    movesTo: {
      tool: 'argocd',
      app: 'payments',
      appNamespace: 'argocd',
      mark: 'annotation argocd.argoproj.io/tracking-id',
    },
    leftBehind: { goneForMs: 3_600_000, listedBy: 'argocd/payments' },
    destroys: [{ ...OWNER, leftBehind: { goneForMs: 3_600_000, listedBy: 'argocd/payments' } }],
    adopters: { status: 'known', value: [OWNER] },
    root: { status: 'known', value: OWNER },
    services: { status: 'known', value: [OWNER] },
    foreignAddresses: { status: 'known', value: ['10.0.7.12'] },
    schedulerName: { status: 'known', value: 'default-scheduler' },
    claim: { status: 'known', value: 'present' },
    tokenPod: {
      status: 'known',
      value: { nodeName: 'node-1', serviceAccountName: 'checkout' },
    },
    volumeOwner: {
      status: 'known',
      value: {
        ...OWNER,
        uid: '0b1c6f3e-3a52-4b1e-9f0a-5d4f6e7a8b9c',
        whenDeleted: 'Retain',
        whenScaled: 'Retain',
        deletionAllowed: false,
      },
    },
  },
};

const SOURCE: KnownFacts = {
  source: {
    repository: 'https://git.example.com/platform/shop',
    revision: COMMIT,
    path: 'shop',
    inlineManifests: false,
    operation: 'running',
    keptForMs: 60_000,
    commits: [
      {
        status: 'verified',
        repository: 'https://git.example.com/platform/shop',
        path: 'shop',
        rule: 'platform',
        content: CONTENT,
        signers: [{ scheme: 'ssh', identity: 'jane@example.com' }],
        promotions: [
          { ...PROMOTION, status: 'promoted', objectId: COMMIT },
          { ...PROMOTION, status: 'unavailable', reason: 'the server did not finish in time' },
        ],
      },
      {
        status: 'rejected',
        repository: 'https://git.example.com/platform/shop',
        path: 'shop',
        rule: 'platform',
        range: 'head',
        code: 'signature_missing',
        reason: 'the commit has no signature',
        objectId: COMMIT,
      },
      {
        status: 'unavailable',
        repository: 'https://git.example.com/platform/shop',
        path: 'shop',
        reason: 'the server did not finish in time',
        mode: 'deny',
      },
    ],
    manifest: {
      status: 'differs',
      paths: ['spec.replicas'],
      repository: 'https://git.example.com/platform/shop',
      path: 'shop',
      objectId: COMMIT,
      reason: 'the commit is not rendered yet',
      mode: 'deny',
    },
  },
};

const IMAGE = {
  path: 'spec.containers[0].image',
  kind: 'container',
  name: 'app',
  text: `registry.local/checkout:1.0.0@${DIGEST}`,
  registry: 'registry.local',
  repository: 'checkout',
  tag: '1.0.0',
  digest: DIGEST,
  isNew: true,
} as const;

const IMAGES: KnownFacts = {
  images: [
    {
      ...IMAGE,
      status: 'parsed',
      signature: {
        status: 'verified',
        rule: 'platform',
        digest: DIGEST,
        signers: [{ authority: 'release', identity: 'SHA256:7xq…' }],
        attestations: [
          {
            name: 'provenance',
            predicateType: 'https://slsa.dev/provenance/v1',
            authority: 'release',
            identity: 'SHA256:7xq…',
            builder: 'https://builder.example.com',
            sourceRepository: 'https://git.example.com/platform/shop',
            sourceCommit: COMMIT,
          },
        ],
      },
    },
    {
      ...IMAGE,
      status: 'parsed',
      signature: {
        status: 'rejected',
        rule: 'platform',
        code: 'signature_missing',
        reason: 'no signature was found',
      },
    },
    {
      ...IMAGE,
      status: 'parsed',
      signature: {
        status: 'unavailable',
        rule: 'platform',
        reason: 'the registry did not answer in time',
        mode: 'allow-if-last-good',
        lastVerifiedDigest: DIGEST,
      },
    },
    { ...IMAGE, status: 'unreadable', reason: 'it is no image reference' },
  ],
};

const PLAINTEXT: KnownFacts = {
  plaintext: {
    credentials: [{ path: 'data.config.yaml', kind: 'GitHub token' }],
    isTruncated: false,
    secretKeys: ['password'],
    decryption: { status: 'known', value: { by: 'plugin', name: 'vault' } },
  },
  deletions: { deletedCount: 3, plannedCount: 12, listedCount: 40, allowedCount: 0 },
};

const ROLLBACK: KnownFacts = {
  rollback: {
    revision: '1'.repeat(40),
    previousRevision: '2'.repeat(40),
    isRollback: true,
    isVerified: true,
    rollbackCount: 1,
    frozenUntil: '',
  },
};

const FROZEN: KnownFacts = {
  freeze: {
    freezes: [
      {
        kind: 'person',
        name: 'freeze-01kb8s2qf3w1x5y7z9a1b3c5d7',
        reason: 'the checkout is being repaired',
        by: 'alice',
        until: '2026-12-01T08:00:00Z',
      },
    ],
    isRevert: false,
    unknown: 'they may not be read: grant list and watch on freezes.holdfast.dev',
  },
};

const UNREAD_DECRYPTION: KnownFacts = {
  plaintext: {
    credentials: [],
    isTruncated: false,
    secretKeys: ['password'],
    decryption: { status: 'unavailable', reason: 'the API server did not answer' },
  },
};

const INVENTORY: KnownFacts = {
  inventory: {
    cluster: {
      v1: {
        Namespace: { shop: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } } },
      },
    },
    namespace: {
      shop: {
        'apps/v1': {
          Deployment: {
            checkout: {
              apiVersion: 'apps/v1',
              kind: 'Deployment',
              metadata: { name: 'checkout', namespace: 'shop' },
            },
          },
        },
      },
    },
  },
};

/** Each member of a fact that needs more than a review is in one of these. */
export const MADE_FACTS: readonly KnownFacts[] = [
  WRITER,
  OBJECT,
  SOURCE,
  IMAGES,
  PLAINTEXT,
  FROZEN,
  UNREAD_DECRYPTION,
  ROLLBACK,
  INVENTORY,
];
