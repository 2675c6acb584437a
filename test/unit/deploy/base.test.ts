/**
 * What `deploy/base` promises, as far as it can be read. That it is what the chart renders is tested in test/deploy; the API
 * server's word is in test/cluster/deploy.test.ts.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { formatResource } from '../../../src/kubernetes/object-reference.ts';
import { z } from 'zod';
import { defaultConfiguration } from '../../../src/config/parse-configuration.ts';
import { SEARCHED_KINDS } from '../../../src/kubernetes/lookup/searched-kinds.ts';
import { ADMISSION_RESOURCES } from '../../../src/drift/admission/admission-resources.ts';
import { LIMITS } from '../../../src/config/limits.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { parseYaml } from '../../../src/base/parse-yaml.ts';

const BASE = join(import.meta.dirname, '..', '..', '..', 'deploy', 'base');

function read(file: string): readonly unknown[] {
  const text = readFileSync(join(BASE, file), 'utf8');
  const parsed = parseYaml(text, { dialect: 'kubernetes', aliasesMax: 0 });
  assert.ok(parsed.ok, file);
  return parsed.documents.map(({ value }) => value);
}

const roleSchema = z.looseObject({
  rules: z.array(
    z.strictObject({
      apiGroups: z.array(z.string()),
      resources: z.array(z.string()),
      verbs: z.array(z.string()),
    }),
  ),
});

describe('deploy/base', () => {
  it('lists every manifest in the kustomization', () => {
    const [kustomization] = z
      .array(z.looseObject({ resources: z.array(z.string()) }))
      .parse(read('kustomization.yaml'));
    const others = new Set(['kustomization.yaml', 'holdfast.yaml']);
    const manifests = readdirSync(BASE).filter((file) => !others.has(file));
    assert.deepEqual(kustomization?.resources.toSorted(), manifests.toSorted());
  });

  it('holds an example configuration that is valid, and begins as a trial', async () => {
    const loaded = await loadConfiguration(join(BASE, 'holdfast.yaml'));
    assert.ok(loaded.ok);
    const { policies, registration } = loaded.configuration;
    assert.deepEqual([policies.mode, registration.profile], ['warn', 'trial']);
  });

  it('keeps the journal in a claim that is larger than the journal may become', async () => {
    const loaded = await loadConfiguration(join(BASE, 'holdfast.yaml'));
    const manifest = readFileSync(join(BASE, 'statefulset.yaml'), 'utf8');
    const mount = /- name: journal\n +mountPath: (\S+)/u.exec(manifest)?.[1];
    const gib = Number(/storage: (\d+)Gi/u.exec(manifest)?.[1]);

    assert.ok(loaded.ok);
    const { folder = '', journalBytesMax = Infinity } = loaded.configuration.audit.journal ?? {};
    assert.ok(mount !== undefined && folder.startsWith(`${mount}/`));
    assert.ok(gib * 2 ** 30 > journalBytesMax);
  });

  it('may only read, no Secret, and follows every kind that is searched or followed by default', () => {
    const { rules } = roleSchema.parse(read('cluster-role.yaml')[0]);
    const verbs = new Set(rules.flatMap((rule) => rule.verbs));
    assert.deepEqual([...verbs].toSorted(), ['get', 'list', 'watch']);
    const resources = rules.flatMap((rule) => rule.resources);
    assert.equal(
      resources.some((name) => name === 'secrets' || name.includes('*')),
      false,
    );
    const { resources: followed } = defaultConfiguration('/').kubernetes.watch;
    for (const name of [
      ...SEARCHED_KINDS.map(formatResource),
      ...followed,
      ...ADMISSION_RESOURCES,
    ]) {
      const [resource = '', ...group] = name.split('.');
      const rule = rules.find(
        ({ apiGroups, resources: named }) =>
          apiGroups.includes(group.join('.')) && named.includes(resource),
      );
      assert.deepEqual(rule?.verbs, ['get', 'list', 'watch'], name);
    }
  });

  it('gives a pod more time to end than its drain takes', () => {
    const schema = z.looseObject({
      spec: z.looseObject({
        replicas: z.int(),
        template: z.looseObject({
          spec: z.looseObject({ terminationGracePeriodSeconds: z.int() }),
        }),
      }),
    });
    const { spec } = schema.parse(read('statefulset.yaml')[0]);
    const drainSeconds = LIMITS['limits.drainMs'].default / 1000;
    assert.ok(spec.template.spec.terminationGracePeriodSeconds > drainSeconds);
    assert.ok(spec.replicas >= 2);
  });
});
