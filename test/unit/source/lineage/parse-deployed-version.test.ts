import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDeployedVersion } from '../../../../src/source/lineage/parse-deployed-version.ts';
import {
  sampleArgocd,
  sampleFlux,
  SHOP_REPOSITORY,
  V1,
  V2,
  type SampleState,
} from '../../../support/lineage-samples.ts';

const argocd = (state: SampleState) => parseDeployedVersion('Application', sampleArgocd(state));
const flux = (state: SampleState) => parseDeployedVersion('Kustomization', sampleFlux(state));

const APPLIED = {
  written: V1,
  brought: V1,
  applied: V1,
  isHealthy: true,
  repository: SHOP_REPOSITORY,
  isDeleting: false,
};

describe('an Application of Argo CD', () => {
  it('has applied what its last operation applied as a whole', () => {
    assert.deepEqual(argocd({ applied: V1 }), APPLIED);
  });

  it('applies what its operation names, whatever the one before has left in the status', () => {
    assert.deepEqual(argocd({ applied: V1, running: V2 }), {
      written: V2,
      brought: V2,
      isHealthy: false,
      repository: SHOP_REPOSITORY,
      isDeleting: false,
    });
  });

  it('applies what its state names, once the controller has taken the request away', () => {
    for (const phase of ['Running', 'Terminating']) {
      const { operation: _operation, ...sample } = sampleArgocd({ applied: V1, running: V2 });
      const operationState = { ...sample.status.operationState, phase };
      const object = { ...sample, status: { ...sample.status, operationState } };
      const version = parseDeployedVersion('Application', object);
      assert.deepEqual(
        [version?.brought, version?.applied, version?.isHealthy],
        [V2, undefined, false],
      );
    }
  });

  it('applies the first time before it has any state', () => {
    assert.equal(argocd({ running: V1 })?.brought, V1);
    assert.equal(argocd({})?.written, undefined);
  });

  it('writes by a sync of some objects, and by a dry run, and is brought nowhere', () => {
    for (const asked of [{ resources: [{ kind: 'ConfigMap', name: 'a' }] }, { dryRun: true }]) {
      const version = argocd({ applied: V1, running: V2, asked });
      assert.deepEqual([version?.written, version?.brought], [V2, undefined]);
    }
  });

  it('is healthy only at what was applied, with nothing to sync', () => {
    assert.equal(argocd({ applied: V1, isHealthy: false })?.isHealthy, false);
    assert.equal(argocd({ applied: V1, compared: V2 })?.isHealthy, false);
    const sample = sampleArgocd({ applied: V1 });
    const status = { ...sample.status, sync: { status: 'OutOfSync', revision: V1 } };
    const outOfSync = parseDeployedVersion('Application', { ...sample, status });
    assert.equal(outOfSync?.isHealthy, false);
  });

  it('applies the tip where its operation names no commit: what was compared last', () => {
    const asked = { revision: undefined };
    assert.equal(argocd({ applied: V1, running: V2, compared: V2, asked })?.written, V2);
    const sample = sampleArgocd({ applied: V1, running: V2, asked });
    const { sync: _sync, ...status } = sample.status;
    const nothing = parseDeployedVersion('Application', { ...sample, status });
    assert.equal(nothing?.written, V2);
  });

  it('has the versions of all its Git sources, and no one repository', () => {
    const source = { repoURL: SHOP_REPOSITORY, path: 'a' };
    const chart = { repoURL: 'https://charts.example.com', chart: 'redis' };
    const sample = sampleArgocd({ applied: V1, spec: { source: undefined } });
    const object = {
      ...sample,
      spec: { ...sample.spec, sources: [source, chart, { ...source, path: 'b' }] },
      status: {
        ...sample.status,
        sync: { status: 'Synced', revisions: [V1, '1.2.3', V2] },
        history: [{ revisions: [V1, '1.2.3', V2] }],
        operationState: {
          phase: 'Succeeded',
          operation: { sync: { revisions: [V1, '1.2.3', V2] } },
          syncResult: { revisions: [V1, '1.2.3', V2] },
        },
      },
    };
    assert.deepEqual(parseDeployedVersion('Application', object), {
      written: `${V1}+${V2}`,
      brought: `${V1}+${V2}`,
      applied: `${V1}+${V2}`,
      isHealthy: true,
      isDeleting: false,
    });
  });

  it('of a chart alone has no version', () => {
    const spec = { source: { repoURL: 'https://charts.example.com', chart: 'redis' } };
    assert.deepEqual(argocd({ applied: V1, spec }), { isHealthy: false, isDeleting: false });
  });

  it('is being deleted', () => {
    const metadata = { deletionTimestamp: '2026-01-05T08:00:00Z' };
    assert.equal(argocd({ applied: V1, metadata })?.isDeleting, true);
  });

  it('without a status has no version, and of another form none at all', () => {
    const { status: _status, ...sample } = sampleArgocd({ applied: V1 });
    assert.deepEqual(parseDeployedVersion('Application', sample), {
      isHealthy: false,
      repository: SHOP_REPOSITORY,
      isDeleting: false,
    });
    assert.equal(parseDeployedVersion('Application', {}), undefined);
    const metadata = { metadata: { deletionTimestamp: 1 } };
    assert.equal(parseDeployedVersion('Application', { ...sample, ...metadata }), undefined);
  });
});

describe('a Kustomization of Flux', () => {
  it('has applied what it names after its branch', () => {
    assert.deepEqual(flux({ applied: V1 }), {
      written: V1,
      brought: V1,
      applied: V1,
      isHealthy: true,
      isDeleting: false,
    });
  });

  it('attempts another one, and is not healthy there', () => {
    assert.deepEqual(flux({ applied: V1, running: V2 }), {
      written: V2,
      brought: V2,
      applied: V1,
      isHealthy: false,
      isDeleting: false,
    });
  });

  it('is not healthy where it says so of an earlier specification', () => {
    assert.equal(flux({ applied: V1, metadata: { generation: 3 } })?.isHealthy, false);
    assert.equal(flux({ applied: V1, isHealthy: false })?.isHealthy, false);
  });

  it('has no version before the first attempt', () => {
    assert.deepEqual(flux({}), { isHealthy: false, isDeleting: false });
    const { status: _status, ...sample } = sampleFlux({});
    assert.deepEqual(parseDeployedVersion('Kustomization', sample), {
      isHealthy: false,
      isDeleting: false,
    });
  });

  it('is being deleted', () => {
    const metadata = { deletionTimestamp: '2026-01-05T08:00:00Z' };
    assert.equal(flux({ applied: V1, metadata })?.isDeleting, true);
  });

  it('of another form is none', () => {
    assert.equal(parseDeployedVersion('Kustomization', {}), undefined);
    const sample = { ...sampleFlux({}), status: { conditions: 1 } };
    assert.equal(parseDeployedVersion('Kustomization', sample), undefined);
  });
});
