/** What the denials of images tell to do, done as they print it: with the command, and with the configuration. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { configurationSchema } from '../../src/config/schema.ts';
import { IMAGE_REJECTION_CODES } from '../../src/image/image-failure.ts';
import { parseReference } from '../../src/image/parse-reference.ts';
import { matchImageRule } from '../../src/signature/image-trust/match-image-rule.ts';
import { attach } from '../support/images/image-samples.ts';
import { legacy, openImage, otherKeys } from '../support/images/image-command.ts';
import { commandsIn, readImageFindings, type PolicyFinding } from '../support/read-findings.ts';

const POLICY = readFileSync(
  new URL('../../policies/image_signatures/image_signatures.rego', import.meta.url),
  'utf8',
);
const JUDGED = { judgesImages: true };

type Opened = Awaited<ReturnType<typeof openImage>>;

/** As the policies read it. */
function factOf({ registry }: Opened, signature?: object) {
  const text = `${registry.host}/shop:1.4.0`;
  const parsed = parseReference(text);
  assert.ok(parsed.ok);
  const place = { path: 'spec.containers[0].image', kind: 'container', name: 'app' };
  return { ...place, ...parsed.reference, text, status: 'parsed', isNew: true, signature };
}

async function findOne(
  policy: string,
  image: object,
  parameters: object = JUDGED,
): Promise<PolicyFinding> {
  const [finding] = await readImageFindings(policy, [image], parameters);
  assert.ok(finding);
  return finding;
}

/** Types the command, and then what it tells to allow, until it tells nothing more. */
async function typeAll({ type, registry }: Opened, command: string, keyFile = 'cosign.pub') {
  // Whoever has a registry without certificates knows it.
  let line = `${command.replace('FILE', keyFile)} --plain-http ${registry.host}`;
  for (;;) {
    const result = await type(line);
    const option = / allow it with (?<option>--[a-z-]+ \S+)/u.exec(
      `${result.printed}\n${result.reported}`,
    )?.groups?.['option'];
    if (option === undefined) return result;
    assert.ok(!line.includes(option), `It was told to be allowed again: ${option}`);
    line = `${line} ${option}`;
  }
}

for (const [code, sign] of [
  ['unsigned', () => undefined],
  [
    'bad_signature',
    ({ registry, image }: Opened) =>
      attach(registry, 'shop', {
        image,
        layers: [legacy(image.digest, otherKeys)],
        suffix: 'sig',
      }),
  ],
] as const) {
  test(`what ${code} tells to do says why, and that it is mended`, async (t: TestContext) => {
    const opened = await openImage(t);
    const { registry, image } = opened;
    sign(opened);
    const refused = { status: 'rejected', rule: 'shop', code, reason: 'As the command says' };
    const finding = await findOne('image_signatures', factOf(opened, refused));
    assert.equal(finding.code, 'image_rejected');
    const [command = '', ...more] = commandsIn(finding.remedy);
    assert.deepEqual(more, []);

    const before = await typeAll(opened, command);
    assert.equal(before.status, 'failed');
    assert.match(before.printed, new RegExp(`\\b${code}\\b`, 'u'));

    attach(registry, 'shop', { image, layers: [legacy(image.digest)], suffix: 'sig' });
    const after = await typeAll(opened, command);
    assert.equal(after.status, 'ok', after.printed);
  });
}

test('a refusal of the registry is mended by no signature, and every code of one is known to the policy', async (t) => {
  const opened = await openImage(t);
  const refused = IMAGE_REJECTION_CODES.map((code) =>
    factOf(opened, { status: 'rejected', rule: 'shop', code, reason: 'No' }),
  );
  const findings = await readImageFindings('image_signatures', refused, JUDGED);
  assert.equal(findings.length, IMAGE_REJECTION_CODES.length);
  assert.deepEqual(
    findings.flatMap(({ remedy }) => commandsIn(remedy)),
    [],
  );
  const table = /^registry_codes := \{\n(?<rows>.*?)^\}/msu.exec(POLICY)?.groups?.['rows'] ?? '';
  const named = [...table.matchAll(/"(?<code>\w+)"/gu)].map(({ groups }) => groups?.['code']);
  assert.deepEqual(new Set(named), new Set<string>(IMAGE_REJECTION_CODES));
});

test('what an image without a digest tells to type prints the digest', async (t) => {
  const opened = await openImage(t);
  const { remedy } = await findOne('image_digests', factOf(opened));
  const [command = ''] = commandsIn(remedy);
  // Nobody has signed it, and the key is that of somebody else.
  const { printed } = await typeAll(opened, command, 'other.pub');
  assert.ok(printed.includes(opened.image.digest), printed);
});

test('what a Pod without a digest is told to write is the image that was verified', async (t) => {
  const opened = await openImage(t);
  const { digest } = opened.image;
  const verified = { status: 'verified', rule: 'shop', digest, signers: [], attestations: [] };
  const { code, remedy } = await findOne('image_signatures', factOf(opened, verified));
  assert.equal(code, 'image_not_pinned');
  const written = /^Write (?<image>\S+)\. /u.exec(remedy)?.groups?.['image'] ?? '';
  const parsed = parseReference(written);
  assert.equal(parsed.ok && parsed.reference.digest, digest);
  const pinned = { ...factOf(opened, verified), text: written, digest };
  assert.deepEqual(await readImageFindings('image_signatures', [pinned], JUDGED), []);
});

test('what an image that no rule names is told to name is a pattern that a rule can have', async (t) => {
  const opened = await openImage(t);
  const fact = factOf(opened, { status: 'unjudged' });
  const parameters = { ...JUDGED, requireSignature: true };
  const { code, remedy } = await findOne('image_signatures', fact, parameters);
  assert.equal(code, 'image_required');
  const named = /^Name (?<place>\S+) in a rule of images\.rules\.$/u.exec(remedy)?.groups?.[
    'place'
  ];
  const { images } = configurationSchema.parse({
    images: {
      authorities: [{ name: 'release', keyFiles: ['cosign.pub'] }],
      rules: [{ name: 'shop', images: [named], authorities: ['release'] }],
    },
  });
  const { registry, repository } = fact;
  assert.equal(matchImageRule({ registry, repository }, images.rules)?.name, 'shop');
});
