/**
 * Where well-known custom resources have images: in the form of the configuration, by the name of the project.
 *
 * Source: the API types of each project. Argo Rollouts v1alpha1, Argo Workflows v1alpha1, Knative Serving v1, Knative Eventing
 * sources/v1 and sinks/v1alpha1, Tekton Pipelines v1 and v1beta1, KEDA v1alpha1, JobSet v1alpha2, LeaderWorkerSet v1, OpenKruise v1alpha1.
 */

/** A resource, with its paths as text. */
export interface ImagePlaces {
  readonly group: string;
  readonly resource: string;
  readonly podSpecs?: readonly string[];
  readonly images?: readonly string[];
}

const TEMPLATE = ['spec.template.spec'];
/** AnalysisTemplates run Jobs, among others. */
const ANALYSIS = ['spec.metrics.*.provider.job.spec.template.spec'];

/** Of what Tekton calls a TaskSpec. */
function taskSpecAt(path: string): readonly string[] {
  return [
    `${path}.steps.*.image`,
    `${path}.stepTemplate.image`,
    `${path}.sidecars.*.image`,
    `${path}.volumes.*.image.reference`,
  ];
}

/** Of what Tekton calls a PipelineSpec. */
function pipelineSpecAt(path: string): readonly string[] {
  return ['tasks', 'finally'].flatMap((list) => taskSpecAt(`${path}.${list}.*.taskSpec`));
}

/** Of what Argo Workflows calls a WorkflowSpec: templates can stand in steps and tasks, too. */
function workflowSpecAt(path: string): readonly string[] {
  return [
    `${path}.volumes.*.image.reference`,
    ...[
      `${path}.templateDefaults`,
      `${path}.templates.*`,
      `${path}.templates.*.steps.*.*.inline`,
      `${path}.templates.*.dag.tasks.*.inline`,
    ].flatMap((template) => [
      `${template}.container.image`,
      `${template}.script.image`,
      `${template}.containerSet.containers.*.image`,
      `${template}.initContainers.*.image`,
      `${template}.sidecars.*.image`,
      `${template}.volumes.*.image.reference`,
    ]),
  ];
}

const ROLLOUTS = 'argoproj.io';
const KNATIVE = 'serving.knative.dev';
const TEKTON = 'tekton.dev';
const KRUISE = 'apps.kruise.io';

/** By name, as the configuration gives it. */
export const IMAGE_PRESETS = {
  'argo-rollouts': [
    { group: ROLLOUTS, resource: 'rollouts', podSpecs: TEMPLATE },
    { group: ROLLOUTS, resource: 'experiments', podSpecs: ['spec.templates.*.template.spec'] },
    { group: ROLLOUTS, resource: 'analysistemplates', podSpecs: ANALYSIS },
    { group: ROLLOUTS, resource: 'clusteranalysistemplates', podSpecs: ANALYSIS },
    { group: ROLLOUTS, resource: 'analysisruns', podSpecs: ANALYSIS },
  ],
  'argo-workflows': [
    { group: ROLLOUTS, resource: 'workflows', images: workflowSpecAt('spec') },
    { group: ROLLOUTS, resource: 'workflowtemplates', images: workflowSpecAt('spec') },
    { group: ROLLOUTS, resource: 'clusterworkflowtemplates', images: workflowSpecAt('spec') },
    { group: ROLLOUTS, resource: 'cronworkflows', images: workflowSpecAt('spec.workflowSpec') },
  ],
  'knative-serving': [
    { group: KNATIVE, resource: 'services', podSpecs: TEMPLATE },
    { group: KNATIVE, resource: 'configurations', podSpecs: TEMPLATE },
    { group: KNATIVE, resource: 'revisions', podSpecs: ['spec'] },
  ],
  'knative-eventing': [
    { group: 'sources.knative.dev', resource: 'containersources', podSpecs: TEMPLATE },
    { group: 'sinks.knative.dev', resource: 'jobsinks', podSpecs: ['spec.job.spec.template.spec'] },
  ],
  tekton: [
    { group: TEKTON, resource: 'tasks', images: taskSpecAt('spec') },
    { group: TEKTON, resource: 'clustertasks', images: taskSpecAt('spec') },
    { group: TEKTON, resource: 'stepactions', images: ['spec.image'] },
    {
      group: TEKTON,
      resource: 'taskruns',
      images: [...taskSpecAt('spec.taskSpec'), 'spec.podTemplate.volumes.*.image.reference'],
    },
    { group: TEKTON, resource: 'pipelines', images: pipelineSpecAt('spec') },
    {
      group: TEKTON,
      resource: 'pipelineruns',
      images: [
        ...pipelineSpecAt('spec.pipelineSpec'),
        // v1, and then v1beta1.
        'spec.taskRunTemplate.podTemplate.volumes.*.image.reference',
        'spec.taskRunSpecs.*.podTemplate.volumes.*.image.reference',
        'spec.podTemplate.volumes.*.image.reference',
        'spec.taskRunSpecs.*.taskPodTemplate.volumes.*.image.reference',
      ],
    },
  ],
  keda: [
    { group: 'keda.sh', resource: 'scaledjobs', podSpecs: ['spec.jobTargetRef.template.spec'] },
  ],
  jobset: [
    {
      group: 'jobset.x-k8s.io',
      resource: 'jobsets',
      podSpecs: ['spec.replicatedJobs.*.template.spec.template.spec'],
    },
  ],
  leaderworkerset: [
    {
      group: 'leaderworkerset.x-k8s.io',
      resource: 'leaderworkersets',
      podSpecs: [
        'spec.leaderWorkerTemplate.leaderTemplate.spec',
        'spec.leaderWorkerTemplate.workerTemplate.spec',
      ],
    },
  ],
  openkruise: [
    { group: KRUISE, resource: 'clonesets', podSpecs: TEMPLATE },
    { group: KRUISE, resource: 'statefulsets', podSpecs: TEMPLATE },
    { group: KRUISE, resource: 'daemonsets', podSpecs: TEMPLATE },
    { group: KRUISE, resource: 'broadcastjobs', podSpecs: TEMPLATE },
    // It has the containers that it adds to Pods at the places of a PodSpec.
    { group: KRUISE, resource: 'sidecarsets', podSpecs: ['spec'] },
  ],
} as const satisfies Readonly<Record<string, readonly ImagePlaces[]>>;

export type ImagePresetName = keyof typeof IMAGE_PRESETS;
