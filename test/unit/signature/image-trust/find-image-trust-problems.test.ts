import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configurationSchema } from '../../../../src/config/schema.ts';

const RELEASE = { name: 'release', keyFiles: ['cosign.pub'] };
const SHOP = { name: 'shop', images: ['registry.example.com/shop'], authorities: ['release'] };

/** `path: message` of each problem of the section. */
function problemsOf(images: object): readonly string[] {
  const parsed = configurationSchema.safeParse({ images });
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('rules about images', () => {
  for (const [what, images, expected] of [
    ['that decide are accepted', { authorities: [RELEASE], rules: [SHOP] }, []],
    [
      'name authorities that are there',
      { rules: [SHOP] },
      [
        'images.rules.0.authorities.0: There is no authority "release" in images.authorities (it is empty)',
      ],
    ],
    [
      'name other authorities than those that are there',
      { authorities: [RELEASE], rules: [{ ...SHOP, authorities: ['ci'] }] },
      ['images.rules.0.authorities.0: There is no authority "ci" in images.authorities (release)'],
    ],
    [
      'ask for no more authorities than they name',
      {
        authorities: [RELEASE],
        rules: [{ ...SHOP, authorities: ['release', 'release'], authoritiesMin: 2 }],
      },
      ['images.rules.0.authoritiesMin: Wanted 2 distinct authorities, but the rule names 1'],
    ],
    [
      'name trusted roots with one source each, and a first root for a TUF repository',
      {
        trustedRoots: [
          { name: 'both', file: 'a.json', tuf: { mirror: 'https://t.example.com', rootFile: 'r' } },
          { name: 'none' },
          { name: 'open', tuf: { mirror: 'https://t.example.com' } },
          { name: 'ftp', tuf: { mirror: 'ftp://t.example.com', rootFile: 'r' } },
          { name: 'login', tuf: { mirror: 'https://ada:pw@t.example.com', rootFile: 'r' } },
          { name: 'path', tuf: { mirror: 'https://t.example.com', rootFile: 'r', target: '../x' } },
          { name: 'good', tuf: { mirror: 'https://t.example.com/tuf', rootFile: 'r' } },
        ],
      },
      [
        'images.trustedRoots.0: Expected either "file" or "tuf"',
        'images.trustedRoots.1: Expected either "file" or "tuf"',
        'images.trustedRoots.2.tuf.rootFile: Expected a file with a root that you have checked: without it, whoever answers for the mirror is trusted',
        'images.trustedRoots.3.tuf.mirror: Expected the URL of a TUF repository',
        'images.trustedRoots.4.tuf.mirror: Expected a URL without a user, password, query or fragment',
        'images.trustedRoots.5.tuf.target: Expected the name of a target',
      ],
    ],
    [
      'are not hidden by an earlier one',
      {
        authorities: [RELEASE],
        rules: [
          { ...SHOP, images: ['registry.example.com/**'] },
          { ...SHOP, name: 'late' },
        ],
      },
      [
        'images.rules.1: It never decides: the rule "shop" before it matches everything that it names',
      ],
    ],
    [
      'and authorities have names of their own',
      { authorities: [RELEASE, RELEASE], rules: [SHOP] },
      ['images.authorities.1.name: The name "release" is used twice'],
    ],
    [
      'refer to a trusted root that is there',
      {
        authorities: [
          {
            name: 'ci',
            trustedRoot: 'public',
            identities: [{ issuer: 'https://accounts.example.com', subject: 'ci@example.com' }],
          },
        ],
      },
      [
        'images.authorities.0.trustedRoot: There is no trusted root "public" in images.trustedRoots (it is empty)',
      ],
    ],
    [
      'refer to another trusted root than those that are there',
      {
        trustedRoots: [{ name: 'own', file: 'trusted_root.json' }],
        authorities: [{ ...RELEASE, trustedRoot: 'public' }],
      },
      [
        'images.authorities.0.trustedRoot: There is no trusted root "public" in images.trustedRoots (own)',
      ],
    ],
    [
      'name images with their registry',
      { authorities: [RELEASE], rules: [{ ...SHOP, images: ['nginx'] }] },
      [
        'images.rules.0.images.0: Expected REGISTRY/REPOSITORY without a tag, for example docker.io/library/nginx or registry.example.com/shop/**',
      ],
    ],
    [
      'accept somebody, and not everybody',
      {
        trustedRoots: [{ name: 'own', file: 'trusted_root.json' }],
        authorities: [
          {
            name: 'ci',
            trustedRoot: 'own',
            identities: [{ issuer: 'https://accounts.example.com', subject: '**' }],
          },
        ],
      },
      [
        'images.authorities.0.identities.0.subject: Expected an exact subject, "*@" and a domain, or a URL that is literal up to its first path segment',
      ],
    ],
    [
      'have attestations by authorities that are there, with names of their own',
      {
        authorities: [RELEASE],
        rules: [
          {
            ...SHOP,
            attestations: [
              { name: 'built', predicateType: 'p', authorities: ['ci'] },
              { name: 'built', predicateType: 'q', authorities: ['release'] },
            ],
          },
        ],
      },
      [
        'images.rules.0.attestations.1.name: The name "built" is used twice',
        'images.rules.0.attestations.0.authorities.0: There is no authority "ci" in images.authorities (release)',
      ],
    ],
    [
      'ask for something',
      { authorities: [RELEASE], rules: [{ ...SHOP, authoritiesMin: 0 }] },
      [
        'images.rules.0.authoritiesMin: Expected attestations beside "authoritiesMin: 0": the rule would accept every image',
      ],
    ],
    [
      'accept no builder by a pattern for everybody',
      {
        authorities: [RELEASE],
        rules: [
          {
            ...SHOP,
            attestations: [
              { name: 'built', predicateType: 'p', authorities: ['release'], builder: '**' },
            ],
          },
        ],
      },
      [
        'images.rules.0.attestations.0.builder: Expected a text, or a pattern that does not accept everything',
      ],
    ],
    [
      'have keys or identities',
      { authorities: [{ name: 'nobody' }] },
      ['images.authorities.0: Expected either "keyFiles" or "identities"'],
    ],
  ] as const) {
    it(what, () => {
      assert.deepEqual(problemsOf(images), expected);
    });
  }
});
