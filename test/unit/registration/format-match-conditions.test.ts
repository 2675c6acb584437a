import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  exceptMirrorPods,
  formatExemptions,
  onlyConnectionsInto,
  onlyIn,
  onlyOutside,
  onlyPlatformChildren,
} from '../../../src/registration/format-match-conditions.ts';

const nothing = {
  platformUsernames: [],
  recoveryUsernames: [],
  writerUsernames: [],
  gitopsNamespaces: [],
  gitopsOnlyNamespaces: [],
  exemptNamespaces: [],
};

describe('formatExemptions', () => {
  it('exempts what keeps a cluster alive, in this order', () => {
    assert.deepEqual(
      formatExemptions(nothing).map(({ name }) => name),
      [
        'not-leases',
        'not-events',
        'not-access-reviews',
        'not-kubelet-certificates',
        'not-nodes',
        'not-node-work',
        'not-platform-work',
        'not-platform-children',
      ],
    );
  });

  it('exempts namespaces that are configured so, but not the Namespace objects', () => {
    assert.deepEqual(formatExemptions({ ...nothing, exemptNamespaces: ['sandbox'] })[0], {
      name: 'not-exempt-namespaces',
      expression:
        "!(\n  request.?namespace.orValue('') == 'sandbox' &&\n" +
        "  !(request.resource.group == '' && request.resource.resource == 'namespaces')\n)",
    });
  });
});

const flat = (text: string) => text.replaceAll(/\s+/gu, ' ');

describe('onlyPlatformChildren', () => {
  const installed = { ...nothing, installationNamespaces: ['argocd'] };

  it('has what is exempt from the other webhooks, so that one or the other is asked', () => {
    const exemption = formatExemptions(nothing).find(({ name }) => name.endsWith('-children'));
    const [condition] = onlyPlatformChildren(installed);
    assert.equal(condition?.name, 'platform-children');
    const exempted = flat(exemption?.expression ?? '').replace(/^!/u, '');
    assert.ok(flat(condition.expression).startsWith(`( ${exempted} ||`), condition.expression);
    assert.deepEqual(
      onlyPlatformChildren({ ...installed, exemptNamespaces: ['sandbox'] }).map(({ name }) => name),
      ['not-exempt-namespaces', 'platform-children'],
    );
  });
});

describe('the other conditions', () => {
  it('compare the namespace, and let nodes count everywhere for connections', () => {
    const namespace = "request.?namespace.orValue('')";
    assert.deepEqual(onlyIn('own', ['a']), { name: 'own', expression: `${namespace} == 'a'` });
    assert.deepEqual(onlyOutside('other', ['a', 'b']), {
      name: 'other',
      expression: `!(${namespace} in ['a', 'b'])`,
    });
    assert.match(onlyConnectionsInto(['a']).expression, /'nodes'/u);
    assert.match(exceptMirrorPods().expression, /kubernetes\.io\/config\.mirror/u);
  });
});
