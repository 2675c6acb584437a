import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseEksEntry, parseGkeEntry } from '../../../../src/drift/intake/parse-cloud-audit.ts';
import { parseAuditEvent } from '../../../../src/drift/intake/parse-audit-events.ts';
import { sentAuditEvent } from '../../../support/audit-event-samples.ts';
import { gkeEntry } from '../../../support/gke-entry-sample.ts';

describe('parseEksEntry()', () => {
  const message = JSON.stringify(sentAuditEvent());
  const event = parseAuditEvent(sentAuditEvent());

  for (const [what, document] of [
    [
      'a batch of a subscription filter',
      {
        messageType: 'DATA_MESSAGE',
        owner: '111122223333',
        logGroup: '/aws/eks/prod/cluster',
        logStream: 'kube-apiserver-audit-5d4f',
        subscriptionFilters: ['holdfast'],
        logEvents: [{ id: '3', timestamp: 1767600000123, message }],
      },
    ],
    [
      'what filter-log-events prints',
      {
        events: [
          {
            logStreamName: 'kube-apiserver-audit-5d4f',
            timestamp: 1767600000123,
            message,
            ingestionTime: 1767600000999,
            eventId: '3',
          },
        ],
        searchedLogStreams: [],
      },
    ],
    ['an entry by itself', { timestamp: 1767600000123, message }],
  ] as const) {
    it(`reads the event in ${what}`, () => {
      assert.deepEqual(parseEksEntry(document), { events: [event], malformed: 0 });
    });
  }

  it('counts what is no event: logs of other components, what is not JSON, and what has no message', () => {
    const logEvents = [
      { message: 'I0105 08:00:00.000000 1 controller.go:1] started' },
      { message: '{"a":1}' },
      { message: '{"a":1,"a":2}' },
      {},
      7,
      { message },
    ];
    assert.deepEqual(parseEksEntry({ logEvents }), { events: [event], malformed: 5 });
    assert.deepEqual(parseEksEntry(null), { events: [], malformed: 1 });
    assert.deepEqual(parseEksEntry({ logEvents: [] }), { events: [], malformed: 0 });
  });
});

describe('parseGkeEntry()', () => {
  it('reads who asked for what from where, and what became of it', () => {
    const { events, malformed } = parseGkeEntry(gkeEntry());
    assert.equal(malformed, 0);
    assert.deepEqual(events, [
      {
        id: 'c1a6a1d2-0c0f-4c0e-9d6e-0f6a2c1d3e4f',
        stage: 'ResponseComplete',
        time: '2026-01-05T08:00:00.123Z',
        verb: 'patch',
        requestUri: '',
        user: { username: 'alice@example.com', uid: '', groups: [] },
        addresses: ['203.0.113.9'],
        userAgent: 'kubectl/v1.36.0',
        object: {
          group: 'apps',
          version: 'v1',
          resource: 'deployments',
          subresource: 'scale',
          namespace: 'shop',
          name: 'checkout',
          uid: '',
        },
        httpStatus: 200,
        annotations: { 'authorization.k8s.io/decision': 'allow' },
        requestObject: { '@type': 'apps.k8s.io/v1.Patch', spec: { replicas: 0 } },
        responseObject: undefined,
      },
    ]);
  });

  it('keeps as whom the user acted', () => {
    const authenticationInfo = { principalEmail: 'alice@example.com', authoritySelector: 'bob' };
    assert.deepEqual(parseGkeEntry(gkeEntry({ authenticationInfo })).events[0]?.impersonated, {
      username: 'bob',
      uid: '',
      groups: [],
    });
  });

  for (const [code, httpStatus] of [
    [undefined, 200],
    [0, 200],
    [7, 403],
    [10, 500],
  ] as const) {
    it(`takes the status ${String(code)} for ${httpStatus}`, () => {
      assert.equal(parseGkeEntry(gkeEntry({ status: { code } })).events[0]?.httpStatus, httpStatus);
    });
  }

  for (const [resourceName, expected] of [
    ['core/v1/nodes/n1', ['', 'nodes', '', 'n1', '']],
    ['core/v1/namespaces/shop', ['', 'namespaces', '', 'shop', '']],
    ['core/v1/namespaces/shop/configmaps', ['', 'configmaps', 'shop', '', '']],
    [
      'core/v1/namespaces/shop/serviceaccounts/default/token',
      ['', 'serviceaccounts', 'shop', 'default', 'token'],
    ],
    [
      'rbac.authorization.k8s.io/v1/clusterrolebindings/a',
      ['rbac.authorization.k8s.io', 'clusterrolebindings', '', 'a', ''],
    ],
  ] as const) {
    it(`reads the object of ${resourceName}`, () => {
      const { object } = parseGkeEntry(gkeEntry({ resourceName })).events[0] ?? {};
      assert.deepEqual(
        [object?.group, object?.resource, object?.namespace, object?.name, object?.subresource],
        expected,
      );
    });
  }

  it('takes absent members for empty ones', () => {
    const bare = {
      insertId: 'i1',
      protoPayload: { serviceName: 'k8s.io', methodName: 'create' },
    };
    assert.deepEqual(parseGkeEntry(bare).events, [
      {
        id: 'i1',
        stage: 'ResponseComplete',
        time: '',
        verb: 'create',
        requestUri: '',
        user: { username: '', uid: '', groups: [] },
        addresses: [],
        userAgent: '',
        httpStatus: 200,
        annotations: {},
        requestObject: undefined,
        responseObject: undefined,
      },
    ]);
    assert.equal(parseGkeEntry({ ...bare, timestamp: 'soon' }).events[0]?.time, '');
    const path = { ...bare.protoPayload, resourceName: 'core/v1' };
    assert.equal(parseGkeEntry({ ...bare, protoPayload: path }).events[0]?.object, undefined);
  });

  it('reads which object by its path, as far as that goes', () => {
    const read = (resourceName: string) => {
      const payload = { serviceName: 'k8s.io', methodName: 'list', resourceName };
      return parseGkeEntry({ insertId: 'i1', protoPayload: payload }).events[0]?.object;
    };
    const none = { group: '', version: 'v1', subresource: '', namespace: '', name: '', uid: '' };
    assert.deepEqual(read('core/v1/nodes'), { ...none, resource: 'nodes' });
    assert.deepEqual(read('core/v1/namespaces/shop'), {
      ...none,
      resource: 'namespaces',
      name: 'shop',
    });
    assert.deepEqual(read('core/v1/namespaces/shop/pods'), {
      ...none,
      resource: 'pods',
      namespace: 'shop',
    });
    assert.equal(read('core'), undefined);
    assert.equal(read('core/v1/namespaces/shop/'), undefined);
  });

  it('counts entries of other services', () => {
    assert.deepEqual(parseGkeEntry(gkeEntry({ serviceName: 'container.googleapis.com' })), {
      events: [],
      malformed: 1,
    });
  });
});
