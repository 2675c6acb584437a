import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findCredentials } from '../../../src/plaintext/find-credentials.ts';
import { PLAINTEXT_LIMITS } from '../../../src/plaintext/settings.ts';
import { drawPassword, drawText } from '../../support/sample-credentials.ts';

const NONE = { credentials: [], isTruncated: false };
const drawToken = (): string => `ghp_${drawText(36)}`;

function deployment(container: object): object {
  return { spec: { template: { spec: { containers: [{ name: 'app', ...container }] } } } };
}

describe('findCredentials()', () => {
  it('tells place and kind, and never the value', () => {
    const [token, password] = [drawToken(), drawPassword()];
    const found = findCredentials({ data: { 'app.yaml': `a: ${token}`, DB_PASSWORD: password } });

    assert.deepEqual(found, {
      credentials: [
        { path: 'data.app.yaml', kind: 'GitHub token' },
        { path: 'data.DB_PASSWORD', kind: 'named secret' },
      ],
      isTruncated: false,
    });
  });

  it('judges a variable by its name', () => {
    const env = [
      { name: 'DB_USER', value: drawPassword() },
      { name: 'DB_PASSWORD', value: drawPassword() },
      { name: 'DB_TOKEN', valueFrom: { secretKeyRef: { name: 'db-x7k2p9q4', key: 'token' } } },
      { name: 'DB_SECRET', value: '$(DB_PASSWORD)' },
    ];
    assert.deepEqual(findCredentials(deployment({ env })), {
      credentials: [
        { path: 'spec.template.spec.containers[0].env[1].value', kind: 'named secret' },
      ],
      isTruncated: false,
    });
  });

  it('looks through arguments, and the values of charts', () => {
    assert.deepEqual(
      findCredentials(deployment({ args: ['--user=shop', `--password=${drawPassword()}`] }))
        .credentials,
      [{ path: 'spec.template.spec.containers[0].args[1]', kind: 'named secret' }],
    );
    const helm = {
      values: `db:\n  password: ${drawPassword()}\n`,
      valuesObject: { db: { password: drawPassword() } },
      parameters: [{ name: 'db.password', value: drawPassword() }],
    };
    assert.deepEqual(
      findCredentials({ spec: { source: { helm } } }).credentials.map(({ path }) => path),
      [
        'spec.source.helm.values',
        'spec.source.helm.valuesObject.db.password',
        'spec.source.helm.parameters[0].value',
      ],
    );
  });

  it('leaves out what the cluster keeps: metadata and status of the object, not of what it makes', () => {
    const annotations = { note: drawToken() };
    assert.deepEqual(
      findCredentials({ metadata: { annotations }, status: { note: drawToken() } }),
      NONE,
    );
    assert.deepEqual(
      findCredentials({ spec: { template: { metadata: { annotations } } } }).credentials,
      [{ path: 'spec.template.metadata.annotations.note', kind: 'GitHub token' }],
    );
  });

  it('says nothing of a text that the stored object has, at any place', () => {
    const text = `token: ${drawToken()}`;
    assert.deepEqual(findCredentials({ data: { b: text } }, { data: { a: text } }), NONE);
    assert.deepEqual(
      findCredentials({ data: { a: text, b: drawToken() } }, { data: { a: text } }).credentials,
      [{ path: 'data.b', kind: 'GitHub token' }],
    );
  });

  it('does not repeat a key that is a credential itself', () => {
    const found = findCredentials({ data: { [drawToken()]: drawToken() } });
    assert.deepEqual(found.credentials, [{ path: 'data.…', kind: 'GitHub token' }]);
  });

  it('cuts a long place', () => {
    const [first] = findCredentials({ data: { ['k'.repeat(300)]: drawToken() } }).credentials;
    assert.equal(first?.path, `data.${'k'.repeat(251)}…`);
  });

  it('names no more than its limit, and says so', () => {
    const max = PLAINTEXT_LIMITS['plaintext.credentialsMax'].default;
    const texts = Array.from({ length: max + 1 }, drawToken);
    assert.equal(findCredentials({ data: texts.slice(1) }).credentials.length, max);
    assert.equal(findCredentials({ data: texts.slice(1) }).isTruncated, false);
    assert.equal(findCredentials({ data: texts }).credentials.length, max);
    assert.equal(findCredentials({ data: texts }).isTruncated, true);
  });

  it('looks through no more than its limit, and says so', () => {
    const max = PLAINTEXT_LIMITS['plaintext.textCharsMax'].default;
    const token = drawToken();
    const filler = '. '.repeat(max / 2);
    assert.deepEqual(findCredentials({ data: { a: filler.slice(token.length), b: token } }), {
      credentials: [{ path: 'data.b', kind: 'GitHub token' }],
      isTruncated: false,
    });
    assert.deepEqual(findCredentials({ data: { a: filler, b: token, c: token } }), {
      credentials: [],
      isTruncated: true,
    });
    assert.deepEqual(findCredentials({ data: { a: `${token} ${filler}` } }), {
      credentials: [{ path: 'data.a', kind: 'GitHub token' }],
      isTruncated: true,
    });
  });

  it('takes any object', () => {
    for (const value of [
      undefined,
      null,
      7,
      'text',
      [],
      {},
      { data: null },
      { data: [null, 1n] },
    ]) {
      assert.deepEqual(findCredentials(value, value), NONE);
    }
  });
});
