import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseRepositoryUrl } from '../../../src/source/parse-repository-url.ts';

function normalOf(text: string): string {
  const parsed = parseRepositoryUrl(text);
  return parsed.ok ? parsed.repository.normal : `refused: ${parsed.reason}`;
}

test('parseRepositoryUrl() gives every spelling of a repository one normal form', () => {
  const https = 'https://git.example.com/acme/shop';
  for (const text of [
    'https://git.example.com/acme/shop',
    'https://git.example.com/acme/shop.git',
    'https://git.example.com/acme/shop/',
    'https://git.example.com/acme/shop.git/',
    'https://git.example.com:443/acme/shop',
    'HTTPS://Git.Example.COM/acme/shop',
    'https://grace:secret@git.example.com/acme/shop',
    'https://git.example.com./acme/shop',
    'https://git.example.com/acme//shop',
    'https://git.example.com/other/../acme/shop',
  ]) {
    assert.equal(normalOf(text), https, text);
  }
  for (const text of [
    'git@git.example.com:acme/shop.git',
    'git@git.example.com:/acme/shop',
    'git.example.com:acme/shop',
    'ssh://git@git.example.com/acme/shop.git',
    'ssh://git@git.example.com:22/acme/shop',
    'git+ssh://git@git.example.com/acme/shop',
    'ssh+git://git.example.com/acme/shop',
  ]) {
    assert.equal(normalOf(text), 'ssh://git.example.com/acme/shop', text);
  }
  assert.equal(normalOf('http://git.example.com:80/a'), 'http://git.example.com/a');
  assert.equal(normalOf('file:///srv/git/shop.git'), 'file:///srv/git/shop');
  assert.equal(normalOf('git@[2001:db8::1]:a/b'), 'ssh://[2001:db8::1]/a/b');
});

test('parseRepositoryUrl() keeps apart what are different repositories', () => {
  const different = [
    'https://git.example.com/acme/shop',
    'https://git.example.com:8443/acme/shop',
    'https://git.example.com/Acme/shop',
    'http://git.example.com/acme/shop',
    'ssh://git.example.com/acme/shop',
    'https://git.example.org/acme/shop',
  ].map(normalOf);

  assert.equal(new Set(different).size, different.length);
});

test('parseRepositoryUrl() keeps what git needs, and no password', () => {
  assert.deepEqual(parseRepositoryUrl('ssh://git@Git.example.com:2222/acme/shop.git'), {
    ok: true,
    repository: {
      protocol: 'ssh',
      host: 'git.example.com',
      port: 2222,
      user: 'git',
      path: '/acme/shop',
      url: 'ssh://git@git.example.com:2222/acme/shop.git',
      normal: 'ssh://git.example.com:2222/acme/shop',
    },
  });
  assert.deepEqual(parseRepositoryUrl('https://grace:secret@git.example.com/shop.git'), {
    ok: true,
    repository: {
      protocol: 'https',
      host: 'git.example.com',
      port: undefined,
      user: undefined,
      path: '/shop',
      url: 'https://git.example.com/shop.git',
      normal: 'https://git.example.com/shop',
    },
  });
});

test('parseRepositoryUrl() refuses what git would run or misread, and never repeats it', () => {
  const refused = [
    '',
    'x'.repeat(3000),
    '-oProxyCommand=touch secret',
    '--upload-pack=secret',
    'ext::sh -c secret',
    'ext::secret',
    'fd::17/secret',
    'https://git.example.com/a b',
    'https://git.example.com/a\nsecret',
    'https://git.example.com/"secret',
    "https://git.example.com/'secret",
    'https://git.example.com/$(secret)',
    'https://git.example.com/a`secret`',
    'https://git.example.com/a?secret=1',
    'https://git.example.com/a#secret',
    'git@host:a?secret',
    'https://git.example.com',
    'https://git.example.com/',
    'https://git.example.com/.git',
    'https://',
    'https://git.example.com:99999/secret',
    'ftp://git.example.com/secret',
    'git://git.example.com/secret',
    'oci://git.example.com/secret',
    'file://host/secret',
    'file:///',
    '/srv/secret',
    'secret',
    'git@host:-secret',
    'git@-host:secret',
    '-git@host:secret',
    'git@host',
    'ssh://-oProxyCommand=secret/a',
    'ssh://%2dsecret@host/a',
    'https://git.éxample.com/secret',
    'https://git..-/secret',
  ];
  for (const text of refused) {
    const parsed = parseRepositoryUrl(text);
    assert.equal(parsed.ok, false, text);
    assert.ok(!parsed.ok && !parsed.reason.includes('secret'), text);
  }
});

test('parseRepositoryUrl() is total, and the normal form and the URL for git are stable', () => {
  const word = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}$/u);
  const plausible = fc
    .tuple(fc.constantFrom('https://', 'ssh://git@', 'http://', 'git@'), word, word, word)
    .map(([scheme, host, owner, name]) =>
      scheme === 'git@' ? `git@${host}:${owner}/${name}` : `${scheme}${host}/${owner}/${name}.git`,
    );
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), plausible), (text) => {
      const parsed = parseRepositoryUrl(text);
      if (!parsed.ok) return;
      const { normal, url } = parsed.repository;
      assert.equal(normalOf(normal), normal);
      assert.equal(normalOf(url), normal);
      assert.match(url, /^(?:https|http|ssh|file):\/\/[!-~]+$/u);
      assert.doesNotMatch(url, /["'\\\s`$]/u);
    }),
  );
});
