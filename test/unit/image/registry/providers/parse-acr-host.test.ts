import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  findAzureCloud,
  parseAcrHost,
} from '../../../../../src/image/registry/providers/parse-acr-host.ts';

test('parseAcrHost() names the cloud of the registry', () => {
  assert.equal(parseAcrHost('myshop.azurecr.io'), 'io');
  assert.equal(parseAcrHost('myshop-h4sh0ftenant.azurecr.io'), 'io');
  assert.equal(parseAcrHost('myshop.azurecr.cn'), 'cn');
  assert.equal(parseAcrHost('myshop.azurecr.us'), 'us');
});

test('findAzureCloud() names the cloud of a server of Entra', () => {
  assert.equal(findAzureCloud('login.microsoftonline.com'), 'io');
  assert.equal(findAzureCloud('login.chinacloudapi.cn'), 'cn');
  assert.equal(findAzureCloud('login.partner.microsoftonline.cn'), 'cn');
  assert.equal(findAzureCloud('login.microsoftonline.us'), 'us');
  assert.equal(findAzureCloud('login.example.com'), 'io');
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
