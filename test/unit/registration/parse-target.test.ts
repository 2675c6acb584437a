import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseServiceTarget, parseUrlTarget } from '../../../src/registration/parse-target.ts';

describe('parseServiceTarget', () => {
  it('reads a Service with and without a port', () => {
    const target = { kind: 'service', namespace: 'holdfast-system', name: 'holdfast', port: 443 };
    assert.deepEqual(parseServiceTarget('holdfast-system/holdfast'), { ok: true, target });
    assert.deepEqual(parseServiceTarget('holdfast-system/holdfast:8443'), {
      ok: true,
      target: { ...target, port: 8443 },
    });
  });

  for (const text of [
    '',
    'holdfast',
    'a/b/c',
    'A/b',
    'a/b:',
    'a/b:0',
    'a/b:65536',
    'a/b:1x',
    'a/ b',
  ]) {
    it(`refuses "${text}"`, () => {
      assert.deepEqual(parseServiceTarget(text), {
        ok: false,
        reason: `A service is wanted as namespace/name or namespace/name:port, found "${text}"`,
      });
    });
  }
});

describe('parseUrlTarget', () => {
  it('reads an address, with a path in front of ours if there is one', () => {
    const parse = (url: string) => {
      const parsed = parseUrlTarget(url);
      return parsed.ok && parsed.target.kind === 'url' ? parsed.target.baseUrl : undefined;
    };
    assert.equal(parse('https://10.0.0.5:8443'), 'https://10.0.0.5:8443');
    assert.equal(parse('https://host/'), 'https://host');
    assert.equal(parse('https://host/holdfast'), 'https://host/holdfast');
  });

  for (const text of [
    '',
    'host:8443',
    'http://host',
    'https://u:p@host',
    'https://host?a=b',
    'https://host#a',
  ]) {
    it(`refuses "${text}"`, () => {
      assert.deepEqual(parseUrlTarget(text), {
        ok: false,
        reason: `A URL such as https://host:8443 is wanted, found "${text}"`,
      });
    });
  }
});
