/** What a guard refuses with: who may do it and what to type, as the API server prints it, and typed as it is printed. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { parseYaml } from '../../src/base/parse-yaml.ts';
import { manifestsCommand } from '../../src/cli/setup/manifests.ts';
import { runProgram } from '../../src/cli/program.ts';
import { planGuard } from '../../src/registration/plan-guard.ts';
import { planStaticGuard } from '../../src/registration/plan-static-guard.ts';
import { issueTestCertificate } from '../support/certificates.ts';
import { recordContext } from '../support/command-context.ts';
import { commandsIn } from '../support/read-findings.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const OPTIONS = { allowedUsernames: ['installer'], ownNamespace: 'holdfast-system' };
const policySchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ validations: z.tuple([z.object({ message: z.string() })]) }),
});

const MESSAGES = [...planGuard(OPTIONS), ...planStaticGuard(OPTIONS)]
  .filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
  .map((manifest) => policySchema.parse(manifest))
  .map(({ metadata, spec }) => ({ name: metadata.name, message: spec.validations[0].message }));

/** As admission reads it on a terminal; longer than this, nobody does. */
const MESSAGE_CHARS_MAX = 700;

for (const { name, message } of MESSAGES) {
  test(`${name} says who may do it, what to do, and the way out`, () => {
    // Source: k8s.io/kubernetes pkg/apis/admissionregistration/validation, validateValidation: no line breaks.
    assert.doesNotMatch(message, /[\r\n]/u);
    assert.ok(message.length <= MESSAGE_CHARS_MAX, `${message.length} characters`);
    assert.match(message, /types `|Commit it |name it in registration\.guard\.usernames/u);
    const isFile = name.endsWith('.static.k8s.io');
    const shown = `kubectl get validatingadmissionpolicy ${name} `;
    assert.equal(message.includes(shown), !isFile);
    assert.equal(message.includes('in its file on the control plane'), isFile);
    const documents = [...message.matchAll(/docs\/[a-z/-]+\.md/gu)].map(([path]) => path);
    assert.ok(documents.includes('docs/operations/guards.md'));
    for (const document of documents) assert.ok(existsSync(join(ROOT, document)), document);
  });
}

const TYPED = new Set(
  MESSAGES.flatMap(({ message }) => commandsIn(message)).flatMap((command) =>
    command.split(' | ').filter((part) => part.startsWith('holdfast ')),
  ),
);

test('the commands of Holdfast that guards print make what kubectl applies', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'holdfast.yaml':
      'cluster: {name: c}\nidentity: {writers: [{name: w, username: pipeline, tool: argocd}]}\n',
    'tls/ca.crt': issueTestCertificate({ purpose: 'authority', commonNames: ['ca'] }).cert,
  });
  assert.deepEqual(TYPED.size, 2);
  for (const line of TYPED) {
    const { context, printed } = recordContext({ workingDirectory: folder });
    const [, ...argv] = line.split(' ');
    const world = { commands: [manifestsCommand], groups: {}, version: '0', context };
    assert.equal(await runProgram(argv, world), 'ok', line);
    const parsed = parseYaml(printed(), { dialect: 'kubernetes', aliasesMax: 0 });
    assert.ok(parsed.ok && parsed.documents.length >= 2, line);
  }
});
