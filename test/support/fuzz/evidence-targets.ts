/** Parsers of what git, registries, servers of trust and our own files say. */
import { parseReviewFile } from '../../../src/authoring/testing/parse-review-file.ts';
import {
  parseReplayLine,
  parseReplayRecord,
} from '../../../src/compose/replay/parse-replay-line.ts';
import { parseMoment } from '../../../src/audit/query/parse-moment.ts';
import { parseObjectPattern } from '../../../src/audit/query/parse-object-pattern.ts';
import { parseRecord } from '../../../src/audit/journal/parse-record.ts';
import { parseRemoved } from '../../../src/audit/verify/parse-segment-meta.ts';
import { parseDeadLetter, parseLetterEntry } from '../../../src/delivery/parse-dead-letter.ts';
import { parseGrant } from '../../../src/identity/grants/parse-grant.ts';
import { parseImagePath } from '../../../src/image/parse-image-path.ts';
import { parseReference } from '../../../src/image/parse-reference.ts';
import { parseChallenges } from '../../../src/image/registry/parse-challenges.ts';
import {
  parseDockerConfig,
  parseLegacyDockerConfig,
} from '../../../src/image/registry/parse-docker-config.ts';
import { parseManifest } from '../../../src/image/registry/parse-manifest.ts';
import { parseNextLink } from '../../../src/image/registry/parse-next-link.ts';
import { parseAcrHost } from '../../../src/image/registry/providers/parse-acr-host.ts';
import { parseCloudError } from '../../../src/image/registry/providers/parse-cloud-error.ts';
import { parseEcrHost } from '../../../src/image/registry/providers/parse-ecr-host.ts';
import { parseDeployedVersion } from '../../../src/source/lineage/parse-deployed-version.ts';
import { parseStatement } from '../../../src/source/lineage/parse-statement.ts';
import { parseManifests } from '../../../src/source/manifest/parse-manifests.ts';
import { parsePathPattern } from '../../../src/source/manifest/parse-path-pattern.ts';
import { parseQuantity } from '../../../src/source/manifest/parse-quantity.ts';
import { parseGitVersion } from '../../../src/source/mirror/parse-git-version.ts';
import { parseNumstat } from '../../../src/source/mirror/parse-numstat.ts';
import {
  parseObjectBatch,
  parseObjectSizes,
} from '../../../src/source/mirror/parse-object-batch.ts';
import { parseObjectOutput } from '../../../src/source/mirror/parse-object-output.ts';
import { parseRawDiff } from '../../../src/source/mirror/parse-raw-diff.ts';
import { parseRefList } from '../../../src/source/mirror/parse-ref-list.ts';
import {
  parseTrackedFallback,
  parseTrackedRef,
} from '../../../src/source/mirror/parse-tracked-ref.ts';
import { parseTreeObject } from '../../../src/source/mirror/parse-tree-object.ts';
import { parseApplicationSources } from '../../../src/source/parse-application-sources.ts';
import { parseApplication } from '../../../src/source/parse-application.ts';
import { parseFluxApplier } from '../../../src/source/parse-flux-sources.ts';
import { parseHydratorNote } from '../../../src/source/parse-hydrator-note.ts';
import { parseRenderParameters } from '../../../src/source/parse-render-parameters.ts';
import { parseRepositoryUrl } from '../../../src/source/parse-repository-url.ts';
import { parseRevision } from '../../../src/source/parse-revision.ts';
import { parseClusterSecret } from '../../../src/kubernetes/hub/parse-cluster-secret.ts';
import { parseLease } from '../../../src/kubernetes/leader-election/parse-lease.ts';
import { textTarget, valueTarget, type FuzzTarget } from './fuzz-target.ts';

const ID = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';
const OTHER_ID = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const OCI = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const DESCRIPTOR = { mediaType: OCI, digest: `sha256:${'0'.repeat(64)}`, size: 2 };
const RECORD = {
  version: 1,
  id: 'a',
  time: '2026-01-01T00:00:00Z',
  request: { operation: 'CREATE' },
};
const SOURCE = { repoURL: 'https://git.example.com/a', targetRevision: 'main', path: 'p' };
const APPLICATION = {
  metadata: { name: 'a', namespace: 'argocd' },
  spec: { source: SOURCE, destination: { namespace: 'shop', server: 'https://x' } },
  status: { sync: { revision: ID }, operationState: { operation: { sync: { revision: ID } } } },
};

export const EVIDENCE_TARGETS: readonly FuzzTarget[] = [
  textTarget('audit/query/parse-moment', ['2026-01-01T00:00:00Z', '2h', '7d'], (text) =>
    parseMoment(text, 0),
  ),
  textTarget('audit/query/parse-object-pattern', ['deployments.apps/shop/*', 'nodes/a'], (text) =>
    parseObjectPattern(text),
  ),
  textTarget('audit/journal/parse-record', [JSON.stringify(RECORD)], (text) => parseRecord(text)),
  textTarget(
    'audit/verify/parse-segment-meta',
    ['{"segment": "a", "firstSequence": 1, "lastSequence": 2, "headHash": "00"}'],
    (text) => parseRemoved(text),
  ),
  textTarget(
    'delivery/parse-dead-letter',
    [JSON.stringify({ sink: 'a', sequence: 1, hash: '00', record: RECORD })],
    (text) => [parseDeadLetter('letter/a/1', text), parseLetterEntry(text)],
  ),
  textTarget(
    'identity/grants/parse-grant',
    ['{"version": 1, "id": "a", "subject": "b", "reason": "c"}'],
    (text) => parseGrant(text),
  ),
  textTarget('image/parse-image-path', ['spec.template.spec.containers.*.image'], (text) =>
    parseImagePath(text),
  ),
  {
    ...textTarget(
      'image/parse-reference',
      [
        'nginx',
        'registry.example.com:5000/a/b:1.0@sha256:' + '0'.repeat(64),
        'localhost/a',
        '[::1]:5000/a:b',
      ],
      (text) => parseReference(text),
    ),
  },
  textTarget(
    'image/registry/parse-challenges',
    [
      'Bearer realm="https://a/b",service="c",scope="d:e:f,g", Basic realm="x\\"y"',
      'Negotiate YWJj==',
    ],
    (text) => parseChallenges(text),
  ),
  {
    name: 'image/registry/parse-docker-config',
    form: 'json',
    seeds: [
      '{"auths": {"https://a.example.com/v1/": {"auth": "YTpi"}, "b": {"username": "c", "password": "d"}}}',
    ],
    parse: (bytes) => [parseDockerConfig(bytes), parseLegacyDockerConfig(bytes)],
  },
  {
    name: 'image/registry/parse-manifest',
    form: 'json',
    seeds: [
      {
        schemaVersion: 2,
        mediaType: OCI,
        config: DESCRIPTOR,
        layers: [DESCRIPTOR],
        subject: DESCRIPTOR,
      },
      {
        schemaVersion: 2,
        mediaType: INDEX,
        manifests: [{ ...DESCRIPTOR, annotations: { a: 'b' } }],
      },
    ].map((each) => JSON.stringify(each)),
    parse: (bytes) => [
      parseManifest(bytes, OCI),
      parseManifest(bytes, INDEX),
      parseManifest(bytes, ''),
    ],
  },
  textTarget(
    'image/registry/parse-next-link',
    ['</v2/a?n=1>; rel="next"', '<a>; rel=b, <c>; rel="next"'],
    (text) => parseNextLink(text),
  ),
  textTarget(
    'image/registry/providers/parse-acr-host',
    ['shop.azurecr.io', 'a.azurecr.cn'],
    (text) => parseAcrHost(text),
  ),
  textTarget(
    'image/registry/providers/parse-ecr-host',
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'public.ecr.aws'],
    (text) => parseEcrHost(text),
  ),
  {
    name: 'image/registry/providers/parse-cloud-error',
    form: 'json',
    seeds: ['{"error": {"code": "a", "message": "b"}}', '{"__type": "a", "message": "b"}'],
    parse: (bytes) => parseCloudError(bytes),
  },
  textTarget(
    'source/manifest/parse-manifests',
    [
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: List\nitems: []\n',
    ],
    (text) => parseManifests(text, { aliasesMax: 20, objectsMax: 50 }),
  ),
  textTarget(
    'source/manifest/parse-path-pattern',
    ['spec.containers[*].image', '/spec/a~1b', 'metadata.labels["a.b"]'],
    (text) => parsePathPattern(text),
  ),
  textTarget('source/manifest/parse-quantity', ['1.5Gi', '100m', '1e3', '-0.1k'], (text) =>
    parseQuantity(text),
  ),
  textTarget('source/mirror/parse-git-version', ['git version 2.43.0\n'], (text) =>
    parseGitVersion(text),
  ),
  {
    name: 'source/mirror/parse-numstat',
    seeds: ['1\t2\ta b\0-\t-\tc\0'],
    parse: (bytes) => parseNumstat(bytes),
  },
  {
    name: 'source/mirror/parse-object-batch',
    seeds: [`${ID} blob 0\n\n${OTHER_ID} tree 0\n\n`, `${ID} missing\n`],
    parse: (bytes) => {
      const sizes = parseObjectSizes(bytes, [ID, OTHER_ID]);
      const wanted = [
        { objectId: ID, sizeBytes: 0 },
        { objectId: OTHER_ID, sizeBytes: 0 },
      ];
      return [sizes, parseObjectBatch(bytes, sizes ?? wanted), parseObjectBatch(bytes, wanted)];
    },
  },
  {
    name: 'source/mirror/parse-object-output',
    seeds: [`${ID} blob 0\n\n`, `${ID} missing\n`, `${ID} commit 3\nabc\n`],
    parse: (bytes) => parseObjectOutput(bytes, ID),
  },
  {
    name: 'source/mirror/parse-raw-diff',
    seeds: [`:100644 100755 ${ID} ${OTHER_ID} M\0a b\0:000000 160000 ${ID} ${OTHER_ID} A\0c\0`],
    parse: (bytes) => parseRawDiff(bytes),
  },
  textTarget(
    'source/mirror/parse-ref-list',
    [`${ID}\trefs/heads/main\n${OTHER_ID}\trefs/tags/v1^{}\n`],
    (text) => {
      const tracked = parseTrackedFallback('main');
      return tracked && parseRefList(text, tracked);
    },
  ),
  textTarget(
    'source/mirror/parse-tracked-ref',
    ['main', 'refs/tags/v1', '^1.2', ID, 'HEAD'],
    (text) => [parseTrackedRef(text), parseTrackedFallback(text)],
  ),
  {
    name: 'source/mirror/parse-tree-object',
    seeds: [
      Buffer.concat([
        Buffer.from('100644 a\0'),
        Buffer.alloc(20, 1),
        Buffer.from('40000 b\0'),
        Buffer.alloc(20, 2),
      ]),
    ],
    parse: (bytes) => parseTreeObject(bytes, 20),
  },
  valueTarget('source/parse-application-sources', [APPLICATION], (value) =>
    parseApplicationSources(value),
  ),
  valueTarget('source/lineage/parse-deployed-version', [APPLICATION], (value) => [
    parseDeployedVersion('Application', value),
    parseDeployedVersion('Kustomization', value),
  ]),
  textTarget(
    'source/lineage/parse-statement',
    [
      `{"cluster": "a", "kind": "Application", "namespace": "b", "name": "c", "revision": "${ID}", "issuedAt": "2026-01-01T00:00:00Z"}`,
    ],
    (text) => parseStatement(text),
  ),
  valueTarget('source/parse-application', [APPLICATION], (value) => parseApplication(value)),
  valueTarget(
    'source/parse-flux-sources',
    [
      {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name: 'a', namespace: 'b' },
        spec: { sourceRef: { kind: 'GitRepository', name: 'c' }, path: './p' },
        status: { lastAppliedRevision: `main@sha1:${ID}` },
      },
    ],
    (value) => parseFluxApplier(value),
  ),
  {
    name: 'source/parse-hydrator-note',
    form: 'json',
    seeds: [JSON.stringify({ drySHA: ID, repoURL: 'https://a' })],
    parse: (bytes) => parseHydratorNote(bytes),
  },
  valueTarget(
    'source/parse-render-parameters',
    [
      {
        repoURL: 'a',
        helm: { values: 'a: b', parameters: [{ name: 'x', value: 'y' }], valueFiles: ['v'] },
      },
      { kustomize: { images: ['a=b:1'], patches: [{ patch: '-' }] } },
      { directory: { recurse: true } },
    ],
    (value) => parseRenderParameters(value),
  ),
  textTarget(
    'source/parse-repository-url',
    [
      'https://git.example.com/a/b.git',
      'ssh://git@host:22/a',
      'git@host:a/b',
      'https://u:p@h/x%2fy',
      'file:///a/../b',
    ],
    (text) => parseRepositoryUrl(text),
  ),
  textTarget(
    'source/parse-revision',
    [`main@sha1:${ID}`, ID, 'v1.0.0', `sha256:${'0'.repeat(64)}`],
    (text) => parseRevision(text),
  ),
  valueTarget(
    'kubernetes/hub/parse-cluster-secret',
    [
      {
        metadata: { labels: { 'argocd.argoproj.io/secret-type': 'cluster' } },
        data: { name: 'YQ==', server: 'aHR0cHM6Ly9h', config: 'e30=' },
      },
    ],
    (value) => parseClusterSecret(value),
  ),
  valueTarget(
    'kubernetes/leader-election/parse-lease',
    [
      {
        metadata: { resourceVersion: '1', annotations: { a: 'b' } },
        spec: {
          holderIdentity: 'a',
          leaseDurationSeconds: 15,
          renewTime: '2026-01-01T00:00:00.000000Z',
          leaseTransitions: 1,
        },
      },
    ],
    (value) => parseLease(value),
  ),
  textTarget(
    'authoring/testing/parse-review-file',
    ['cases:\n  - name: a\n    review: { operation: CREATE }\n    expect: { allowed: true }\n'],
    (text) => {
      const parsed = parseReviewFile(Buffer.from(text));
      // A function equals itself alone, so the answer is compared by the lines that it gives.
      return parsed.ok
        ? [parsed.content, parsed.content.cases.map((_, index) => parsed.rowOf(index))]
        : parsed;
    },
  ),
  textTarget(
    'compose/replay/parse-replay-line',
    [JSON.stringify(RECORD), JSON.stringify({ record: RECORD }), '{"kind":"AdmissionReview"}'],
    (text) => [parseReplayLine(text), parseReplayRecord(text)],
  ),
];
