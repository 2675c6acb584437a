import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import type { ObjectReference } from '../../../src/kubernetes/object-reference.ts';
import type { ManagedObject } from '../../../src/kubernetes/lookup/lookup.ts';
import { completeMarkFact, describeDestroyed } from '../../../src/ownership/complete-mark-fact.ts';
import {
  AWAY,
  MANAGED,
  UNMANAGED,
  actor,
  alice,
  complete,
  known,
  platform,
  request,
  robot,
  writer,
} from '../../support/fact-questions.ts';

const DEADLINE = monotonicMs(7);
const fact = { ...MANAGED, appNamespace: 'argocd' };
const left = { goneForMs: 5000 };
const deletion = request('/configmaps/ConfigMap', { operation: 'DELETE' });
const creation = request('/configmaps/ConfigMap', { operation: 'CREATE' });
const claim = {
  tool: 'argocd',
  kind: 'Application',
  namespace: 'argocd',
  app: 'checkout',
} as const;
const lookups = {
  leftBehind: () => left,
  lookupFresh: () => Promise.resolve({ status: 'absent' } as const),
  findClaims: () => Promise.resolve({ status: 'found', claims: [claim] } as const),
};

describe('completeMarkFact() for what is there', () => {
  const ask = (more: Partial<Parameters<typeof completeMarkFact>[0]> = {}, other = {}) =>
    completeMarkFact(
      { request: deletion, actor: alice, fact, deadlineAtMs: DEADLINE, ...more },
      { ...lookups, ...other },
    );

  it('tells for how long its application has been gone', async () => {
    assert.deepEqual(await ask(), { leftBehind: left });
    assert.deepEqual(await ask({ request: request('/configmaps/ConfigMap') }), {
      leftBehind: left,
    });
  });

  it('asks for the application and the object by name', async () => {
    const asked: (readonly [string, string])[] = [];
    await ask(undefined, {
      leftBehind: (application: ObjectReference, object: ObjectReference) => {
        asked.push([application.name, object.name]);
        return undefined;
      },
    });
    assert.deepEqual(asked, [['checkout', 'checkout']]);
  });

  it('is silent where the application is there after all, or nobody can tell', async () => {
    const there = () => Promise.resolve({ status: 'found', object: {} });
    assert.deepEqual(await ask(undefined, { lookupFresh: there }), {});
    const elsewhere = () => Promise.resolve({ status: 'absent', isElsewhere: true } as const);
    assert.deepEqual(await ask(undefined, { lookupFresh: elsewhere }), {});
    assert.deepEqual(await ask(undefined, { lookupFresh: () => Promise.resolve(AWAY) }), {});
  });

  it('does not ask further where the application is followed and there', () => {
    assert.equal(ask(undefined, { leftBehind: () => undefined }), undefined);
  });

  it('does not ask for subresources, copied marks, what names no application, or controllers', () => {
    assert.equal(ask({ request: { ...deletion, subResource: 'status' } }), undefined);
    assert.equal(ask({ fact: { ...fact, self: false } }), undefined);
    assert.equal(ask({ fact: UNMANAGED }), undefined);
    assert.equal(ask({ actor: platform('generic-garbage-collector') }), undefined);
    assert.equal(ask({ actor: writer }), undefined);
  });

  it('asks for a writer whose application takes the object over', async () => {
    const movesTo = { tool: 'argocd', app: 'bank', appNamespace: 'argocd', mark: 'm' } as const;
    assert.deepEqual(await ask({ actor: writer, fact: { ...fact, movesTo } }), {
      leftBehind: left,
    });
  });
});

describe('completeMarkFact() for what is created', () => {
  const ask = (more: Partial<Parameters<typeof completeMarkFact>[0]> = {}, other = {}) =>
    completeMarkFact(
      { request: creation, actor: robot, fact, deadlineAtMs: DEADLINE, ...more },
      { ...lookups, ...other },
    );
  const claimedBy = (claims: readonly object[]) => ({
    findClaims: () => Promise.resolve({ status: 'found', claims }),
  });
  const listed = (value: boolean) => ({ listed: { status: 'known', value } });

  it('says whether the application that the mark names lists it', async () => {
    assert.deepEqual(await ask(), listed(true));
    assert.deepEqual(await ask({ actor: actor({ class: 'operator' }) }), listed(true));
    assert.deepEqual(await ask({}, claimedBy([])), listed(false));
  });

  it('does not take another application, or one of another tool, for it', async () => {
    assert.deepEqual(await ask({}, claimedBy([{ ...claim, app: 'bank' }])), listed(false));
    assert.deepEqual(await ask({}, claimedBy([{ ...claim, namespace: 'team-a' }])), listed(false));
    assert.deepEqual(await ask({}, claimedBy([{ ...claim, kind: 'HelmRelease' }])), listed(false));
  });

  it('says that nobody could tell', async () => {
    assert.deepEqual(await ask({}, { findClaims: () => Promise.resolve(AWAY) }), {
      listed: { status: 'unavailable', reason: AWAY.reason },
    });
  });

  it('does not ask for people, controllers, nodes and writers', () => {
    assert.equal(ask({ actor: alice }), undefined);
    assert.equal(ask({ actor: writer }), undefined);
    assert.equal(ask({ actor: platform('replicaset-controller') }), undefined);
    assert.equal(ask({ actor: actor({ class: 'node' }) }), undefined);
  });
});

describe('describeDestroyed()', () => {
  const object = (name: string, app: string, goneForMs?: number): ManagedObject => ({
    group: '',
    version: 'v1',
    resource: 'configmaps',
    kind: 'ConfigMap',
    namespace: 'shop',
    name,
    app,
    application: {
      group: 'argoproj.io',
      version: 'v1alpha1',
      resource: 'applications',
      kind: 'Application',
      namespace: 'argocd',
      name: app,
    },
    ...(goneForMs !== undefined && { leftBehind: { goneForMs } }),
  });
  const named = async (
    objects: readonly ManagedObject[],
    lookupFresh: (reference: ObjectReference) => Promise<typeof AWAY | { status: 'absent' }> = () =>
      Promise.resolve({ status: 'absent' }),
  ) =>
    (await describeDestroyed(objects, DEADLINE, { lookupFresh })).map(
      ({ name, leftBehind }) => `${name} ${String(leftBehind?.goneForMs)}`,
    );

  it('puts what an application stands behind first, then what was left behind last', async () => {
    assert.deepEqual(await named([object('a', 'x', 9), object('b', 'y', 3), object('c', 'z')]), [
      'c undefined',
      'b 3',
      'a 9',
    ]);
  });

  it('leaves the application itself out', async () => {
    const [destroyed] = await describeDestroyed([object('a', 'x', 9)], DEADLINE, {
      lookupFresh: () => Promise.resolve({ status: 'absent' }),
    });
    assert.deepEqual(Object.keys(destroyed ?? {}).toSorted(), [
      'app',
      'group',
      'kind',
      'leftBehind',
      'name',
      'namespace',
      'resource',
      'version',
    ]);
  });

  it('counts as its application’s what nobody confirms', async () => {
    const away = ({ name }: ObjectReference) =>
      Promise.resolve(name === 'x' ? AWAY : ({ status: 'absent' } as const));
    assert.deepEqual(await named([object('a', 'x', 9), object('b', 'y', 3)], away), [
      'a undefined',
      'b 3',
    ]);
  });

  it('asks for ten applications, and for each once', async () => {
    const asked: string[] = [];
    const objects = Array.from({ length: 24 }, (_, index) =>
      object(`n${String(index)}`, `app-${String(Math.floor(index / 2))}`, 1),
    );
    const shown = await named(objects, ({ name }) => {
      asked.push(name);
      return Promise.resolve({ status: 'absent' });
    });
    assert.equal(asked.length, 10);
    assert.equal(shown.filter((line) => line.endsWith('undefined')).length, 4);
  });
});

it('what outlived its application is told for how long, beside what else was asked', async () => {
  const stored = {
    ...MANAGED,
    tool: 'flux',
    appNamespace: 'flux-system',
    confirmed: false,
  } as const;
  const marked = { ...stored, mark: 'label kustomize.toolkit.fluxcd.io/name' };
  const answers = {
    leftBehind: () => left,
    lookupFresh: () => Promise.resolve({ status: 'absent' } as const),
    findClaims: () => Promise.resolve({ status: 'found', claims: [] } as const),
  };
  const asked = {
    request: request('/configmaps/ConfigMap', { operation: 'DELETE' }),
    fact: marked,
  };

  assert.deepEqual(await complete(asked, answers), known({ ...marked, leftBehind: left }));
  const namespace = request('/namespaces/Namespace', { operation: 'DELETE', name: 'shop' });
  const unread = { ...answers, findManagedInNamespace: () => Promise.resolve(AWAY) };
  assert.deepEqual(await complete({ request: namespace, fact: marked }, unread), AWAY);
});

it('a namespace that is deleted tells which objects outlived their application', async () => {
  const kind = { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap' };
  const application = {
    group: 'argoproj.io',
    version: 'v1alpha1',
    resource: 'applications',
    kind: 'Application',
    namespace: 'argocd',
    name: 'checkout',
  };
  const object = { ...kind, namespace: 'shop', name: 'left', app: 'checkout' };
  const objects = [{ ...object, application, leftBehind: left }];
  const answer = { status: 'found', objects } as const;
  const answers = {
    findManagedInNamespace: () => Promise.resolve(answer),
    findClaimed: () => Promise.resolve({ status: 'found', objects: [] } as const),
    lookupFresh: () => Promise.resolve({ status: 'absent' } as const),
  };
  const removal = request('/namespaces/Namespace', { operation: 'DELETE', name: 'shop' });

  assert.deepEqual(
    await complete({ request: removal }, answers),
    known({ ...UNMANAGED, destroys: [{ ...object, leftBehind: left }] }),
  );
});

it('the deletion of a definition that nobody declared takes along what somebody did', async () => {
  const spec = { group: 'example.com', names: { kind: 'Widget' } };
  const removal = request('/customresourcedefinitions/CustomResourceDefinition', {
    resource: {
      group: 'apiextensions.k8s.io',
      version: 'v1',
      resource: 'customresourcedefinitions',
    },
    operation: 'DELETE',
    name: 'widgets.example.com',
    oldObject: Object.assign({ kind: 'CustomResourceDefinition' }, { spec }),
  });
  const widget = {
    group: 'example.com',
    version: '',
    resource: 'widgets',
    kind: 'Widget',
    name: 'a',
  };
  const nobody = () => Promise.resolve({ status: 'found', claims: [] } as const);
  const scopes: unknown[] = [];
  const listing = (...objects: (typeof widget)[]) => ({
    findClaims: nobody,
    findClaimed: (scope: unknown) => {
      scopes.push(scope);
      return Promise.resolve({ status: 'found', objects } as const);
    },
  });

  const destroyed = known({ ...UNMANAGED, destroys: [widget] });
  assert.deepEqual(await complete({ request: removal }, listing(widget)), destroyed);
  assert.deepEqual(await complete({ request: removal }, listing()), known(UNMANAGED));
  const scope = { group: 'example.com', kind: 'Widget' };
  assert.deepEqual(scopes, [scope, scope]);
  const away = { findClaims: nobody, findClaimed: () => Promise.resolve(AWAY) };
  assert.deepEqual(await complete({ request: removal }, away), AWAY);
});

it('the deletion of a namespace takes along what is only listed there', async () => {
  const removal = request('/namespaces/Namespace', { operation: 'DELETE', name: 'shop' });
  const secret = { group: '', version: '', resource: 'secrets', kind: 'Secret', name: 'keys' };
  const none = { status: 'found', objects: [] } as const;
  const answers = {
    findManagedInNamespace: () => Promise.resolve(none),
    findClaimed: () => Promise.resolve({ status: 'found', objects: [secret] } as const),
  };
  assert.deepEqual(
    await complete({ request: removal }, answers),
    known({ ...UNMANAGED, destroys: [secret] }),
  );
  const away = { ...answers, findClaimed: () => Promise.resolve(AWAY) };
  assert.deepEqual(await complete({ request: removal }, away), AWAY);
});
