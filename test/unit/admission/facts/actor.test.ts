import assert from 'node:assert/strict';
import { it } from 'node:test';
import { actorFact } from '../../../../src/admission/facts/actor.ts';
import { sampleActor } from '../../../support/admission-samples.ts';

it('a record keeps who the user is and how that was proved, with the credential where one was shown', () => {
  const actor = sampleActor();
  const kept = { class: actor.class, proof: actor.proof };
  const credential = { kind: 'token', standing: 'known' } as never;

  assert.deepEqual(actorFact.record(actor), { actor: kept });
  assert.deepEqual(actorFact.record({ ...actor, credential }), {
    actor: { ...kept, credential },
  });
});
