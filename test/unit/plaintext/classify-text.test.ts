import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyNamedValue, classifyText } from '../../../src/plaintext/classify-text.ts';
import { drawPassword, drawPrivateKey, drawText } from '../../support/sample-credentials.ts';

const NAMES = [
  'password',
  'DB_PASSWORD',
  'adminPasswd',
  'passphrase',
  'PWD',
  'token',
  'githubToken',
  'TOKEN_2',
  'client-secret',
  'credentials',
  'apiKey',
  'API_KEY',
  'aws_secret_access_key',
  'private.key',
  'encryptionKey',
];

describe('classifyNamedValue()', () => {
  for (const name of NAMES) {
    it(`knows what stands under ${name}`, () => {
      assert.deepEqual(classifyNamedValue(name, drawPassword()), ['named secret']);
    });
  }

  for (const name of [
    'secretName',
    'passwordFile',
    'tokenUrl',
    'PASSWORD_HASH',
    'key',
    'checksum',
    'existingSecret',
    'imagePullSecret',
    'tls-secret',
    'secretRef',
  ]) {
    it(`says nothing of what stands under ${name}`, () => {
      assert.deepEqual(classifyNamedValue(name, drawPassword()), []);
    });
  }
});

describe('classifyText()', () => {
  for (const [what, format] of [
    ['YAML', (value: string) => `user: shop\n  password: ${value}\n`],
    ['properties', (value: string) => `db.user=shop\ndb.password=${value}\n`],
    ['JSON', (value: string) => `{"user":"shop","clientSecret":"${value}","port":5432}`],
    ['TOML', (value: string) => `api_key = '${value}'`],
    ['arguments', (value: string) => `--user=shop --token=${value}`],
    ['a shell', (value: string) => `export API_KEY="${value}"`],
    ['a query', (value: string) => `https://example.com/hook?token=${value}`],
  ] as const) {
    it(`finds a password in ${what}`, () => {
      assert.deepEqual(classifyText(format(drawPassword())), ['named secret']);
    });
  }

  it('tells all kinds of a text, each once', () => {
    const token = `ghp_${drawText(36)}`;
    assert.deepEqual(classifyText(`${token} ${token}\npassword: ${drawPassword()}`), [
      'GitHub token',
      'named secret',
    ]);
  });

  it('finds a password behind one that is none', () => {
    assert.deepEqual(classifyText(`password: changeme-please\ntoken: ${drawPassword()}`), [
      'named secret',
    ]);
    assert.deepEqual(classifyText(`http://a:$PASSWORD@b http://a:${drawPassword()}@b`), [
      'URL with a password',
    ]);
  });

  for (const [what, text] of [
    ['an empty text', ''],
    ['a variable of the container', 'password: $(DB_PASSWORD_OF_THE_SHOP_1)'],
    ['a variable of a shell', 'TOKEN=${GITHUB_TOKEN_1a2b3c4d5e}\nPASSWORD=$DB_PASSWORD_1a2b3c4d5e'],
    ['a template', 'password: {{ .Values.db.password1a2b3c4d }}'],
    ['what Argo CD reads from its Secret', 'clientSecret: $oidc.okta.clientSecret1a2b3c4d'],
    ['the place of a file', 'token: /var/run/secrets/a1b2c3d4e5f6/token'],
    ['a relative place', 'private_key: ./keys/a1b2c3d4e5f6.pem'],
    ['a URL', 'token: https://example.com/a1b2c3d4e5f6g7h8'],
    ['a reference to Vault', 'password: vault:secret/data/a1b2c3d4e5f6#password'],
    ['an encrypted value', 'password: ENC[AES256_GCM,data:a1b2c3d4e5f6]'],
    ['a digest', `secretKey: sha256:${'0a1b2c3d'.repeat(8)}`],
    ['a digest of an image', `image: registry.example.com/shop@sha256:${'0a1b2c3d'.repeat(8)}`],
    ['a UUID', 'token: 123e4567-e89b-12d3-a456-426614174000'],
    ['the name of a Secret', 'existingSecret: db-x7k2p9q4'],
    ['a word', 'password: correct-horse-battery-staple'],
    ['a hash of a password', 'password: $2y$10$a1b2c3d4e5f6g7h8i9j0ka'],
    ['a public key', 'key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIa1b2c3d4e5f6'],
    ['the line of a key alone', 'grep -e "-----BEGIN PRIVATE KEY-----" key.pem'],
    ['a URL with a variable', 'postgres://shop:$(PASSWORD)@db postgres://shop:${PASSWORD}@db'],
    ['a URL with a word of examples', 'redis://user:password@host redis://u:****@h http://u:xxx@h'],
    ['a URL with a user and a port', 'ssh://git@example.com:22/a.git http://example.com:8080/@x'],
    ['a number', 'max_token: 100000000000'],
    ['a type', '"token": {"type": "string"}'],
    ['what is said of a token', 'The token: a1 is read by the server.'],
    [
      'a file with a certificate',
      '-----BEGIN CERTIFICATE-----\nMIIBhTCCASugAwIBAgIQIRi6zePL6mKjOipn+dNuaTAKBggqhkjOPQQDAjAS\n',
    ],
  ] as const) {
    it(`says nothing of ${what}`, () => {
      assert.deepEqual(classifyText(text), []);
    });
  }

  it('says nothing of an encrypted key', () => {
    assert.deepEqual(classifyText(drawPrivateKey(drawPassword())), []);
  });
});
