/** What renderings need beside a tree. */
import { RENDER_LIMITS } from '../../src/source/render/settings.ts';

/** Of an application `shop`. */
export const ENVIRONMENT = {
  name: 'shop',
  namespace: 'shop-ns',
  project: 'default',
  revision: '0123456789abcdef0123456789abcdef01234567',
  repository: 'https://git.example/shop.git',
  path: 'deploy',
  targetRevision: 'main',
};

/** As the product has them. */
export const RUN_LIMITS = {
  timeMs: RENDER_LIMITS['render.timeMs'].default,
  memoryBytes: RENDER_LIMITS['render.memoryBytes'].default,
  outputBytesMax: RENDER_LIMITS['render.outputBytesMax'].default,
  fileBytesMax: RENDER_LIMITS['render.fileBytesMax'].default,
};

/** A Deployment in YAML. */
export const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: app, image: "web:1"}
`;
