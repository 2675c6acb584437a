/** What policies may use, by their names: at load, and in the evaluation of a bundle that says less of itself than it does. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { addMs, systemClock } from '../../src/base/clock.ts';
import type { CapabilityRule } from '../../src/policy/capabilities/settings.ts';
import type { PolicyDescriptor } from '../../src/policy/descriptor.ts';
import { createPolicyEngine } from '../../src/policy/engine.ts';
import type { PolicyBundle } from '../../src/policy/load-bundle.ts';
import type { PolicyOutcome } from '../../src/policy/outcome.ts';
import { engineSchema } from '../../src/policy/settings.ts';
import { CAUSE, FACTS } from '../support/judging-engine.ts';
import { compileFolder, policyText } from '../support/policy-bundles.ts';
import { recordTelemetry } from '../support/recording-telemetry.ts';
import { askReadiness, makeArchive, servePolicies } from '../support/serve-policies.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait-until.ts';

const LATE = 'deny contains {"code": "no", "message": "No"} if time.now_ns() > 0';
const RULES: readonly CapabilityRule[] = [
  { policies: ['team_*'], builtins: ['semver'], facts: [] },
];

function reading(fact: string): readonly string[] {
  return ['severity: error', 'match: {operations: [CREATE]}', 'failure: deny', `facts: [${fact}]`];
}

async function compile(t: TestContext): Promise<PolicyBundle> {
  const actor =
    'deny contains {"code": "no", "message": "No"} if input.facts.actor["class"] == "other"';
  return await compileFolder(
    await makeTemporaryFolder(t, {
      'platform/platform.rego': policyText({
        name: 'platform',
        custom: reading('actor'),
        body: `${LATE}\n${actor}`,
      }),
      'team_clock/team_clock.rego': policyText({ name: 'team_clock', body: LATE }),
      'team_fact/team_fact.rego': policyText({
        name: 'team_fact',
        custom: reading('actor'),
        body: actor,
      }),
      'team_version/team_version.rego': policyText({
        name: 'team_version',
        body: 'deny contains {"code": "no", "message": "No"} if semver.compare("1.0.0", "2.0.0") == -1',
      }),
    }),
  );
}

/** The same module, whose policies say that they use nothing. */
function silence({ manifest, ...bundle }: PolicyBundle): PolicyBundle {
  const policies = manifest.policies.map((policy): PolicyDescriptor => ({
    ...policy,
    facts: [],
    optionalFacts: [],
    builtins: [],
  }));
  return { ...bundle, manifest: { ...manifest, policies } };
}

describe('policies.capabilities', () => {
  it('is what the build finds that each policy calls, through the functions of libraries', async (t) => {
    const { manifest, requiredBuiltins } = await compile(t);
    assert.deepEqual(
      manifest.policies.map(({ name, builtins }) => [name, builtins]),
      [
        ['platform', ['time.now_ns']],
        ['team_clock', ['time.now_ns']],
        ['team_fact', []],
        ['team_version', ['semver.compare']],
      ],
    );
    assert.deepEqual(requiredBuiltins, ['semver.compare', 'time.now_ns']);
  });

  it('holds for each policy of an evaluation, whatever its bundle says', async (t) => {
    const bundle = silence(await compile(t));
    const judge = async (capabilities: readonly CapabilityRule[]) => {
      const engine = await createPolicyEngine(bundle, engineSchema.parse({}), {
        ...recordTelemetry(),
        capabilities,
      });
      t.after(() => engine.close());
      // The first ones are judged by workers, the later ones on this thread.
      let outcomes: readonly PolicyOutcome[] = [];
      for (let round = 0; round < 5; round += 1) {
        outcomes = await engine.evaluate({
          policies: engine.descriptors,
          requestJson: Buffer.from('{"name":"a","operation":"CREATE"}'),
          cause: CAUSE,
          facts: FACTS,
          parameters: {},
          deadlineAtMs: addMs(systemClock.monotonicMs(), 10_000),
        });
      }
      return outcomes.map((outcome) =>
        outcome.status === 'evaluated' ? outcome.deny.length : outcome.reason,
      );
    };

    assert.deepEqual(await judge([]), [1, 1, 1, 1]);
    assert.deepEqual(await judge(RULES), [
      1,
      'The policy may not call "time.now_ns"',
      // It gets no fact, also where another policy of the same request has it.
      0,
      1,
    ]);
  });

  it('refuses a bundle that uses more, by name, and the last good one stays', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const path = join(folder, 'bundle.tar.gz');
    await writeFile(path, await makeArchive(t, 'first'));
    const capabilities = [{ policies: ['*'], builtins: ['semver'] }];
    const { allows, service } = await servePolicies(t, folder, {
      policies: { bundle: 'bundle.tar.gz', capabilities },
    });
    const next = await makeArchive(t, '', { body: LATE });

    await writeFile(path, next);

    await waitUntil(async () =>
      /policy-bundle.*does not allow: the policy "sample" calls "time\.now_ns"; its module imports "time\.now_ns", which none of its policies may call/u.test(
        await askReadiness(service),
      ),
    );
    assert.equal(await allows('first'), false);
  });

  it('lets no process start with such a bundle', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await writeFile(join(folder, 'bundle.tar.gz'), await makeArchive(t, '', { body: LATE }));
    const capabilities = [{ policies: ['sample'], builtins: [] }];
    await assert.rejects(
      servePolicies(t, folder, { policies: { bundle: 'bundle.tar.gz', capabilities } }),
      { code: 'policy_capability_refused' },
    );
  });
});
