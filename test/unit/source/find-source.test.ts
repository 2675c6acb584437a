import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import {
  applicationReference,
  helmReleaseReference,
  kustomizationReference,
  type ObjectReference,
} from '../../../src/kubernetes/object-reference.ts';
import { findApplication } from '../../../src/ownership/find-application.ts';
import {
  createSourceFinder,
  type LookedUp,
  type LookUpObject,
} from '../../../src/source/find-source.ts';
import type { CommitFact } from '../../../src/source/commits/commit-fact.ts';
import { sampleActor, sampleObject, sampleRequest } from '../../support/admission-samples.ts';
import { readApplication } from '../../../src/source/read-application.ts';

const DEADLINE = monotonicMs(1);
const REQUEST = sampleRequest();
const ASKED = { request: REQUEST, deadlineAtMs: DEADLINE };
const managed = sampleObject({ tool: 'argocd', app: 'checkout' });

const human = sampleActor();

function finder(answer: LookedUp, asked: [ObjectReference, number][] = []) {
  const lookupObject: LookUpObject = (reference, deadlineAtMs) => {
    asked.push([reference, deadlineAtMs]);
    return Promise.resolve(answer);
  };
  return createSourceFinder({
    findApplication,
    argocdNamespace: 'argocd',
    isLive: true,
    lookupObject,
    lookupFresh: () => Promise.reject(new Error('A person is served by a recent answer')),
  });
}

describe('createSourceFinder()', () => {
  it('looks the application up in the namespace of Argo CD', async () => {
    const asked: [ObjectReference, number][] = [];

    await finder({ status: 'absent' }, asked)(managed, human, {
      request: REQUEST,
      deadlineAtMs: monotonicMs(5000),
    });

    assert.deepEqual(asked, [
      [
        {
          group: 'argoproj.io',
          version: 'v1alpha1',
          resource: 'applications',
          kind: 'Application',
          namespace: 'argocd',
          name: 'checkout',
        },
        5000,
      ],
    ]);
  });

  it('looks an application of another namespace up there', async () => {
    const asked: [ObjectReference, number][] = [];

    await finder({ status: 'absent' }, asked)({ ...managed, appNamespace: 'team-a' }, human, {
      request: REQUEST,
      deadlineAtMs: monotonicMs(5000),
    });

    assert.equal(asked[0]?.[0].namespace, 'team-a');
  });

  it('knows no source for what Argo CD does not manage, and does not ask', async () => {
    const asked: [ObjectReference, number][] = [];
    const find = finder({ status: 'absent' }, asked);

    assert.deepEqual(await find(sampleObject({ tool: 'flux', app: 'a' }), human, ASKED), {
      status: 'known',
      value: null,
    });
    assert.deepEqual(await find(sampleObject({ tool: 'argocd' }), human, ASKED), {
      status: 'known',
      value: null,
    });
    assert.deepEqual(asked, []);
  });

  it('says that the application deploys to another cluster', async () => {
    const find = finder({ status: 'absent', isElsewhere: true });
    const found = await find(managed, human, ASKED);
    assert.equal(found.status === 'known' && found.value?.operation, 'elsewhere');
  });

  it('lets no writer begin by what the hub said last', async () => {
    const find = createSourceFinder({
      findApplication,
      argocdNamespace: 'argocd',
      isLive: true,
      lookupObject: () => Promise.reject(new Error('A writer is served by a live read')),
      lookupFresh: () => Promise.resolve({ status: 'found', object: { spec: {} }, keptForMs: 1 }),
    });
    const found = await find(managed, sampleActor({ class: 'gitops' }), ASKED);
    assert.equal(found.status === 'unavailable' && found.code, 'hub_unavailable');
  });

  it('tells a person where the object is in Git by what the hub said last', async () => {
    const object = { spec: { source: { repoURL: 'https://git', path: 'shop' } } };
    const find = finder({ status: 'found', object, keptForMs: 4200 });
    const found = await find(managed, human, ASKED);
    assert.ok(found.status === 'known');
    assert.equal(found.value?.repository, 'https://git');
    assert.equal(found.value?.keptForMs, 4200);
  });

  it('says that there is no such application', async () => {
    assert.deepEqual(await finder({ status: 'absent' })(managed, human, ASKED), {
      status: 'known',
      value: {
        repository: '',
        revision: '',
        path: '',
        inlineManifests: false,
        operation: 'absent',
      },
    });
  });

  it('knows no source where there is no cluster to ask', async () => {
    const answer = { status: 'unavailable', code: 'lookup_not_configured', reason: 'no' } as const;

    assert.deepEqual(await finder(answer)(managed, human, ASKED), {
      status: 'known',
      value: null,
    });
  });

  it('reads the application anew for the GitOps writer: its operation may just have changed', async () => {
    const find = createSourceFinder({
      findApplication,
      argocdNamespace: 'argocd',
      isLive: false,
      lookupObject: () => Promise.reject(new Error('A recent answer is not good enough')),
      lookupFresh: () => Promise.resolve({ status: 'absent' }),
    });

    assert.deepEqual(await find(managed, sampleActor({ class: 'gitops' }), ASKED), {
      status: 'known',
      value: null,
    });
  });

  it('passes on that the lookup was unavailable', async () => {
    const unavailable = {
      status: 'unavailable',
      code: 'lookup_timed_out',
      reason: 'slow',
    } as const;

    assert.deepEqual(await finder(unavailable)(managed, human, ASKED), unavailable);
  });

  it('returns the source of the application', async () => {
    const object = {
      spec: { source: { repoURL: 'git://src', path: 'shop', targetRevision: 'main' } },
    };

    assert.deepEqual(await finder({ status: 'found', object })(managed, human, ASKED), {
      status: 'known',
      value: {
        repository: 'git://src',
        revision: 'main',
        path: 'shop',
        inlineManifests: false,
        operation: 'idle',
      },
    });
  });

  it('does not say what an application does now where only a snapshot is known', async () => {
    const object = { spec: { source: { repoURL: 'git://src' } }, operation: {} };
    const find = createSourceFinder({
      findApplication,
      argocdNamespace: 'argocd',
      isLive: false,
      lookupObject: () => Promise.resolve({ status: 'found', object }),
      lookupFresh: () => Promise.resolve({ status: 'found', object }),
    });

    assert.deepEqual(await find(managed, human, ASKED), {
      status: 'known',
      value: { repository: 'git://src', revision: 'HEAD', path: '', inlineManifests: false },
    });
  });

  it('is unavailable where the application is malformed', async () => {
    const found = await finder({ status: 'found', object: {} })(managed, human, ASKED);

    assert.equal(found.status, 'unavailable');
  });

  it('reads the application that takes an object over, for the writer that applies it', async () => {
    const asked: (string | undefined)[] = [];
    const find = createSourceFinder({
      findApplication,
      argocdNamespace: 'argocd',
      isLive: true,
      lookupObject: () => Promise.reject(new Error('A recent answer is not good enough')),
      lookupFresh: ({ namespace, name }) => {
        asked.push(`${namespace ?? ''}/${name}`);
        return Promise.resolve({ status: 'absent' });
      },
    });
    const movesTo = { tool: 'argocd', app: 'bank', appNamespace: 'team-a', mark: 'm' } as const;

    await find({ ...managed, movesTo }, sampleActor({ class: 'gitops' }), ASKED);

    assert.deepEqual(asked, ['team-a/bank']);
  });

  describe('where commits are judged', () => {
    const place = { repository: 'https://git.example.com/platform/shop', path: 'production' };
    const unjudged: CommitFact = { ...place, status: 'unjudged', reason: 'No rule names it' };
    const rejected: CommitFact = {
      ...place,
      status: 'rejected',
      code: 'unsigned',
      reason: 'No signature',
      objectId: 'a'.repeat(40),
    };
    const application = { spec: { source: { repoURL: place.repository, path: 'production' } } };
    const writer = sampleActor({ class: 'gitops' });

    const kustomized = sampleObject({
      tool: 'flux',
      app: 'shop',
      appNamespace: 'flux-system',
      mark: 'label kustomize.toolkit.fluxcd.io/name',
    });

    function judging(asked: unknown[] = []) {
      return createSourceFinder({
        findApplication,
        argocdNamespace: 'argocd',
        isLive: true,
        lookupObject: () => Promise.resolve({ status: 'found', object: application }),
        lookupFresh: () => Promise.resolve({ status: 'found', object: application }),
        judgeCommits: (origin, deadlineAtMs) => {
          asked.push([origin, deadlineAtMs]);
          return Promise.resolve({
            status: 'known',
            value: { commits: [unjudged, rejected], isDeleting: false },
          });
        },
      });
    }

    it('the writer of an application brings its commits, and the worst decides', async () => {
      const asked: unknown[] = [];
      const found = await judging(asked)(managed, writer, ASKED);
      assert.ok(found.status === 'known' && found.value !== null);
      const { commits, commit, repository } = found.value;
      assert.deepEqual(
        { commits, commit, repository },
        {
          commits: [unjudged, rejected],
          commit: rejected,
          repository: place.repository,
        },
      );
      assert.deepEqual(asked, [
        [
          {
            reference: applicationReference('argocd', 'checkout'),
            application: readApplication(application),
          },
          DEADLINE,
        ],
      ]);
    });

    it('an Application is read once for its fact and for its commits, and another one is malformed', async () => {
      const reading = readApplication(application);
      const read: unknown[] = [];
      const asked: unknown[] = [];
      const finding = (object: object) =>
        createSourceFinder({
          findApplication,
          argocdNamespace: 'argocd',
          isLive: true,
          lookupObject: () => Promise.reject(new Error('A writer is served by a live answer')),
          lookupFresh: () => Promise.resolve({ status: 'found', object }),
          readApplication: (one) => {
            read.push(one);
            return one === application ? reading : readApplication(one);
          },
          judgeCommits: (origin) => {
            asked.push(origin.application);
            return Promise.resolve({ status: 'known', value: { commits: [], isDeleting: false } });
          },
        });
      const found = await finding(application)(managed, writer, ASKED);
      assert.ok(found.status === 'known' && found.value?.repository === place.repository);
      assert.deepEqual([read.length, asked.length], [1, 1]);
      assert.equal(read[0], application);
      assert.equal(asked[0], reading);

      const malformed = await finding({ spec: 1 })(managed, writer, ASKED);
      assert.partialDeepStrictEqual(malformed, {
        status: 'unavailable',
        code: 'fact_unavailable',
      });
      assert.equal(asked.length, 1);
    });

    it('the object is compared with what they declare, where it can be', async () => {
      const manifest = { status: 'equal', paths: [] } as const;
      const asked: unknown[] = [];
      const compareManifest = (request: unknown, deadlineAtMs: unknown) => {
        asked.push([request, deadlineAtMs]);
        return Promise.resolve(manifest);
      };
      const find = createSourceFinder({
        findApplication,
        argocdNamespace: 'argocd',
        isLive: true,
        lookupObject: () => Promise.resolve({ status: 'found', object: application }),
        lookupFresh: () => Promise.resolve({ status: 'found', object: application }),
        judgeCommits: () =>
          Promise.resolve({
            status: 'known',
            value: { commits: [unjudged], isDeleting: false, compareManifest },
          }),
      });
      const found = await find(managed, writer, ASKED);
      assert.deepEqual(found.status === 'known' && found.value?.manifest, manifest);
      const flux = await find(kustomized, writer, ASKED);
      assert.deepEqual(flux.status === 'known' && flux.value?.manifest, manifest);
      assert.deepEqual(asked, [
        [REQUEST, DEADLINE],
        [REQUEST, DEADLINE],
      ]);
    });

    it('others bring none: they are refused whatever the commit says', async () => {
      const asked: unknown[] = [];
      const found = await judging(asked)(managed, human, ASKED);
      assert.ok(found.status === 'known');
      assert.equal(found.value?.commits, undefined);
      assert.deepEqual(asked, []);
    });

    it('Flux: the Kustomization or the HelmRelease, as the mark tells', async () => {
      const asked: unknown[] = [];
      const found = await judging(asked)(kustomized, writer, ASKED);
      assert.deepEqual(found, {
        status: 'known',
        value: {
          ...place,
          revision: '',
          inlineManifests: false,
          commits: [unjudged, rejected],
          commit: rejected,
        },
      });
      const release = { ...kustomized, mark: 'label helm.toolkit.fluxcd.io/name' };
      await judging(asked)(release, writer, ASKED);
      assert.deepEqual(asked, [
        [{ reference: kustomizationReference('flux-system', 'shop') }, DEADLINE],
        [{ reference: helmReleaseReference('flux-system', 'shop') }, DEADLINE],
      ]);
    });

    it('an application of Flux that is being deleted says so, and brings no commits', async () => {
      const find = createSourceFinder({
        findApplication,
        argocdNamespace: 'argocd',
        isLive: true,
        lookupObject: () => Promise.reject(new Error('Nothing is looked up here')),
        lookupFresh: () => Promise.reject(new Error('Nothing is looked up here')),
        judgeCommits: () =>
          Promise.resolve({ status: 'known', value: { commits: [], isDeleting: true } }),
      });

      const found = await find(kustomized, writer, ASKED);

      assert.deepEqual(found, {
        status: 'known',
        value: {
          repository: '',
          revision: '',
          path: '',
          inlineManifests: false,
          operation: 'deleting',
          commits: [],
          commit: undefined,
        },
      });
    });

    it('an application that is not there is absent; one that cannot be read is unavailable', async () => {
      const answers = [
        { status: 'absent' },
        { status: 'unavailable', code: 'lookup_timed_out', reason: 'No answer' },
        { status: 'unavailable', code: 'lookup_not_configured', reason: 'No cluster' },
      ] as const;
      const found = await Promise.all(
        answers.map((answer) =>
          createSourceFinder({
            findApplication,
            argocdNamespace: 'argocd',
            isLive: true,
            lookupObject: () => Promise.reject(new Error('Nothing is looked up here')),
            lookupFresh: () => Promise.reject(new Error('Nothing is looked up here')),
            judgeCommits: () => Promise.resolve(answer),
          })(kustomized, writer, ASKED),
        ),
      );

      assert.deepEqual(found, [
        {
          status: 'known',
          value: {
            repository: '',
            revision: '',
            path: '',
            inlineManifests: false,
            operation: 'absent',
          },
        },
        { status: 'unavailable', code: 'lookup_timed_out', reason: 'No answer' },
        { status: 'known', value: null },
      ]);
    });
  });
});
