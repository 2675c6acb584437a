import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bindSettings } from '../../../src/compose/bind-settings.ts';
import { policiesSchema } from '../../../src/policy/settings.ts';
import { sampleDescriptor } from '../../support/admission-samples.ts';

const limited = sampleDescriptor({ name: 'limited' });
const other = sampleDescriptor({ name: 'other' });
const inShop = (stage: string) => ({ namespace: 'shop', labels: [{ stage }] });

function bind(policies: object, base: () => Record<string, Record<string, unknown>>) {
  return bindSettings({ policies: policiesSchema.parse(policies) }, base);
}

const byStage = (stage: string, override: object) => ({
  namespaceSelector: { matchLabels: { stage } },
  ...override,
});

describe('bindSettings()', () => {
  it('asks for labels only where they decide about a policy that matches', () => {
    const settings = bind(
      {
        settings: {
          limited: { overrides: [byStage('dev', { parameters: { limit: 1 } })] },
          other: { mode: 'warn', namespaces: { bank: 'off' } },
        },
      },
      () => ({}),
    );

    assert.equal(settings.readsLabels([limited, other], 'shop'), true);
    assert.equal(settings.readsLabels([other], 'shop'), false);
    assert.equal(settings.readsLabels([limited], undefined), false);
    assert.equal(bind({}, () => ({})).readsLabels([limited, other], 'shop'), false);
  });

  it('asks for labels where they decide about the mode of every policy', () => {
    const settings = bind({ overrides: [byStage('dev', { mode: 'off' })] }, () => ({}));

    assert.equal(settings.readsLabels([other], 'shop'), true);
    assert.deepEqual(settings.settingOf(other, inShop('dev')), { mode: 'off', failure: 'deny' });
    assert.equal(settings.settingOf(other, { namespace: 'shop' }).mode, 'enforce');
  });

  it('gives the parameters of a place, the same object each time, and the common ones elsewhere', () => {
    const base = { limited: { limit: 9, tags: [] }, other: { own: true } };
    const settings = bind(
      {
        settings: {
          limited: {
            overrides: [
              byStage('dev', { parameters: { limit: 1 } }),
              byStage('test', { parameters: { limit: 2 } }),
            ],
          },
        },
      },
      () => base,
    );
    const find = (stage: string) => settings.parametersOf([limited, other], inShop(stage));

    assert.deepEqual(find('dev'), {
      parameters: { limited: { limit: 1, tags: [] }, other: { own: true } },
      unknown: new Set(),
    });
    assert.deepEqual(find('test').parameters['limited'], { limit: 2, tags: [] });
    assert.equal(find('dev').parameters, find('dev').parameters);
    assert.equal(find('production').parameters, base);
  });

  it('names the policies whose parameters nobody can tell', () => {
    const settings = bind(
      { settings: { limited: { overrides: [byStage('dev', { parameters: { limit: 1 } })] } } },
      () => ({}),
    );

    assert.deepEqual(
      settings.parametersOf([limited, other], { namespace: 'shop' }).unknown,
      new Set(['limited']),
    );
  });

  it('lays overrides over what has changed since', () => {
    let base = { limited: { key: 'a' } };
    const override = { namespaces: ['shop'], parameters: { limit: 1 } };
    const settings = bind({ settings: { limited: { overrides: [override] } } }, () => base);
    const find = () => settings.parametersOf([limited], { namespace: 'shop' }).parameters;
    assert.deepEqual(find(), { limited: { key: 'a', limit: 1 } });

    base = { limited: { key: 'b' } };

    assert.deepEqual(find(), { limited: { key: 'b', limit: 1 } });
  });

  it('keeps a bounded number of combinations', () => {
    const overrides = Array.from({ length: 70 }, (_, index) => ({
      namespaces: [`n${index}`],
      parameters: { limit: index },
    }));
    const settings = bind({ settings: { limited: { overrides } } }, () => ({}));
    const find = (index: number) =>
      settings.parametersOf([limited], { namespace: `n${index}` }).parameters;
    const first = find(0);
    for (let index = 1; index < 70; index += 1) find(index);

    assert.notEqual(find(0), first);
    assert.deepEqual(find(0), first);
  });
});
