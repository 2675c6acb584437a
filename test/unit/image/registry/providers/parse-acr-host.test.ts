import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAcrHost } from '../../../../../src/image/registry/providers/parse-acr-host.ts';

test('parseAcrHost() names the server of Entra in the cloud of the registry', () => {
  const hosts: Readonly<Record<string, string>> = {
    'myshop.azurecr.io': 'login.microsoftonline.com',
    'myshop-h4sh0ftenant.azurecr.io': 'login.microsoftonline.com',
    'myshop.azurecr.cn': 'login.chinacloudapi.cn',
    'myshop.azurecr.us': 'login.microsoftonline.us',
  };
  for (const [host, authorityHost] of Object.entries(hosts)) {
    assert.deepEqual(parseAcrHost(host), { authorityHost }, host);
  }
});

test('parseAcrHost() knows no host but those of registries', () => {
  for (const host of [
    '',
    'azurecr.io',
    '.azurecr.io',
    'abcd.azurecr.io',
    'myshop.azurecr.io.evil.example',
    'myshop.azurecr.evil.io',
    'myshop.azurecr.de',
    'myshop.westeurope.data.azurecr.io',
    'my.shop.azurecr.io',
    'myshop.azurecr.io:443',
    'myshop.azurecr.io.',
    'myshop.azurecr.io\n',
    'MYSHOP.azurecr.io',
    '-myshop.azurecr.io',
    'my--shop.azurecr.io',
    'evil.example/myshop.azurecr.io',
    'user@myshop.azurecr.io',
    'evilazurecr.io',
    `${'a'.repeat(64)}.azurecr.io`,
  ]) {
    assert.equal(parseAcrHost(host), undefined, host);
  }
});

test('parseAcrHost() accepts one name below the domain of Azure, whatever the registry is called', () => {
  const piece = fc.constantFrom(
    'myshop',
    '.azurecr.io',
    '.azurecr.cn',
    'azurecr',
    '.',
    '-',
    '.io',
    'evil.example',
    '/',
    '@',
    ':',
    '?',
    '#',
    '\n',
    'A',
    '\u0130',
  );
  const built = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
  const near = fc.string({ unit: 'binary' }).map((name) => `${name}.azurecr.io`);
  fc.assert(
    fc.property(fc.oneof(built, near), (text) => {
      if (parseAcrHost(text) === undefined) return;
      assert.match(text, /^[a-z0-9-]{5,63}\.azurecr\.(?:io|cn|us)$/u);
      assert.equal(new URL(`https://${text}/oauth2/exchange`).host, text);
    }),
    { numRuns: 2000 },
  );
});
