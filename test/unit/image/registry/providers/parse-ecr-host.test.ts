import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  findPartition,
  formatStsHost,
  parseEcrHost,
} from '../../../../../src/image/registry/providers/parse-ecr-host.ts';

const ACCOUNT = '123456789012';

test('parseEcrHost() names the server of the same region and partition', () => {
  const hosts: readonly (readonly [string, string, string])[] = [
    ['dkr.ecr.eu-west-1.amazonaws.com', 'eu-west-1', 'api.ecr.eu-west-1.amazonaws.com'],
    [
      'dkr.ecr.ap-southeast-2.amazonaws.com',
      'ap-southeast-2',
      'api.ecr.ap-southeast-2.amazonaws.com',
    ],
    ['dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1', 'api.ecr.cn-north-1.amazonaws.com.cn'],
    [
      'dkr.ecr.eusc-de-east-1.amazonaws.eu',
      'eusc-de-east-1',
      'api.ecr.eusc-de-east-1.amazonaws.eu',
    ],
    [
      'dkr.ecr-fips.us-gov-west-1.amazonaws.com',
      'us-gov-west-1',
      'ecr-fips.us-gov-west-1.amazonaws.com',
    ],
    ['dkr-ecr.us-east-2.on.aws', 'us-east-2', 'ecr.us-east-2.api.aws'],
    ['dkr-ecr-fips.us-east-1.on.aws', 'us-east-1', 'ecr-fips.us-east-1.api.aws'],
    [
      'dkr-ecr.cn-north-1.on.amazonwebservices.com.cn',
      'cn-north-1',
      'ecr.cn-north-1.api.amazonwebservices.com.cn',
    ],
  ];
  for (const [host, region, apiHost] of hosts) {
    assert.deepEqual(parseEcrHost(`${ACCOUNT}.${host}`), { region, apiHost }, host);
  }
});

test('parseEcrHost() knows no host but those of private registries', () => {
  const host = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`;
  for (const other of [
    '',
    'public.ecr.aws',
    `${host}.evil.example`,
    `evil.example/${host}`,
    `evil${host}`,
    `x.${host}`,
    `${host}:443`,
    `${host}.`,
    `${host}\n`,
    `\n${host}`,
    host.toUpperCase(),
    '12345678901.dkr.ecr.eu-west-1.amazonaws.com',
    '1234567890123.dkr.ecr.eu-west-1.amazonaws.com',
    '١٢٣٤٥٦٧٨٩٠١٢.dkr.ecr.eu-west-1.amazonaws.com',
    `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com.cn.evil`,
    `${ACCOUNT}.dkr.ecr.eu-west-1.evil.example.amazonaws.com`,
    `${ACCOUNT}.dkr.ecr..amazonaws.com`,
    `${ACCOUNT}.dkr.ecr.evil.amazonaws.com`,
    `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.de`,
    `${ACCOUNT}.dkr.ecr.eu-west-1.on.aws`,
    `${ACCOUNT}.dkr-ecr.eu-west-1.amazonaws.com`,
    `${ACCOUNT}.dkr.s3.eu-west-1.amazonaws.com`,
    `${ACCOUNT}-dkr.ecr.eu-west-1.amazonaws.com`,
  ]) {
    assert.equal(parseEcrHost(other), undefined, other);
  }
});

const OWN_DOMAINS =
  /^[a-z0-9.-]+\.(?:amazonaws\.(?:com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.com\.cn)$/u;

test('parseEcrHost() names servers of the domains of AWS alone, whatever the registry is called', () => {
  const piece = fc.constantFrom(
    ACCOUNT,
    '.dkr',
    '.ecr',
    '-ecr',
    '-fips',
    '.',
    '-',
    'eu-west-1',
    'cn-north-1',
    '.amazonaws.com',
    '.amazonaws.com.cn',
    '.on.aws',
    'evil.example',
    '/',
    '@',
    ':',
    '?',
    '#',
    '%2e',
    '\n',
    'A',
  );
  const built = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const near = fc
    .tuple(fc.string(), fc.constantFrom('', `${ACCOUNT}.dkr.ecr.`), fc.string())
    .map(([before, middle, after]) => `${before}${middle}${after}.amazonaws.com`);
  fc.assert(
    fc.property(fc.oneof(built, near, fc.string({ unit: 'binary' })), (text) => {
      const host = parseEcrHost(text);
      if (host === undefined) return;
      assert.match(host.apiHost, OWN_DOMAINS);
      assert.equal(new URL(`https://${host.apiHost}/`).host, host.apiHost);
      assert.match(formatStsHost(host.region) ?? '', OWN_DOMAINS);
      assert.match(text, new RegExp(`^\\d{12}\\.dkr[.-]ecr`, 'u'));
    }),
    { numRuns: 2000 },
  );
});

test('formatStsHost() names the server of the partition, and nothing for what is no region', () => {
  assert.equal(formatStsHost('eu-west-1'), 'sts.eu-west-1.amazonaws.com');
  assert.equal(formatStsHost('us-gov-west-1'), 'sts.us-gov-west-1.amazonaws.com');
  assert.equal(formatStsHost('cn-northwest-1'), 'sts.cn-northwest-1.amazonaws.com.cn');
  assert.equal(formatStsHost('eusc-de-east-1'), 'sts.eusc-de-east-1.amazonaws.eu');
  for (const text of [
    '',
    'evil.example/',
    'eu-west',
    'eu-west-1.evil',
    'EU-WEST-1',
    'aws-global',
  ]) {
    assert.equal(formatStsHost(text), undefined, text);
  }
});

test('findPartition() names the part of AWS as ARNs do, and none for what is no region', () => {
  assert.equal(findPartition('eu-west-1'), 'aws');
  assert.equal(findPartition('us-gov-east-1'), 'aws-us-gov');
  assert.equal(findPartition('cn-north-1'), 'aws-cn');
  assert.equal(findPartition('eusc-de-east-1'), 'aws-eusc');
  assert.equal(findPartition('cn-'), undefined);
});
