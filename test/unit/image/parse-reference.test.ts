import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatReference, parseReference } from '../../../src/image/parse-reference.ts';

const HEX = 'ab'.repeat(32);
const DIGEST = `sha256:${HEX}`;

/** The one form, or the reason of the refusal. */
function normalize(text: string): string {
  const reading = parseReference(text);
  return reading.ok ? formatReference(reading.reference) : reading.reason;
}

describe('parseReference()', () => {
  for (const [text, expected] of [
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['library/nginx', 'docker.io/library/nginx:latest'],
    ['docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['index.docker.io/library/nginx', 'docker.io/library/nginx:latest'],
    ['DOCKER.IO/nginx', 'docker.io/library/nginx:latest'],
    ['bitnami/redis', 'docker.io/bitnami/redis:latest'],
    ['ghcr.io/a/b/c:v1', 'ghcr.io/a/b/c:v1'],
    ['GHCR.io/a/b', 'ghcr.io/a/b:latest'],
    ['ghcr.io:443/a/b', 'ghcr.io/a/b:latest'],
    ['ghcr.io:0443/a/b', 'ghcr.io/a/b:latest'],
    ['docker.io:443/nginx', 'docker.io/library/nginx:latest'],
    ['localhost/app', 'localhost/app:latest'],
    ['localhost:5000/app:1', 'localhost:5000/app:1'],
    ['localhost:5000', 'docker.io/library/localhost:5000'],
    ['registry:5000/app', 'registry:5000/app:latest'],
    ['10.0.0.1:5000/app', '10.0.0.1:5000/app:latest'],
    ['[::1]:5000/app', '[::1]:5000/app:latest'],
    ['[0:0:0:0:0:0:0:1]/app', '[::1]/app:latest'],
    ['[2001:DB8::1]:443/app', '[2001:db8::1]/app:latest'],
    [`nginx@${DIGEST}`, `docker.io/library/nginx@${DIGEST}`],
    [`nginx:1.27@${DIGEST}`, `docker.io/library/nginx:1.27@${DIGEST}`],
    [`r.example.com:5000/a/b:t@${DIGEST}`, `r.example.com:5000/a/b:t@${DIGEST}`],
    ['a__b/c-d.e_f/g--h', 'docker.io/a__b/c-d.e_f/g--h:latest'],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(normalize(text), expected));
  }

  const REPOSITORY =
    'its repository cannot be used: expected lower-case letters and digits, with single separators between them';
  for (const [text, reason] of [
    ['', REPOSITORY],
    ['ghcr.io/', REPOSITORY],
    ['ghcr.io//a', REPOSITORY],
    ['ghcr.io/A/b', REPOSITORY],
    ['Nginx', REPOSITORY],
    ['a b', REPOSITORY],
    ['a..b', REPOSITORY],
    ['ghcr.io/../v2/a', REPOSITORY],
    ['ghcr.io/a/./b', REPOSITORY],
    ['ghcr.io/a?b', REPOSITORY],
    ['ghcr.io/a%2fb', REPOSITORY],
    ['ghcr.io/a\n', REPOSITORY],
    ['https://ghcr.io/a', 'its registry is no host'],
    [
      'user@ghcr.io/a',
      'behind "@" is no digest: expected sha256: and 64 lower-case hexadecimal digits',
    ],
    ['127.1:5000/app', 'its registry is no host'],
    ['0x7f.0.0.1/app', 'its registry is no host'],
    ['2130706433:80/app', 'its registry is no host'],
    ['ghcr.io:0/a', 'its registry is no host'],
    ['ghcr.io:65536/a', 'its registry is no host'],
    ['ghcr.io:99999999/a', 'its registry is no host'],
    ['ghcr.io./a', 'its registry is no host'],
    ['-ghcr.io/a', 'its registry is no host'],
    ['[::g]/a', 'its registry is no host'],
    ['nginx:', 'its tag cannot be used'],
    ['nginx:a b', 'its tag cannot be used'],
    ['nginx:-a', 'its tag cannot be used'],
    [`nginx:${'a'.repeat(129)}`, 'its tag cannot be used'],
    [
      'nginx@sha256:ab',
      'behind "@" is no digest: expected sha256: and 64 lower-case hexadecimal digits',
    ],
    [
      `nginx@sha256:${HEX.toUpperCase()}`,
      'behind "@" is no digest: expected sha256: and 64 lower-case hexadecimal digits',
    ],
    [`nginx@${DIGEST}@${DIGEST}`, 'it has more than one "@"'],
    [`ghcr.io/${'a'.repeat(256)}`, 'its repository has more than 255 characters'],
    ['a'.repeat(1025), 'it has more than 1024 characters'],
  ] as const) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => assert.equal(normalize(text), reason));
  }

  it('gives a digest of SHA-512', () => {
    const digest = `sha512:${'0f'.repeat(64)}`;
    assert.equal(normalize(`nginx@${digest}`), `docker.io/library/nginx@${digest}`);
  });

  it('reads its own form as the same image', () => {
    const host = fc.oneof(
      fc.constantFrom(
        'docker.io',
        'localhost',
        'GHCR.io',
        '[::1]',
        '[FE80::1]',
        '10.1.2.3',
        'index.docker.io',
      ),
      fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]\.[a-z]{2,6}$/u),
    );
    const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
    const component = fc.stringMatching(/^[a-z0-9]{1,8}(?:(?:[._]|__|-{1,3})[a-z0-9]{1,8}){0,2}$/u);
    const path = fc.array(component, { minLength: 1, maxLength: 4 });
    const tag = fc.option(fc.stringMatching(/^\w[\w.-]{0,20}$/u), { nil: undefined });
    const digest = fc.option(fc.stringMatching(/^[0-9a-f]{64}$/u), { nil: undefined });
    fc.assert(
      fc.property(fc.record({ host, port, path, tag, digest }), (parts) => {
        const text = [
          parts.host,
          parts.port === undefined ? '' : `:${parts.port}`,
          `/${parts.path.join('/')}`,
          parts.tag === undefined ? '' : `:${parts.tag}`,
          parts.digest === undefined ? '' : `@sha256:${parts.digest}`,
        ].join('');
        const reading = parseReference(text);
        assert.ok(reading.ok, text);
        assert.deepEqual(parseReference(formatReference(reading.reference)), reading);
      }),
    );
  });

  it('never throws, and reads what it accepts as the same image again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const reading = parseReference(text);
        if (!reading.ok) return;
        assert.deepEqual(parseReference(formatReference(reading.reference)), reading);
        assert.doesNotMatch(formatReference(reading.reference), /[\s%?#\\]|\/\/|\.\./u);
      }),
    );
  });
});
