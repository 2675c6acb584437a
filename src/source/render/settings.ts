/** The limits of rendering a commit and of comparing an object with it. */
import { fixedLimit, GIB, MIB, SECOND, type LimitRows } from '../../settings/limit.ts';

/** Rows of the table of limits. */
export const RENDER_LIMITS = {
  'render.timeMs': fixedLimit(20 * SECOND, {
    unit: 'milliseconds',
    reason: 'Large charts take a few seconds; a template can loop without end',
    overflow: 'The program and all that it started are ended; the source is not comparable',
  }),
  'render.memoryBytes': fixedLimit(4 * GIB, {
    unit: 'bytes',
    reason:
      'Address space of one program: Go reserves more than it uses, and a template can fill any memory',
    overflow: 'The program fails; the source is not comparable',
  }),
  'render.outputBytesMax': fixedLimit(8 * MIB, {
    unit: 'bytes',
    reason: 'Parsed YAML takes thirty times its size, in a thread that renders for everybody',
    overflow: 'The program is ended; the source is not comparable',
  }),
  'render.fileBytesMax': fixedLimit(64 * MIB, {
    unit: 'bytes',
    reason: 'The programs write to their private temporary folder only, and little',
    overflow: 'The program fails; the source is not comparable',
  }),
  'render.concurrentMax': fixedLimit(2, {
    unit: 'items',
    reason: 'Rendering must not take the processor from admission',
    overflow: 'The next one waits',
  }),
  'render.waitingMax': fixedLimit(1000, {
    unit: 'items',
    reason: 'As many applications may follow one commit',
    overflow: 'The source is not comparable for this request, and rendered at the next one',
  }),
  'render.waitMs': fixedLimit(60 * SECOND, {
    unit: 'milliseconds',
    reason: 'Nobody waits longer for a rendering',
    overflow: 'As when too many wait',
  }),
  'render.cacheEntriesMax': fixedLimit(50, {
    unit: 'items',
    reason: 'One entry for each application and commit in use, a few hundred kilobytes each',
    overflow: 'The oldest is forgotten, and rendered again when it is needed',
  }),
  'render.treeEntriesMax': fixedLimit(100_000, {
    unit: 'items',
    reason: 'Files and folders of one checked-out tree that are searched for symbolic links',
    overflow: 'The source is not comparable',
  }),
  'render.treeBytesMax': fixedLimit(GIB, {
    unit: 'bytes',
    reason: 'A tree is copied where the parameters of an application change its kustomization',
    overflow: 'The source is not comparable',
  }),
  'manifests.fileBytesMax': fixedLimit(8 * MIB, {
    unit: 'bytes',
    reason: 'One object holds at most 1.5 MiB in etcd; a file may hold several',
    overflow: 'The source is not comparable',
  }),
  'manifests.totalBytesMax': fixedLimit(8 * MIB, {
    unit: 'bytes',
    reason:
      'About what Argo CD reads from one folder by default; parsed YAML takes thirty times its size',
    overflow: 'The source is not comparable',
  }),
  'manifests.renderedCharsMax': fixedLimit(8 * MIB, {
    unit: 'characters',
    reason: 'Manifests of one source as JSON: eighty times the usual, also with large definitions',
    overflow: 'The source is not comparable',
  }),
  'manifests.cacheCharsMax': {
    default: 64 * MIB,
    minimum: MIB,
    maximum: 4 * GIB,
    unit: 'characters',
    reason: 'Manifests of all applications at their commits, about 100 KiB each, beside admission',
    overflow:
      'Those that were read longest ago are forgotten, and rendered again when they are needed',
    metric: 'holdfast_manifest_cache_chars',
  },
  'manifests.objectsMax': fixedLimit(20_000, {
    unit: 'items',
    reason: 'More objects than one application has',
    overflow: 'The source is not comparable',
  }),
  'manifests.aliasesMax': fixedLimit(10_000, {
    unit: 'items',
    reason: 'Manifests use anchors to avoid repetition; more than this is an attack on the parser',
    overflow: 'The source is not comparable',
  }),
  'manifests.differingPathsMax': fixedLimit(20, {
    unit: 'items',
    reason: 'More than a person reads in a denial',
    overflow: 'The rest is not listed; the object still differs',
  }),
  'manifests.differingPathCharsMax': fixedLimit(200, {
    unit: 'characters',
    reason: 'A path must fit on a line or two of a terminal',
    overflow: 'The path is truncated and ends with …',
  }),
  'manifests.valuesMax': fixedLimit(1_000_000, {
    unit: 'items',
    reason: 'An object of 3 MiB contains fewer values',
    overflow: 'What was not compared counts as different',
  }),
  'manifests.depthMax': fixedLimit(200, {
    unit: 'levels',
    reason: 'Deeper than every object of Kubernetes',
    overflow: 'What was not compared counts as different',
  }),
} as const satisfies LimitRows;
