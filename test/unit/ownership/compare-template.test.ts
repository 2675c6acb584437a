import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareTemplate } from '../../../src/ownership/compare-template.ts';

const APP = {
  name: 'app',
  image: 'shop/app:1',
  command: ['/app'],
  env: [{ name: 'MODE', value: 'safe' }],
  envFrom: [{ configMapRef: { name: 'settings' } }],
  volumeMounts: [{ name: 'data', mountPath: '/data' }],
  livenessProbe: { exec: { command: ['/check'] } },
  securityContext: { runAsNonRoot: true },
};
const DECLARED = {
  containers: [APP],
  initContainers: [{ name: 'migrate', image: 'shop/migrate:1' }],
  volumes: [{ name: 'data', emptyDir: {} }],
  securityContext: {},
};

function compare(made: object, claimVolumes?: readonly string[]) {
  return compareTemplate({ made: { ...DECLARED, ...made }, declared: DECLARED, claimVolumes });
}

const container = (more: object) => compare({ containers: [{ ...APP, ...more }] });
const nothing = { differences: [], additions: [] };
const differs = (...differences: string[]) => ({ differences, additions: [] });
const adds = (...additions: string[]) => ({ differences: [], additions });

describe('compareTemplate', () => {
  it('finds nothing in a copy, nor in what the control plane adds to every pod', () => {
    const [data] = APP.volumeMounts;
    const token = { mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: 'token' };
    assert.deepEqual(compare({}), nothing);
    assert.deepEqual(
      compare({
        serviceAccountName: 'default',
        hostNetwork: false,
        tolerations: [{ operator: 'Exists' }],
        volumes: [...DECLARED.volumes, { name: 'kube-api-access-x', projected: {} }],
        containers: [
          {
            ...APP,
            env: [...APP.env, { name: 'JOB_COMPLETION_INDEX' }],
            volumeMounts: [data, token],
            resources: { limits: {} },
          },
        ],
      }),
      nothing,
    );
  });

  it('finds what runs otherwise in a declared container', () => {
    const cases: readonly (readonly [object, string])[] = [
      [{ image: 'evil' }, 'image'],
      [{ command: ['/bin/sh'] }, 'command'],
      [{ args: ['-c'] }, 'args'],
      [{ workingDir: '/tmp' }, 'workingDir'],
      [{ env: [{ name: 'MODE', value: 'evil' }] }, 'env[MODE]'],
      [{ env: [] }, 'env[MODE]'],
      [{ envFrom: [] }, 'envFrom'],
      [{ volumeMounts: [{ name: 'other', mountPath: '/data' }] }, 'volumeMounts[/data]'],
      [{ lifecycle: { postStart: { exec: { command: ['x'] } } } }, 'lifecycle'],
      [{ livenessProbe: { exec: { command: ['x'] } } }, 'livenessProbe.exec'],
      [{ readinessProbe: { exec: { command: ['x'] } } }, 'readinessProbe.exec'],
      [{ securityContext: {} }, 'securityContext.runAsNonRoot'],
      [{ securityContext: { runAsNonRoot: false } }, 'securityContext.runAsNonRoot'],
      [{ securityContext: { runAsNonRoot: true, privileged: true } }, 'securityContext.privileged'],
      [
        { securityContext: { runAsNonRoot: true, capabilities: { add: ['SYS_ADMIN'] } } },
        'securityContext.capabilities',
      ],
    ];
    for (const [more, path] of cases) {
      assert.deepEqual(container(more), differs(`containers[app].${path}`));
    }
  });

  it('finds what a pod does otherwise', () => {
    const cases: readonly (readonly [object, string])[] = [
      [{ serviceAccountName: 'admin' }, 'serviceAccountName'],
      [{ hostNetwork: true }, 'hostNetwork'],
      [{ hostPID: true }, 'hostPID'],
      [{ hostIPC: true }, 'hostIPC'],
      [{ shareProcessNamespace: true }, 'shareProcessNamespace'],
      [{ nodeName: 'worker-1' }, 'nodeName'],
      [{ hostAliases: [{ ip: '192.0.2.1' }] }, 'hostAliases'],
      [{ runtimeClassName: 'other' }, 'runtimeClassName'],
      [{ containers: [] }, 'containers[app]'],
      [{ initContainers: [] }, 'initContainers[migrate]'],
      [{ volumes: [{ name: 'data', hostPath: { path: '/' } }] }, 'volumes[data]'],
      [{ volumes: [...DECLARED.volumes, { name: 'root', hostPath: {} }] }, 'volumes[root]'],
    ];
    for (const [more, path] of cases) assert.deepEqual(compare(more), differs(path));
  });

  it('lists what mutating webhooks add, and takes what reaches the node for a difference', () => {
    const sidecar = {
      name: 'proxy',
      image: 'mesh',
      securityContext: { capabilities: { add: ['NET_ADMIN'] } },
    };
    assert.deepEqual(compare({ containers: [APP, sidecar] }), adds('containers[proxy]'));
    assert.deepEqual(
      compare({ containers: [APP, { ...sidecar, securityContext: { privileged: true } }] }),
      differs('containers[proxy]'),
    );
    assert.deepEqual(
      container({ env: [...APP.env, { name: 'TRACE' }] }),
      adds('containers[app].env[TRACE]'),
    );
    assert.deepEqual(container({ envFrom: [...APP.envFrom, {}] }), adds('containers[app].envFrom'));
    assert.deepEqual(
      container({ volumeMounts: [...APP.volumeMounts, { mountPath: '/mesh' }] }),
      adds('containers[app].volumeMounts[/mesh]'),
    );
    assert.deepEqual(
      compare({ securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }),
      adds('securityContext.seccompProfile'),
    );
    assert.deepEqual(
      compare({ securityContext: { seccompProfile: { type: 'Unconfined' } } }),
      differs('securityContext.seccompProfile'),
    );
    assert.deepEqual(
      compare({ volumes: [...DECLARED.volumes, { name: 'certificates', secret: {} }] }),
      adds('volumes[certificates]'),
    );
  });

  it('lets a StatefulSet fill its volumes with claims, and with nothing else', () => {
    const claim = { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } };
    assert.deepEqual(compare({ volumes: [claim] }, ['data']), nothing);
    assert.deepEqual(compare({ volumes: [claim] }), differs('volumes[data]'));
    assert.deepEqual(
      compare({ volumes: [...DECLARED.volumes, { name: 'more', hostPath: {} }] }, ['more']),
      differs('volumes[more]'),
    );
  });

  it('is strict about what is no pod, and bounded in what it lists and compares', () => {
    assert.deepEqual(compareTemplate({ made: null, declared: DECLARED }), differs('spec'));
    assert.deepEqual(compareTemplate({ made: DECLARED, declared: 'x' }), differs('spec'));
    const many = Array.from({ length: 100 }, (_, index) => ({ name: `c${index}` }));
    assert.equal(compare({ containers: [APP, ...many] }).additions.length, 20);
    const args = Array.from({ length: 30_000 }, () => [7]);
    const huge = { containers: [{ name: 'app', args }] };
    const copy = structuredClone(huge);
    assert.ok(compareTemplate({ made: huge, declared: copy }).differences.length > 0);
  });
});
