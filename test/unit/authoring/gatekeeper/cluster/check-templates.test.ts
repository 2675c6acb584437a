import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { TemplateChecker } from '../../../../../src/authoring/gatekeeper/cluster/check-templates.ts';
import {
  constraintKindOf,
  documentOf,
  TEMPLATE_KIND,
} from '../../../../../src/authoring/gatekeeper/cluster/followed-kinds.ts';
import { planConstraints } from '../../../../../src/authoring/gatekeeper/plan-constraints.ts';
import { ensureOpa, type OpaLocation } from '../../../../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../../../../src/base/cache-folder.ts';
import type { KubernetesObject } from '../../../../../src/kubernetes/object.ts';
import {
  sampleConstraint,
  sampleTemplate,
} from '../../../../support/gatekeeper/cluster-samples.ts';

function planOf(templates: readonly KubernetesObject[], kind = 'MustBeOwned') {
  const constraint = documentOf(sampleConstraint({ kind }), constraintKindOf(kind));
  return planConstraints([
    ...templates.map((template) => documentOf(template, TEMPLATE_KIND)),
    constraint,
  ]);
}

function reading(kind: string, what: string): KubernetesObject {
  return sampleTemplate({
    kind,
    rego: `package x\nviolation[{"msg": "m"}] { ${what} }\n`,
  });
}

describe('TemplateChecker', () => {
  let opa: OpaLocation;
  before(async () => {
    opa = await ensureOpa({ cacheFolder: cacheFolder(process.env) });
  });

  it('says which template does not compile, and of no other', async () => {
    const checker = new TemplateChecker(opa);
    const templates = [
      sampleTemplate(),
      reading('Syntax', 'not'),
      reading('Reaches', 'http.send({"method": "get", "url": "x"})'),
      reading('Unknown', 'no_such_function(1)'),
    ];

    const refusals = await checker.findRefusals(planOf(templates));

    assert.deepEqual(
      [...refusals.keys()],
      ['syntax', 'reaches', 'unknown'].map((name) => `ConstraintTemplate/${name}`),
    );
    assert.match(refusals.get('ConstraintTemplate/reaches')?.join() ?? '', /http\.send/u);
  });

  it('says what a constraint lacks whose template reads the inventory', async () => {
    const checker = new TemplateChecker(opa);

    const refusals = await checker.findRefusals(
      planOf([reading('Compares', 'data.inventory.cluster.x')], 'Compares'),
    );

    assert.deepEqual([...refusals.keys()], ['Compares/owned']);
    assert.match(refusals.get('Compares/owned')?.join() ?? '', /nothing says which objects/u);
  });

  it('compiles a form of a template once', async () => {
    const checker = new TemplateChecker(opa);
    await checker.findRefusals(planOf([sampleTemplate()]));
    const away = new TemplateChecker({ path: '/no/such/opa' });

    const startedAtMs = performance.now();
    assert.equal((await checker.findRefusals(planOf([sampleTemplate()]))).size, 0);
    const tookMs = performance.now() - startedAtMs;

    assert.ok(tookMs < 1000, `it took ${tookMs} ms`);
    assert.equal((await away.findRefusals(planOf([sampleTemplate()]))).size, 1);
  });
});
