import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFalcoEvent } from '../../../../src/drift/intake/parse-falco-event.ts';
import { sentFalcoEvent } from '../../../support/reported-events.ts';

describe('parseFalcoEvent()', () => {
  it('reads what a process in a container has done', () => {
    assert.deepEqual(parseFalcoEvent(sentFalcoEvent()), {
      ok: true,
      event: {
        id: '6f1d2c3b-0000-4000-8000-000000000001',
        time: '2026-01-05T08:00:00.123Z',
        rule: 'Terminal shell in container',
        priority: 'Notice',
        source: 'syscall',
        output: 'A shell was spawned in a container with an attached terminal',
        namespace: 'shop',
        pod: 'checkout-5d4f',
        container: 'app',
        username: '',
        resource: '',
        name: '',
      },
    });
  });

  it('leaves out a time that is not said, or is none', () => {
    for (const time of [undefined, 'soon']) {
      const parsed = parseFalcoEvent(sentFalcoEvent({ time }));
      assert.equal(parsed.ok && parsed.event.time, '');
    }
  });

  it('reads who has asked the API server for what', () => {
    const parsed = parseFalcoEvent(
      sentFalcoEvent({
        source: 'k8s_audit',
        priority: 'WARNING',
        output_fields: {
          'ka.user.name': 'alice',
          'ka.target.namespace': 'shop',
          'ka.target.resource': 'configmaps',
          'ka.target.name': 'checkout',
          'k8s.pod.name': '<NA>',
          'k8s.ns.name': null,
        },
      }),
    );
    assert.ok(parsed.ok);
    const { priority, namespace, pod, username, resource, name } = parsed.event;
    assert.deepEqual(
      [priority, namespace, pod, username, resource, name],
      ['Warning', 'shop', '', 'alice', 'configmaps', 'checkout'],
    );
  });

  it('takes absent members for empty ones', () => {
    assert.deepEqual(parseFalcoEvent({ rule: 'r', priority: 'Debug', time: 'soon' }), {
      ok: true,
      event: {
        id: '',
        time: '',
        rule: 'r',
        priority: 'Debug',
        source: '',
        output: '',
        namespace: '',
        pod: '',
        container: '',
        username: '',
        resource: '',
        name: '',
      },
    });
  });

  it('refuses what is no event', () => {
    assert.deepEqual(parseFalcoEvent({ priority: 'Debug' }), {
      ok: false,
      reason: 'it is no event of Falco at "rule"',
    });
    assert.deepEqual(parseFalcoEvent({ rule: 'r', priority: 'grave' }), {
      ok: false,
      reason: 'it has no priority of Falco',
    });
  });
});
