import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  IMAGE_PRESETS,
  type ImagePlaces,
  type ImagePresetName,
} from '../../../src/image/custom-image-presets.ts';
import { customImagesSchema, readCustomImages } from '../../../src/image/custom-images.ts';
import { findImages } from '../../../src/image/find-images.ts';

const POD_SPEC = {
  initContainers: [{ name: 'init', image: 'init:1' }],
  containers: [{ name: 'app', image: 'app:1' }],
  volumes: [{ name: 'model', image: { reference: 'model:1' } }],
};
const POD_IMAGES = ['init:1', 'app:1', 'model:1'];

/** As in the manifests of a project: [preset, resource, spec, what is found]. */
type Sample = readonly [ImagePresetName, string, object, readonly string[]];

const TASK_SPEC = {
  steps: [
    { name: 'build', image: 'step:1' },
    { name: 'push', ref: { name: 'push' } },
  ],
  stepTemplate: { image: 'template:1' },
  sidecars: [{ name: 'docker', image: 'sidecar:1' }],
  volumes: [
    { name: 'data', image: { reference: 'data:1' } },
    { name: 'tmp', emptyDir: {} },
  ],
};
const TASK_IMAGES = ['step:1', 'template:1', 'sidecar:1', 'data:1'];
const PIPELINE_SPEC = {
  tasks: [
    { name: 'build', taskSpec: TASK_SPEC },
    { name: 'test', taskRef: { name: 'test' } },
  ],
  finally: [{ name: 'clean', taskSpec: { steps: [{ image: 'clean:1' }] } }],
};
const PIPELINE_IMAGES = [...TASK_IMAGES, 'clean:1'];
const WORKFLOW_SPEC = {
  entrypoint: 'main',
  volumes: [{ name: 'v', image: { reference: 'volume:1' } }],
  templates: [
    { name: 'run', container: { image: 'container:1' }, sidecars: [{ image: 'sidecar:1' }] },
    { name: 'code', script: { image: 'script:1' }, initContainers: [{ image: 'init:1' }] },
    { name: 'set', containerSet: { containers: [{ image: 'set:1' }] } },
    { name: 'main', steps: [[{ name: 'a', inline: { container: { image: 'inline:1' } } }]] },
    { name: 'dag', dag: { tasks: [{ name: 'b', inline: { script: { image: 'task:1' } } }] } },
  ],
};
const WORKFLOW_IMAGES = [
  'container:1',
  'init:1',
  'inline:1',
  'script:1',
  'set:1',
  'sidecar:1',
  'task:1',
  'volume:1',
];
const JOB = { template: { spec: POD_SPEC } };
const ANALYSIS = {
  metrics: [
    { name: 'web', provider: { web: {} } },
    { name: 'job', provider: { job: { spec: JOB } } },
  ],
};

const SAMPLES: readonly Sample[] = [
  ['argo-rollouts', 'rollouts', JOB, POD_IMAGES],
  ['argo-rollouts', 'rollouts', { workloadRef: { name: 'shop' } }, []],
  ['argo-rollouts', 'experiments', { templates: [{ name: 'a', ...JOB }] }, POD_IMAGES],
  ['argo-rollouts', 'analysistemplates', ANALYSIS, POD_IMAGES],
  ['argo-rollouts', 'clusteranalysistemplates', ANALYSIS, POD_IMAGES],
  ['argo-rollouts', 'analysisruns', ANALYSIS, POD_IMAGES],
  ['argo-workflows', 'workflows', WORKFLOW_SPEC, WORKFLOW_IMAGES],
  ['argo-workflows', 'workflowtemplates', WORKFLOW_SPEC, WORKFLOW_IMAGES],
  ['argo-workflows', 'clusterworkflowtemplates', WORKFLOW_SPEC, WORKFLOW_IMAGES],
  ['argo-workflows', 'cronworkflows', { workflowSpec: WORKFLOW_SPEC }, WORKFLOW_IMAGES],
  ['knative-serving', 'services', JOB, POD_IMAGES],
  ['knative-serving', 'configurations', JOB, POD_IMAGES],
  ['knative-serving', 'revisions', { ...POD_SPEC, containerConcurrency: 1 }, POD_IMAGES],
  ['knative-eventing', 'containersources', JOB, POD_IMAGES],
  ['knative-eventing', 'jobsinks', { job: { spec: JOB } }, POD_IMAGES],
  ['tekton', 'tasks', TASK_SPEC, TASK_IMAGES],
  ['tekton', 'clustertasks', TASK_SPEC, TASK_IMAGES],
  ['tekton', 'stepactions', { image: 'step:1' }, ['step:1']],
  [
    'tekton',
    'taskruns',
    { taskSpec: TASK_SPEC, podTemplate: { volumes: [{ image: { reference: 'pod:1' } }] } },
    [...TASK_IMAGES, 'pod:1'],
  ],
  ['tekton', 'taskruns', { taskRef: { name: 'build' } }, []],
  ['tekton', 'pipelines', PIPELINE_SPEC, PIPELINE_IMAGES],
  [
    'tekton',
    'pipelineruns',
    {
      pipelineSpec: PIPELINE_SPEC,
      taskRunTemplate: { podTemplate: { volumes: [{ image: { reference: 'pod:1' } }] } },
    },
    [...PIPELINE_IMAGES, 'pod:1'],
  ],
  ['keda', 'scaledjobs', { jobTargetRef: JOB }, POD_IMAGES],
  ['jobset', 'jobsets', { replicatedJobs: [{ template: { spec: JOB } }] }, POD_IMAGES],
  [
    'leaderworkerset',
    'leaderworkersets',
    {
      leaderWorkerTemplate: {
        leaderTemplate: { spec: { containers: [{ image: 'leader:1' }] } },
        workerTemplate: { spec: POD_SPEC },
      },
    },
    ['leader:1', ...POD_IMAGES],
  ],
  ['openkruise', 'clonesets', JOB, POD_IMAGES],
  ['openkruise', 'statefulsets', JOB, POD_IMAGES],
  ['openkruise', 'daemonsets', JOB, POD_IMAGES],
  ['openkruise', 'broadcastjobs', JOB, POD_IMAGES],
  ['openkruise', 'sidecarsets', POD_SPEC, POD_IMAGES],
];

describe('presets of custom resources', () => {
  for (const [preset, resource, spec, images] of SAMPLES) {
    it(`${preset}: ${String(images.length)} images of ${resource} are found, and all can be read`, () => {
      const custom = readCustomImages([{ preset }]);
      const group = custom.find((one) => one.resource === resource)?.group ?? '';
      const found = findImages({ group, resource }, { spec }, custom);
      assert.deepEqual(
        found.filter(({ status }) => status === 'unreadable'),
        [],
      );
      assert.deepEqual(found.flatMap(({ text }) => text ?? []).toSorted(), images.toSorted());
    });
  }

  it('each resource of each preset has a sample', () => {
    const sampled = new Set(SAMPLES.map(([preset, resource]) => `${preset} ${resource}`));
    const known = Object.entries(IMAGE_PRESETS).flatMap(([preset, places]) =>
      places.map(({ resource }) => `${preset} ${resource}`),
    );
    assert.deepEqual(sampled, new Set(known));
  });

  it('each path is one that the configuration could give', () => {
    const places: readonly ImagePlaces[] = Object.values(IMAGE_PRESETS).flat();
    assert.equal(customImagesSchema.safeParse(places).error, undefined);
  });
});
