import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  parseAuditEvent,
  parseAuditEvents,
} from '../../../../src/drift/intake/parse-audit-events.ts';
import { sentAuditEvent, sentEventList } from '../../../support/audit-event-samples.ts';

describe('parseAuditEvents()', () => {
  it('reads each event of a batch in its order, and counts what is none', () => {
    const parsed = parseAuditEvents(
      sentEventList([
        sentAuditEvent(),
        { auditID: 7 },
        null,
        sentAuditEvent({ auditID: 'second' }),
        sentAuditEvent({ auditID: '' }),
      ]),
      10,
    );
    assert.ok(parsed.ok);
    assert.deepEqual(
      parsed.events.map(({ id }) => id),
      ['9b2ba4c5-9a4e-4d6e-8a5d-0f6a2c1d3e4f', 'second'],
    );
    assert.equal(parsed.malformed, 3);
  });

  it('refuses what is no EventList, and names the place', () => {
    for (const [document, place] of [
      [null, ''],
      [{ ...sentEventList([]), kind: 'Event' }, ' at "kind"'],
      [{ ...sentEventList([]), apiVersion: 'audit.k8s.io/v1beta1' }, ' at "apiVersion"'],
      [{ kind: 'EventList', apiVersion: 'audit.k8s.io/v1' }, ' at "items"'],
    ] as const) {
      const reason = `it is no EventList of audit.k8s.io/v1${place}`;
      assert.deepEqual(parseAuditEvents(document, 10), { ok: false, reason });
    }
  });

  it('refuses a batch of more events than it may have', () => {
    const items = [sentAuditEvent(), sentAuditEvent()];
    assert.deepEqual(parseAuditEvents(sentEventList(items), 1), {
      ok: false,
      reason: 'it has 2 events, and at most 1 are read',
    });
  });
});

describe('parseAuditEvent()', () => {
  it('keeps who asked for what from where, and what became of it', () => {
    const responseObject = sentAuditEvent()['responseObject'];
    assert.deepEqual(parseAuditEvent(sentAuditEvent()), {
      id: '9b2ba4c5-9a4e-4d6e-8a5d-0f6a2c1d3e4f',
      stage: 'ResponseComplete',
      time: '2026-01-05T08:00:00.123Z',
      verb: 'patch',
      requestUri: '/api/v1/namespaces/shop/configmaps/checkout?fieldManager=kubectl-edit',
      user: { username: 'alice', uid: 'u1', groups: ['dev', 'system:authenticated'] },
      addresses: ['203.0.113.9', '192.0.2.7'],
      userAgent: 'kubectl/v1.36.0',
      object: {
        group: '',
        version: 'v1',
        resource: 'configmaps',
        subresource: '',
        namespace: 'shop',
        name: 'checkout',
        uid: 'o1',
      },
      httpStatus: 200,
      annotations: { 'authorization.k8s.io/decision': 'allow' },
      requestObject: undefined,
      responseObject,
    });
  });

  it('keeps as whom the user acted', () => {
    const impersonatedUser = { username: 'bob', groups: ['system:masters'] };
    assert.deepEqual(parseAuditEvent(sentAuditEvent({ impersonatedUser }))?.impersonated, {
      username: 'bob',
      uid: '',
      groups: ['system:masters'],
    });
  });

  it('takes absent members for empty ones', () => {
    assert.deepEqual(
      parseAuditEvent({
        auditID: 'a',
        stage: 'Panic',
        verb: 'get',
        user: {},
        objectRef: {},
        stageTimestamp: 'soon',
      }),
      {
        id: 'a',
        stage: 'Panic',
        time: '',
        verb: 'get',
        requestUri: '',
        user: { username: '', uid: '', groups: [] },
        addresses: [],
        userAgent: '',
        object: {
          group: '',
          version: '',
          resource: '',
          subresource: '',
          namespace: '',
          name: '',
          uid: '',
        },
        httpStatus: 0,
        annotations: {},
        requestObject: undefined,
        responseObject: undefined,
      },
    );
    const bare = parseAuditEvent({ auditID: 'a', stage: 's', verb: 'get', user: {} });
    assert.equal(bare?.object, undefined);
    assert.equal(bare?.time, '');
  });

  it('is none without who asked', () => {
    assert.equal(parseAuditEvent(sentAuditEvent({ user: undefined })), undefined);
    assert.equal(parseAuditEvent([]), undefined);
  });
});
