/** What coverage does not judge. */

/** Files of src that coverage does not judge, each with its reason. */
export const COVERAGE_EXCLUSIONS: Readonly<Record<string, string>> = {
  'src/main.ts':
    'the lines that start the program; what a broken output does cannot be seen from inside',
  'src/compose/delivery-thread.ts':
    'a thread writes no coverage; what it starts is tested outside of it, and the thread through its supervisor',
  'src/compose/commit-thread.ts':
    'a thread writes no coverage; what it starts is tested outside of it, and the thread through its supervisor',
  'src/compose/serve-thread.ts':
    'a thread writes no coverage; it is tested through the supervisors of both threads',
  'src/policy/worker.ts':
    'a thread that is ended writes no coverage; the pool is tested through it',
  'src/policy/worker-loop.ts':
    'a thread that is ended writes no coverage; the pool is tested through it',
  'src/source/render/render-helm.ts':
    'it runs a real helm, in the stage e2e, which runs after this one',
  'src/source/render/render-kustomize.ts':
    'it runs a real kustomize, in the stage cluster, which runs after this one',
  'src/sinks/nats/nats-connection.ts':
    'it speaks with a real nats-server, in the stage of the targets, which runs after this one',
  'src/sinks/nats/nats-sink.ts':
    'it speaks with a real nats-server, in the stage of the targets, which runs after this one',
  'src/sinks/nats/open-nats.ts':
    'it speaks with a real nats-server, in the stage of the targets, which runs after this one',
  'src/sinks/nats/read-nats-records.ts':
    'it speaks with a real nats-server, in the stage of the targets, which runs after this one',
};
