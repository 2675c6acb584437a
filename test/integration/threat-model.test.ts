/** The table of docs/threat-model.md has every fact that a default policy reads, and names tests that exist. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { readBundleSource } from '../../src/authoring/bundle-source.ts';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { runOpa } from '../../src/authoring/opa-program.ts';
import { parsePolicyModule } from '../../src/authoring/parse-policy-module.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { listFactPaths } from '../support/docs/fact-paths.ts';
import { readThreats } from '../support/docs/threats.ts';
import type { Threat } from '../support/docs/threats.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const POLICIES = join(ROOT, 'policies');
const SAMPLE = `package sample

managed := input.facts.object

a if managed.mark.text == "x"

b(actor) if actor.class == "node"

c(scope) if count(scope.change.paths) > 0

d if object.get(input.facts.source, "path", "") != ""

e if input.request.name in input.parameters.editors
`;
/** Given with every request, and read by all: no fact of ours. */
const NO_FACTS: ReadonlySet<string> = new Set(['request.*']);

function covers({ fact }: Threat, path: string): boolean {
  return path === fact || path.startsWith(`${fact}.`);
}

describe('the threat model', () => {
  const threats = readThreats(readFileSync(join(ROOT, 'docs', 'threat-model.md'), 'utf8'));
  let facts: readonly string[] = [];

  before(async () => {
    const { policies, libraries } = await readBundleSource(POLICIES);
    facts = await readFactPaths(
      POLICIES,
      [...policies, ...libraries].map(({ file }) => file),
    );
  });

  it('says for every fact that a policy reads who may change it', () => {
    const missing = facts.filter((path) => !threats.some((threat) => covers(threat, path)));
    assert.deepEqual(missing, []);
  });

  it('has no row for what no policy reads', () => {
    const idle = threats.filter(
      (threat) => !NO_FACTS.has(threat.fact) && !facts.some((path) => covers(threat, path)),
    );
    assert.deepEqual(
      idle.map(({ fact }) => fact),
      [],
    );
  });

  it('names a test in every row, and each exists', () => {
    const faults = threats.filter(
      ({ tests }) => tests.length === 0 || tests.some((test) => !existsSync(join(ROOT, test))),
    );
    assert.deepEqual(
      faults.map(({ fact, tests }) => [fact, tests]),
      [],
    );
  });

  it('leaves no cell empty', () => {
    assert.deepEqual(
      threats.filter(({ cells }) => cells.some((cell) => cell === '')).map(({ fact }) => fact),
      [],
    );
  });

  it('sees facts behind names, arguments and look-ups', async (context) => {
    const folder = await makeTemporaryFolder(context, { 'sample.rego': SAMPLE });
    assert.deepEqual(await readFactPaths(folder, ['sample.rego']), [
      'actor.class',
      'change.paths',
      'object.mark',
      'parameters.editors',
      'source.path',
    ]);
  });
});

async function readFactPaths(folder: string, files: readonly string[]): Promise<readonly string[]> {
  const opa = await ensureOpa({ cacheFolder: cacheFolder() });
  const argv = ['parse', '--format', 'json', '--json-include', 'locations,comments'];
  const modules = await Promise.all(
    files.map(async (file) =>
      parsePolicyModule(file, JSON.parse(await runOpa(opa.path, [...argv, file], folder))),
    ),
  );
  return listFactPaths(modules);
}
