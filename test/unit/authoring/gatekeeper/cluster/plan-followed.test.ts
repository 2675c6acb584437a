import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  constraintKindOf,
  documentOf,
  TEMPLATE_KIND,
} from '../../../../../src/authoring/gatekeeper/cluster/followed-kinds.ts';
import {
  planFollowed,
  type KnownDocuments,
} from '../../../../../src/authoring/gatekeeper/cluster/plan-followed.ts';
import type { FoundDocument } from '../../../../../src/authoring/gatekeeper/plan-constraints.ts';
import {
  sampleConstraint,
  sampleTemplate,
} from '../../../../support/gatekeeper/cluster-samples.ts';

const TEMPLATE = 'ConstraintTemplate/mustbeowned';
const CONSTRAINT = 'MustBeOwned/owned';
const NOTHING: KnownDocuments = { lastGood: new Map(), refused: new Map() };

const template = documentOf(sampleTemplate(), TEMPLATE_KIND);
const constraint = documentOf(sampleConstraint(), constraintKindOf('MustBeOwned'));
const brokenTemplate = { file: TEMPLATE, value: { ...sampleTemplate(), spec: 1 } };
const brokenConstraint = documentOf(
  sampleConstraint({ spec: { enforcementAction: 'stop' } }),
  constraintKindOf('MustBeOwned'),
);

function good(...documents: readonly FoundDocument[]): ReadonlyMap<string, FoundDocument> {
  return new Map(documents.map((document) => [document.file, document]));
}

function summary(documents: readonly FoundDocument[], known: KnownDocuments = NOTHING) {
  const { plan, accepted, errors } = planFollowed(documents, known);
  assert.deepEqual(plan.problems, []);
  return {
    constraints: plan.constraints.map(({ file }) => file),
    accepted: [...accepted.keys()],
    errors: [...errors].map(([file, texts]) => [file, texts.length]),
  };
}

describe('planFollowed()', () => {
  it('judges by what is right', () => {
    assert.deepEqual(summary([template, constraint]), {
      constraints: [CONSTRAINT],
      accepted: [TEMPLATE, CONSTRAINT],
      errors: [],
    });
  });

  it('keeps the last good form of a template, and so its constraints', () => {
    const known = { ...NOTHING, lastGood: good(template, constraint) };

    const found = planFollowed([brokenTemplate, constraint], known);

    assert.equal(found.accepted.get(TEMPLATE), template);
    assert.deepEqual(summary([brokenTemplate, constraint], known), {
      constraints: [CONSTRAINT],
      accepted: [TEMPLATE, CONSTRAINT],
      errors: [[TEMPLATE, 1]],
    });
  });

  it('keeps the last good form of a constraint', () => {
    const known = { ...NOTHING, lastGood: good(template, constraint) };

    assert.deepEqual(summary([template, brokenConstraint], known), {
      constraints: [CONSTRAINT],
      accepted: [TEMPLATE, CONSTRAINT],
      errors: [[CONSTRAINT, 1]],
    });
  });

  it('leaves out what never was right, with what needs it, and nothing else', () => {
    const other = documentOf(sampleTemplate({ kind: 'Other' }), TEMPLATE_KIND);
    const ruled = documentOf(
      sampleConstraint({ kind: 'Other', name: 'a' }),
      constraintKindOf('Other'),
    );

    assert.deepEqual(summary([brokenTemplate, other, constraint, ruled]), {
      constraints: ['Other/a'],
      accepted: ['ConstraintTemplate/other', 'Other/a'],
      errors: [
        [TEMPLATE, 1],
        [CONSTRAINT, 1],
      ],
    });
  });

  it('judges by no document that cannot be compiled, and by its last good form', () => {
    const refused = new Map([[TEMPLATE, ['it does not compile']]]);
    const earlier = { ...template };

    assert.deepEqual(summary([template, constraint], { ...NOTHING, refused }), {
      constraints: [],
      accepted: [],
      errors: [
        [TEMPLATE, 1],
        [CONSTRAINT, 1],
      ],
    });
    const kept = planFollowed([template, constraint], { lastGood: good(earlier), refused });
    assert.equal(kept.accepted.get(TEMPLATE), earlier);
    assert.deepEqual(kept.errors.get(TEMPLATE), ['it does not compile']);
  });

  it('forgets a last good form that does not fit any more', () => {
    const known = { ...NOTHING, lastGood: good(template, brokenConstraint) };

    for (const written of [brokenConstraint, { ...brokenConstraint }]) {
      assert.deepEqual(summary([template, written], known), {
        constraints: [],
        accepted: [TEMPLATE],
        errors: [[CONSTRAINT, 1]],
      });
    }
  });

  it('does not judge by what was deleted', () => {
    const refused = new Map([[CONSTRAINT, ['it does not compile']]]);

    assert.deepEqual(summary([template], { lastGood: good(template, constraint), refused }), {
      constraints: [],
      accepted: [TEMPLATE],
      errors: [],
    });
  });

  it('tells every problem of a document', () => {
    const twice = documentOf(
      sampleConstraint({ spec: { enforcementAction: 1, match: 1 } }),
      constraintKindOf('MustBeOwned'),
    );

    const { errors } = planFollowed([template, twice], NOTHING);

    assert.ok((errors.get(CONSTRAINT)?.length ?? 0) > 1);
  });
});
