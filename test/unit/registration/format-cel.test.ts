import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  allOf,
  anyOf,
  celText,
  celTexts,
  isOneOf,
  metadataField,
  namespaceIs,
  not,
  operationIs,
  requestField,
  resourceIs,
  subresourceIs,
} from '../../../src/registration/format-cel.ts';

describe('celText', () => {
  it('quotes plain names and escapes everything else', () => {
    assert.equal(celText('system:kube-scheduler'), "'system:kube-scheduler'");
    assert.equal(celText("a' || true || '"), `"a' || true || '"`);
    assert.equal(celText('a"\\\n'), String.raw`"a\"\\\n"`);
  });

  it('never lets a text end its literal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const literal = celText(text);
        const inner = literal.slice(1, -1);
        if (literal.startsWith("'")) assert.match(inner, /^[^'"\\\n]*$/u);
        else assert.equal(JSON.parse(literal), text);
      }),
    );
  });
});

describe('joining', () => {
  it('puts every join in parentheses, and knows the empty ones', () => {
    assert.equal(allOf('a', anyOf('b', 'c')), '(a && (b || c))');
    assert.deepEqual([allOf(), anyOf(), allOf('a'), anyOf('a')], ['true', 'false', 'a', 'a']);
  });

  it('breaks what is longer than a line', () => {
    const long = 'x'.repeat(60);
    assert.equal(allOf(long, long), `(\n  ${long} &&\n  ${long}\n)`);
    assert.equal(celTexts([long, long]), `[\n  '${long}',\n  '${long}'\n]`);
  });

  it('negates a pair of parentheses without doubling it, and only a pair', () => {
    assert.equal(not(anyOf('a', 'b')), '!(a || b)');
    assert.equal(not('(a) || (b)'), '!((a) || (b))');
    assert.equal(not('a == b'), '!(a == b)');
    assert.equal(not('(a'), '!((a)');
    assert.equal(not('(a)'), '!(a)');
    assert.equal(not('((a)'), '!(((a))');
  });
});

describe('pieces', () => {
  it('compare with one text, with several, and with none', () => {
    assert.equal(isOneOf('x', ['a']), "x == 'a'");
    assert.equal(isOneOf('x', ['a', 'b']), "x in ['a', 'b']");
    assert.equal(isOneOf('x', []), 'false');
  });

  it('tolerate what a request may lack', () => {
    assert.equal(requestField('namespace'), "request.?namespace.orValue('')");
    assert.equal(metadataField('oldObject', 'labels'), 'oldObject.?metadata.?labels.orValue({})');
    assert.equal(metadataField('object', 'finalizers'), 'object.?metadata.?finalizers.orValue([])');
  });

  it('name resources, subresources, operations and namespaces', () => {
    assert.equal(resourceIs('apps'), "request.resource.group == 'apps'");
    assert.equal(
      resourceIs('', 'pods'),
      "(request.resource.group == '' && request.resource.resource == 'pods')",
    );
    assert.equal(subresourceIs('', 'status'), "request.?subResource.orValue('') in ['', 'status']");
    assert.equal(operationIs('DELETE'), "request.operation == 'DELETE'");
    assert.equal(namespaceIs('a', 'b'), "request.?namespace.orValue('') in ['a', 'b']");
  });
});
