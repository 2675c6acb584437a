import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseApplication } from '../../../src/source/parse-application.ts';

const spec = {
  source: { repoURL: 'git://git.example.com/src', path: 'shop', targetRevision: 'main' },
};
const known = {
  repository: 'git://git.example.com/src',
  revision: 'main',
  path: 'shop',
  inlineManifests: false,
  operation: 'idle',
};
const inline = { sync: { manifests: ['{"kind":"ConfigMap"}'] } };

describe('parseApplication()', () => {
  const table: readonly [string, unknown, object][] = [
    ['reads the source', { spec }, known],
    [
      'takes the target revision for HEAD where there is none',
      { spec: { source: {} } },
      {
        repository: '',
        revision: 'HEAD',
        path: '',
        inlineManifests: false,
        operation: 'idle',
      },
    ],
    ['reads the first of several sources', { spec: { sources: [spec.source, {}] } }, known],
    [
      'knows nothing of an application without a source',
      { spec: {} },
      {
        repository: '',
        revision: '',
        path: '',
        inlineManifests: false,
        operation: 'idle',
      },
    ],
    [
      'takes a chart for the path',
      { spec: { source: { ...spec.source, chart: 'redis' } } },
      {
        ...known,
        path: 'redis',
      },
    ],
    [
      'tells who asked for the operation that runs, and not who asked for the last one',
      {
        spec,
        operation: { sync: {}, initiatedBy: { username: 'alice' } },
        status: {
          operationState: {
            phase: 'Succeeded',
            operation: { initiatedBy: { automated: true } },
          },
        },
      },
      { ...known, operation: 'running', initiatedBy: { username: 'alice', automated: false } },
    ],
    [
      'prefers the revision of the operation that runs',
      {
        spec,
        status: {
          operationState: { phase: 'Running', operation: { sync: { revision: '9fceb02' } } },
        },
      },
      { ...known, revision: '9fceb02', operation: 'running' },
    ],
    [
      'ignores the revision of an operation that ended',
      {
        spec,
        status: {
          operationState: { phase: 'Succeeded', operation: { sync: { revision: '9fceb02' } } },
        },
      },
      known,
    ],
    [
      'sees inline manifests of a requested operation',
      { spec, operation: inline },
      {
        ...known,
        inlineManifests: true,
        operation: 'running',
      },
    ],
    [
      'sees inline manifests of the running operation',
      {
        spec,
        status: { operationState: { phase: 'Running', operation: inline } },
      },
      { ...known, inlineManifests: true, operation: 'running' },
    ],
    [
      'sees inline manifests of a requested operation behind a running one',
      {
        spec,
        operation: inline,
        status: { operationState: { phase: 'Running', operation: {} } },
      },
      { ...known, inlineManifests: true, operation: 'running' },
    ],
    [
      'forgets inline manifests of an operation that ended',
      {
        spec,
        status: { operationState: { phase: 'Succeeded', operation: inline } },
      },
      known,
    ],
    [
      'takes an empty list of manifests for none',
      { spec, operation: { sync: { manifests: [] } } },
      { ...known, operation: 'running' },
    ],
    [
      'sees that an operation is being ended',
      { spec, status: { operationState: { phase: 'Terminating' } } },
      { ...known, operation: 'running' },
    ],
    [
      'sees that the application is being deleted',
      { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' }, spec, operation: {} },
      { ...known, operation: 'deleting' },
    ],
  ];
  for (const [name, application, source] of table) {
    it(name, () => {
      assert.deepEqual(parseApplication(application), { ok: true, source });
    });
  }

  it('names the field that is malformed', () => {
    const parsed = parseApplication({ spec, operation: { sync: { manifests: 'all of them' } } });

    assert.deepEqual(parsed, {
      ok: false,
      reason:
        'the Application is malformed in "operation.sync.manifests" ' +
        '(Invalid input: expected array, received string)',
    });
  });

  it('is total', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        assert.equal(typeof parseApplication(value).ok, 'boolean');
      }),
    );
  });
});
